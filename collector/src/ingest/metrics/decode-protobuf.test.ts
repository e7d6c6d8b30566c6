import { Kind, MAX_BUCKETS, MAX_EXEMPLARS, MetricKind } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { damage } from "../otlp/generator.fixture.ts";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import {
  bytesField,
  doubleField,
  fixed32Field,
  fixed64Field,
  group,
  message,
  pair,
  tag,
  text,
  varint,
  varintField,
} from "../otlp/wire-writer.fixture.ts";
import { createRandom } from "../random.fixture.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createGenerator, DATA, double, fixed64, packed } from "./generator.fixture.ts";
import { createIncomingMetric } from "./incoming.ts";
import { decodeAll, oracleDecode } from "./oracle.fixture.ts";

const decode = createProtobufDecoder();
const pointsOf = (body: Buffer) => decodeAll(decode, body);
const request = (...metrics: Buffer[][]) =>
  message(1, message(2, ...metrics.map((metric) => message(2, ...metric))));
const only = (body: Buffer) => {
  const { fault, points } = pointsOf(body);
  expect(fault).toBeNull();
  expect(points).toHaveLength(1);
  return points[0]!;
};
const point = (...fields: Buffer[]) => message(1, ...fields);
const { GAUGE, SUM, HISTOGRAM, EXPONENTIAL, SUMMARY } = DATA;
const gauge = (...fields: Buffer[]) => only(request([message(GAUGE, point(...fields))]));
const zigzag = (value: number) => BigInt.asUintN(32, BigInt((value << 1) ^ (value >> 31)));

