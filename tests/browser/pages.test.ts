import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { furnish } from "../support/furnish.ts";
import { type Looks, openVisit, signIn, type Visit } from "../support/page.ts";
import {
  beyondTheEdge,
  blankCharts,
  enter,
  muteCards,
  NAMES,
  open,
  PAGES,
  pathOf,
} from "../support/pages.ts";

/** What every page must do, whatever is on it; what is on it is tested in the files beside this one. */
const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);

let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  const fleet = { installs: 150, days: 90, seed: 7 };
  const started = await startWithFleet(fleet);
  collector = started.collector;
  await furnish(collector, { ...fleet, now: started.now });
  await loaded(collector, 60_000);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

describe.each(LOOKS)("$width wide, $scheme", (looks) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(browser, collector, looks);
  });
  afterAll(() => visit?.close());

  test.each(NAMES)("%s shows the fleet, fits, and has no violation", async (name) => {
    const { page } = visit;
    await open(page, collector, pathOf(name, undefined, "&range=91d"));
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(PAGES[name]);
    expect(await page.locator("main section.card, main table, main form").count()).not.toBe(0);
    expect(await page.locator(".card-error").count()).toBe(0);
    expect(await muteCards(page)).toEqual([]);
    expect(await blankCharts(page)).toEqual([]);
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
  });
});

test("at 400 % of zoom every page draws its charts, and no text leaves the screen", async () => {
  // What is left of 1280 × 1024.
  const visit = await openVisit(browser, collector, { width: 320, scheme: "light" });
  const { page } = visit;
  await page.setViewportSize({ width: 320, height: 256 });
  await signIn(page, collector, pathOf("settings"));
  for (const name of NAMES) {
    await open(page, collector, pathOf(name, undefined, "&range=91d"));
    // A bar for each day is a pixel or two wide here, and is there all the same.
    expect([name, await blankCharts(page)]).toEqual([name, []]);
    expect([name, await beyondTheEdge(page)]).toEqual([name, 0]);
    expect([name, await page.evaluate(OUT_OF_SIGHT)]).toEqual([name, []]);
  }
  expect(visit.complaints()).toEqual([]);
  await visit.close();
}, 60_000);

/** Texts that end right of the screen, or are cut off there, with no way to scroll to their end. */
const OUT_OF_SIGHT = `[...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .skip, svg"))
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    if (box.width === 0) return false;
    if (box.right <= innerWidth + 1 && box.left >= -1) {
      const cut = one.scrollWidth > one.clientWidth + 1;
      return cut && getComputedStyle(one).overflowX !== "visible" && !one.closest("[title]");
    }
    for (let up = one; up; up = up.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return false;
    }
    return true;
  })
  .map((one) => one.outerHTML.slice(0, 120))`;
