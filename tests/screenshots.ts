import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { loaded, read } from "./support/api.ts";
import { openBrowser } from "./support/browser.ts";
import { unpackChromium } from "./support/chromium.ts";
import { type Collector, startCollector } from "./support/collector.ts";
import { startWithFleet } from "./support/demo-collector.ts";
import { startExample } from "./support/example.ts";
import { addWork, completeSetup, enter, trackTime } from "./support/example-user.ts";
import { furnish } from "./support/furnish.ts";
import { type Looks, openVisit, settled, signIn } from "./support/page.ts";
import { waitFor } from "./support/processes.ts";

/** Takes the pictures that the documents show: a made-up fleet, and the example app in use. */
const images = fileURLToPath(new URL("../docs/images/", import.meta.url));
const DESKTOP = 1440;
const PHONE = 390;
const DAYS = 91;

interface Picture extends Looks {
  name: string;
  path: string;
}

/** How much of a page is shown at most: enough to judge it by, and small enough for a document. */
const SHOWN: Record<number, number> = { [DESKTOP]: 1000, [PHONE]: 1400 };

/** Every page of the dashboard, as a link to what it shows best. */
const PAGES = {
  overview: "/?range=91d",
  installs: "/installs?range=91d",
  versions: "/versions?range=91d",
  environments: "/environments?range=28d",
  features: "/features?range=28d",
  funnels: `/funnels?range=91d&steps=auth.login~timer.started~timer.stopped`,
  retention: "/retention?range=91d",
  errors: "/errors?range=91d",
  operations: "/operations?range=7d",
  health: "/health?range=28d",
  settings: "/settings?section=releases",
};

const LOOKS: (Looks & { suffix: string })[] = [
  { suffix: "light", width: DESKTOP, scheme: "light" },
  { suffix: "dark", width: DESKTOP, scheme: "dark" },
  { suffix: "phone", width: PHONE, scheme: "light" },
];

const pictures: Picture[] = Object.entries(PAGES).flatMap(([page, path]) =>
  LOOKS.map(({ suffix, ...looks }) => ({
    ...looks,
    name: `dashboard-${page}-${suffix}`,
    path: `${path}&app=timetracker`,
  })),
);

const clientPictures: Picture[] = [
  { name: "telemetry-light", path: "", width: DESKTOP, scheme: "light" },
  { name: "telemetry-dark", path: "?tab=sent#records", width: DESKTOP, scheme: "dark" },
  { name: "telemetry-phone", path: "", width: PHONE, scheme: "light" },
];

async function take(browser: Browser, collector: Collector, picture: Picture): Promise<void> {
  const visit = await openVisit(browser, collector, picture);
  await signIn(visit.page, collector, picture.path);
  await settled(visit.page);
  // Charts fetch their code when the first of them is drawn.
  await visit.page.waitForTimeout(300);
  await showAll(visit.page, picture);
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

/** The report, which is no part of the dashboard and needs no sign-in. */
async function takeReport(browser: Browser, collector: Collector, path: string): Promise<void> {
  await published(collector);
  for (const { suffix, ...looks } of LOOKS) {
    const visit = await openVisit(browser, collector, looks);
    await visit.page.goto(`${collector.url}${path}`);
    await visit.page.getByTestId("rules").waitFor();
    await showAll(visit.page, looks);
    await save(visit.page, `dashboard-report-${suffix}`);
    for (const complaint of visit.complaints()) console.error(`report ${suffix}: ${complaint}`);
    await visit.close();
  }
}

/** The first days are published when the past has stood still for half a minute. */
async function published(collector: Collector): Promise<void> {
  await waitFor("the days are published", 300_000, async () => {
    await sleep(1_000);
    const report = await read<{ active: { days: string[] } | null }>(
      collector,
      "published/report",
      { app: "timetracker" },
    );
    return (report.active?.days.length ?? 0) >= DAYS - 1;
  });
}

/** Makes the window as high as the page, or as a picture may be. */
async function showAll(page: Page, { width }: Looks): Promise<void> {
  const main = await page.getByRole("main").boundingBox();
  const height = Math.ceil((main?.y ?? 0) + (main?.height ?? 0));
  await page.setViewportSize({
    width,
    height: Math.min(Math.max(height, 720), SHOWN[width] ?? width),
  });
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
const fleet = { installs: 1_200, days: DAYS, seed: 1 };
const { collector, now } = await startWithFleet(fleet);
const publicPage = await furnish(collector, { ...fleet, now });
await loaded(collector, 60_000);
for (const picture of pictures) await take(browser, collector, picture);
await takeReport(browser, collector, publicPage);
await collector.stop();
await browser.close();
