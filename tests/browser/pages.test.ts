import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { furnish } from "../support/furnish.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "../support/page.ts";

/** What every page must do, whatever is on it; what is on it is tested in the files beside this one. */
const DAYS = 60;
const PAGES = {
  overview: "Overview",
  installs: "Installs",
  versions: "Versions",
  environments: "Environments",
  features: "Features",
  funnels: "Funnels",
  retention: "Retention",
  errors: "Errors",
  health: "Data health",
  settings: "Settings",
} as const;
type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];
/** Those that are about an app's installs: they have nothing to show without one. */
const FLEET_PAGES = NAMES.filter((name) => name !== "health" && name !== "settings");
const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);
const DESKTOP: Looks = { width: 1440, scheme: "light" };
const PHONE: Looks = { width: 390, scheme: "dark" };
/** An app with a token that nobody has reported to. */
const EMPTY = "sandbox";
/** An app with one install, which has reported on one day. */
const PENDING = "newcomer";

let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  const fleet = await startWithFleet({ installs: 150, days: DAYS, seed: 7 });
  collector = fleet.collector;
  await furnish(collector, { now: fleet.now, days: DAYS });
  await reportOnce();
  await loaded(collector, 60_000);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

/** Somebody installs the app of `PENDING`. */
async function reportOnce(): Promise<void> {
  const made = await fetch(`${collector.url}/api/v1/settings/ingest-tokens`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${collector.tokens.admin}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ app: PENDING, name: "first build" }),
  });
  const { token } = (await made.json()) as { token: string };
  const installId = randomUUID();
  const event = "base_telemetry.heartbeat";
  const record = logRecord({ event, installId, attributes: baseFields(installId) });
  const reply = await postJson(collector.url, token, logsRequest([record]));
  expect(reply.status).toBe(200);
}

const pathOf = (name: Name, app = "timetracker", more = "&range=28d") =>
  `/${name === "overview" ? "" : name}?app=${app}${more}`;

/** A visit that is signed in already, for as many pages as one likes. */
async function enter(looks: Looks, at: Collector = collector): Promise<Visit> {
  const visit = await openVisit(browser, at, looks);
  await signIn(visit.page, at, pathOf("settings"));
  await settled(visit.page);
  return visit;
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${collector.url}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
}

/** The titles of the cards that show neither a sentence nor a table, nor say why. */
const MUTE_CARDS = `[...document.querySelectorAll("main section[data-testid^=card-]")]
  .filter((card) => !card.querySelector(".summary, table, .card-empty, form, dl, li"))
  .map((card) => card.querySelector("h2")?.textContent ?? card.outerHTML.slice(0, 200))`;

const beyondTheEdge = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

describe.each(LOOKS)("$width wide, $scheme", (looks) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(looks);
  });
  afterAll(() => visit?.close());

  test.each(NAMES)("%s shows the fleet, fits, and has no violation", async (name) => {
    const { page } = visit;
    await open(page, pathOf(name));
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(PAGES[name]);
    expect(await page.locator("main section.card, main table, main form").count()).not.toBe(0);
    expect(await page.locator(".card-error").count()).toBe(0);
    expect(await page.evaluate(MUTE_CARDS)).toEqual([]);
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
  });
});

