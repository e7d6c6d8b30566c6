import { type Counts, type Doubles, MetricKind } from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import {
  createOracle,
  field,
  listed,
  lossyString,
  type Message,
  milliseconds,
  type PlainAttribute,
  plainId,
  plainList,
  repeated,
} from "../otlp/oracle.fixture.ts";
import { createIncomingMetric, type IncomingMetric, type MetricsDecoder } from "./incoming.ts";

const oneof = (oneof: string[]) => ({ oneofs: { value: { oneof } } });
/** The points of one kind, and what the metric says of all of them. */
const data = (points: string, ...more: string[]) => ({
  fields: {
    dataPoints: repeated(points, 1),
    ...(more.includes("temporality") ? { temporality: field("int32", 2) } : {}),
    ...(more.includes("monotonic") ? { monotonic: field("bool", 3) } : {}),
  },
});
const times = { startTimeUnixNano: field("fixed64", 2), timeUnixNano: field("fixed64", 3) };
const totals = { ...times, count: field("fixed64", 4), sum: field("double", 5) };

const oracle = createOracle({
  Exemplar: {
    ...oneof(["asDouble", "asInt"]),
    fields: {
      timeUnixNano: field("fixed64", 2),
      asDouble: field("double", 3),
      spanId: field("bytes", 4),
      traceId: field("bytes", 5),
      asInt: field("sfixed64", 6),
      attributes: repeated("KeyValue", 7),
    },
  },
  NumberPoint: {
    ...oneof(["asDouble", "asInt"]),
    fields: {
      ...times,
      asDouble: field("double", 4),
      exemplars: repeated("Exemplar", 5),
      asInt: field("sfixed64", 6),
      attributes: repeated("KeyValue", 7),
      flags: field("uint32", 8),
    },
  },
  HistogramPoint: {
    fields: {
      ...totals,
      bucketCounts: repeated("fixed64", 6),
      explicitBounds: repeated("double", 7),
      exemplars: repeated("Exemplar", 8),
      attributes: repeated("KeyValue", 9),
      flags: field("uint32", 10),
      min: field("double", 11),
      max: field("double", 12),
    },
  },
  Buckets: { fields: { offset: field("sint32", 1), bucketCounts: repeated("uint64", 2) } },
  ExponentialPoint: {
    fields: {
      ...totals,
      attributes: repeated("KeyValue", 1),
      scale: field("sint32", 6),
      zeroCount: field("fixed64", 7),
      positive: field("Buckets", 8),
      negative: field("Buckets", 9),
      flags: field("uint32", 10),
      exemplars: repeated("Exemplar", 11),
      min: field("double", 12),
      max: field("double", 13),
    },
  },
  Quantile: { fields: { quantile: field("double", 1), value: field("double", 2) } },
  SummaryPoint: {
    fields: {
      ...totals,
      quantileValues: repeated("Quantile", 6),
      attributes: repeated("KeyValue", 7),
      flags: field("uint32", 8),
    },
  },
  Gauge: data("NumberPoint"),
  Sum: data("NumberPoint", "temporality", "monotonic"),
  Histogram: data("HistogramPoint", "temporality"),
  Exponential: data("ExponentialPoint", "temporality"),
  Summary: data("SummaryPoint"),
  Metric: {
    oneofs: { data: { oneof: ["gauge", "sum", "histogram", "exponential", "summary"] } },
    fields: {
      name: lossyString(1),
      unit: lossyString(3),
      gauge: field("Gauge", 5),
      sum: field("Sum", 7),
      histogram: field("Histogram", 9),
      exponential: field("Exponential", 10),
      summary: field("Summary", 11),
    },
  },
  ScopeMetrics: {
    fields: {
      scope: field("Scope", 1),
      metrics: repeated("Metric", 2),
      schemaUrl: lossyString(3),
    },
  },
  ResourceMetrics: {
    fields: {
      resource: field("Resource", 1),
      scopeMetrics: repeated("ScopeMetrics", 2),
      schemaUrl: lossyString(3),
    },
  },
  Request: { fields: { resourceMetrics: repeated("ResourceMetrics", 1) } },
});

