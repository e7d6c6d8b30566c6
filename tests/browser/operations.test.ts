import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { hexId, keyValues, metricsRequest, serverSpan, tracesRequest } from "../support/otlp.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "../support/page.ts";
import { beyondTheEdge, DESKTOP, PHONE } from "../support/pages.ts";

const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);
const DAY_MS = 86_400_000;
const PATIENCE = { timeout: 10_000 };
const TRACE = hexId(16);
const ROOT = hexId(8);

let browser: Browser;
let collector: Collector;
let visit: Visit;

beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

async function post(signal: "traces" | "metrics", body: object): Promise<void> {
  const reply = await fetch(`${collector.url}/v1/${signal}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${collector.tokens.unattributed}`,
    },
    body: JSON.stringify(body),
  });
  expect([reply.status, await reply.text()]).toEqual([200, "{}"]);
}

/** The page with some choices in its address. */
async function open(path: string): Promise<Page> {
  const { page } = visit;
  await signIn(page, collector, `/operations?app=timetracker&range=28d${path}`);
  await settled(page);
  return page;
}

const nanos = (milliseconds: number) => `${milliseconds}000000`;
const resource = (version: string) => ({
  "service.name": "timetracker",
  "service.version": version,
});
const span = (route: string, time: number, took: number, more: object = {}) =>
  serverSpan({
    ...{ traceId: hexId(16), spanId: hexId(8), name: `GET ${route}`, time },
    attributes: {
      ...{ "http.request.method": "GET", "http.route": route },
      "http.response.status_code": 200,
    },
    more: { endTimeUnixNano: nanos(time + took), ...more },
  });

/** 40 requests of two routes and versions over three days, one of which failed, and three metrics. */
async function sendSignals(): Promise<void> {
  const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;
  const days = [0, 1, 2].map((day) => noon - day * DAY_MS);
  await post(
    "traces",
    tracesRequest(
      days.flatMap((day) => Array.from({ length: 10 }, (_, at) => span("/timer", day, 10 + at))),
      { resource: resource("5.9.0") },
    ),
  );
  const child = { traceId: TRACE, parentSpanId: ROOT, kind: 3, name: "SELECT" };
  await post(
    "traces",
    tracesRequest(
      [
        ...Array.from({ length: 9 }, () => span("/reports", days[1] as number, 400)),
        span("/reports", days[1] as number, 3000, {
          ...{ traceId: TRACE, spanId: ROOT, status: { code: 2 } },
        }),
        span("/unused", (days[1] as number) + 20, 2500, {
          ...{ ...child, spanId: hexId(8) },
          attributes: keyValues({ "db.system.name": "postgresql" }),
        }),
      ],
      { resource: resource("5.10.0") },
    ),
  );
  const point = (time: number, value: number, state: string) => ({
    ...{ timeUnixNano: nanos(time), asDouble: value },
    attributes: keyValues({ "db.client.connection.state": state }),
  });
  const both = (value: number) =>
    days.flatMap((day) => [point(day, value, "idle"), point(day, value * 3, "used")]);
  const sum = { aggregationTemporality: 1, isMonotonic: true };
  await post(
    "metrics",
    metricsRequest(
      [
        {
          name: "db.client.connection.count",
          unit: "{connection}",
          gauge: { dataPoints: both(2) },
        },
        {
          ...{ name: "timetracker.exports.bytes", unit: "By" },
          sum: { dataPoints: both(1_000_000), ...sum },
        },
        {
          ...{ name: "http.server.request.duration", unit: "s" },
          histogram: {
            aggregationTemporality: 1,
            dataPoints: days.map((day) => ({
              ...{ timeUnixNano: nanos(day), count: "10", sum: 1, explicitBounds: [0.1, 1] },
              bucketCounts: ["5", "5", "0"],
              attributes: keyValues({ "http.route": "/timer" }),
            })),
          },
        },
      ],
      { resource: resource("5.10.0") },
    ),
  );
  await loaded(collector, 60_000);
}