describe.each([DESKTOP, PHONE])("without data, $width wide, $scheme", (looks) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(looks);
  });
  afterAll(() => visit?.close());

  test("every page about installs waits for the first", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      await open(page, pathOf(name, EMPTY));
      await page.getByText(`Waiting for the first heartbeat of ${EMPTY}`).waitFor();
      expect([name, await beyondTheEdge(page)]).toEqual([name, 0]);
    }
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
  });

  test("Data health has nothing to complain about, and Settings are there", async () => {
    const { page } = visit;
    for (const name of ["health", "settings"] as const) {
      await open(page, pathOf(name, EMPTY));
      expect(await page.locator(".card-error").count()).toBe(0);
      expect(await page.evaluate(MUTE_CARDS)).toEqual([]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("where all installs are pending every page says so, and shows them when it is told to", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      await open(page, pathOf(name, PENDING));
      await page.getByText("1 reported, none admitted yet").waitFor();
    }
    expect(await visit.violations()).toEqual([]);
    await page.getByRole("button", { name: "Include pending installs" }).click();
    await page.waitForURL(/admitted=all/);
    for (const name of FLEET_PAGES) {
      await open(page, pathOf(name, PENDING, "&range=28d&admitted=all"));
      expect([name, await page.getByTestId("all-pending").count()]).toEqual([name, 0]);
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
      expect([name, await page.evaluate(MUTE_CARDS)]).toEqual([name, []]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("a filter that lets nobody through leaves cards that say so", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      await open(page, pathOf(name, "timetracker", "&range=28d&version=0.0.1"));
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
      expect([name, await page.evaluate(MUTE_CARDS)]).toEqual([name, []]);
      expect([name, await page.locator("main").innerText()]).not.toEqual([
        name,
        expect.stringMatching(/NaN|undefined|Infinity|null/),
      ]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("while answers are under way every page shows where they will stand", async () => {
    const { page } = visit;
    for (const name of [...FLEET_PAGES, "health"] as const) {
      const answers = await holdAnswers(page);
      await page.goto(`${collector.url}${pathOf(name)}`);
      await page.locator('main [aria-busy="true"]').first().waitFor();
      expect([name, await visit.violations()]).toEqual([name, []]);
      await answers.release();
      await settled(page);
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
    }
    expect(visit.complaints()).toEqual([]);
  });
});

/** Holds back what cards ask for; who is asking, about which app, is answered. */
async function holdAnswers(page: Page): Promise<{ release(): Promise<void> }> {
  const held: Route[] = [];
  const questions = /\/api\/v1\/(?!session|apps)/;
  await page.route(questions, (route) => {
    held.push(route);
  });
  return {
    async release() {
      await page.unroute(questions);
      // A question that its card has given up since cannot be answered any more.
      await Promise.all(held.map((route) => route.continue().catch(() => {})));
    },
  };
}

describe("when the engine is down", () => {
  let failing: Collector;
  let visit: Visit;
  beforeAll(async () => {
    failing = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
    const installId = randomUUID();
    const event = "base_telemetry.heartbeat";
    const record = logRecord({ event, installId, attributes: baseFields(installId) });
    await postJson(failing.url, failing.tokens.ingest, logsRequest([record]));
    await loaded(failing);
    visit = await openVisit(browser, failing, DESKTOP);
    await signIn(visit.page, failing, pathOf("overview", undefined, "&range=28d&admitted=all"));
    await settled(visit.page);
  }, 60_000);
  afterAll(async () => {
    await visit?.close();
    await failing?.stop();
  });

  test("every page offers to try again, names the request, and comes back", async () => {
    const { page } = visit;
    const engine = await keepDown(failing);
    for (const name of NAMES.filter((each) => each !== "overview" && each !== "settings")) {
      await page.getByRole("link", { name: PAGES[name], exact: true }).click();
      const error = page.locator(".card-error").first();
      await error.waitFor();
      expect([name, await error.innerText()]).toEqual([name, expect.stringMatching(/Request \S+/)]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    await engine.mayComeBack();
    const retry = page.getByRole("button", { name: "Retry" });
    while ((await retry.count()) > 0) {
      // One that is refreshed by itself in the meantime is as good.
      await retry
        .first()
        .click({ timeout: 1_000 })
        .catch(() => {});
    }
    await settled(page);
    expect(await page.locator(".card-error").count()).toBe(0);
    // The browser itself reports every 503.
    expect(visit.complaints().filter((complaint) => !complaint.includes("503"))).toEqual([]);
  }, 90_000);
});

const statusOf = async ({ url, tokens }: Collector) => {
  const headers = { authorization: `Bearer ${tokens.admin}` };
  return (await fetch(`${url}/api/v1/installs/summary?app=timetracker`, { headers })).status;
};

/** Ends the engine as a crash would, as often as the collector starts it again. */
async function keepDown(at: Collector): Promise<{ mayComeBack(): Promise<void> }> {
  const end = () => {
    for (const pid of at.enginePids()) process.kill(pid, "SIGKILL");
  };
  end();
  const timer = setInterval(end, 100);
  await expect.poll(() => statusOf(at), { timeout: 10_000 }).toBe(503);
  return {
    async mayComeBack() {
      clearInterval(timer);
      await expect.poll(() => statusOf(at), { timeout: 40_000, interval: 200 }).toBe(200);
    },
  };
}

describe("with the keyboard alone", () => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(DESKTOP);
  });
  afterAll(() => visit?.close());

  test("pages, range, comparison and filter are reached and used", async () => {
    const { page } = visit;
    await open(page, pathOf("overview"));
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
    await open(page, pathOf("overview"));
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
    await open(page, pathOf("features"));
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
    await open(page, pathOf("overview"));
    const letters = { i: "installs", v: "versions", e: "environments", f: "features" } as const;
    const more = { u: "funnels", r: "retention", x: "errors", h: "health", s: "settings" } as const;
    for (const [letter, name] of Object.entries({ ...letters, ...more, o: "overview" as const })) {
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
    visit = await enter(DESKTOP);
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
    async health(page) {
      await page.getByTestId("card-volume").getByRole("button", { name: "View as table" }).click();
    },
    async settings(page) {
      await page.getByRole("link", { name: "Releases" }).click();
    },
  };

  test.each(NAMES)("of %s brings back the very view that was chosen", async (name) => {
    const { page } = visit;
    await open(page, pathOf(name));
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
    // On Data health the collector is told about as it is this second.
    const plain = (text: string) => (name === "health" ? text.replace(/[\d.,]+/g, "") : text);
    expect(plain(other.text)).toBe(plain(await shown(page)));
    await fresh.close();
  });
});

/** All that a page shows but how long ago it asked, and which choices are on. */
const shown = (page: Page) =>
  page.evaluate<string>(`[
    document.querySelector("main").innerText.replace(/Updated .* ago|Updating…/g, ""),
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

test("at 400 % of zoom every page keeps its cards, and no text leaves the screen", async () => {
  // What is left of 1280 × 1024.
  const visit = await openVisit(browser, collector, { width: 320, scheme: "light" });
  const { page } = visit;
  await page.setViewportSize({ width: 320, height: 256 });
  await signIn(page, collector, pathOf("settings"));
  for (const name of NAMES) {
    await open(page, pathOf(name));
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
    let clipped = one.scrollWidth > one.clientWidth + 1 && !/visible/.test(getComputedStyle(one).overflowX) && !one.closest("[title]");
    if (box.right <= innerWidth + 1 && box.left >= -1) return clipped;
    for (let up = one; up; up = up.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return false;
    }
    return true;
  })
  .map((one) => one.outerHTML.slice(0, 120))`;