const KINDS: Record<string, MetricKind> = {
  gauge: MetricKind.Gauge,
  sum: MetricKind.Sum,
  histogram: MetricKind.Histogram,
  exponential: MetricKind.ExpHistogram,
  summary: MetricKind.Summary,
};

/** A decoded data point in a form that two decoders can be compared in. */
export interface PlainPoint {
  resource: PlainAttribute[];
  resourceSchemaUrl: string;
  scope: { name: string; version: string; attributes: PlainAttribute[] };
  scopeSchemaUrl: string;
  name: string;
  unit: string;
  kind: MetricKind;
  temporality: number;
  monotonic: boolean;
  attributes: PlainAttribute[];
  startMs: number;
  timeMs: number;
  flags: number;
  value: number;
  count: bigint;
  sum: number;
  min: number;
  max: number;
  bounds: number[];
  buckets: bigint[];
  negativeBuckets: bigint[];
  offsets: [number, number];
  scale: number;
  zeroCount: bigint;
  quantiles: [number, number][];
  exemplars: {
    attributes: PlainAttribute[];
    timeMs: number;
    value: number;
    traceId: string;
    spanId: string;
  }[];
}

const long = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
const doublesOf = ({ values, length }: Doubles) => [...values.subarray(0, length)];
const countsOf = ({ low, high, length }: Counts) =>
  Array.from({ length }, (_, at) => long(low[at]!, high[at]!));

function plainOf(metric: IncomingMetric): PlainPoint {
  const { numbers } = metric;
  const values = doublesOf(numbers.quantileValues);
  return {
    resource: listed(metric.resource),
    resourceSchemaUrl: metric.resourceSchemaUrl,
    scope: {
      ...{ name: metric.scope.name, version: metric.scope.version },
      attributes: listed(metric.scope.attributes),
    },
    scopeSchemaUrl: metric.scopeSchemaUrl,
    ...{ name: metric.name, unit: metric.unit, kind: metric.kind },
    ...{ temporality: metric.temporality, monotonic: metric.monotonic },
    attributes: listed(metric.attributes),
    ...{ startMs: metric.startMs, timeMs: metric.timeMs, flags: metric.flags },
    ...{ value: numbers.value, sum: numbers.sum, min: numbers.min, max: numbers.max },
    count: long(numbers.countLow, numbers.countHigh),
    bounds: doublesOf(numbers.bounds),
    buckets: countsOf(numbers.buckets),
    negativeBuckets: countsOf(numbers.negativeBuckets),
    offsets: [numbers.positiveOffset, numbers.negativeOffset],
    scale: numbers.scale,
    zeroCount: long(numbers.zeroLow, numbers.zeroHigh),
    quantiles: doublesOf(numbers.quantiles).map((quantile, at) => [quantile, values[at]!]),
    exemplars: metric.exemplarList.slice(0, metric.exemplarsKept).map((exemplar) => ({
      ...exemplar,
      attributes: listed(exemplar.attributes),
    })),
  };
}

/** Runs a decoder and copies what it hands over. */
export function decodeAll(
  decode: MetricsDecoder,
  body: Buffer,
): { fault: DecodeFault | null; points: PlainPoint[] } {
  const points: PlainPoint[] = [];
  const fault = decode(body, createIncomingMetric(), (metric) => points.push(plainOf(metric)));
  return { fault, points };
}

const big = (sent: Message): bigint => BigInt((sent ?? 0).toString());

/** A double or an integer, as the double that is nearest; what was not sent is 0. */
const numberOf = (sent: Message): number =>
  sent.value === "asInt" ? Number(big(sent.asInt)) : sent.value === "asDouble" ? sent.asDouble : 0;

