import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./support/browser.ts";
import { unpackChromium } from "./support/chromium.ts";
import { type Collector, startCollector } from "./support/collector.ts";
import { startWithFleet } from "./support/demo-collector.ts";
import { startExample } from "./support/example.ts";
import { addWork, completeSetup, enter, trackTime } from "./support/example-user.ts";
import { type Looks, openVisit, settled, signIn } from "./support/page.ts";

/** Takes the pictures that the documents show: a made-up fleet, and the example app in use. */
const images = fileURLToPath(new URL("../docs/images/", import.meta.url));
const DESKTOP = 1440;
const PHONE = 390;

interface Picture extends Looks {
  name: string;
  path: string;
}

const pictures: Picture[] = [
  { name: "overview-light", path: "/?app=timetracker&range=91d", width: DESKTOP, scheme: "light" },
  { name: "overview-dark", path: "/?app=timetracker&range=91d", width: DESKTOP, scheme: "dark" },
  { name: "features-light", path: "/features?app=timetracker", width: DESKTOP, scheme: "light" },
  { name: "features-dark", path: "/features?app=timetracker", width: DESKTOP, scheme: "dark" },
  { name: "overview-phone", path: "/?app=timetracker", width: PHONE, scheme: "light" },
];

const clientPictures: Picture[] = [
  { name: "telemetry-light", path: "", width: DESKTOP, scheme: "light" },
  { name: "telemetry-dark", path: "?tab=sent#records", width: DESKTOP, scheme: "dark" },
  { name: "telemetry-phone", path: "", width: PHONE, scheme: "light" },
];

async function take(browser: Browser, collector: Collector, picture: Picture): Promise<void> {
  const visit = await openVisit(browser, collector, picture);
  await signIn(visit.page, collector, picture.path);
  await settled(visit.page);
  await save(visit.page, picture.name);
  for (const complaint of visit.complaints()) console.error(`${picture.name}: ${complaint}`);
  await visit.close();
}

/** The wizard's last step and the telemetry page, as somebody who uses the example sees them. */
async function takeClientPages(browser: Browser, collector: Collector): Promise<void> {
  const example = await startExample(collector);
  const setup = await openVisit(browser, example, { width: DESKTOP, scheme: "light" });
  await setup.page.goto(`${example.url}/setup#step-privacy`);
  await save(setup.page, "setup-privacy");
  await completeSetup(setup.page, example, { optIn: true });
  await enter(setup.page, example);
  await addWork(setup.page, example);
  await trackTime(setup.page, example);
  // Until the first batch is out, which takes as long as events wait for others.
  const sent = setup.page.locator("#records summary").getByText("timer.started");
  do {
    await setup.page.waitForTimeout(500);
    await setup.page.goto(`${example.url}/admin/telemetry?tab=sent`);
  } while ((await sent.count()) === 0);
  await setup.close();
  for (const looks of clientPictures) {
    const visit = await openVisit(browser, example, looks);
    await enter(visit.page, example);
    await visit.page.goto(`${example.url}/admin/telemetry${looks.path}`);
    await save(visit.page, looks.name);
    await visit.close();
  }
  await example.stop();
}

async function save(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(images, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

mkdirSync(images, { recursive: true });
const browser = await openBrowser(process.platform === "linux" ? await unpackChromium() : null);
// On the usual port, which the picture shows.
const empty = await startCollector({ port: 4318, env: { CLICKHOUSE_URL: undefined } });
await take(browser, empty, {
  name: "waiting",
  path: "/?app=timetracker",
  width: DESKTOP,
  scheme: "light",
});
await takeClientPages(browser, empty);
await empty.stop();
const { collector } = await startWithFleet({ installs: 1_200, days: 91, seed: 1 });
for (const picture of pictures) await take(browser, collector, picture);
await collector.stop();
await browser.close();