describe("a protobuf request", () => {
  it("gives each number with its metric, scope, resource, times and exemplars", () => {
    const body = message(
      1,
      message(1, pair(1, "service.name", text("timetracker"))),
      bytesField(3, "https://opentelemetry.io/schemas/1.37.0"),
      message(
        2,
        message(1, bytesField(1, "http"), bytesField(2, "1.2.3"), pair(3, "a", text("b"))),
        bytesField(3, "https://example.org"),
        message(
          2,
          bytesField(1, "http.server.active_requests"),
          bytesField(2, "How many."),
          bytesField(3, "{request}"),
          message(
            SUM,
            varintField(2, 2),
            varintField(3, 1),
            point(
              pair(7, "http.route", text("/projects/{id}")),
              fixed64Field(2, 1_700_000_000_123_999_999n),
              fixed64Field(3, 1_700_000_001_123_999_999n),
              fixed64Field(6, -7n),
              varintField(8, 1),
              message(
                5,
                fixed64Field(2, 1_700_000_001_000_000_000n),
                doubleField(3, 0.5),
                bytesField(4, Buffer.from("0011223344556677", "hex")),
                bytesField(5, Buffer.from("00112233445566778899AABBCCDDEEFF", "hex")),
                pair(7, "k", varintField(3, 1)),
              ),
            ),
          ),
        ),
      ),
    );
    expect(only(body)).toEqual({
      resource: [["service.name", Kind.String, "timetracker"]],
      resourceSchemaUrl: "https://opentelemetry.io/schemas/1.37.0",
      scope: { name: "http", version: "1.2.3", attributes: [["a", Kind.String, "b"]] },
      scopeSchemaUrl: "https://example.org",
      name: "http.server.active_requests",
      unit: "{request}",
      kind: MetricKind.Sum,
      temporality: 2,
      monotonic: true,
      attributes: [["http.route", Kind.String, "/projects/{id}"]],
      startMs: 1_700_000_000_123,
      timeMs: 1_700_000_001_123,
      flags: 1,
      value: -7,
      ...{ count: 0n, sum: 0, min: 0, max: 0, bounds: [], buckets: [], negativeBuckets: [] },
      ...{ offsets: [0, 0], scale: 0, zeroCount: 0n, quantiles: [] },
      exemplars: [
        {
          attributes: [["k", Kind.Integer, 1]],
          timeMs: 1_700_000_001_000,
          value: 0.5,
          traceId: "00112233445566778899aabbccddeeff",
          spanId: "0011223344556677",
        },
      ],
    });
  });

  it("gives histograms with their buckets, packed or one by one", () => {
    const [low, high] = [2n ** 53n + 1n, 2n ** 64n - 1n];
    const totals = [
      fixed64Field(4, high),
      doubleField(5, 1.5),
      doubleField(11, -1),
      doubleField(12, 9),
    ];
    const expected = { kind: MetricKind.Histogram, temporality: 1, count: high, sum: 1.5 };
    const numbers = { min: -1, max: 9, buckets: [low, high], bounds: [0.25] };
    for (const lists of [
      [packed(6, fixed64(low), fixed64(high)), packed(7, double(0.25))],
      [fixed64Field(6, low), doubleField(7, 0.25), fixed64Field(6, high)],
      [packed(6, fixed64(low)), packed(7), fixed64Field(6, high), packed(7, double(0.25))],
    ]) {
      const data = message(HISTOGRAM, point(...totals, ...lists), varintField(2, 1));
      expect(only(request([data]))).toMatchObject({ ...expected, ...numbers });
    }
  });

  it("gives exponential histograms, whose halves may come in pieces", () => {
    const data = point(
      fixed64Field(4, 10n),
      varintField(6, zigzag(-3)),
      fixed64Field(7, 4n),
      message(8, varintField(1, zigzag(-2_000)), packed(2, varint(1), varint(2n ** 63n))),
      message(9, varintField(2, 5), varintField(1, zigzag(7))),
      message(8, varintField(2, 300)),
      doubleField(12, 1),
      doubleField(13, 2),
    );
    expect(only(request([message(EXPONENTIAL, data)]))).toMatchObject({
      kind: MetricKind.ExpHistogram,
      scale: -3,
      zeroCount: 4n,
      offsets: [-2_000, 7],
      buckets: [1n, 2n ** 63n, 300n],
      negativeBuckets: [5n],
      min: 1,
      max: 2,
    });
  });

  it("gives summaries with their quantiles", () => {
    const quantile = (of: number, value: number) =>
      message(6, doubleField(1, of), doubleField(2, value));
    const data = point(fixed64Field(4, 3n), doubleField(5, 6), quantile(0.5, 1), quantile(0.99, 9));
    expect(only(request([message(SUMMARY, data)]))).toMatchObject({
      kind: MetricKind.Summary,
      count: 3n,
      sum: 6,
      quantiles: [
        [0.5, 1],
        [0.99, 9],
      ],
    });
  });

  it("of no bytes is valid and holds nothing", () => {
    expect(pointsOf(Buffer.alloc(0))).toEqual({ fault: null, points: [] });
  });

  it("keeps nothing of one point, metric, scope or resource for the next", () => {
    const full = [
      bytesField(1, "a.b"),
      bytesField(3, "s"),
      message(
        SUM,
        varintField(2, 2),
        varintField(3, 1),
        point(pair(7, "k", text("v")), doubleField(4, 1), message(5, doubleField(3, 1))),
      ),
    ];
    const scope = message(1, bytesField(1, "scope"));
    const body = Buffer.concat([
      message(
        1,
        message(1, pair(1, "r", text("v"))),
        bytesField(3, "url"),
        message(2, scope, bytesField(3, "url"), message(2, ...full)),
      ),
      request([message(GAUGE, point(), point())]),
    ]);
    const empty = only(request([message(GAUGE, point())]));
    expect(pointsOf(body).points.slice(1)).toEqual([empty, empty]);
  });

  it("may name resource, scope and metric in pieces and after the points they describe", () => {
    const body = message(
      1,
      message(
        2,
        message(
          2,
          message(SUM, point(fixed64Field(6, 1n)), varintField(3, 1)),
          bytesField(3, "s"),
          message(SUM, varintField(2, 1), point(fixed64Field(6, 2n))),
          bytesField(1, "late"),
        ),
        message(1, bytesField(1, "scope")),
        message(1, bytesField(2, "1")),
      ),
      message(1, pair(1, "a", text("1"))),
    );
    const of = {
      ...{ name: "late", unit: "s", kind: MetricKind.Sum, temporality: 1, monotonic: true },
      resource: [["a", Kind.String, "1"]],
      scope: { name: "scope", version: "1", attributes: [] },
    };
    const { fault, points } = pointsOf(body);
    expect(fault).toBeNull();
    expect(points).toMatchObject([
      { ...of, value: 1 },
      { ...of, value: 2 },
    ]);
  });

  it("lets the last kind of data win, and the last kind of value", () => {
    const one = point(doubleField(4, 1));
    const kinds = (...numbers: number[]) =>
      pointsOf(request([...numbers.map((number) => message(number, one))])).points.map(
        ({ kind }) => kind,
      );
    expect(kinds(GAUGE, GAUGE)).toEqual([MetricKind.Gauge, MetricKind.Gauge]);
    expect(kinds(GAUGE, SUM)).toEqual([MetricKind.Sum]);
    expect(kinds(GAUGE, SUM, GAUGE)).toEqual([MetricKind.Gauge]);
    expect(gauge(doubleField(4, 1.5), fixed64Field(6, 2n)).value).toBe(2);
    expect(gauge(fixed64Field(6, 2n), doubleField(4, 1.5)).value).toBe(1.5);
    const broken = request([message(GAUGE, point(tag(50, 6))), message(SUM, one)]);
    expect(pointsOf(broken).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("steps over unknown fields of every wire type and known numbers of another", () => {
    const noise = [
      varintField(99, -1n),
      fixed64Field(98, 7n),
      bytesField(97, "noise"),
      group(96, group(95, varintField(1, 1)), bytesField(2, "x")),
      fixed32Field(94, 1),
      varintField(4, 3),
      fixed32Field(6, 1),
    ];
    expect(gauge(...noise, doubleField(4, 2), ...noise).value).toBe(2);
  });

  it("gives integers as the nearest double", () => {
    const value = (integer: bigint) => gauge(fixed64Field(6, integer)).value;
    for (const integer of [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n)]) {
      expect(value(integer)).toBe(Number(integer));
    }
    expect(Object.is(value(0n), 0)).toBe(true);
  });

  it("keeps NaN and the infinities", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(gauge(doubleField(4, value)).value).toBe(value);
    }
  });

  it("treats an exemplar's id of the wrong length or of zeros as absent", () => {
    const ids = (trace: Buffer) =>
      gauge(message(5, bytesField(5, trace), bytesField(4, trace))).exemplars[0];
    for (const length of [0, 15, 17]) {
      expect(ids(Buffer.alloc(length, 1))).toMatchObject({ traceId: "", spanId: "" });
    }
    expect(ids(Buffer.alloc(16))).toMatchObject({ traceId: "" });
  });

  it("counts buckets beyond the limit, and holds none of them", () => {
    const many = packed(6, ...Array(MAX_BUCKETS + 1).fill(fixed64(1n)));
    const metric = createIncomingMetric();
    let length = 0;
    decode(request([message(HISTOGRAM, point(many))]), metric, ({ numbers }) => {
      length = numbers.buckets.length;
    });
    expect([length, metric.numbers.buckets.low.length]).toEqual([MAX_BUCKETS + 1, MAX_BUCKETS]);
  });

  it("keeps so many exemplars of one point", () => {
    const most = Array.from({ length: MAX_EXEMPLARS + 5 }, (_, at) =>
      message(5, doubleField(3, at)),
    );
    const kept = gauge(...most).exemplars.map(({ value }) => value);
    expect(kept).toEqual(Array.from({ length: MAX_EXEMPLARS }, (_, at) => at));
  });
});

