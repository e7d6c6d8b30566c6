import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { furnish } from "../support/furnish.ts";
import { settled, type Visit } from "../support/page.ts";
import { DESKTOP, enter, NAMES, open, PAGES, pathOf } from "../support/pages.ts";

/** Getting around every page: with the keyboard alone, and by its address. */
let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  const fleet = { installs: 60, days: 60, seed: 7 };
  const started = await startWithFleet(fleet);
  collector = started.collector;
  await furnish(collector, { ...fleet, now: started.now });
  await loaded(collector, 60_000);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

describe("with the keyboard alone", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(browser, collector, DESKTOP);
  });
  afterAll(() => visit?.close());

  test("pages, range, comparison and filter are reached and used", async () => {
    const { page } = visit;
    await open(page, collector, pathOf("overview"));
    await page.keyboard.press("Tab");
    expect(await focus(page)).toBe("Skip to content");
    await tabTo(page, "Versions");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Versions" }).waitFor();

    await tabTo(page, /^Range: Last 28 days/);
    await page.keyboard.press("Enter");
    await tabTo(page, /^Last 7 days/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/range=7d/);

    await tabTo(page, /^Range: Last 7 days/);
    await page.keyboard.press("Enter");
    await tabTo(page, /^Previous period/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/compare=previous/);

    await tabTo(page, "Filter");
    await page.keyboard.press("Enter");
    const platform = page.getByRole("checkbox", { name: /Linux/ }).first();
    await platform.waitFor();
    await tabTo(page, /^Linux/);
    await page.keyboard.press("Space");
    await page.waitForURL(/platform=Linux/);
    await page.keyboard.press("Escape");
    expect(await focus(page)).toBe("Filter");
    await tabTo(page, "Remove filter Platform: Linux");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.searchParams.has("platform"));
  });

  test("a chart is read point by point, then as a table", async () => {
    const { page } = visit;
    await open(page, collector, pathOf("overview"));
    const card = page.getByTestId("card-active");
    await tabTo(page, /^Active installs .*Chart\./);
    const readout = card.getByTestId("chart-readout");
    await expect.poll(() => readout.innerText()).toMatch(/still filling.*: \d/);
    const last = await readout.innerText();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => readout.innerText()).not.toBe(last);
    await page.keyboard.press("Home");
    const first = new Date(Date.now() - 27 * 86_400_000).getUTCDate();
    await expect.poll(() => readout.innerText()).toMatch(new RegExp(` ${first}, \\d+: \\d`));
    await page.keyboard.press("End");
    await expect.poll(() => readout.innerText()).toBe(last);
    await page.keyboard.press("Escape");
    await expect.poll(() => readout.innerText()).toBe("");

    await tabTo(page, "View as table", "Shift+Tab");
    await page.keyboard.press("Enter");
    await card.getByRole("table").waitFor();
    await page.keyboard.press("Enter");
    await card.getByRole("application").waitFor();
  });

  test("a table is sorted, and says by what", async () => {
    const { page } = visit;
    await open(page, collector, pathOf("features"));
    const sorted = page.locator("th[aria-sort=ascending], th[aria-sort=descending]").first();
    await sorted.waitFor();
    const [before, order] = [await sorted.innerText(), await sorted.getAttribute("aria-sort")];
    await sorted.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await expect
      .poll(() => sorted.getAttribute("aria-sort"))
      .toBe(order === "ascending" ? "descending" : "ascending");
    expect((await sorted.innerText()).replace(/[^\w ]/g, "").trim()).toBe(
      before.replace(/[^\w ]/g, "").trim(),
    );
    await page.keyboard.press("Enter");
  });

  test("g and a letter open every page, ? the help, which gives the focus back", async () => {
    const { page } = visit;
    await open(page, collector, pathOf("overview"));
    const letters = { i: "installs", v: "versions", e: "environments", f: "features" } as const;
    const more = { u: "funnels", r: "retention", x: "errors", p: "operations" } as const;
    const last = { h: "health", s: "settings", o: "overview" } as const;
    for (const [letter, name] of Object.entries({ ...letters, ...more, ...last })) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await page.getByRole("heading", { level: 1, name: PAGES[name], exact: true }).waitFor();
    }
    await tabTo(page, "Keyboard shortcuts");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await focus(page)).toBe("Keyboard shortcuts");
  });
});

