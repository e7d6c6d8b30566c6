import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { baseFields, keyValues, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { openVisit, settled, signIn, type Visit } from "../support/page.ts";
import { DESKTOP, PHONE } from "../support/pages.ts";

/*
 * Twelve installs: on the first eight a timer could not be saved, which four tell by an event and four
 * by a plain log; three more logs tell of the same and say no install.
 */
const DAY_MS = 86_400_000;
const LOOKS = [DESKTOP, PHONE];
const STACK = [
  "OperationalError: timer of Ann is locked",
  ...Array.from(
    { length: 7 },
    (_, at) => `    at step${at} (/home/ann/app/src/timer.ts:${at + 10}:4)`,
  ),
].join("\n");
const exception = { "exception.type": "OperationalError", "exception.stacktrace": STACK };

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;

function history(index: number, midnight: number): object[] {
  const installId = idOf(index);
  const time = midnight - DAY_MS + 8 * 3_600_000;
  const beats = [2, 1].map((days) =>
    logRecord({
      ...{ event: "base_telemetry.heartbeat", installId, time: midnight - days * DAY_MS },
      attributes: baseFields(installId),
    }),
  );
  const error = { error_type: "database", ...exception };
  return [
    ...beats,
    logRecord({ event: "timer.started", installId, time }),
    ...(index < 4
      ? [logRecord({ event: "system.error", installId, time, attributes: error })]
      : []),
    ...(index >= 4 && index < 8 ? [plainLog(time, { install_id: installId })] : []),
  ];
}

const plainLog = (time: number, fields: Record<string, string> = {}) => ({
  ...{ timeUnixNano: `${time}000000`, severityNumber: 17 },
  attributes: keyValues({ ...exception, ...fields }),
});

let browser: Browser;
let collector: Collector;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const send = async (token: string, records: object[]) => {
    const reply = await postJson(collector.url, token, logsRequest(records));
    expect([reply.status, await reply.text()]).toEqual([
      200,
      expect.not.stringContaining("Refused"),
    ]);
  };
  await send(
    collector.tokens.backfill,
    Array.from({ length: 12 }, (_, index) => history(index, midnight)).flat(),
  );
  const nobodys = Array.from({ length: 3 }, () => plainLog(midnight - DAY_MS / 2));
  await send(collector.tokens.unattributed, nobodys);
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
  describe(`stacks, ${looks.width} wide, ${looks.scheme}`, () => {
    beforeEach(async () => {
      visit = await openVisit(browser, collector, looks);
    });
    afterEach(async () => {
      expect(visit.complaints()).toEqual([]);
      await visit.close();
    });

    const card = (id: string) => visit.page.getByTestId(`card-${id}`);

    test("a class of exceptions opens with its stacks, which fit the screen", async () => {
      const { page } = visit;
      await open(page, "/errors");
      await card("errors").getByRole("button", { name: "OperationalError" }).click();
      const stacks = card("error-stacks");
      await stacks.getByRole("heading", { name: "Stacks: OperationalError" }).waitFor();
      // What the cards showed of all types is paler until they have the answers of this one.
      await stacks.getByText("1 of 1 different stacks; 11 exceptions in all.").waitFor();
      await expect.poll(() => page.locator(".outdated").count()).toBe(0);
      await settled(page);
      const [item] = await stacks.locator(".stacks > li").all();
      expect(await item?.locator("p").nth(1).innerText()).toBe(
        "Records: 11. Installs: 8. Said no install: 3. Versions: 5.10.0. Told by: events, logs.",
      );
      expect(await item?.locator(".frames li").first().innerText()).toBe("step0 src/timer.ts:10");
      await item?.getByText("More frames: 2").click();
      await item?.getByText("step6 src/timer.ts:16").waitFor();
      expect(await page.content()).not.toMatch(/\bann\b/i);
      expect(await visit.violations()).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
        looks.width,
      );
    });
  });
}

describe("errors of signals", () => {
  beforeEach(async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
  });
  afterEach(async () => {
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });

  const cells = async (name: string) => {
    const rows = visit.page.getByTestId("card-errors").getByRole("row").filter({ hasText: name });
    return (await rows.first().getByRole("cell").allInnerTexts()).slice(0, 5);
  };

  test("stand beside those of events, and those that said no install are marked", async () => {
    await open(visit.page, "/errors");
    // The event's row is its own; what it told of the exception is among the stacks.
    expect(await cells("database")).toEqual(["4", "4/12", "4", "0", "events"]);
    expect(await cells("OperationalError")).toEqual(["4", "4/12", "7", "3", "logs"]);
  });

  test("are left out by a filter where they said no install", async () => {
    await open(visit.page, "/errors?platform=Linux");
    expect(await cells("OperationalError")).toEqual(["4", "4/12", "4", "0", "logs"]);
  });
});
