import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { openVisit, settled, signIn, type Visit } from "../support/page.ts";
import { DESKTOP, PHONE } from "../support/pages.ts";

/*
 * Forty installs of one user each that say where they stand in the app's own funnel, and of which the
 * first eight had an error. Everything happened yesterday between 08:00 and 09:00 UTC.
 */
const INSTALLS = 40;
const DAY_MS = 86_400_000;
/** Every page is seen in all four looks in pages.test.ts. */
const LOOKS = [DESKTOP, PHONE];

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;

/** Records of one install, with the version it runs. */
function history(index: number, midnight: number): object[] {
  const installId = idOf(index);
  const beats = [2, 1].map((days) =>
    logRecord({
      ...{ event: "base_telemetry.heartbeat", installId },
      time: midnight - days * DAY_MS + 3 * 3_600_000,
      attributes: baseFields(installId),
    }),
  );
  const yesterday = midnight - DAY_MS + 8 * 3_600_000;
  const event = (name: string, minute: number, attributes: Record<string, string> = {}) =>
    logRecord({
      ...{ event: name, installId, identity: String(index) },
      time: yesterday + minute * 60_000,
      attributes,
    });
  return [
    ...beats,
    event("auth.login", 0, { auth_method: index < 10 ? "oidc" : "local" }),
    event("funnel.onboarding.signed_up", 1),
    ...(index < 30 ? [event("funnel.onboarding.profile_completed", 11)] : []),
    event("timer.started", 20),
    ...(index < 8 ? [event("system.error", 30, { error_type: "database" })] : []),
  ];
}

let browser: Browser;
let collector: Collector;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const records = Array.from({ length: INSTALLS }, (_, index) => history(index, midnight)).flat();
  const reply = await postJson(collector.url, collector.tokens.backfill, logsRequest(records));
  expect(reply.status).toBe(200);
  await loaded(collector, 30_000);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

const open = async (page: Page, path: string) => {
  await signIn(page, collector, `${path}${path.includes("?") ? "&" : "?"}app=timetracker&range=7d`);
  await settled(page);
};

for (const looks of LOOKS) {
  describe(`detailed usage, ${looks.width} wide, ${looks.scheme}`, () => {
    beforeEach(async () => {
      visit = await openVisit(browser, collector, looks);
    });
    afterEach(async () => {
      expect(visit.complaints()).toEqual([]);
      await visit.close();
    });

    test.each([
      ["/features", "Explorer"],
      ["/features?explore-over=time", "Explorer"],
      ["/funnels", "Funnel"],
      ["/errors", "Errors by type"],
    ])("%s has no violation and is not wider than the screen", async (path, title) => {
      const { page } = visit;
      await open(page, path);
      await page.getByRole("heading", { name: title, exact: true }).waitFor();
      await settled(page);
      expect(await visit.violations()).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
        looks.width,
      );
    });
  });
}