/** The name of what has the focus. */
const focus = (page: Page) =>
  page.evaluate<string>(`(() => {
    const { activeElement: it } = document;
    const name = it.getAttribute("aria-label") ?? it.labels?.[0]?.textContent ?? it.textContent;
    return name.trim().replace(/\\s+/g, " ");
  })()`);

/** Presses Tab until something of that name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 80) {
    await page.keyboard.press(key);
    const reached = await focus(page);
    if (typeof name === "string" ? reached === name : name.test(reached)) return;
    passed.push(reached);
  }
  throw new Error(`${name} is not among ${passed.join(" | ")}`);
}

describe("the address", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(browser, collector, DESKTOP);
  });
  afterAll(() => visit?.close());

  const CHOICES: Record<string, (page: Page) => Promise<void>> = {
    async overview(page) {
      await page.getByRole("button", { name: /^Range:/ }).click();
      await page.getByRole("button", { name: /^Last 91 days/ }).click();
      await page.getByTestId("card-active").getByRole("button", { name: "View as table" }).click();
      await page.getByRole("button", { name: "Week", exact: true }).first().click();
    },
    async installs(page) {
      await page.getByRole("switch", { name: "A day or longer" }).click();
      await page.keyboard.press("x");
    },
    async versions(page) {
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      await page.getByRole("checkbox", { name: /Linux/ }).first().check();
      await page.keyboard.press("Escape");
    },
    async environments(page) {
      await page.getByRole("button", { name: "x86_64" }).first().click();
    },
    async features(page) {
      await page.locator("main th button").nth(1).click();
    },
    async funnels(page) {
      await page.getByRole("button", { name: "Add a step" }).click();
    },
    async retention(page) {
      await page.getByRole("combobox", { name: "Cohorts by" }).selectOption("timer.started");
    },
    async errors(page) {
      await page.getByRole("button", { name: /^Range:/ }).click();
      await page.getByRole("button", { name: /^Last 7 days/ }).click();
    },
    async operations(page) {
      await page.getByTestId("card-routes").getByRole("button", { name: "GET /timer" }).click();
    },
    async health(page) {
      await page.getByTestId("card-volume").getByRole("button", { name: "View as table" }).click();
    },
    async settings(page) {
      await page.getByRole("link", { name: "Releases" }).click();
    },
  };

  test.each(NAMES)("of %s brings back the very view that was chosen", async (name) => {
    const { page } = visit;
    await open(page, collector, pathOf(name));
    const before = page.url();
    await CHOICES[name]?.(page);
    await expect.poll(() => page.url()).not.toBe(before);
    await settled(page);
    const address = page.url();
    const fresh = await browser.newContext({
      ...{ viewport: { width: 1440, height: 900 }, locale: "en-US", timezoneId: "Asia/Tokyo" },
      storageState: { cookies: await page.context().cookies(), origins: [] },
    });
    const other = await seen(fresh, address);
    expect(other.url).toBe(address);
    // On Data health the collector is told about as it is this second; its tables in order of their size.
    const plain = (text: string) =>
      name === "health"
        ? text.replace(/^[a-z_]+\t.* (?:[KMG]i)?B\t.*$/gm, "").replace(/[\d.,–]+/g, "")
        : text;
    expect(plain(other.text)).toBe(plain(await shown(page)));
    await fresh.close();
  });
});

/** All that a page shows but how long ago it asked and how fresh the answer was, and which choices are on. */
const shown = (page: Page) =>
  page.evaluate<string>(`[
    document.querySelector("main").innerText.replace(/Updated .* ago|Updating…|data until [^;]*UTC/g, ""),
    ...[...document.querySelectorAll("main [aria-pressed=true], main [aria-checked=true], main th[aria-sort]")]
      .map((one) => one.getAttribute("aria-sort") + " " + one.textContent),
    ...[...document.querySelectorAll("main select, main input")].map((one) => one.value),
  ].join("\\n")`);

/** What somebody else sees who opens the address, elsewhere and with nothing remembered. */
async function seen(context: BrowserContext, address: string) {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
  return { url: page.url(), text: await shown(page) };
}
