import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { compileTable } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../config.ts";
import { createErasures } from "../../installs/erasures.ts";
import { createSettle } from "../../installs/settle.ts";
import { createSpool, type LoadableSpool } from "../../spool/spool.ts";
import { NOON, silent } from "../../spool/testing.ts";
import { createLoader } from "../../store/load.ts";
import { loadUntil, openTestStore, type TestStore } from "../../store/testing.ts";
import { isProblem } from "../problem.ts";
import { createIngestRates } from "../rates.ts";
import { createRecorders } from "../record.ts";
import { attributes } from "../server.fixture.ts";

/* From a request's bytes to the rows of a real store. */

let opened: TestStore;
const spools: LoadableSpool[] = [];
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(async () => {
  for (const spool of spools) await spool.checkpoint.close();
  await opened.close();
});

const APP = "timetracker";
const SECONDS = NOON / 1000;
const KINDS = ["gauge", "sum", "histogram", "exp_histogram", "summary"] as const;
type Row = Record<string, unknown>;

async function openSpool(name: string): Promise<LoadableSpool> {
  const directory = join(opened.directory, name);
  const spool = await createSpool({
    ...{ directory, maxBytes: 1e9, minFreeBytes: 0, sealAfterMs: 60_000, log: silent },
  });
  spools.push(spool);
  return spool;
}

/** Commits one request as the route does. */
async function commit(spool: LoadableSpool, request: object): Promise<void> {
  const table = compileTable(APP, null);
  const { metrics } = createRecorders({
    ...{ spool, tables: () => table, userHashKey: Buffer.alloc(32), now: () => NOON },
    rates: createIngestRates(loadConfig({}).recordRates),
  });
  const sender = { app: APP, token: "t", backfill: false, unattributed: true };
  const body = Buffer.from(JSON.stringify(request));
  const recorded = metrics(body, "json", { ...sender, recordsPerSecond: null });
  if (isProblem(recorded)) throw new Error(JSON.stringify(recorded));
  expect(recorded.tally.refused).toBe(0);
  expect(await spool.commit(recorded.batch)).toBe("committed");
}

async function load(spool: LoadableSpool): Promise<void> {
  const loader = createLoader({ spool, store: opened.store, log: silent, retryMinMs: 5 });
  loader.start();
  await loader.idle();
  await loader.stop();
  expect(spool.state()).toMatchObject({ segments: 0, bytes: 0 });
}

const request = (service: string, installId: string | null, metrics: object[]) => ({
  resourceMetrics: [
    {
      schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
      resource: {
        attributes: attributes({
          "service.name": service,
          "host.name": "ann-laptop",
          ...(installId === null ? {} : { install_id: installId }),
        }),
      },
      scopeMetrics: [
        {
          schemaUrl: "https://ann.example.org/schema",
          scope: { name: "lib", version: "1.2.3", attributes: attributes({ a: "b" }) },
          metrics,
        },
      ],
    },
  ],
});

const nano = (seconds: number) => `${SECONDS + seconds}999999999`;
const common = {
  ...{ startTimeUnixNano: nano(-60), timeUnixNano: nano(-1), flags: 1 },
  attributes: attributes({ "http.method": "GET", "client.address": "192.0.2.7" }),
};
const exemplars = [0, 1].map((value) => ({
  ...{ timeUnixNano: nano(-30 + value), asDouble: value },
  ...{ traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" },
  filteredAttributes: attributes({ "http.status_code": 200n, "user.id": "ann" }),
}));
const LONG = 2n ** 64n - 1n;
/** Two points of each kind: one with everything, one with nothing. */
const metrics = [
  {
    ...{ name: "app.pool", unit: "By", description: "Ann's" },
    gauge: { dataPoints: [{ ...common, exemplars, asDouble: "-Infinity" }, {}] },
  },
  {
    name: "app.requests",
    sum: {
      dataPoints: [{ ...common, exemplars, asInt: "9007199254740993" }, {}],
      ...{ aggregationTemporality: 2, isMonotonic: true },
    },
  },
  {
    ...{ name: "http.server.duration", unit: "ms" },
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          ...{ ...common, exemplars, count: String(LONG), sum: 9, min: 3, max: "NaN" },
          ...{ bucketCounts: ["1", String(LONG), 0], explicitBounds: [9, 75] },
        },
        {},
      ],
    },
  },
  {
    ...{ name: "app.size", unit: "By" },
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...{ ...common, exemplars, count: 7, sum: 5, min: 0.5, max: 4, scale: -3, zeroCount: 2 },
          positive: { offset: -2, bucketCounts: [1, String(LONG)] },
          negative: { offset: 9, bucketCounts: [3] },
        },
        {},
      ],
    },
  },
  {
    name: "app.wait",
    summary: {
      dataPoints: [
        { ...common, count: 3, sum: 6, quantileValues: [{ quantile: 0.5, value: 2 }, {}] },
        {},
      ],
    },
  },
];