describe("detailed usage", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  const card = (id: string) => visit.page.getByTestId(`card-${id}`);
  const row = (id: string, name: string) =>
    card(id).getByRole("row").filter({ hasText: name }).first();
  const cells = async (id: string, name: string) => {
    await row(id, name).waitFor();
    return row(id, name).getByRole("cell").allInnerTexts();
  };

  test("the explorer breaks an event down, takes a condition, and the link brings it back", async () => {
    const { page } = visit;
    await open(page, "/features?explore-event=auth.login");
    expect((await cells("explore", "local")).slice(0, 2)).toEqual(["30", "30"]);
    expect((await cells("explore", "oidc")).slice(0, 2)).toEqual(["10", "10"]);

    await card("explore").getByRole("button", { name: "Add a condition" }).click();
    const form = page.getByRole("dialog", { name: "Add a condition" });
    await form.getByLabel("Value").fill("oidc");
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await card("explore")
      .locator("figcaption", { hasText: "auth.login: 10 events from 10 installs" })
      .waitFor();
    const address = page.url();

    await card("explore")
      .getByRole("button", { name: "Remove condition: auth_method is oidc" })
      .click();
    await card("explore").locator("figcaption", { hasText: "auth.login: 40 events" }).waitFor();
    await page.goto(address);
    await card("explore")
      .locator("figcaption", { hasText: "auth.login: 10 events from 10 installs" })
      .waitFor();
  });

  test("adoption is of the installs that share, and paths say what came next", async () => {
    const { page } = visit;
    await open(page, "/features?path-event=auth.login");
    expect(await cells("events", "timer.started")).toEqual(expect.arrayContaining(["100%", "40"]));
    expect((await cells("events", "profile_completed"))[0]).toBe("75%");
    await card("paths")
      .locator("figcaption", { hasText: "After auth.login most often comes" })
      .waitFor();
    expect(await card("paths").locator("figcaption").innerText()).toBe(
      "After auth.login most often comes funnel.onboarding.signed_up: 100%.",
    );
  });

  test("the funnel begins with the app's own and counts each step with its time", async () => {
    await open(
      visit.page,
      "/funnels?steps=funnel.onboarding.signed_up~funnel.onboarding.profile_completed",
    );
    expect(await cells("funnel", "signed_up")).toEqual(["40", "–", "100%", "–"]);
    expect(await cells("funnel", "profile_completed")).toEqual(["30", "75%", "75%", "10 min"]);
  });

  test("steps are moved, added and removed with the keyboard, and the focus stays with them", async () => {
    const { page } = visit;
    // Frames come when they come: on a busy machine after the test, or before the new order.
    await page.addInitScript("window.requestAnimationFrame = () => 0");
    await open(page, "/funnels?steps=auth.login~timer.started");
    await card("builder").getByRole("button", { name: "Move step 2 up" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("timer.started is now step 1.").waitFor();
    expect(new URL(page.url()).searchParams.get("steps")).toBe("timer.started~auth.login");
    // It cannot go further up, so the other button of the same step has the focus.
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      "Move step 1 down",
    );
    // Nobody signed in after starting a timer.
    expect((await cells("funnel", "2. auth.login"))[0]).toBe("0");

    await card("builder").getByRole("button", { name: "Add a step" }).click();
    await card("builder").getByRole("button", { name: "Remove step 3" }).click();
    expect(
      await card("builder")
        .getByRole("button", { name: /^Remove step/ })
        .count(),
    ).toBe(2);
  });

  test("errors are ranked by installs, and a type opens with its versions", async () => {
    const { page } = visit;
    await open(page, "/errors");
    expect((await cells("errors", "database")).slice(0, 3)).toEqual(["8", "20%", "8"]);
    await card("errors")
      .getByText("80% of 40 sharing installs had no error; 1 type seen.")
      .waitFor();
    await card("errors").getByRole("button", { name: "database" }).click();
    await page.getByRole("heading", { name: "Versions: database" }).waitFor();
    expect(new URL(page.url()).searchParams.get("type")).toBe("database");
    expect((await cells("error-versions", "5.10.0"))[0]).toContain("20%");
  });

  test("installs without an error have a course of their own", async () => {
    await open(visit.page, "/errors");
    await card("error-free")
      .locator("figcaption", { hasText: /^Installs without an error: 80% \(/ })
      .waitFor();
    await card("error-free").getByRole("button", { name: "View as table" }).click();
    const shares = (await card("error-free").getByRole("cell").allInnerTexts()).filter(
      (cell) => cell !== "–",
    );
    expect(shares).toEqual(["80%"]);
  });

  test("an event is drawn by version, and an event chosen is in the address", async () => {
    const { page } = visit;
    await open(page, "/features?version-event=auth.login");
    await card("by-version").getByRole("heading", { name: "5.10.0" }).waitFor();
    expect(await card("by-version").locator("figcaption").innerText()).toBe(
      "auth.login came from 40 installs, on 5.10.0 from 40 of them.",
    );
    await card("by-version").getByRole("combobox", { name: "Event" }).selectOption("system.error");
    await page.waitForURL(/version-event=system.error/);
    await card("by-version").locator("figcaption", { hasText: "came from 8 installs" }).waitFor();
  });

  test("without anybody who shares the pages say so", async () => {
    for (const path of ["/features", "/funnels", "/errors"]) {
      await open(visit.page, `${path}?version=5.9.9`);
      await visit.page.getByText("No install shares detailed usage in this range").waitFor();
    }
  });
});
