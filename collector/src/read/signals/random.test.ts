import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { startApi, type TestApi } from "../testing.ts";
import { addPoints, addSpans, type SentPoint, type SentSpan } from "./testing.ts";

/*
 * Random spans and points of five days up to 2026-11-20T12:00Z, and what the questions say of them
 * counted again from the rows with loops.
 */
const HOUR_MS = 3_600_000;
const FIRST = Date.UTC(2026, 10, 16);
const NOW_MS = Date.UTC(2026, 10, 20, 12);
const RANGES = [
  ["2026-11-16", "2026-11-20"],
  ["2026-11-18", "2026-11-19"],
] as const;
const app = "timetracker";

let state = 4242;
const roll = (below: number) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = <T>(values: readonly T[]) => values[roll(values.length)] as T;
const iso = (time: number) => new Date(time).toISOString();

const spans: (SentSpan & { time: number })[] = Array.from({ length: 900 }, (_, at) => {
  const time = FIRST + roll(NOW_MS - FIRST);
  const route = pick(["/a", "/b/{id}", "/c", ""]);
  const method = pick(["GET", "POST"]);
  const install = roll(3);
  return {
    ...{ app, time, at: iso(time), kind: pick(["Server", "Server", "Client"]) },
    ...{ service: pick(["web", "worker"]), version: pick(["1.9.0", "1.10.0", ""]) },
    ...(install > 0 && { install }),
    name: route === "" ? "job" : `${method} ${route}`,
    duration: roll(2_000_000) / 1000,
    status: pick(["Unset", "Unset", "Ok", "Error"] as const),
    attributes: {
      ...(route !== "" && { "http.route": route, "http.request.method": method }),
      ...(roll(2) === 0 && { "http.response.status_code": pick(["200", "404", "500", "503"]) }),
    },
    ...{ trace: String(at + 1), span: String(at + 1) },
  };
});

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
  await addSpans(stored.store, spans);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const dayOf = (time: number) => iso(time).slice(0, 10);
const hourOf = (time: number) => iso(time - (time % HOUR_MS));
const within = <T extends { time: number }>(rows: T[], from: string, to: string) =>
  rows.filter(({ time }) => dayOf(time) >= from && dayOf(time) <= to);
const routeOf = ({ attributes = {}, name }: SentSpan) =>
  attributes["http.route"]
    ? `${attributes["http.request.method"]} ${attributes["http.route"]}`
    : name;
const failed = ({ status, attributes = {} }: SentSpan) =>
  status === "Error" || Number(attributes["http.response.status_code"] ?? 0) >= 500;
