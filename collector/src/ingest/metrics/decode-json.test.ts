import { OTLPMetricExporter as JsonExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtoExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { Kind, MAX_BUCKETS, MetricKind } from "@rollcall/schemas";
import { describe, expect, it } from "vitest";
import { exportedBy } from "../otlp/exported.fixture.ts";
import { MAX_ATTRIBUTES, MAX_RECORDS } from "../otlp/limits.ts";
import { createRandom } from "../random.fixture.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createGenerator } from "./generator.fixture.ts";
import { createIncomingMetric } from "./incoming.ts";
import { decodeAll, toJson } from "./oracle.fixture.ts";
import { collectEveryKind } from "./sdk.fixture.ts";

const decode = createJsonDecoder();
const pointsOf = (json: string) => decodeAll(decode, Buffer.from(json));
const metricJson = (metric: string) =>
  `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metric}]}]}]}`;
const pointJson = (kind: string, point: string) =>
  metricJson(`{"name":"a.b","${kind}":{"dataPoints":[${point}]}}`);
const only = (json: string) => {
  const { fault, points } = pointsOf(json);
  expect(fault).toBeNull();
  expect(points).toHaveLength(1);
  return points[0]!;
};
const gauge = (point: string) => only(pointJson("gauge", point));
const histogram = (point: string) => only(pointJson("histogram", point));
const faultOf = (kind: string, point: string) => pointsOf(pointJson(kind, point)).fault;

describe("a JSON request", () => {
  it("gives the same points as the same request in protobuf, of every kind of the SDK", async () => {
    const metrics = await collectEveryKind();
    const [json, protobuf] = await exportedBy(metrics, [JsonExporter, ProtoExporter]);
    const { fault, points } = decodeAll(decode, json!);
    expect(fault).toBeNull();
    const kinds = new Set(points.map(({ kind }) => kind));
    const { Gauge, Sum, Histogram, ExpHistogram } = MetricKind;
    expect(kinds).toEqual(new Set([Gauge, Sum, Histogram, ExpHistogram]));
    expect(points).toEqual(decodeAll(createProtobufDecoder(), protobuf!).points);
  });

  it("gives the same points as 1,000 generated requests in protobuf", () => {
    const random = createRandom(20_261_121);
    const generate = createGenerator(random);
    const decodeProtobuf = createProtobufDecoder();
    let seen = 0;
    for (let round = 0; round < 1_000; round++) {
      const body = generate();
      const { fault, points } = pointsOf(toJson(body));
      expect(fault, `round ${round}`).toBeNull();
      expect(points, `round ${round}`).toEqual(decodeAll(decodeProtobuf, body).points);
      seen += points.length;
    }
    expect(seen).toBeGreaterThan(3_000);
  });

  it("gives every field of every kind", () => {
    const head = '"startTimeUnixNano":"1700000000123999999","timeUnixNano":1700000001123999999';
    const exemplar =
      '{"filteredAttributes":[{"key":"k","value":{"intValue":"1"}}],"timeUnixNano":"1700000001000000000",' +
      '"asInt":"-7","spanId":"0011223344556677","traceId":"00112233445566778899AABBCCDDEEFF"}';
    const point = `{${head},"attributes":[{"key":"a","value":{"stringValue":"b"}}],"flags":1`;
    const json =
      '{"resourceMetrics":[{"schemaUrl":"r","resource":{"attributes":[{"key":"x","value":{"boolValue":true}}]},' +
      '"scopeMetrics":[{"schemaUrl":"s","scope":{"name":"n","version":"1","attributes":[{"key":"y"}]},"metrics":[' +
      `{"name":"m","unit":"s","description":"d","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[${point},"asDouble":0.5,"exemplars":[${exemplar}]}]}},` +
      `{"name":"m","histogram":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[${point},"count":"18446744073709551615","sum":1.5,"min":-1,"max":"9","bucketCounts":[1,"9007199254740993",9007199254740993],"explicitBounds":[0,"Infinity"]}]}},` +
      `{"name":"m","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[${point},"count":3,"sum":0,"scale":-3,"zeroCount":"4","positive":{"offset":-2000,"bucketCounts":["1"]},"negative":{"offset":7,"bucketCounts":[5,6]},"min":1,"max":2}]}},` +
      `{"name":"m","summary":{"dataPoints":[${point},"count":"3","sum":6,"quantileValues":[{"quantile":0.5,"value":1},{"value":2}]}]}}` +
      "]}]}]}";
    const common = {
      resource: [["x", Kind.Boolean, true]],
      resourceSchemaUrl: "r",
      scope: { name: "n", version: "1", attributes: [["y", Kind.Empty, null]] },
      scopeSchemaUrl: "s",
      ...{ startMs: 1_700_000_000_123, timeMs: 1_700_000_001_123, flags: 1 },
      attributes: [["a", Kind.String, "b"]],
    };
    const { fault, points } = pointsOf(json);
    expect(fault).toBeNull();
    expect(points).toMatchObject([
      {
        ...common,
        ...{ kind: MetricKind.Sum, unit: "s", temporality: 1, monotonic: true, value: 0.5 },
        exemplars: [
          {
            attributes: [["k", Kind.Integer, 1]],
            ...{ timeMs: 1_700_000_001_000, value: -7, spanId: "0011223344556677" },
            traceId: "00112233445566778899aabbccddeeff",
          },
        ],
      },
      {
        ...common,
        ...{ kind: MetricKind.Histogram, unit: "", temporality: 2, monotonic: false },
        ...{ count: 2n ** 64n - 1n, sum: 1.5, min: -1, max: 9 },
        buckets: [1n, 2n ** 53n + 1n, 2n ** 53n + 1n],
        bounds: [0, Number.POSITIVE_INFINITY],
      },
      {
        ...common,
        ...{ kind: MetricKind.ExpHistogram, count: 3n, scale: -3, zeroCount: 4n, min: 1, max: 2 },
        ...{ offsets: [-2000, 7], buckets: [1n], negativeBuckets: [5n, 6n] },
      },
      {
        ...common,
        ...{ kind: MetricKind.Summary, temporality: 0, count: 3n, sum: 6 },
        quantiles: [
          [0.5, 1],
          [0, 2],
        ],
      },
    ]);
  });

  it("takes integers as strings and as numbers, as the nearest double", () => {
    for (const integer of ["42", "-0", "9007199254740993", "9223372036854775807"]) {
      expect(gauge(`{"asInt":${integer}}`).value + 0).toBe(Number(BigInt(integer)));
      expect(gauge(`{"asInt":"${integer}"}`).value + 0).toBe(Number(BigInt(integer)));
    }
    expect(gauge('{"asInt":"-9223372036854775808"}').value).toBe(-(2 ** 63));
  });

  it("keeps counts exact", () => {
    for (const count of [0n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 64n - 1n]) {
      expect(histogram(`{"count":${count}}`).count).toBe(count);
      expect(histogram(`{"count":"${count}"}`).count).toBe(count);
    }
  });

  it("takes doubles as numbers and strings, NaN and the infinities by name", () => {
    expect(gauge('{"asDouble":0.5}').value).toBe(0.5);
    expect(gauge('{"asDouble":"1e3"}').value).toBe(1000);
    expect(gauge('{"asDouble":"NaN"}').value).toBeNaN();
    expect(gauge('{"asDouble":"-Infinity"}').value).toBe(Number.NEGATIVE_INFINITY);
    expect(gauge('{"asDouble":12345678901234567890}').value).toBe(Number("12345678901234567890"));
  });

  it("treats null as absent everywhere", () => {
    const nothing =
      '{"attributes":null,"startTimeUnixNano":null,"timeUnixNano":null,"count":null,"sum":null,' +
      '"bucketCounts":null,"explicitBounds":null,"exemplars":null,"flags":null,"min":null,"max":null,' +
      '"scale":null,"zeroCount":null,"positive":null,"negative":null,"quantileValues":null,"asInt":null,"asDouble":null}';
    for (const kind of ["gauge", "sum", "histogram", "exponentialHistogram", "summary"]) {
      expect(only(pointJson(kind, nothing))).toEqual(only(pointJson(kind, "{}")));
    }
    const named = '{"name":null,"unit":null,"gauge":null,"sum":{"dataPoints":[{}]}}';
    expect(only(metricJson(named))).toMatchObject({ name: "", kind: MetricKind.Sum });
    expect(pointsOf('{"resourceMetrics":null}')).toEqual({ fault: null, points: [] });
    expect(
      pointsOf('{"resourceMetrics":[{"resource":null,"scopeMetrics":null}]}').fault,
    ).toBeNull();
    expect(pointsOf(metricJson('{"name":"a.b"}'))).toEqual({ fault: null, points: [] });
  });

  it("ignores unknown fields, snake_case names and fields of other kinds", () => {
    expect(gauge('{"as_int":5,"new":{"a":[1]},"count":"x","bucketCounts":7}')).toEqual(gauge("{}"));
    expect(only(pointJson("summary", '{"min":"x","exemplars":{}}'))).toMatchObject({ min: 0 });
  });

  it("takes keys such as __proto__ as plain data, and the last of two equal ones", () => {
    const point = gauge(
      '{"__proto__":{"asInt":5},"constructor":{"a":1},"attributes":[{"key":"__proto__"}],"flags":1,"flags":2}',
    );
    expect(point).toMatchObject({ value: 0, flags: 2 });
    expect(point.attributes).toEqual([["__proto__", Kind.Empty, null]]);
  });

  it("replaces half a surrogate pair", () => {
    expect(only(metricJson('{"name":"a\\ud800b","gauge":{"dataPoints":[{}]}}')).name).toBe(
      "a\ufffdb",
    );
  });

  it("counts buckets beyond the limit", () => {
    const many = `{"explicitBounds":[${Array(MAX_BUCKETS + 1).fill(1)}]}`;
    let length = 0;
    const body = Buffer.from(pointJson("histogram", many));
    decode(body, createIncomingMetric(), ({ numbers }) => {
      length = numbers.bounds.length;
    });
    expect(length).toBe(MAX_BUCKETS + 1);
  });
});

describe("a malformed JSON request", () => {
  it.each([
    ["a point that is no object", "gauge", "5"],
    ["an integer with a fraction", "gauge", '{"asInt":1.5}'],
    ["an integer of 2^63", "gauge", '{"asInt":"9223372036854775808"}'],
    ["a value in words", "gauge", '{"asDouble":"half"}'],
    ["flags of 33 bits", "gauge", '{"flags":4294967296}'],
    ["negative flags", "gauge", '{"flags":-1}'],
    ["exemplars that are no array", "gauge", '{"exemplars":{}}'],
    ["an exemplar's value in words", "sum", '{"exemplars":[{"asDouble":"x"}]}'],
    ["a negative count", "histogram", '{"count":-1}'],
    ["a count of 2^64", "histogram", '{"count":"18446744073709551616"}'],
    ["a bucket in words", "histogram", '{"bucketCounts":["x"]}'],
    ["a bound in words", "histogram", '{"explicitBounds":["x"]}'],
    ["a scale of 33 bits", "exponentialHistogram", '{"scale":2147483648}'],
    ["an offset with a fraction", "exponentialHistogram", '{"positive":{"offset":0.5}}'],
    ["a quantile in words", "summary", '{"quantileValues":[{"quantile":"x"}]}'],
    ["a time before 1970", "summary", '{"timeUnixNano":"-1"}'],
  ])("is refused for %s", (_name, kind, point) => {
    expect(faultOf(kind, point)).toMatchObject({ fault: "body_malformed" });
  });

  it.each([
    ["a name that is a number", '{"name":5}'],
    ["data that is an array", '{"gauge":[]}'],
    ["points that are no array", '{"gauge":{"dataPoints":{}}}'],
    ["a temporality that does not exist", '{"sum":{"aggregationTemporality":"DELTA"}}'],
    ["a monotony that is a word", '{"sum":{"isMonotonic":"true"}}'],
  ])("is refused for %s", (_name, metric) => {
    expect(pointsOf(metricJson(metric)).fault).toMatchObject({ fault: "body_malformed" });
  });

  it("is refused for values nested too deep, and fine up to the limit", () => {
    const nested = (levels: number) =>
      '{"exemplars":[{"filteredAttributes":[{"key":"k","value":' +
      '{"kvlistValue":{"values":[{"value":'.repeat(levels) +
      '{"stringValue":"x"}' +
      "}]}}".repeat(levels) +
      "}]}]}";
    expect(faultOf("gauge", nested(32))).toBeNull();
    expect(faultOf("gauge", nested(33))?.description).toContain("nested deeper");
    expect(faultOf("gauge", nested(10_000))?.description).toContain("nested deeper");
  });

  it("is refused for too many attributes and for too many points", () => {
    const attributes = Array(MAX_ATTRIBUTES + 1)
      .fill('{"key":"k"}')
      .join(",");
    const fault = faultOf("gauge", `{"attributes":[${attributes}]}`);
    expect(fault?.description).toContain("attributes");
    const points = Array(MAX_RECORDS + 1)
      .fill("{}")
      .join(",");
    const body = Buffer.from(pointJson("summary", points));
    expect(decode(body, createIncomingMetric(), () => {})?.fault).toBe("too_many_records");
  });

  it("never repeats what was sent, and says where", () => {
    const fault = faultOf("gauge", '{"asInt":"person@example.com"}');
    expect(fault?.field).toBe("resourceMetrics.scopeMetrics.metrics");
    expect(JSON.stringify(fault)).not.toContain("person");
  });
});
