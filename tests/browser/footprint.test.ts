import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Truth } from "../demo/truth.ts";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { openVisit, settled, signIn, type Visit } from "../support/page.ts";
import { DESKTOP } from "../support/pages.ts";

const DAY_MS = 86_400_000;
const PAGES = {
  "/": ["Active installs", "Version adoption", "Lifecycle", "Platforms"],
  "/installs": ["Active installs, rolling", "Lifecycle", "Install age", "Survival"],
  "/versions": ["Adoption by days since release", "Upgrade lag", "Safe to drop", "Upgrade paths"],
  "/environments": ["Platform", "OS version", "Architecture", "Timezone"],
  "/retention": ["Weekly retention"],
};

let browser: Browser;
let collector: Collector;
let truth: Truth;
let now: number;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  ({ collector, truth, now } = await startWithFleet({ installs: 80, days: 45, seed: 5 }));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

async function open(path: string): Promise<Page> {
  const { page } = visit;
  const query = path.includes("?") ? "" : "?app=timetracker&range=28d&admitted=all";
  await signIn(page, collector, `${path}${query}`);
  await settled(page);
  return page;
}

const card = (page: Page, title: string) =>
  page
    .locator("section.card")
    .filter({ has: page.getByRole("heading", { name: title, exact: true }) });

// That they fit and have no violation is tested of every page, in every look, in pages.test.ts.
describe("pages about installs", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, DESKTOP);
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  test.each(Object.entries(PAGES))("%s answers every card", async (path, titles) => {
    const page = await open(path);
    for (const title of titles) await card(page, title).first().waitFor();
    expect(await page.locator(".card-error").count()).toBe(0);
  });
});

describe("pages about installs on a phone", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, { width: 390, scheme: "light" });
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  test("every page is reached through the menu, whose button says where one is", async () => {
    const page = await open("/");
    await page.getByRole("button", { name: "Pages, on Overview" }).click();
    await page.getByRole("link", { name: "Retention" }).click();
    await page.getByRole("heading", { level: 1, name: "Retention" }).waitFor();
    await page.getByRole("button", { name: "Pages, on Retention" }).waitFor();
    expect(await page.getByRole("link", { name: "Versions" }).isVisible()).toBe(false);
  });

  test("what is pressed is at least 44 pixels high", async () => {
    const page = await open("/installs");
    const small = await page.evaluate<string[]>(`
      [...document.querySelectorAll("main button, main select, header button, header select")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML)`);
    expect(small).toEqual([]);
  });

  test("the switches for who counts are in the filter sheet", async () => {
    const page = await open("/");
    expect(await page.getByRole("switch", { name: "A day or longer" }).count()).toBe(0);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("switch", { name: "A day or longer" }).click();
    await page.waitForURL(/lifetime=day_or_more/);
  });
});