/** ClickHouse's quantileExact: the value at floor(level × n) of the sorted ones. */
function timed(own: SentSpan[]) {
  const durations = own.map(({ duration }) => duration).sort((a, b) => a - b);
  const at = (level: number) => durations[Math.floor(level * durations.length)] ?? null;
  return {
    ...{ count: own.length, errors: own.filter(failed).length },
    ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

it.each(RANGES)("counts requests from the spans, %s to %s", async (from, to) => {
  const filters: [Record<string, string>, (span: SentSpan) => boolean][] = [
    [{}, () => true],
    [{ service: "web" }, ({ service }) => service === "web"],
    [{ version: "unknown" }, ({ version }) => version === ""],
    [{ whose: "nobody" }, ({ install }) => install === undefined],
    [{ whose: "install", service: "worker" }, (row) => !!row.install && row.service === "worker"],
  ];
  for (const [filter, fits] of filters) {
    for (const route of [null, "GET /b/{id}", "job"]) {
      for (const interval of ["hour", "day"] as const) {
        const server = within(spans, from, to).filter((row) => row.kind === "Server");
        const facet = server.filter(fits);
        const own = facet.filter((row) => route === null || routeOf(row) === route);
        const answer = await api.read<{
          total: object;
          rows: { route: string; service: string }[];
          versions: { version: string | null }[];
          starts: string[];
          series: Record<string, number[]>;
          exact: boolean;
          incomplete: number;
        }>("/v1/signals/requests", {
          ...{ app, from, to, interval, ...filter },
          ...(route !== null && { route }),
        });
        const unattributed = own.filter(({ install }) => install === undefined).length;
        expect(answer.total).toEqual({ ...timed(own), unattributed });
        expect(answer.exact).toBe(true);
        const keys = new Set(facet.map((row) => JSON.stringify([row.service, routeOf(row)])));
        const expected = [...keys].map((key) => {
          const [service, name] = JSON.parse(key) as [string, string];
          const rows = facet.filter((row) => row.service === service && routeOf(row) === name);
          return { kind: "value", service, route: name, ...timed(rows) };
        });
        const byName = (a: { route: string; service: string }) => `${a.service} ${a.route}`;
        expect(sorted(answer.rows, byName)).toEqual(sorted(expected, byName));
        // Versions are told of all, whichever was asked for.
        const ofVersions = filter.version === undefined ? own : server.filter(onRoute(route));
        for (const row of answer.versions) {
          const rows = ofVersions.filter(({ version }) => (version || null) === row.version);
          expect(row).toEqual({ kind: "value", version: row.version, ...timed(rows) });
        }
        const bucket = interval === "hour" ? hourOf : dayOf;
        for (const [at, start] of answer.starts.entries()) {
          const rows = own.filter(({ time }) => bucket(time) === start);
          const point = Object.entries(answer.series).map(([name, line]) => [name, line[at]]);
          expect(Object.fromEntries(point)).toEqual(timed(rows));
        }
        const total = answer.series.count?.reduce((sum, value) => sum + value, 0);
        expect(total).toBe(own.length);
      }
    }
  }
});

const onRoute = (route: string | null) => (row: SentSpan) =>
  route === null || routeOf(row) === route;
const sorted = <T>(rows: readonly T[], by: (row: T) => string) =>
  [...rows].sort((a, b) => (by(a) < by(b) ? -1 : 1));

it.each(RANGES)("lists the slowest from the spans, %s to %s", async (from, to) => {
  const answer = await api.read<{
    rows: { service: string; name: string; kind: string; longest: number; traceId: string }[];
    spans: { duration: number; spanId: string }[];
  }>("/v1/signals/slowest", { app, from, to });
  const own = within(spans, from, to);
  const longest = [...own].sort((a, b) => b.duration - a.duration);
  expect(answer.spans.map(({ duration }) => duration)).toEqual(
    longest.slice(0, 20).map(({ duration }) => duration),
  );
  const names = new Set(own.map(({ service, name, kind }) => `${service} ${name} ${kind}`));
  expect(answer.rows).toHaveLength(names.size);
  for (const row of answer.rows) {
    const { longest: most, traceId, service, name, kind, ...numbers } = row;
    const rows = own.filter((o) => o.service === service && o.name === name && o.kind === kind);
    expect(numbers).toMatchObject(timed(rows));
    const first = rows.reduce((best, each) => (each.duration > best.duration ? each : best));
    expect([most, traceId]).toEqual([first.duration, String(first.trace).padStart(32, "0")]);
  }
});

type Sent = SentPoint & { time: number };
interface MetricAnswer {
  starts: string[];
  seconds: number[];
  measure: string;
  rows: (Record<string, number | null> & { kind: string; value: string })[];
  series: { kind: string; value: string; lines: { name: string; values: (number | null)[] }[] }[];
}

/** The answer's numbers of one group and bucket, by the lines' names. */
function at({ series, starts }: MetricAnswer, value: string | null, start: string) {
  const group = series.find((each) =>
    value === null ? each.kind === "total" : each.value === value,
  );
  const place = starts.indexOf(start);
  return Object.fromEntries(group?.lines.map(({ name, values }) => [name, values[place]]) ?? []);
}

it("tells a gauge's mean, least and greatest from its points", async () => {
  const points: Sent[] = Array.from({ length: 400 }, () => {
    const time = FIRST + roll(NOW_MS - FIRST);
    const pool = pick(["a", "b", ""]);
    return {
      ...{ app, time, at: iso(time), metric: "r.gauge", unit: "{thread}" },
      ...{ attributes: pool === "" ? {} : { pool }, flags: roll(10) === 0 ? 1 : 0 },
      columns: { Value: roll(1000) / 8 - 30 },
    };
  });
  await addPoints(stored.store, "gauge", points);
  const [from, to] = RANGES[1];
  const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
    ...{ app, from, to, metric: "r.gauge", by: "pool", interval: "hour" },
  });
  const own = within(points, from, to).filter(({ flags }) => flags === 0);
  for (const pool of ["a", "b", null]) {
    const fits = own.filter(({ attributes }) => pool === null || attributes?.pool === pool);
    for (const start of answer.starts) {
      const values = fits.flatMap(({ time, columns }) =>
        hourOf(time) === start ? [columns.Value as number] : [],
      );
      const none = { avg: null, min: null, max: null };
      expect(at(answer, pool, start)).toEqual(
        values.length === 0
          ? none
          : {
              avg: expect.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9),
              min: Math.min(...values),
              max: Math.max(...values),
            },
      );
    }
  }
  expect(answer.rows.map(({ kind, value, points: n }) => [kind, value, n])).toEqual([
    ["total", "", own.length],
    ...["a", "b"]
      .map((pool): [string, string, number] => [
        ...(["value", pool] as const),
        own.filter(({ attributes }) => attributes?.pool === pool).length,
      ])
      .sort((a, b) => b[2] - a[2]),
    ["none", "", own.filter(({ attributes }) => attributes?.pool === undefined).length],
  ]);
});

