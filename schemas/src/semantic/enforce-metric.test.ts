import { describe, expect, it } from "vitest";
import { type AttributeList, Kind, pushAttribute } from "../attributes.ts";
import { compileTable } from "../table.ts";
import {
  clearPoint,
  createIncomingPoint,
  type IncomingPoint,
  MAX_BUCKETS,
  MAX_EXEMPLARS,
  MetricKind,
  nextExemplar,
  pushCount,
  pushDouble,
} from "./data-point.ts";
import type { KeptAttributes } from "./enforce-attributes.ts";
import { createEnforcedMetric, type EnforcedMetric, enforceMetric } from "./enforce-metric.ts";
import { createEnforcedResource } from "./enforce-resource.ts";

const table = compileTable("timetracker", {
  app: "timetracker",
  version: 1,
  events: [],
  attributes: { plan: { type: "enum", values: ["free", "paid"], description: "Which plan." } },
});
const nobody = createEnforcedResource();

const add = (list: AttributeList, key: string, value: string) =>
  pushAttribute(list, key, Kind.String, value);

function point(fill: (point: IncomingPoint) => void = () => {}): IncomingPoint {
  const made = createIncomingPoint();
  made.name = "app.requests";
  made.kind = MetricKind.Gauge;
  fill(made);
  return made;
}

function enforced(fill?: (point: IncomingPoint) => void): EnforcedMetric {
  const incoming = point(fill);
  const out = createEnforcedMetric(incoming);
  expect(enforceMetric(table, incoming, nobody, out)).toBeNull();
  return out;
}

function refused(fill: (point: IncomingPoint) => void) {
  const incoming = point(fill);
  return enforceMetric(table, incoming, nobody, createEnforcedMetric(incoming));
}

const mapOf = ({ keys, values, length }: KeptAttributes) =>
  Object.fromEntries(keys.slice(0, length).map((key, at) => [key, values[at]]));
const dropsOf = (out: EnforcedMetric) =>
  out.droppedFields.slice(0, out.dropped).map((field, at) => [field, out.droppedReasons[at]]);
const doubles = ({ values, length }: { values: Float64Array; length: number }) => [
  ...values.subarray(0, length),
];

/** An old duration in milliseconds, with every number that a scale is for. */
function inMilliseconds(of: IncomingPoint): void {
  of.name = "http.server.duration";
  of.unit = "ms";
  Object.assign(of.numbers, { value: 9, sum: 9, min: 3, max: 1_009, countLow: 7, scale: 3 });
  for (const bound of [9, 75, Number.POSITIVE_INFINITY]) pushDouble(of.numbers.bounds, bound);
  pushCount(of.numbers.buckets, 7, 0);
  pushDouble(of.numbers.quantiles, 0.5);
  pushDouble(of.numbers.quantileValues, 9);
  nextExemplar(of).value = 9;
}

describe("a data point", () => {
  it("keeps what the conventions and the catalogue allow, under current names", () => {
    const out = enforced((of) => {
      Object.assign(of, { kind: MetricKind.Sum, unit: "{request}", temporality: 2, flags: 1 });
      of.monotonic = true;
      add(of.attributes, "http.method", "get");
      add(of.attributes, "plan", "paid");
      add(of.attributes, "client.address", "192.0.2.7");
      const exemplar = nextExemplar(of);
      Object.assign(exemplar, { value: 2, timeMs: 5, traceId: "t", spanId: "s" });
      add(exemplar.attributes, "http.status_code", "200");
      add(exemplar.attributes, "enduser.id", "ann");
    });
    expect(out).toMatchObject({
      ...{ name: "app.requests", unit: "{request}", kind: MetricKind.Sum },
      ...{ temporality: 2, monotonic: true, flags: 1, exemplars: 1 },
    });
    expect(mapOf(out.attributes)).toEqual({ "http.request.method": "GET", plan: "paid" });
    expect(out.exemplarList[0]).toMatchObject({ value: 2, timeMs: 5, traceId: "t", spanId: "s" });
    expect(mapOf(out.exemplarList[0]!.attributes)).toEqual({ "http.response.status_code": "200" });
    expect(dropsOf(out).map(([field]) => field)).toEqual(["client.address", "enduser.id"]);
  });

  it("is refused for a name that is not words of a program, and for a malformed install id", () => {
    for (const name of ["", "time of ann@example.org", "a.12345678", "visits.ann.example.org"]) {
      expect(refused((of) => Object.assign(of, { name }))).toEqual({
        reason: "metric_name_malformed",
        event: "(metric)",
        field: "(metric_name)",
      });
    }
    const malformed = { ...createEnforcedResource(), malformed: true };
    const incoming = point();
    const out = createEnforcedMetric(incoming);
    expect(enforceMetric(table, incoming, malformed, out)?.reason).toBe("install_id_malformed");
  });

  it("drops a unit that is none, and an enum that is not OTLP's", () => {
    const out = enforced((of) => Object.assign(of, { unit: "ann's hours", temporality: 7 }));
    expect([out.unit, out.temporality, dropsOf(out)]).toEqual([
      "",
      0,
      [["(unit)", "value_malformed"]],
    ]);
    expect(enforced((of) => Object.assign(of, { temporality: -1 })).temporality).toBe(0);
  });

  it("is refused where its lists are too long, and kept up to the limit", () => {
    const lists: [string, (of: IncomingPoint) => void][] = [
      ["bucket_counts", ({ numbers }) => pushCount(numbers.buckets, 1, 0)],
      ["bucket_counts", ({ numbers }) => pushCount(numbers.negativeBuckets, 1, 0)],
      ["explicit_bounds", ({ numbers }) => pushDouble(numbers.bounds, 1)],
      ["quantile_values", ({ numbers }) => pushDouble(numbers.quantiles, 1)],
    ];
    for (const [field, push] of lists) {
      const filled = (count: number) => (of: IncomingPoint) => {
        for (let at = 0; at < count; at++) push(of);
      };
      enforced(filled(MAX_BUCKETS));
      expect(refused(filled(MAX_BUCKETS + 1))).toMatchObject({ reason: "point_too_large", field });
    }
  });

  it("says once that it had too many exemplars", () => {
    const out = enforced((of) => {
      for (let at = 0; at < MAX_EXEMPLARS + 3; at++) nextExemplar(of);
    });
    expect(out.exemplars).toBe(MAX_EXEMPLARS);
    expect(dropsOf(out)).toEqual([["(limit)", "field_limit"]]);
  });

  it("keeps nothing of the one before", () => {
    const incoming = point(inMilliseconds);
    const out = createEnforcedMetric(incoming);
    enforceMetric(table, incoming, nobody, out);
    clearPoint(incoming);
    incoming.name = "a.b";
    incoming.unit = "";
    enforceMetric(table, incoming, nobody, out);
    expect(out).toMatchObject({ name: "a.b", unit: "", exemplars: 0, dropped: 0 });
    expect(out.numbers).toMatchObject({ value: 0, sum: 0, min: 0, max: 0, countLow: 0, scale: 0 });
    expect(doubles(out.numbers.bounds)).toEqual([]);
  });

  it("keeps NaN and the infinities", () => {
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(enforced((of) => Object.assign(of.numbers, { value })).numbers.value).toBe(value);
    }
  });
});