const rowsOf = (kind: string, service: string, columns = "*") =>
  opened.store.query<Row>(
    `SELECT ${columns} FROM otel_metrics_${kind} WHERE ServiceName = {service:String}
     ORDER BY StartTimeUnix DESC`,
    { service },
  );

describe("what comes out is what was allowed in", () => {
  const TIME = "toUnixTimestamp(TimeUnix) AS time, toUnixTimestamp(StartTimeUnix) AS start";
  const COMMON = `ResourceAttributes, ResourceSchemaUrl, ScopeName, ScopeVersion, ScopeAttributes,
    ScopeDroppedAttrCount, ScopeSchemaUrl, MetricName, MetricDescription, MetricUnit, Attributes,
    ${TIME}, Flags, App, toString(InstallId) AS install`;
  const EXEMPLARS = `Exemplars.FilteredAttributes AS labels, Exemplars.Value AS shown,
    arrayMap(t -> toUnixTimestamp(t), Exemplars.TimeUnix) AS times,
    Exemplars.SpanId AS spans, Exemplars.TraceId AS traces`;
  const installId = "0123abcd-4567-89ef-8123-456789abcdef";
  const of = {
    ResourceAttributes: { "service.name": "exact" },
    ResourceSchemaUrl: "https://opentelemetry.io/schemas/1.37.0",
    ...{ ScopeName: "lib", ScopeVersion: "1.2.3", ScopeAttributes: {}, ScopeDroppedAttrCount: 1 },
    ...{ ScopeSchemaUrl: "", MetricDescription: "", App: APP, install: installId },
  };
  const full = {
    ...of,
    Attributes: { "http.request.method": "GET" },
    ...{ time: SECONDS - 1, start: SECONDS - 60, Flags: 1 },
  };
  const empty = { ...of, Attributes: {}, time: SECONDS, start: 0, Flags: 0 };
  const shown = {
    labels: exemplars.map(() => ({ "http.response.status_code": "200" })),
    ...{ shown: [0, 1], times: [SECONDS - 30, SECONDS - 29] },
    spans: exemplars.map(({ spanId }) => spanId),
    traces: exemplars.map(({ traceId }) => traceId),
  };
  const none = { labels: [], shown: [], times: [], spans: [], traces: [] };

  it("in every column of the five tables", async () => {
    const spool = await openSpool("exact");
    await commit(spool, request("exact", installId, metrics));
    await spool.seal();
    await load(spool);

    const NUMBER = `${COMMON}, toString(Value) AS value, ${EXEMPLARS}`;
    const pool = { MetricName: "app.pool", MetricUnit: "By" };
    expect(await rowsOf("gauge", "exact", NUMBER)).toEqual([
      { ...full, ...pool, value: "-inf", ...shown },
      { ...empty, ...pool, value: "0", ...none },
    ]);
    const requests = {
      ...{ MetricName: "app.requests", MetricUnit: "" },
      ...{ AggregationTemporality: 2, IsMonotonic: true },
    };
    expect(await rowsOf("sum", "exact", `${NUMBER}, AggregationTemporality, IsMonotonic`)).toEqual([
      { ...full, ...requests, value: "9007199254740992", ...shown },
      { ...empty, ...requests, value: "0", ...none },
    ]);
    const TOTALS = `${COMMON}, toString(Count) AS count, Sum`;
    const duration = {
      ...{ MetricName: "http.server.request.duration", MetricUnit: "s" },
      AggregationTemporality: 1,
    };
    expect(
      await rowsOf(
        "histogram",
        "exact",
        `${TOTALS}, arrayMap(n -> toString(n), BucketCounts) AS buckets, ExplicitBounds, Min,
         toString(Max) AS max, AggregationTemporality, ${EXEMPLARS}`,
      ),
    ).toEqual([
      {
        ...{ ...full, ...duration, count: String(LONG), Sum: 0.009, Min: 0.003, max: "nan" },
        ...{ buckets: ["1", String(LONG), "0"], ExplicitBounds: [0.009, 0.075] },
        ...{ ...shown, shown: [0, 0.001] },
      },
      {
        ...{ ...empty, ...duration, count: "0", Sum: 0, Min: 0, max: "0" },
        ...{ buckets: [], ExplicitBounds: [], ...none },
      },
    ]);
    const size = { MetricName: "app.size", MetricUnit: "By", AggregationTemporality: 2 };
    expect(
      await rowsOf(
        "exp_histogram",
        "exact",
        `${TOTALS}, Min, Max, Scale, toString(ZeroCount) AS zero, PositiveOffset, NegativeOffset,
         arrayMap(n -> toString(n), PositiveBucketCounts) AS positive,
         arrayMap(n -> toString(n), NegativeBucketCounts) AS negative,
         AggregationTemporality, ${EXEMPLARS}`,
      ),
    ).toEqual([
      {
        ...{ ...full, ...size, count: "7", Sum: 5, Min: 0.5, Max: 4, Scale: -3, zero: "2" },
        ...{ PositiveOffset: -2, positive: ["1", String(LONG)] },
        ...{ NegativeOffset: 9, negative: ["3"], ...shown },
      },
      {
        ...{ ...empty, ...size, count: "0", Sum: 0, Min: 0, Max: 0, Scale: 0, zero: "0" },
        ...{ PositiveOffset: 0, positive: [], NegativeOffset: 0, negative: [], ...none },
      },
    ]);
    const wait = { MetricName: "app.wait", MetricUnit: "" };
    expect(
      await rowsOf(
        "summary",
        "exact",
        `${TOTALS}, ValueAtQuantiles.Quantile AS quantiles, ValueAtQuantiles.Value AS values`,
      ),
    ).toEqual([
      { ...full, ...wait, count: "3", Sum: 6, quantiles: [0.5, 0], values: [2, 0] },
      { ...empty, ...wait, count: "0", Sum: 0, quantiles: [], values: [] },
    ]);
  });

  it("with points of one series that differed only in what is dropped as rows of their own", async () => {
    const spool = await openSpool("series");
    const dataPoints = ["ann", "bob"].map((user) => ({
      ...{ ...common, asInt: 1, attributes: attributes({ "user.id": user }) },
    }));
    await commit(spool, request("series", null, [{ name: "app.uses", sum: { dataPoints } }]));
    await spool.seal();
    await load(spool);
    const columns = "Attributes, Value, isNull(InstallId) AS nobody";
    const row = { Attributes: {}, Value: 1, nobody: 1 };
    expect(await rowsOf("sum", "series", columns)).toEqual([row, row]);
  });
});