describe("a malformed protobuf request", () => {
  const inPoint = (...fields: Buffer[]) => request([message(HISTOGRAM, point(...fields))]);
  const nested = (levels: number): Buffer => {
    let value = text("x");
    for (let level = 0; level < levels; level++) value = message(5, message(1, value));
    return inPoint(message(8, pair(7, "k", value)));
  };

  it.each([
    ["a length that runs past the end", Buffer.from([0x0a, 0x05, 0x00])],
    ["a list of doubles cut off", inPoint(bytesField(7, Buffer.alloc(12)))],
    ["a list of counts cut off", inPoint(bytesField(6, Buffer.alloc(9)))],
    [
      "a list of varints cut off",
      request([message(EXPONENTIAL, point(message(8, bytesField(2, Buffer.from([0x80])))))]),
    ],
    ["a double cut off", inPoint(Buffer.concat([tag(5, 1), Buffer.alloc(7)]))],
    ["field number 0", inPoint(varintField(0, 1))],
    ["wire type 6", inPoint(tag(50, 6))],
    ["a group that does not end", inPoint(tag(50, 3))],
    ["a fault in what has no effect", request([message(GAUGE, tag(50, 6)), message(SUM)])],
    ["values nested 33 deep", nested(33)],
    ["values nested 10,000 deep", nested(10_000)],
    ["too many attributes", inPoint(...Array(MAX_ATTRIBUTES + 1).fill(pair(9, "k", text("v"))))],
  ])("is refused for %s", (_name, body) => {
    expect(pointsOf(body).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("is fine up to the limits", () => {
    expect(pointsOf(nested(32)).fault).toBeNull();
  });

  it("with too many data points says so, however they are spread", () => {
    const half = Buffer.concat(Array(MAX_RECORDS / 2).fill(message(1)));
    const metric = message(2, message(GAUGE, half));
    const body = (...last: Buffer[]) => message(1, message(2, metric, metric, ...last));
    const run = (bytes: Buffer) => decode(bytes, createIncomingMetric(), () => {});
    expect(run(body())).toBeNull();
    expect(run(body(message(2, message(SUMMARY, message(1)))))).toMatchObject({
      fault: "too_many_records",
    });
  });

  it("names the message at fault and the byte, never a value", () => {
    const { fault } = pointsOf(inPoint(pair(9, "secret-key", text("secret-value")), tag(50, 6)));
    expect(fault?.field).toBe("resource_metrics.scope_metrics.metrics");
    expect(fault?.description).toMatch(/at byte \d+/);
    expect(JSON.stringify(fault)).not.toContain("secret");
  });
});

describe("compared with protobufjs", () => {
  it("reads 2,000 generated requests alike", () => {
    const random = createRandom(20_261_120);
    const generate = createGenerator(random);
    const seen = new Map<MetricKind, number>();
    for (let round = 0; round < 2_000; round++) {
      const body = generate();
      const { fault, points } = pointsOf(body);
      expect(fault).toBeNull();
      expect(points, `round ${round}`).toEqual(oracleDecode(body));
      for (const { kind } of points) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect(seen.size).toBe(5);
    for (const count of seen.values()) expect(count).toBeGreaterThan(500);
  });

  it("accepts and refuses 6,000 damaged requests alike, and never crashes", () => {
    const random = createRandom(42);
    const generate = createGenerator(random);
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 6_000; round++) {
      const body = damage(random, generate());
      const expected = oracleDecode(body);
      const { fault, points } = pointsOf(body);
      const what = `round ${round}: ${body.toString("hex")}`;
      // protobufjs steps over the varint of an unknown field however long it is.
      const isTooLong = fault?.description.startsWith("a number is longer than ten bytes");
      if (expected === null || isTooLong) {
        expect(fault, what).not.toBeNull();
        seen.refused++;
      } else {
        expect(fault, what).toBeNull();
        expect(points, what).toEqual(expected);
        seen.accepted++;
      }
    }
    expect(seen.accepted).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
  });

  it("survives bytes that were never a request", () => {
    const random = createRandom(1);
    for (let round = 0; round < 5_000; round++) {
      pointsOf(Buffer.from(random.times(64, () => random.below(256))));
    }
  });
});