/**
 * A sender's exports over the days, which begins anew now and then; what it counted since the export
 * before, and what it says of it with each kind of temporality.
 */
function exports(cells: number) {
  const rows: {
    time: number;
    began: number;
    delta: number[];
    cumulative: number[];
    first: boolean;
  }[] = [];
  let began = FIRST - 3 * HOUR_MS;
  let counted = Array.from({ length: cells }, () => 0);
  let first = true;
  for (let time = FIRST - 2 * HOUR_MS; time < NOW_MS; time += 1000 * (900 + roll(5000))) {
    if (roll(12) === 0) {
      began = time - 1000 * roll(600);
      counted = counted.map(() => 0);
      first = true;
    }
    const delta = counted.map(() => (roll(3) === 0 ? 0 : roll(40)));
    counted = counted.map((value, at) => value + (delta[at] as number));
    rows.push({ time, began, delta, cumulative: counted, first });
    first = false;
  }
  return rows;
}

it.each([1, 2])("tells a sum's growth over restarts, temporality %i", async (temporality) => {
  const metric = `r.sum.${temporality}`;
  const senders = ["x", "y"].map((queue, install) => ({ queue, install, rows: exports(1) }));
  await addPoints(
    stored.store,
    "sum",
    senders.flatMap(({ queue, install, rows }) =>
      rows.map(({ time, began, delta, cumulative }) => ({
        ...{ app, at: iso(time), since: iso(began), metric, unit: "1", install: install + 1 },
        attributes: { queue },
        columns: {
          Value: (temporality === 2 ? cumulative : delta)[0] as number,
          ...{ AggregationTemporality: temporality, IsMonotonic: true },
        },
      })),
    ),
  );
  for (const [from, to] of RANGES) {
    const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
      ...{ app, from, to, metric, by: "queue", interval: "hour" },
    });
    expect(answer.measure).toBe("rate");
    for (const queue of ["x", "y", null]) {
      const own = senders.filter((each) => queue === null || each.queue === queue);
      let total = 0;
      for (const [place, start] of answer.starts.entries()) {
        const rows = own.flatMap((each) => each.rows).filter(({ time }) => hourOf(time) === start);
        const grown = rows.reduce((sum, { delta }) => sum + (delta[0] as number), 0);
        total += grown;
        const seconds = answer.seconds[place] as number;
        expect(at(answer, queue, start)).toEqual(
          rows.length === 0 ? { grown: null, rate: null } : { grown, rate: grown / seconds },
        );
      }
      const row = answer.rows.find((each) =>
        queue === null ? each.kind === "total" : each.value === queue,
      );
      expect(row?.grown).toBe(total);
    }
  }
});

it("counts nothing of what may be older than the day before the range", async () => {
  const point = (at: string, Value: number) => ({
    ...{ app, at, since: "2026-10-01T00:00:00Z", metric: "r.old", install: 9 },
    columns: { Value, AggregationTemporality: 2, IsMonotonic: true },
  });
  await addPoints(stored.store, "sum", [
    point("2026-11-18T01:00:00Z", 5_000_000),
    point("2026-11-18T02:00:00Z", 5_000_010),
    // It falls without another start: it began anew.
    point("2026-11-18T03:00:00Z", 4),
  ]);
  const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
    ...{ app, from: "2026-11-18", to: "2026-11-18", metric: "r.old" },
  });
  expect(answer.rows[0]?.grown).toBe(14);
});