function oraclePoint(point: Message) {
  const positive = point.positive ?? { offset: 0, bucketCounts: [] };
  const negative = point.negative ?? { offset: 0, bucketCounts: [] };
  return {
    attributes: plainList(point.attributes),
    startMs: toMs(point.startTimeUnixNano),
    timeMs: toMs(point.timeUnixNano),
    flags: point.flags,
    value: numberOf(point),
    count: big(point.count),
    ...{ sum: point.sum ?? 0, min: point.min ?? 0, max: point.max ?? 0 },
    bounds: [...(point.explicitBounds ?? [])],
    buckets: [...(point.bucketCounts ?? positive.bucketCounts)].map(big),
    negativeBuckets: [...negative.bucketCounts].map(big),
    offsets: [positive.offset, negative.offset] as [number, number],
    scale: point.scale ?? 0,
    zeroCount: big(point.zeroCount),
    quantiles: (point.quantileValues ?? []).map((pair: Message) => [pair.quantile, pair.value]),
    exemplars: (point.exemplars ?? []).map((exemplar: Message) => ({
      attributes: plainList(exemplar.attributes),
      timeMs: toMs(exemplar.timeUnixNano),
      value: numberOf(exemplar),
      traceId: plainId(exemplar.traceId, 16),
      spanId: plainId(exemplar.spanId, 8),
    })),
  };
}

/** Only no time at all is 0. */
const toMs = (sent: Message) => milliseconds(sent) || (big(sent) > 0n ? 1 : 0);

/** What protobufjs makes of the bytes; null where it refuses them. */
export function oracleDecode(body: Uint8Array): PlainPoint[] | null {
  const request = oracle(body);
  if (request === null) return null;
  const points: PlainPoint[] = [];
  for (const { resource, scopeMetrics, schemaUrl } of request.resourceMetrics) {
    for (const { scope, metrics, schemaUrl: scopeSchemaUrl } of scopeMetrics) {
      for (const metric of metrics) {
        if (metric.data === undefined) continue;
        const of = metric[metric.data];
        for (const point of of.dataPoints) {
          points.push({
            resource: plainList(resource?.attributes),
            resourceSchemaUrl: schemaUrl,
            scope: {
              ...{ name: scope?.name ?? "", version: scope?.version ?? "" },
              attributes: plainList(scope?.attributes),
            },
            scopeSchemaUrl,
            ...{ name: metric.name, unit: metric.unit, kind: KINDS[metric.data]! },
            ...{ temporality: of.temporality ?? 0, monotonic: of.monotonic ?? false },
            ...oraclePoint(point),
          });
        }
      }
    }
  }
  return points;
}

/** Names of JSON's mapping for those above. */
const JSON_NAMES: Record<string, string> = {
  ...{ s: "stringValue", b: "boolValue", i: "intValue", d: "doubleValue", bytes: "bytesValue" },
  ...{ array: "arrayValue", map: "kvlistValue", exponential: "exponentialHistogram" },
  ...{ temporality: "aggregationTemporality", monotonic: "isMonotonic" },
};

/** A request in protobuf, as the same in OTLP's JSON. */
export function toJson(body: Uint8Array): string {
  const request = oracle(body);
  const plain = request.$type.toObject(request, { longs: String, bytes: String, json: true });
  return JSON.stringify(renamed(plain, false));
}

function renamed(value: Message, inExemplar: boolean): Message {
  if (Array.isArray(value)) return value.map((item) => renamed(item, inExemplar));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "attributes" && inExemplar) return ["filteredAttributes", renamed(inner, false)];
      // OTLP has ids in hexadecimal, all other bytes in base64.
      if (key === "traceId" || key === "spanId") {
        return [key, Buffer.from(inner as string, "base64").toString("hex")];
      }
      return [JSON_NAMES[key] ?? key, renamed(inner, key === "exemplars")];
    }),
  );
}
