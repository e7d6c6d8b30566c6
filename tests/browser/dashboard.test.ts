import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Truth } from "../demo/truth.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "../support/page.ts";

const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);

let browser: Browser;
let collector: Collector;
let truth: Truth;
let now: number;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  ({ collector, truth, now } = await startWithFleet({ installs: 80, days: 40, seed: 5 }));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

test("charts are drawn in a browser whose language is no language tag", async () => {
  const posix = await openVisit(browser, collector, { width: 1440, scheme: "light", locale: null });
  await signIn(posix.page, collector);
  await settled(posix.page);
  expect(await posix.page.locator(".uplot canvas").count()).toBeGreaterThan(0);
  expect(posix.complaints()).toEqual([]);
  await posix.close();
});

for (const looks of LOOKS) {
  describe(`the dashboard, ${looks.width} wide, ${looks.scheme}`, () => {
    beforeEach(async () => {
      visit = await openVisit(browser, collector, looks);
    });
    afterEach(async () => {
      expect(visit.complaints()).toEqual([]);
      await visit.close();
    });

    test("the sign-in page has no violation and refuses a wrong token in words", async () => {
      const { page } = visit;
      await page.goto(collector.url);
      await page.getByLabel("Admin token").fill("not-the-token-at-all");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("That is not the admin token").waitFor();
      expect(await visit.violations()).toEqual([]);
    });

    test("the link signs in and its token leaves the address bar; Overview has no violation", async () => {
      const { page } = visit;
      await signIn(page, collector);
      await settled(page);
      expect(page.url()).not.toContain(collector.tokens.admin);
      const denominator = await page.getByTestId("denominator").innerText();
      const { admitted } = truth.summary(now);
      expect(admitted).toBeGreaterThan(0);
      expect(denominator).toMatch(/\d+ installs report/);
      expect(await page.getByRole("heading", { name: "Active installs" }).count()).toBeGreaterThan(
        0,
      );
      expect(await visit.violations()).toEqual([]);
    });

    test("each chart opens as a table, and the tables have no violation", async () => {
      const { page } = visit;
      await signIn(page, collector, "/?app=timetracker&range=28d");
      await settled(page);
      const figures = await page.locator("figure").count();
      expect(figures).toBeGreaterThan(0);
      const buttons = page.getByRole("button", { name: "View as table" });
      await buttons.first().click();
      await page.getByRole("table", { name: "Active installs" }).waitFor();
      expect(await visit.violations()).toEqual([]);
    });

    test("Features lists the fleet's events with their true counts", async () => {
      const { page } = visit;
      await signIn(page, collector, "/features?app=timetracker&range=28d&admitted=all");
      await settled(page);
      const row = page.getByRole("row").filter({ hasText: "timer.started" }).first();
      await row.waitFor();
      const today = Math.floor(now / 86_400_000) * 86_400_000;
      const known = truth.events(today - 27 * 86_400_000, today + 86_400_000).get("timer.started");
      const cells = await row.getByRole("cell").allInnerTexts();
      expect(cells).toContain(known?.count.toLocaleString("en-US"));
    });

    test("nothing is wider than the screen", async () => {
      const { page } = visit;
      for (const path of ["/?app=timetracker", "/features?app=timetracker"]) {
        await signIn(page, collector, path);
        await settled(page);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          looks.width,
        );
      }
    });
  });
}

describe("the dashboard on a desktop", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  test("filters stand in the address and come back with it", async () => {
    const { page } = visit;
    await signIn(page, collector, "/?app=timetracker&range=28d&platform=Linux&admitted=all");
    await settled(page);
    await page.getByRole("button", { name: "Remove filter Platform: Linux" }).waitFor();
    const filtered = await page.getByTestId("denominator").innerText();
    expect(filtered).toContain("filters apply");
    await page.reload();
    await settled(page);
    await page.getByRole("button", { name: "Remove filter Platform: Linux" }).click();
    await page.waitForURL((url) => !url.searchParams.has("platform"));
    await settled(page);
    expect(await page.getByTestId("denominator").innerText()).not.toContain("filters apply");
    await page.goBack();
    await page.getByRole("button", { name: "Remove filter Platform: Linux" }).waitFor();
  });

  test("a signed-in page still is after a reload, and not after signing out", async () => {
    const { page } = visit;
    await signIn(page, collector);
    await page.reload();
    await page.getByTestId("denominator").waitFor();
    await page.context().clearCookies();
    await page.reload();
    await page.getByLabel("Admin token").waitFor();
  });

  test("a chart is read with the arrow keys", async () => {
    const { page } = visit;
    await signIn(page, collector, "/?app=timetracker&range=28d&admitted=all");
    await settled(page);
    const plot = page.locator("figure [tabindex='0']").first();
    await plot.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Home");
    await page.getByTestId("chart-readout").filter({ hasText: /\d/ }).first().waitFor();
    await page.keyboard.press("Escape");
  });
});

test("the empty state waits for the first heartbeat and switches by itself", async () => {
  const empty = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
  const waiting = await openVisit(browser, empty, { width: 1440, scheme: "light" });
  try {
    const { page } = waiting;
    await signIn(page, empty, "/?app=timetracker");
    await page.getByText("Waiting for the first heartbeat of timetracker").waitFor();
    expect(await waiting.violations()).toEqual([]);
    const installId = randomUUID();
    const heartbeat = logRecord({
      event: "base_telemetry.heartbeat",
      installId,
      attributes: baseFields(installId),
    });
    await postJson(empty.url, empty.tokens.ingest, logsRequest([heartbeat]));
    await page.getByText("1 reported, none admitted yet").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Include pending installs" }).click();
    await page.getByText("1 install reports").waitFor({ timeout: 30_000 });
    // Only complete buckets are told about, and today is none: it must not read as nobody.
    await page.getByText("Active installs so far today: 1; the day is not over.").waitFor();
    expect(waiting.complaints()).toEqual([]);
  } finally {
    await waiting.close();
    await empty.stop();
  }
}, 90_000);