it("adds the levels of senders up, and is not misled by one that started again", async () => {
  const point = (install: number, at: string, since: string, Value: number) => ({
    ...{ app, at, since, metric: "r.level", install },
    columns: { Value, AggregationTemporality: 2, IsMonotonic: false },
  });
  await addPoints(stored.store, "sum", [
    point(1, "2026-11-18T01:00:00Z", "2026-11-18T00:30:00Z", 4),
    point(1, "2026-11-18T01:20:00Z", "2026-11-18T01:10:00Z", 6),
    point(2, "2026-11-18T01:30:00Z", "2026-11-01T00:00:00Z", 30),
  ]);
  const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
    ...{ app, from: "2026-11-18", to: "2026-11-18", metric: "r.level", interval: "hour" },
  });
  expect(answer.measure).toBe("level");
  expect(at(answer, null, "2026-11-18T01:00:00.000Z")).toEqual({ avg: 35 });
  expect(at(answer, null, "2026-11-18T02:00:00.000Z")).toEqual({ avg: null });
});

const BOUNDS = [0.005, 0.05, 0.5, 5];
const KINDS = [
  ["histogram", 1],
  ["histogram", 2],
  ["exp_histogram", 1],
  ["exp_histogram", 2],
] as const;

it.each(KINDS)(
  "works percentiles out from buckets: %s, temporality %i",
  async (kind, temporality) => {
    const metric = `r.${kind}.${temporality}`;
    const explicit = kind === "histogram";
    const senders = [1, 2].map((install) => ({ install, rows: exports(5) }));
    await addPoints(
      stored.store,
      kind,
      senders.flatMap(({ install, rows }) =>
        rows.map(({ time, began, delta, cumulative }) => {
          const counts = temporality === 2 ? cumulative : delta;
          return {
            ...{ app, at: iso(time), since: iso(began), metric, unit: "s", install },
            columns: {
              ...{ AggregationTemporality: temporality, Count: 0, Sum: 0 },
              ...(explicit
                ? { BucketCounts: counts, ExplicitBounds: BOUNDS }
                : {
                    // The last two are one below zero and one at it.
                    ...{ Scale: 1, PositiveOffset: -1, PositiveBucketCounts: counts.slice(0, 3) },
                    ...{ NegativeOffset: 2, NegativeBucketCounts: counts.slice(3, 4) },
                    ZeroCount: counts[4] as number,
                  }),
            },
          };
        }),
      ),
    );
    const bounds: [number, number][] = explicit
      ? [
          ...[0, ...BOUNDS]
            .slice(0, 4)
            .map((lower, nth): [number, number] => [lower, BOUNDS[nth] as number]),
          [5, 5],
        ]
      : [
          ...[-1, 0, 1].map((power): [number, number] => [
            2 ** (power / 2),
            2 ** ((power + 1) / 2),
          ]),
          [-(2 ** 1.5), -2],
          [0, 0],
        ];
    const [from, to] = RANGES[0];
    const answer = await api.read<MetricAnswer>("/v1/signals/metric", { app, from, to, metric });
    expect(answer.measure).toBe("percentiles");
    for (const start of answer.starts) {
      const counts = bounds.map(() => 0);
      for (const { time, delta } of senders.flatMap(({ rows }) => rows)) {
        if (dayOf(time) !== start) continue;
        for (const [cell, value] of delta.entries()) counts[cell] = (counts[cell] ?? 0) + value;
      }
      const point = at(answer, null, start);
      expect(point.grown).toBe(counts.reduce((sum, value) => sum + value, 0));
      for (const [name, level] of [
        ["p50", 0.5],
        ["p95", 0.95],
        ["p99", 0.99],
      ] as const) {
        expect(point[name]).toBeCloseTo(search(bounds, counts, level), 6);
      }
    }
  },
);

