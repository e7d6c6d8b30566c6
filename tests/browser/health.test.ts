import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "../support/page.ts";

const LOOKS: Looks[] = [
  { width: 1440, scheme: "light" },
  { width: 390, scheme: "dark" },
];
const INSTALL = "11111111-2222-4333-8444-555555555555";

let browser: Browser;
let collector: Collector;
let visit: Visit;

const send = (records: object[], version?: string) =>
  postJson(collector.url, collector.tokens.ingest, logsRequest(records, version));

beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

describe("a collector that has nothing to say yet", () => {
  test("is well, and its empty cards are good news", async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
    const { page } = visit;
    await signIn(page, collector, "/health?app=timetracker");
    await settled(page);
    expect(await page.getByTestId("health-status").innerText()).toContain("All is well");
    await page.getByText("Every event that is sent is in the catalogue.").waitFor();
    await page.getByText("Every record fits the schema.").first().waitFor();
    expect(await page.getByRole("link", { name: "Add to catalogue" }).count()).toBe(0);
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });
});

describe("a collector that refuses some of what is sent", () => {
  beforeAll(async () => {
    await send([
      logRecord({
        event: "base_telemetry.heartbeat",
        installId: INSTALL,
        attributes: baseFields(INSTALL),
      }),
    ]);
    // Two of three kinds of records are refused; of the third, a field is left out.
    await send(
      [
        ...Array.from({ length: 7 }, () =>
          logRecord({ event: "timer.paused", installId: INSTALL }),
        ),
        logRecord({ event: "task.moved", installId: INSTALL }),
        logRecord({
          event: "auth.login",
          installId: INSTALL,
          attributes: { user_email: "a@example.org" },
        }),
      ],
      "5.11.0",
    );
    await loaded(collector, 90_000);
  }, 120_000);

  for (const looks of LOOKS) {
    describe(`${looks.width} wide, ${looks.scheme}`, () => {
      beforeEach(async () => {
        visit = await openVisit(browser, collector, looks);
        await signIn(visit.page, collector, "/health?app=timetracker");
        await settled(visit.page);
      });
      afterEach(async () => {
        expect(visit.complaints()).toEqual([]);
        await visit.close();
      });

      test("it says so first, in words, and has no violation", async () => {
        const { page } = visit;
        const status = page.getByTestId("health-status");
        expect(await status.innerText()).toContain("2 events are sent and not in the catalogue.");
        expect(await visit.violations()).toEqual([]);
        const beyond = await page.evaluate<number>(
          "document.documentElement.scrollWidth - innerWidth",
        );
        expect(beyond).toBeLessThanOrEqual(0);
      });

      test("the tables name the reason, the event and the version that sends it", async () => {
        const { page } = visit;
        const refusals = await page.getByTestId("card-refusals").innerText();
        expect(refusals).toContain("not in the catalogue");
        expect(refusals).toContain("timer.paused");
        expect(refusals).toContain("5.11.0");
        expect(refusals).toContain("user_email");
        expect(refusals).not.toContain("a@example.org");
        expect(await page.getByTestId("card-storage").innerText()).toContain("heartbeats");
        expect(await page.getByTestId("card-machine").innerText()).toContain("Engine memory");
      });

      test("new installs are told by token, with the way to where tokens are revoked", async () => {
        const { page } = visit;
        const card = page.getByTestId("card-arrival-tokens");
        // The first of the app's two tokens; nothing but base records tell it.
        await card.getByRole("row", { name: "from the environment (1) 1 – no budget" }).waitFor();
        expect(await card.innerText()).toContain("No token has a budget.");
        await card.getByRole("link", { name: "Ingest tokens" }).click();
        await page.getByRole("heading", { level: 2, name: "Ingest tokens" }).waitFor();
      });

      test("each figure opens as a table, and the tables have no violation", async () => {
        const { page } = visit;
        for (const id of ["minutes", "arrival-hours", "volume"]) {
          const card = page.getByTestId(`card-${id}`);
          await card.getByRole("button", { name: "View as table" }).click();
          await card.locator("table").waitFor();
        }
        expect(page.url()).toContain("table=");
        expect(await visit.violations()).toEqual([]);
      });
    });
  }

  test("the draft of the catalogue and the raw rows are downloaded", async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
    const { page } = visit;
    await signIn(page, collector, "/health?app=timetracker");
    await settled(page);
    const download = async (name: string) => {
      const begun = page.waitForEvent("download");
      await page.getByRole("link", { name }).click();
      const file = await begun;
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
    };
    const draft = await download("Add to catalogue");
    expect(draft.name).toBe("timetracker-catalogue-draft.json");
    expect(JSON.parse(draft.text)).toMatchObject({ app: "timetracker" });
    const rows = await download("Base records as CSV");
    expect(rows.name).toMatch(/^timetracker-heartbeats-.*\.csv$/);
    expect(rows.text.split("\r\n")).toHaveLength(3);
    expect(rows.text).toContain(INSTALL);
    await visit.close();
  });
});