describe("an old duration in milliseconds", () => {
  it("becomes the current one in seconds, in every number that has the unit, rounded once", () => {
    for (const kind of [MetricKind.Gauge, MetricKind.Histogram, MetricKind.Summary]) {
      const out = enforced((of) => {
        inMilliseconds(of);
        of.kind = kind;
      });
      expect(out).toMatchObject({ name: "http.server.request.duration", unit: "s" });
      const { numbers } = out;
      expect(numbers).toMatchObject({ value: 0.009, sum: 0.009, min: 0.003, max: 1.009 });
      expect(doubles(numbers.bounds)).toEqual([0.009, 0.075, Number.POSITIVE_INFINITY]);
      expect(doubles(numbers.quantileValues)).toEqual([0.009]);
      expect(out.exemplarList[0]?.value).toBe(0.009);
      // These have no unit.
      expect(numbers).toMatchObject({ countLow: 7, scale: 3 });
      expect(doubles(numbers.quantiles)).toEqual([0.5]);
      expect(numbers.buckets.low[0]).toBe(7);
    }
  });

  it("stays what it is as an exponential histogram, whose bounds cannot be shifted by 1,000", () => {
    const out = enforced((of) => {
      inMilliseconds(of);
      of.kind = MetricKind.ExpHistogram;
    });
    expect(out).toMatchObject({ name: "http.server.duration", unit: "ms" });
    expect(out.numbers).toMatchObject({ sum: 9, scale: 3 });
    const seconds = enforced((of) => {
      inMilliseconds(of);
      Object.assign(of, { kind: MetricKind.ExpHistogram, unit: "s" });
    });
    expect(seconds).toMatchObject({ name: "http.server.request.duration", unit: "s" });
    expect(seconds.numbers.sum).toBe(9);
  });

  it("is remembered by name and unit, however many names come", () => {
    for (let at = 0; at < 5_000; at++) {
      const letters = at.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[+digit]!);
      const name = `app.requests_${letters}_total`;
      expect(enforced((of) => Object.assign(of, { name, unit: "s" }))).toMatchObject({ name });
    }
    expect(enforced(inMilliseconds).numbers.value).toBe(0.009);
  });
});

describe("what is planted", () => {
  const planted = [
    "192.0.2.77",
    "2001:db8::77",
    "ann.smith@example.org",
    "ann-laptop.example.org",
    "https://shop.example.org/?user=ann",
    "SELECT name FROM clients WHERE name = 'Ann'",
    "Mozilla/5.0 (Ann's phone)",
    "/home/ann/secret",
  ];
  const keys = [
    ...["client.address", "server.address", "network.peer.address", "net.peer.ip", "host.name"],
    ...["user.id", "enduser.id", "url.full", "url.query", "http.url", "http.target", "http.host"],
    ...["db.statement", "db.query.text", "user_agent.original", "http.route", "http.method"],
    ...["error.type", "rpc.service", "messaging.destination.name", "db.system", "plan", "type"],
  ];

  it("in any text of a point is not in what is kept; its positive control is", () => {
    let kept = 0;
    for (const text of planted) {
      for (const key of [...keys, text]) {
        const out = enforced((of) => {
          of.unit = text;
          add(of.attributes, key, text);
          add(of.attributes, "cpu.mode", "user");
          add(nextExemplar(of).attributes, key, text);
        });
        const { numbers, ...rest } = out;
        expect(JSON.stringify(rest), `${key}: ${text}`).not.toContain(JSON.stringify(text));
        expect(JSON.stringify(rest)).not.toMatch(/ann|192\.0|2001:db8/i);
        if (JSON.stringify(rest).includes("user")) kept++;
        expect(refused((of) => Object.assign(of, { name: text }))).not.toBeNull();
      }
    }
    expect(kept).toBe(planted.length * (keys.length + 1));
  });
});