/** The level by halving: the place up to which that share of the values lies. */
function search(bounds: [number, number][], counts: number[], level: number): number {
  const total = counts.reduce((sum, value) => sum + value, 0);
  const upTo = (place: number) =>
    bounds.reduce((sum, [lower, upper], cell) => {
      const part = lower === upper ? Number(lower <= place) : (place - lower) / (upper - lower);
      return sum + (counts[cell] as number) * Math.min(1, Math.max(0, part));
    }, 0);
  let [low, high] = [-10, 10];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (upTo(middle) >= level * total) high = middle;
    else low = middle;
  }
  return high;
}

it("puts exponential buckets of different scales together, and of one sender at its coarsest", async () => {
  const point = (at: string, Scale: number, PositiveOffset: number, counts: number[]) => ({
    ...{ app, at, since: "2026-11-18T00:00:00Z", metric: "r.scales", install: 1 },
    columns: {
      ...{ AggregationTemporality: 2, Count: 0, Sum: 0, ZeroCount: 0 },
      ...{ Scale, PositiveOffset, PositiveBucketCounts: counts },
      ...{ NegativeOffset: 0, NegativeBucketCounts: [] },
    },
  });
  await addPoints(stored.store, "exp_histogram", [
    // 10 values in (2, 4] at scale 1, and then 10 + 6 of them at scale 0, 4 of them in (4, 8].
    point("2026-11-18T01:00:00Z", 1, 2, [7, 3]),
    point("2026-11-18T02:00:00Z", 0, 1, [12, 4]),
  ]);
  const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
    ...{ app, from: "2026-11-18", to: "2026-11-18", metric: "r.scales", interval: "hour" },
  });
  expect(at(answer, null, "2026-11-18T01:00:00.000Z")).toMatchObject({ grown: 10, p50: 3 });
  expect(at(answer, null, "2026-11-18T02:00:00.000Z")).toMatchObject({ grown: 6, p50: 5 });
});

it("says of a summary the mean of what its senders said", async () => {
  const point = (at: string, values: number[]) => ({
    ...{ app, at, metric: "r.summary" },
    columns: { "ValueAtQuantiles.Quantile": [0.5, 0.99], "ValueAtQuantiles.Value": values },
  });
  await addPoints(stored.store, "summary", [
    point("2026-11-18T01:00:00Z", [1, 10]),
    point("2026-11-18T02:00:00Z", [3, 20]),
  ]);
  const answer = await api.read<MetricAnswer>("/v1/signals/metric", {
    ...{ app, from: "2026-11-18", to: "2026-11-18", metric: "r.summary" },
  });
  expect(answer.measure).toBe("quantiles");
  expect(at(answer, null, "2026-11-18")).toEqual({ "0.5": 2, "0.99": 15 });
});

it("answers whatever a sender says", async () => {
  const at = "2026-11-18T01:00:00Z";
  const gauge = (text: string) => ({
    ...{ app, at, metric: "r.odd" },
    columns: { Value: { sql: text } },
  });
  const values = ["nan", "inf", "-inf", "1.7e308", "1.7e308", "5"];
  await addPoints(stored.store, "gauge", values.map(gauge));
  const asked = { app, from: "2026-11-18", to: "2026-11-18" };
  const odd = await api.read<MetricAnswer>("/v1/signals/metric", { ...asked, metric: "r.odd" });
  expect(onThatDay(odd)).toEqual({ avg: null, min: 5, max: 1.7e308 });
  await addPoints(stored.store, "exp_histogram", [
    {
      ...{ app, at, metric: "r.far" },
      columns: {
        ...{ AggregationTemporality: 1, Scale: 4, ZeroCount: 0 },
        ...{ PositiveOffset: 2_000_000_000, PositiveBucketCounts: [3] },
        ...{ NegativeOffset: -2_000_000_000, NegativeBucketCounts: [1] },
      },
    },
  ]);
  const far = await api.read<MetricAnswer>("/v1/signals/metric", { ...asked, metric: "r.far" });
  expect(onThatDay(far).grown).toBe(4);
  await addPoints(stored.store, "histogram", [
    {
      ...{ app, at, metric: "r.empty" },
      columns: { AggregationTemporality: 1, BucketCounts: [], ExplicitBounds: [], Count: 3 },
    },
  ]);
  const empty = await api.read<MetricAnswer>("/v1/signals/metric", { ...asked, metric: "r.empty" });
  expect(onThatDay(empty)).toMatchObject({ p50: null, grown: 0 });
});

const onThatDay = (answer: MetricAnswer) => at(answer, null, "2026-11-18");