describe("pages about installs on a desktop", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  test("g and a letter open each page, and its title says which", async () => {
    const page = await open("/");
    for (const [letter, name] of [
      ["i", "Installs"],
      ["v", "Versions"],
      ["e", "Environments"],
      ["r", "Retention"],
      ["o", "Overview"],
    ]) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter as string);
      await page.getByRole("heading", { level: 1, name: name as string }).waitFor();
      await expect.poll(() => page.title()).toBe(`${name} · Rollcall`);
    }
  });

  test("? shows the keys of every page, and Escape puts them away", async () => {
    const page = await open("/");
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await dialog.getByText("Environments").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.keyboard.press("Escape");
    // A closed dialog has no role any more; its element goes a moment later.
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await dialog.waitFor();
  });

  test("active installs of each day are those that sent, and the lifecycle adds up to them", async () => {
    const page = await open(
      "/?app=timetracker&range=28d&admitted=all&lifecycle=all&table=active,lifecycle",
    );
    const days = truth.activeByDay(now - 28 * DAY_MS, now);
    const active = await tableRows(card(page, "Active installs"));
    const lifecycle = await tableRows(card(page, "Lifecycle"));
    expect(active.length).toBe(28);
    expect(lifecycle.length).toBe(28);
    for (const [at, [name, count]] of active.entries()) {
      const day = new Date(`${name?.replace(" still filling", "")} UTC`).toISOString().slice(0, 10);
      // The first of the fleet's days may have begun before the 28 × 24 hours that are counted here.
      if (at < 27) expect(count).toBe(String(days.get(day) ?? 0));
      const parts = lifecycle[at]?.slice(1, 4).map(Number) ?? [];
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(Number(count));
    }
  });

  test("X lays the period before under the chart, and takes it away again", async () => {
    const page = await open("/");
    await page.keyboard.press("x");
    await page.waitForURL(/compare=previous/);
    await card(page, "Active installs").getByText("Previous period").waitFor();
    await card(page, "Active installs").getByRole("button", { name: "View as table" }).click();
    const table = page.getByRole("table", { name: "Active installs" });
    await table.getByRole("columnheader", { name: "Previous period" }).waitFor();
    await page.keyboard.press("x");
    await page.waitForURL((url) => !url.searchParams.has("compare"));
    await expect.poll(() => table.getByRole("columnheader").count()).toBe(2);
  });

  test("charts of several lines compare each in the table, one as a line, and say how", async () => {
    const page = await open("/installs?app=timetracker&range=7d&admitted=all&compare=previous");
    const rolling = card(page, "Active installs, rolling");
    await rolling.locator(".legend", { hasText: "28 days, previous period" }).waitFor();
    await rolling
      .locator("figcaption", { hasText: /Against .*: 28 days .*, 7 days .*, 1 day/ })
      .waitFor();
    await rolling.getByRole("button", { name: "View as table" }).click();
    const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
    const answer = await page.request.get(
      `${collector.url}/api/v1/installs/rolling?app=timetracker&admitted=all&from=${day(13)}&to=${day(7)}`,
    );
    const { rows } = (await answer.json()) as { rows: Record<"day" | "week" | "month", number>[] };
    const shown = (await tableRows(rolling)).map((row) => [row[2], row[4], row[6]]);
    expect(shown.reverse()).toEqual(
      rows.map(({ month, week, day }) => [month, week, day].map(String)),
    );
    const lifecycle = card(page, "Lifecycle").first();
    await lifecycle.locator(".legend", { hasText: "Above the axis, previous period" }).waitFor();
    await lifecycle.locator("figcaption", { hasText: /Against .*: New .*, Dormant / }).waitFor();
  });

  test("versions are compared apart by lines, together in the table", async () => {
    const page = await open("/versions?app=timetracker&range=14d&admitted=all&compare=previous");
    const versions = card(page, "Version adoption");
    await versions.locator("figcaption", { hasText: "Against" }).waitFor();
    expect(await versions.locator(".legend").innerText()).not.toContain("previous");
    await versions.getByRole("button", { name: "View as table" }).click();
    const heads = await versions.getByRole("columnheader").allInnerTexts();
    const then = heads.filter((head) => head.endsWith(", previous period"));
    expect(then.length).toBe((heads.length - 1) / 2);
    await versions.getByRole("button", { name: "View as table" }).click();
    await versions.getByRole("button", { name: "Apart" }).click();
    await versions.locator(".multiples + .legend", { hasText: "Previous period" }).waitFor();
  });

  test("releases are marked, and read with the keyboard", async () => {
    const page = await open("/?app=timetracker&range=91d&admitted=all");
    const answer = await page.request.get(`${collector.url}/api/v1/releases?app=timetracker`);
    const { rows } = (await answer.json()) as { rows: { version: string; day: string }[] };
    const [newest] = rows;
    if (!newest) throw new Error("the fleet has no release");
    const plot = card(page, "Active installs").getByRole("application");
    await plot.focus();
    await page.keyboard.press("ArrowLeft");
    const readout = card(page, "Active installs").getByTestId("chart-readout");
    for (let step = 0; step < 91; step++) {
      if ((await readout.innerText()).includes(`Release ${newest.version}`)) break;
      await page.keyboard.press("ArrowLeft");
    }
    const day = new Date(newest.day).getUTCDate();
    expect(await readout.innerText()).toMatch(
      new RegExp(`${day}, 2026:.*Release ${newest.version}`),
    );
  });

  test("a stretch dragged on one chart zooms all, and outlives a refresh and a reload", async () => {
    const { page } = visit;
    await page.clock.install();
    await open("/installs");
    const plot = card(page, "Active installs, rolling").locator(".u-over");
    const box = await plot.boundingBox();
    if (!box) throw new Error("no plot");
    await page.mouse.move(box.x + box.width * 0.3, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/zoom=/);
    const { search } = new URL(page.url());
    const refreshed = page.waitForResponse(/installs\/rolling/);
    await page.clock.fastForward(31_000);
    await refreshed;
    expect(await page.getByRole("button", { name: "Reset zoom" }).count()).toBe(2);
    await page.reload();
    await settled(page);
    expect(new URL(page.url()).search).toBe(search);
    expect(await page.getByRole("button", { name: "Reset zoom" }).count()).toBe(2);
    await page.getByRole("button", { name: "Reset zoom" }).first().click();
    await page.waitForURL((url) => !url.searchParams.has("zoom"));
  });

  test("a card leaves as a picture and as a table that name app, days and filters", async () => {
    const page = await open("/?app=timetracker&range=28d&platform=Linux&admitted=all");
    const save = async (type: string) => {
      await card(page, "Active installs").getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Download ${type}` }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^timetracker-active-.*\.(csv|png)$/);
      return readFileSync(await download.path());
    };
    const png = await save("PNG");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // Wider than the plot and higher, for what is written around it.
    expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
    expect(png.readUInt32BE(20)).toBeGreaterThan(380);
    const csv = (await save("CSV")).toString();
    expect(csv).toContain("# App: timetracker\r\n");
    expect(csv).toContain("# Platform: Linux\r\n");
    expect(csv.split("\r\n").filter((line) => /^\d{4}-/.test(line))).toHaveLength(28);
  });

  test.each([
    ["/installs", ["Active installs, rolling", "Lifecycle", "Install age", "Survival"]],
    ["/versions?versions=apart", ["Version adoption", "Versions", "Upgrade lag", "Safe to drop"]],
    ["/retention", ["Weekly retention"]],
    ["/funnels?steps=auth.login~timer.started", ["Funnel"]],
    ["/features", ["Event trend", "Adoption", "Explorer", "By version", "Paths"]],
    ["/errors", ["Installs without an error", "Versions: all types"]],
  ])("every figure of %s leaves as a picture of it", async (path, titles) => {
    const query = "app=timetracker&range=28d&admitted=all";
    const page = await open(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    for (const title of titles) {
      await card(page, title).getByRole("button", { name: "Export" }).click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download PNG" }).click(),
      ]);
      const png = readFileSync(await download.path());
      const seen = await look(page, png);
      const box = await card(page, title).locator("figure, .card-body").last().boundingBox();
      // With its margins; tables stick out a little.
      const around = seen.width - (box?.width ?? 0);
      expect([title, around >= 48 && around < 64]).toEqual([title, true]);
      // Its bars, lines or shades, and the words around them.
      expect([title, seen.coloured > 100, seen.dark > 500]).toEqual([title, true, true]);
    }
  });

  test("a value pressed in Environments filters every page", async () => {
    const page = await open("/environments");
    await card(page, "Architecture").getByRole("button", { name: "aarch64" }).click();
    await page.waitForURL(/architecture=aarch64/);
    await page.getByRole("link", { name: "Installs" }).click();
    await page.getByRole("button", { name: "Remove filter Architecture: aarch64" }).waitFor();
    await expect.poll(() => page.getByTestId("denominator").innerText()).toContain("filters apply");
  });

  test("retention tells nobody, not yet and somebody apart without colour", async () => {
    const page = await open("/retention");
    const cells = await card(page, "Weekly retention").locator("td.heat-cell").allInnerTexts();
    expect(cells.filter((cell) => cell === "not yet").length).toBeGreaterThan(20);
    expect(cells.filter((cell) => /^\d+\/\d+$|%$/.test(cell)).length).toBeGreaterThan(10);
    expect(cells.every((cell) => cell === "not yet" || /^\d+\/\d+$|%$/.test(cell))).toBe(true);
    await page.getByRole("combobox", { name: "Cohorts by" }).selectOption("timer.started");
    await page.waitForURL(/by=timer.started/);
    await page.getByText("of their first timer.started").waitFor();
  });
});

test("a page whose code does not arrive says so, and comes when it is tried again", async () => {
  visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  const page = await open("/");
  await page.route("**/assets/page-versions-*.js", (route) => route.abort());
  await page.getByRole("link", { name: "Versions" }).click();
  await page.getByText("Versions could not be loaded").waitFor();
  expect(await visit.violations()).toEqual([]);
  await page.unroute("**/assets/page-versions-*.js");
  await page.getByRole("button", { name: "Retry" }).click();
  await card(page, "Upgrade lag").waitFor();
  await visit.close();
});

test("a page one comes back to shows what it knew, and says when that is not fresh", async () => {
  visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  const page = await open("/");
  const active = await page.getByTestId("tile-active").innerText();
  await page.getByRole("link", { name: "Retention" }).click();
  await card(page, "Weekly retention").waitFor();
  await page.route("**/api/v1/installs/**", (route) => route.abort());
  await page.getByRole("link", { name: "Overview" }).click();
  expect(await page.getByTestId("tile-active").innerText()).toBe(active);
  await card(page, "Active installs").getByText("Not up to date").waitFor();
  expect(await card(page, "Active installs").locator("canvas").count()).toBe(1);
  await page.unroute("**/api/v1/installs/**");
  await card(page, "Active installs").getByRole("button", { name: "Retry" }).click();
  await card(page, "Active installs").getByText("Not up to date").waitFor({ state: "detached" });
  await visit.close();
});

test("a question that is turned away waits as it is told, twice, before that is an error", async () => {
  visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  const { page } = visit;
  await page.clock.install();
  await open("/");
  let asked = 0;
  let answered = 3;
  await page.route("**/api/v1/installs/age?**", async (route) => {
    asked++;
    if (asked === answered) return route.continue();
    await route.fulfill({
      status: 429,
      headers: { "retry-after": "5" },
      json: { code: "rate_limited", message: "Too many questions.", requestId: "turned-away" },
    });
  });
  await page.getByRole("link", { name: "Installs" }).click();
  const age = page.getByTestId("card-age");
  for (const times of [1, 2]) {
    await expect.poll(() => asked).toBe(times);
    expect(await age.getAttribute("aria-busy")).toBe("true");
    expect(await age.locator(".card-error").count()).toBe(0);
    await page.clock.fastForward(5_000);
  }
  await age.locator("figcaption").waitFor();

  // Now for good.
  [asked, answered] = [0, Number.POSITIVE_INFINITY];
  await page.reload();
  for (const times of [1, 2, 3]) {
    await expect.poll(() => asked).toBe(times);
    if (times < 3) await page.clock.fastForward(5_000);
  }
  await age.locator(".card-error", { hasText: "Too many questions." }).waitFor();
  await age.getByText("Request turned-away").waitFor();
  answered = 4;
  await age.getByRole("button", { name: "Retry" }).click();
  await age.locator("figcaption").waitFor();
  await visit.close();
});

/** What a picture shows: its size in CSS pixels, how many of its pixels are coloured, and how many dark. */
function look(page: Page, png: Buffer) {
  return page.evaluate<{ width: number; coloured: number; dark: number }>(`(async () => {
    const bytes = Uint8Array.from(atob("${png.toString("base64")}"), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const { width, height } = picture;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const seen = { width: width / devicePixelRatio, coloured: 0, dark: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const pixel = [...data.subarray(at, at + 3)];
      if (Math.max(...pixel) - Math.min(...pixel) > 60) seen.coloured++;
      else if (Math.max(...pixel) < 120) seen.dark++;
    }
    return seen;
  })()`);
}

/** The cells of a card's table, row by row, oldest last as on the screen. */
async function tableRows(from: ReturnType<typeof card>): Promise<string[][]> {
  const rows = await from.locator("tbody tr").all();
  return Promise.all(
    rows.map(async (row) =>
      (await row.locator("th, td").allInnerTexts()).map((cell) => cell.replace(/\s*·.*$/, "")),
    ),
  );
}