async function countAll(service: string): Promise<number[]> {
  const counts: number[] = [];
  for (const kind of KINDS) counts.push((await rowsOf(kind, service, "1")).length);
  return counts;
}

describe("each point is stored once", () => {
  it("however often its segment is loaded anew, wherever the loader died", async () => {
    const seen = new Set<string>();
    for (let place = 0; ; place += 2) {
      const name = `crash-${String.fromCharCode(97 + place)}`;
      const spool = await openSpool(name);
      for (const id of [randomUUID(), null]) await commit(spool, request(name, id, metrics));
      await spool.seal();
      const step = await loadUntil(spool, opened.store, place);
      seen.add(step);
      await load(await openSpool(name));
      expect(await countAll(name), `${place}: ${step}`).toEqual(KINDS.map(() => 4));
      if (step === "delete" || step === "checkpoint") break;
    }
    for (const kind of KINDS) expect([...seen].join()).toContain(`otel_metrics_${kind}`);
  }, 60_000);

  it("and leaves with its install: what is stored, and what is still in the spool", async () => {
    const { store } = opened;
    const [gone, stays] = [randomUUID(), randomUUID()];
    const spool = await openSpool("erased");
    const loader = createLoader({ spool, store, log: silent, retryMinMs: 5 });
    const settle = createSettle(loader, 10_000);
    const erasures = createErasures({ store, loader, settle, log: silent });
    loader.start();
    for (const id of [gone, stays, null]) await commit(spool, request("erased", id, metrics));
    await loader.idle();
    await commit(spool, request("erased", gone, metrics));
    const done = await erasures.erase(APP, gone, "install");
    const rows = Object.fromEntries(KINDS.map((kind) => [`otel_metrics_${kind}`, 4]));
    expect(done).toMatchObject({ kind: "erased", receipt: { rows } });
    expect(await countAll("erased")).toEqual(KINDS.map(() => 4));
    await commit(spool, request("erased", gone, metrics));
    await loader.idle();
    for (const kind of KINDS) {
      const ids = await rowsOf(kind, "erased", "toString(InstallId) AS id");
      expect(new Set(ids.map(({ id }) => id)), kind).toEqual(new Set([stays, null]));
    }
    await erasures.stop();
    await loader.stop();
  }, 30_000);
});
