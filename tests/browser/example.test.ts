import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { count, loaded, sql } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { dumpTables } from "../support/dump.ts";
import { type Example, startExample } from "../support/example.ts";
import {
  addWork,
  ask,
  completeSetup,
  enter,
  installation,
  TYPED,
  trackTime,
} from "../support/example-user.ts";
import { logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { openVisit, settled, signIn, type Visit } from "../support/page.ts";
import { waitFor } from "../support/processes.ts";

/** What a day's work below sends, page views and pings included. */
const EVENTS = [
  "$pageview",
  "admin.user_created",
  "analytics.identify",
  "auth.login",
  "auth.login_failed",
  "auth.logout",
  "client.created",
  "export.csv",
  "invoice.created",
  "invoice.paid",
  "invoice.sent",
  "project.archived",
  "project.created",
  "project.unarchived",
  "project.updated",
  "report.generated",
  "report.viewed",
  "setup.completed",
  "task.created",
  "task.status_changed",
  "telemetry.install",
  "timer.started",
  "timer.stopped",
];

/** One story: each test goes on where the one before it ended. */
describe("the example app and a collector", () => {
  let browser: Browser;
  let collector: Collector;
  let example: Example;
  let installId: string;
  let visit: Visit;
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-example-"));

  const own = (what = "events") =>
    count(collector, `SELECT count() FROM ${what} WHERE install_id = '${installId}'`);

  beforeAll(async () => {
    browser = await openBrowser(inject("chromium"));
    collector = await startCollector();
    example = await startExample(collector, { dataDir });
  });
  afterAll(async () => {
    await example?.stop();
    await collector?.stop();
    await browser?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    visit = await openVisit(browser, example, { width: 1440, scheme: "light" });
  });
  afterEach(async () => {
    // A page that answers 4xx or 5xx on purpose is in Chromium's console too.
    const complaints = visit.complaints().filter((line) => !line.includes("Failed to load"));
    await visit.close();
    expect(complaints).toEqual([]);
  });

  test("nothing leaves before setup is complete", async () => {
    const { page } = visit;
    await page.goto(example.url);
    await page.getByText("Step 1 of 6").waitFor();
    installId = String(installation(example).install_id);
    await completeSetup(page, example, { optIn: true });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await waitFor("the base report arrives", 20_000, async () => (await own("heartbeats")) > 0);
    const [first] = await sql<{ before: number }>(
      collector,
      `SELECT min(received_at) < toDateTime64('${String(installation(example).setup_completed_at).slice(0, 19)}', 3, 'UTC') AS before
       FROM heartbeats WHERE install_id = '${installId}'`,
    );
    expect(Number(first?.before)).toBe(0);
  });

  test("a day's work arrives as events", async () => {
    const { page } = visit;
    await page.goto(`${example.url}/login`);
    await page.getByLabel("Name").fill(TYPED.administrator);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Name or password is wrong.").waitFor();
    await enter(page, example);

    await page.goto(`${example.url}/admin/users`);
    await page.getByLabel("Name").fill(TYPED.user);
    await page.getByLabel("Password").fill(TYPED.password);
    await page.getByRole("button", { name: "Create the user" }).click();
    await page.getByRole("cell", { name: TYPED.user }).waitFor();

    await addWork(page, example);
    await page.getByLabel(`Status of ${TYPED.task}`).selectOption("in_progress");
    await page.getByRole("button", { name: "Set" }).click();
    await page.goto(`${example.url}/projects/1`);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Archive", exact: true }).click();
    await page.getByRole("button", { name: "Take out of the archive" }).click();
    await page.getByRole("button", { name: "Archive", exact: true }).waitFor();

    await trackTime(page, example);
    await page.goto(`${example.url}/invoices`);
    await page.getByRole("button", { name: "Create an invoice" }).click();
    // One step of 15 minutes at 80.00 an hour.
    await page.getByText("Total €20.00").waitFor();
    await page.getByRole("button", { name: "Mark as sent" }).click();
    await page.getByRole("button", { name: "Mark as paid" }).click();
    await page.locator(".badge.paid").waitFor();

    await page.goto(`${example.url}/reports`);
    await page.getByRole("combobox", { name: /^By/ }).selectOption("user");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("cell", { name: TYPED.administrator }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Export as CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("time-by-user.csv");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();

    const arrived = async () =>
      (
        await sql<{ event: string }>(
          collector,
          `SELECT DISTINCT event FROM events WHERE install_id = '${installId}' ORDER BY event`,
        )
      ).map(({ event }) => event);
    await waitFor("the last event arrives", 20_000, async () =>
      (await arrived()).includes("auth.logout"),
    );
    expect(await arrived()).toEqual(EVENTS);
  });

  test("nothing that was typed is stored anywhere in the collector", async () => {
    const typed = Object.values(TYPED);
    const texts = (await dumpTables(collector)).flatMap(({ rows }) => rows);
    expect(texts.some((text) => text.includes("timer.started"))).toBe(true);
    expect(typed.filter((word) => texts.some((text) => text.includes(word)))).toEqual([]);
    const paths = await sql<{ path: string }>(
      collector,
      `SELECT DISTINCT properties['pathname'] AS path FROM events
       WHERE event = '$pageview' AND install_id = '${installId}'`,
    );
    expect(paths.map(({ path }) => path)).toContain("/projects/:id");
    expect(paths.filter(({ path }) => /\d/.test(path))).toEqual([]);
  });

  test("a timer that was left alone is found idle, and a fault is counted without its words", async () => {
    const { page } = visit;
    await enter(page, example);
    await page.goto(`${example.url}/timer`);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("so far").waitFor();
    ask(
      example,
      "UPDATE entries SET started_at = started_at - 7200, seen_at = seen_at - 3600 WHERE ended_at IS NULL",
    );
    await page.goto(`${example.url}/timer`);
    await page.getByText("Nobody was here from").waitFor();
    await page.getByRole("button", { name: /^End it at/ }).click();
    await page.getByRole("cell", { name: "1:00 h" }).first().waitFor();

    ask(example, "ALTER TABLE clients RENAME TO clients_elsewhere");
    const reply = await page.goto(`${example.url}/clients`);
    expect(reply?.status()).toBe(500);
    await page.getByRole("heading", { name: "Something went wrong" }).waitFor();
    ask(example, "ALTER TABLE clients_elsewhere RENAME TO clients");
    await waitFor("both events arrive", 20_000, async () => {
      const found = await count(
        collector,
        `SELECT uniqExact(event) FROM events WHERE install_id = '${installId}'
         AND event IN ('timer.idle_detected', 'system.error')`,
      );
      return found === 2;
    });
  });

  test("the maintainer sees the events on the Features page", async () => {
    const dashboard = await openVisit(browser, collector, { width: 1440, scheme: "light" });
    const { page } = dashboard;
    await signIn(page, collector, "/features?app=timetracker&range=28d&admitted=all");
    await settled(page);
    await page
      .getByTestId("card-events")
      .getByRole("button", { name: /^Show all/ })
      .click();
    await page.getByRole("row").filter({ hasText: "timer.started" }).first().waitFor();
    await page.getByRole("row").filter({ hasText: "invoice.paid" }).first().waitFor();
    expect(dashboard.complaints()).toEqual([]);
    await dashboard.close();
  });

  test("after opting out on the telemetry page nothing more arrives", async () => {
    const { page } = visit;
    await enter(page, example);
    await page.getByRole("link", { name: "Telemetry" }).click();
    await page.getByRole("button", { name: "Turn detailed telemetry off" }).click();
    await page.getByText("Detailed telemetry is off.").first().waitFor();
    expect(ask(example, "SELECT allow_analytics FROM settings")).toEqual([{ allow_analytics: 0 }]);
    await loaded(collector);
    const before = await own();
    await trackTime(page, example);
    // Ending sends whatever waits, so nothing can come later than the control.
    await example.stop();

    const control = logRecord({ event: "timer.started", attributes: { project_id: 1 } });
    const reply = await postJson(collector.url, collector.tokens.ingest, logsRequest([control]));
    expect(reply.status).toBe(200);
    await loaded(collector);
    expect(await count(collector, "SELECT uniqExact(install_id) FROM events")).toBe(2);
    expect(await own()).toBe(before);
    example = await startExample(collector, { dataDir });
  });

  test("DO_NOT_TRACK=1 locks the telemetry page and says so", async () => {
    const locked = await startExample(collector, { dataDir, env: { DO_NOT_TRACK: "1" } });
    const other = await openVisit(browser, locked, { width: 1440, scheme: "light" });
    const { page } = other;
    await enter(page, locked);
    await page.goto(`${locked.url}/admin/telemetry`);
    await page.getByText("DO_NOT_TRACK is set in the environment").first().waitFor();
    expect(
      await page.getByRole("button", { name: "Turn detailed telemetry on" }).isDisabled(),
    ).toBe(true);
    expect(other.complaints()).toEqual([]);
    await other.close();
    await locked.stop();
  });

  test("erasing shows a receipt, and the collector has nothing about the install any more", async () => {
    const { page } = visit;
    expect(await own()).toBeGreaterThan(0);
    await enter(page, example);
    await page.goto(`${example.url}/admin/telemetry`);
    await page.getByText("Erase it everywhere …").click();
    await page.getByRole("button", { name: "Erase everything" }).click();
    await page.getByRole("heading", { name: "Erased", exact: true }).waitFor();
    for (const table of ["events", "heartbeats", "installs"]) expect(await own(table)).toBe(0);
    const texts = (await dumpTables(collector)).flatMap(({ rows }) => rows);
    expect(texts.filter((text) => text.includes(installId))).toEqual([]);
  });
});