describe("before anything is sent", () => {
  test.each(LOOKS)("it says how to send, $width wide, $scheme", async (looks) => {
    visit = await openVisit(browser, collector, looks);
    const page = await open("");
    const empty = page.getByTestId("operations-empty");
    expect(await empty.innerText()).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}`);
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });
});

describe("with traces and metrics of a stock SDK", () => {
  beforeAll(sendSignals, 90_000);

  test("nothing in the range is told from nothing at all", async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
    await signIn(visit.page, collector, "/operations?app=timetracker&range=2020-01-01..2020-01-31");
    await visit.page.getByRole("heading", { name: "Nothing in this range" }).waitFor();
    await visit.close();
  });

  // The page is seen in all four looks in pages.test.ts.
  describe.each([DESKTOP, PHONE])("$width wide, $scheme", (looks) => {
    beforeEach(async () => {
      visit = await openVisit(browser, collector, looks);
    });
    afterEach(async () => {
      expect(visit.complaints()).toEqual([]);
      await visit.close();
    });
    const card = (id: string) => visit.page.getByTestId(`card-${id}`);

    test("it shows requests, errors and durations, and says what they are counts of", async () => {
      const page = await open("");
      const main = page.getByRole("main");
      const text = await main.innerText();
      expect(text).toContain(
        "41 spans, 15 metric points, 0 plain logs. 100% of them name no install",
      );
      expect(text).toContain("None of them counts installs");
      expect(await card("routes").locator("tbody tr").allInnerTexts()).toEqual([
        expect.stringMatching(/^GET \/timer\s+30\s+[\d.]+\s+0\.0%\s+15 ms\s+19 ms\s+19 ms$/),
        expect.stringMatching(/^GET \/reports\s+10\s+[\d.]+\s+1\/10\s+400 ms\s+3 s\s+3 s$/),
      ]);
      expect(await card("request-versions").locator("tbody th").allInnerTexts()).toEqual([
        ...["5.9.0", "5.10.0"],
      ]);
      for (const id of ["requests", "failed", "durations", "metric"]) {
        expect(await card(id).getByRole("application").count(), id).toBe(1);
      }
      expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
      expect(await visit.violations()).toEqual([]);
    });

    test("a route narrows the charts, and the address brings it back", async () => {
      const page = await open("");
      await card("routes").getByRole("button", { name: "GET /reports" }).click();
      await card("requests").getByRole("button", { name: "View as table" }).click();
      const counts = card("requests").locator("tbody td.number");
      await expect
        .poll(
          async () => (await counts.allInnerTexts()).reduce((sum, text) => sum + Number(text), 0),
          PATIENCE,
        )
        .toBe(10);
      await page.reload();
      await settled(page);
      await page.getByRole("button", { name: "Remove Route: GET /reports" }).waitFor();
      expect(await card("requests").innerText()).toContain("Only route GET /reports");
      expect(await card("routes").locator("tbody tr").count()).toBe(2);
      await page.getByRole("button", { name: "Remove Route: GET /reports" }).click();
      await page.waitForURL((url) => !url.searchParams.has("route"));
    });

    test("the slowest span's trace is a waterfall that is read with the keyboard", async () => {
      const page = await open("");
      const slowest = card("slowest").getByRole("button", { name: "GET /reports" });
      await slowest.focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`trace=${TRACE}`));
      const trace = card("trace");
      await expect
        .poll(() => trace.locator("tbody th").allInnerTexts(), PATIENCE)
        .toEqual(["GET /reports", "SELECT"]);
      expect(await trace.locator("tbody tr").nth(1).innerText()).toContain(
        "after 20 ms, for 2.5 s",
      );
      await trace.getByRole("button", { name: "SELECT" }).focus();
      await page.keyboard.press("Enter");
      expect(await trace.getByRole("region", { name: "Details of SELECT" }).innerText()).toContain(
        "postgresql",
      );
      expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
      expect(await visit.violations()).toEqual([]);
      await trace.getByRole("button", { name: "Close the trace" }).click();
      await trace.waitFor({ state: "detached" });
    });

    test("a metric is chosen, broken down and narrowed", async () => {
      const page = await open("");
      await page.getByLabel("Metric", { exact: true }).selectOption({
        label: "timetracker.exports.bytes",
      });
      await expect.poll(() => card("metric").innerText(), PATIENCE).toContain("sum, in By");
      await page.getByLabel("Break down by").selectOption("db.client.connection.state");
      const values = card("metric-values");
      await expect
        .poll(() => values.locator("tbody tr").allInnerTexts(), PATIENCE)
        .toEqual([
          expect.stringMatching(/^All\s+6\s+12 MB\s/),
          expect.stringMatching(/^idle\s+3\s+3 MB\s/),
          expect.stringMatching(/^used\s+3\s+9 MB\s/),
        ]);
      await page
        .getByLabel("Only where")
        .selectOption({ value: "db.client.connection.state=idle" });
      await expect
        .poll(() => values.locator("tbody th").allInnerTexts(), PATIENCE)
        .toEqual(["All", "idle"]);
      expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
      expect(await visit.violations()).toEqual([]);
      await card("metrics").getByRole("button", { name: "http.server.request.duration" }).click();
      await expect
        .poll(() => card("metric").locator("figcaption").innerText(), PATIENCE)
        .toMatch(/p99 982 ms, p95 910 ms/);
    });
  });

  test("its cards leave as CSV, JSON and PNG", async () => {
    visit = await openVisit(browser, collector, { width: 1440, scheme: "light" });
    const page = await open(`&trace=${TRACE}`);
    const download = async (id: string, kind: string) => {
      await page.getByTestId(`card-${id}`).getByRole("button", { name: "Export" }).click();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Download ${kind}` }).click(),
      ]);
      return readFileSync(await file.path());
    };
    const routes = (await download("routes", "CSV")).toString();
    expect(routes).toContain("route,service,count,per_hour,failed,p50_ms,p95_ms,p99_ms");
    expect(routes).toContain("GET /reports,timetracker,10,");
    expect(routes).not.toContain("admitted");
    const requests = JSON.parse((await download("requests", "JSON")).toString());
    expect(JSON.stringify(requests)).toContain("Server spans that were received");
    for (const id of ["durations", "trace"]) {
      expect((await download(id, "PNG")).subarray(1, 4).toString(), id).toBe("PNG");
    }
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  });
});
