import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { openBrowser } from "./support/browser.ts";
import { unpackChromium } from "./support/chromium.ts";
import { type Collector, startCollector } from "./support/collector.ts";
import { startWithFleet } from "./support/demo-collector.ts";
import { type Looks, openVisit, settled, signIn } from "./support/page.ts";

/** Takes the pictures that the documents show, from a made-up fleet: `npm run screenshots`. */
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

async function take(browser: Browser, collector: Collector, picture: Picture): Promise<void> {
  const visit = await openVisit(browser, collector, picture);
  await signIn(visit.page, collector, picture.path);
  await settled(visit.page);
  await visit.page.screenshot({ path: join(images, `${picture.name}.png`) });
  for (const complaint of visit.complaints()) console.error(`${picture.name}: ${complaint}`);
  await visit.close();
  console.log(`docs/images/${picture.name}.png`);
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
await empty.stop();
const { collector } = await startWithFleet({ installs: 1_200, days: 91, seed: 1 });
for (const picture of pictures) await take(browser, collector, picture);
await collector.stop();
await browser.close();
