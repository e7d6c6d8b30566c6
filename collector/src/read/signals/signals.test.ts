import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { startApi, type TestApi } from "../testing.ts";
import { percentilesSql } from "./shared.ts";
import { addPoints, addSpans } from "./testing.ts";

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
  const one = { trace: "a1", version: "2.3.1" };
  await addSpans(stored.store, [
    {
      ...one,
      ...{ at: "2026-11-19T23:59:59.990Z", name: "GET /reports", duration: 40, span: "1" },
      ...{ attributes: { "http.route": "/reports", "http.request.method": "GET" } },
    },
    {
      ...one,
      ...{ at: "2026-11-20T00:00:00.010Z", name: "SELECT", kind: "Client", duration: 15 },
      ...{ span: "2", parent: "1", status: "Error", install: 1 },
      events: [{ at: "2026-11-20T00:00:00.020Z", name: "exception" }],
    },
    // Its parent was never received.
    {
      ...one,
      ...{ at: "2026-11-20T00:00:00.005Z", name: "job", kind: "Internal", duration: 1 },
      ...{ span: "3", parent: "9" },
    },
    // The same id in another app is another trace.
    {
      app: "empty",
      at: "2026-11-20T00:00:00.000Z",
      name: "x",
      duration: 9,
      trace: "a1",
      span: "8",
    },
    ...Array.from({ length: 120 }, (_, at) => ({
      ...{ at: "2026-11-18T08:00:00.000Z", duration: at + 1, version: `3.0.${at % 30}` },
      ...{ name: `GET /route${at % 60}`, kind: "Server" },
    })),
  ]);
  const gauge = (metric: string, at: string, Value: number, queue: string) => ({
    ...{ metric, at, unit: "{job}", attributes: { queue }, columns: { Value } },
  });
  await addPoints(stored.store, "gauge", [
    gauge("jobs", "2026-11-19T10:00:00Z", 4, "mail"),
    gauge("jobs", "2026-11-19T11:00:00Z", 8, "mail"),
    gauge("jobs", "2026-11-19T11:00:00Z", 2, "report, daily"),
    gauge("jobs", "2026-11-19T12:00:00Z", 1, "a=b"),
    { ...gauge("jobs", "2026-11-19T12:00:00Z", 1, "mail"), install: 1 },
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const TRACE = "a1".padStart(32, "0");

describe("a trace", () => {
  it("is a tree over midnight, with what is without a parent as first", async () => {
    const answer = await api.read<{ rows: object[] }>("/v1/signals/trace", { trace_id: TRACE });
    expect(answer).toMatchObject({
      ...{ traceId: TRACE, start: "2026-11-19T23:59:59.990Z", duration: 40, spans: 3 },
      rows: [
        {
          ...{ name: "GET /reports", depth: 0, orphan: false, offset: 0, duration: 40 },
          ...{ version: "2.3.1", failed: false },
          attributes: [
            { key: "http.route", value: "/reports" },
            { key: "http.request.method", value: "GET" },
          ],
        },
        {
          ...{ name: "SELECT", depth: 1, offset: 20, duration: 15, failed: true },
          events: [{ name: "exception", offset: 30 }],
        },
        { name: "job", depth: 0, orphan: true, offset: 15 },
      ],
    });
  });

  it("that is not known has no spans", async () => {
    const answer = await api.read("/v1/signals/trace", { trace_id: "f".repeat(32) });
    expect(answer).toMatchObject({ start: null, duration: 0, rows: [], spans: 0 });
    const reply = await api.get("/v1/signals/trace", { app: "timetracker", trace_id: "A1" });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toBe(
      "trace_id: found A1, allowed is a trace id of 32 hexadecimal digits.",
    );
  });
});

describe("requests", () => {
  const range = { from: "2026-11-18", to: "2026-11-18" };
  interface Answer {
    total: { count: number };
    rows: { kind: string; route: string; count: number; p50: number }[];
    versions: { kind: string; count: number }[];
    foldedRoutes: number;
  }

  it("fold what is beyond the leading routes and versions", async () => {
    const answer = await api.read<Answer>("/v1/signals/requests", range);
    expect(answer.rows).toHaveLength(51);
    expect(answer.foldedRoutes).toBe(10);
    expect(answer.rows.at(-1)).toMatchObject({ kind: "other", route: "", count: 20 });
    expect(answer.versions.at(-1)).toMatchObject({ kind: "other", version: null, count: 40 });
    for (const rows of [answer.rows, answer.versions]) {
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(120);
    }
  });

  it("show all routes beside the one that is chosen", async () => {
    const route = "GET /route7";
    const answer = await api.read<Answer>("/v1/signals/requests", { ...range, route });
    expect(answer.total).toMatchObject({ count: 2, p50: 68 });
    expect(answer.rows).toHaveLength(51);
    expect(answer.versions.map(({ count }) => count)).toEqual([2]);
  });

  it("come as rows, too", async () => {
    const query = { app: "timetracker", ...range, format: "csv" };
    const { body } = await api.get("/v1/signals/requests", query);
    const [head, first] = body.split("\r\n");
    expect(head).toBe("kind,service,route,count,errors,p50,p95,p99");
    expect(first).toBe("value,timetracker,GET /route0,2,0,61,61,61");
  });

  it("are answered by day where the hours are too many", async () => {
    const asked = { from: "2026-11-01", to: "2026-11-20", interval: "hour" };
    expect(await api.read("/v1/signals/requests", asked)).toMatchObject({ interval: "day" });
    const short = { ...asked, from: "2026-11-20" };
    const answer = await api.read<{ starts: string[] }>("/v1/signals/requests", short);
    // It is noon: the thirteenth hour has begun.
    expect(answer).toMatchObject({ interval: "hour", incomplete: 1 });
    expect(answer.starts).toHaveLength(13);
  });
});

it("many percentiles are sketched within a hundredth", async () => {
  const values = "exp(number % 100000 / 10000)";
  const [row] = await stored.store.query<{ exact: number[]; about: number[] }>(
    `SELECT ${percentilesSql(true, "", values)} AS exact, ${percentilesSql(false, "Merge", "state")} AS about
     FROM (SELECT ${values} AS v, 0 AS one FROM numbers(100000)) AS a
     INNER JOIN (SELECT 0 AS one, ${percentilesSql(false, "State", values)} AS state FROM numbers(100000)) AS b USING (one)`.replace(
      values,
      "v",
    ),
  );
  for (const [at, exact] of (row?.exact ?? []).entries()) {
    expect(Math.abs((row?.about[at] as number) / exact - 1)).toBeLessThan(0.0101);
  }
  expect(row?.about).toHaveLength(3);
});

describe("metrics", () => {
  it("are listed with what is known of them", async () => {
    const row = { metric: "jobs", kind: "gauge", unit: "{job}", points: 5, series: 4 };
    const last = "2026-11-19T12:00:00.000Z";
    const answer = await api.read("/v1/signals/metrics");
    expect(answer).toMatchObject({ rows: [{ ...row, last }], metrics: 1 });
    const own = await api.read("/v1/signals/metrics", { whose: "install" });
    expect(own).toMatchObject({ rows: [{ points: 1, series: 1 }] });
    expect(await api.read("/v1/signals/metrics", { service: "other" })).toMatchObject({ rows: [] });
  });

  it("are broken down, folded and narrowed by attributes whose values hold anything", async () => {
    const range = { from: "2026-11-19", to: "2026-11-19", metric: "jobs" };
    const answer = await api.read<{ rows: object[] }>("/v1/signals/metric", {
      ...{ ...range, by: "queue", top: "1" },
    });
    expect(answer).toMatchObject({
      ...{ measure: "value", folded: 2 },
      attributes: [
        { key: "service.name", values: ["timetracker"] },
        { key: "queue", values: ["mail", "a=b", "report, daily"] },
      ],
      rows: [
        { kind: "total", points: 5, avg: 3.2, min: 1, max: 8 },
        { kind: "value", value: "mail", points: 3 },
        { kind: "other", value: "", points: 2, avg: 1.5 },
      ],
    });
    const narrowed = await api.get("/v1/signals/metric", {
      ...{ app: "timetracker", ...range },
      where: ["queue=report, daily", "queue=a=b"],
    });
    expect(narrowed.json().rows).toMatchObject([{ kind: "total", points: 2, max: 2 }]);
  });

  it("that are not there have no rows, and what cannot be read is refused", async () => {
    const none = await api.read("/v1/signals/metric", { metric: "nothing" });
    expect(none).toMatchObject({ kind: null, rows: [], series: [] });
    for (const [name, value] of [
      ["where", "queue"],
      ["by", "a b"],
      ["top", "11"],
      ["kind", "counter"],
      ["interval", "minute"],
    ] as const) {
      const query = { app: "timetracker", metric: "jobs", [name]: value };
      const reply = await api.get("/v1/signals/metric", query);
      expect([name, reply.statusCode]).toEqual([name, 400]);
      expect(reply.json().message).toMatch(new RegExp(`^${name}: found ${value}, allowed is `));
    }
  });
});

it("says what arrived, whose it is, and when the last did", async () => {
  const answer = await api.read("/v1/signals/status", { from: "2026-11-19", to: "2026-11-20" });
  expect(answer).toMatchObject({
    rows: [
      { signal: "spans", received: 3, attributed: 1, last: "2026-11-20T00:00:00.000Z" },
      { signal: "points", received: 5, attributed: 1, last: "2026-11-19T12:00:00.000Z" },
      { signal: "logs", received: 0, attributed: 0, last: null },
    ],
    services: [{ service: "timetracker", received: 8 }],
  });
  const before = await api.read("/v1/signals/status", { from: "2026-11-01", to: "2026-11-02" });
  // Nothing in the range, and yet there is something: the page does not say how to send.
  expect(before).toMatchObject({
    rows: [{ received: 0, last: "2026-11-20T00:00:00.000Z" }, { received: 0 }, { last: null }],
    services: [],
  });
});
