import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { openVisit, settled, signIn } from "../support/page.ts";

const KIB = 1024;
const assets = fileURLToPath(new URL("../../dashboard/dist/assets/", import.meta.url));

let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  ({ collector } = await startWithFleet({ installs: 4, days: 4, seed: 3 }));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

/** The scripts that a browser without a cache loads to show a page. */
async function scriptsOf(path: string): Promise<Set<string>> {
  const visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  const scripts = new Set<string>();
  visit.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".js")) scripts.add(basename(pathname));
  });
  await signIn(visit.page, collector, `${path}?app=timetracker&admitted=all`);
  await settled(visit.page);
  await visit.close();
  return scripts;
}

const gzipped = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + statSync(join(assets, `${name}.gz`)).size, 0);

test("opening the dashboard takes at most 60 KiB of script", async () => {
  const scripts = await scriptsOf("/");
  expect(scripts.size).toBeGreaterThan(3);
  expect(gzipped(scripts)).toBeLessThanOrEqual(60 * KIB);
});

test("no other page adds more than 20 KiB of script", async () => {
  const known = await scriptsOf("/");
  const pages = "installs versions environments features funnels retention errors health settings";
  for (const page of pages.split(" ")) {
    const added = [...(await scriptsOf(`/${page}`))].filter((name) => !known.has(name));
    expect(added.length, page).toBeGreaterThan(0);
    expect(gzipped(added), page).toBeLessThanOrEqual(20 * KIB);
  }
});

test("all styles together are at most 12 KiB", () => {
  const styles = readdirSync(assets).filter((name) => name.endsWith(".css"));
  expect(styles.length).toBeGreaterThan(0);
  expect(gzipped(styles)).toBeLessThanOrEqual(12 * KIB);
});
