import {
  type Counts,
  clearPoint,
  type Doubles,
  type IncomingExemplar,
  MetricKind,
  nextExemplar,
  pushCount,
  pushDouble,
} from "@rollcall/schemas";
import { readDoubleValue, readInt64 } from "../otlp/json-numbers.ts";
import type { Fields, JsonValues } from "../otlp/json-values.ts";
import { createNanos, readJsonNanos } from "../otlp/nanos.ts";
import type { IncomingMetric } from "./incoming.ts";

/** An int32, as number or string; absent is 0, null where it is no such number. */
export function readInt32(sent: unknown): number | null {
  if (sent === undefined || sent === null) return 0;
  const value = readInt64(sent);
  return typeof value === "number" && value === (value | 0) ? value : null;
}

/** @returns reads one data point of the metric's kind */
export function createPointReaders(values: JsonValues) {
  const { fail, fieldsOf, itemsOf, timeOf, readAttributes } = values;
  // The 64 bits read last.
  const long = createNanos();

  function readDouble(sent: unknown, name: string): number {
    if (sent === undefined || sent === null) return 0;
    const value = readDoubleValue(sent);
    if (value === null) fail(`${name} is not a number`);
    return value ?? 0;
  }

  /** An unsigned 64-bit integer into `long`: counts are written as times are. */
  function readLong(sent: unknown, name: string): void {
    long.low = 0;
    long.high = 0;
    if (sent === undefined || sent === null || readJsonNanos(long, sent)) return;
    fail(`${name} is not an unsigned 64-bit integer`);
  }

  function readSigned(sent: unknown, name: string): number {
    const value = readInt32(sent);
    if (value === null) fail(`${name} is not a 32-bit integer`);
    return value ?? 0;
  }

  function readCounts(sent: unknown, into: Counts): void {
    for (const item of itemsOf(sent, "bucketCounts")) {
      readLong(item, "an item of bucketCounts");
      pushCount(into, long.low, long.high);
    }
  }

  function readDoubles(sent: unknown, name: string, into: Doubles): void {
    for (const item of itemsOf(sent, name))
      pushDouble(into, readDouble(item, `an item of ${name}`));
  }

  /** The double or the integer of a number's oneof. */
  function readValue({ asDouble, asInt }: Fields): number {
    if (asInt === undefined || asInt === null) return readDouble(asDouble, "asDouble");
    const value = readInt64(asInt);
    if (value === null) fail("asInt is not a 64-bit integer");
    return Number(value ?? 0);
  }

  function readExemplar(sent: unknown, exemplar: IncomingExemplar): void {
    const fields = fieldsOf(sent, "an exemplar");
    readAttributes(fields.filteredAttributes, exemplar.attributes);
    exemplar.timeMs = timeOf(fields.timeUnixNano, "timeUnixNano");
    exemplar.value = readValue(fields);
    exemplar.traceId = values.traceIdOf(fields.traceId, "traceId");
    exemplar.spanId = values.spanIdOf(fields.spanId, "spanId");
  }

  function readFlags(sent: unknown): number {
    const flags = sent === undefined || sent === null ? 0 : readInt64(sent);
    if (typeof flags === "number" && flags === flags >>> 0) return flags;
    fail("flags is not an unsigned 32-bit integer");
    return 0;
  }

  /** What the kinds but plain numbers have. */
  function readTotals(fields: Fields, { numbers }: IncomingMetric): void {
    readLong(fields.count, "count");
    numbers.countLow = long.low;
    numbers.countHigh = long.high;
    numbers.sum = readDouble(fields.sum, "sum");
  }

  function readExtremes(fields: Fields, { numbers }: IncomingMetric): void {
    numbers.min = readDouble(fields.min, "min");
    numbers.max = readDouble(fields.max, "max");
  }

  function readHistogram(fields: Fields, metric: IncomingMetric): void {
    readTotals(fields, metric);
    readExtremes(fields, metric);
    readCounts(fields.bucketCounts, metric.numbers.buckets);
    readDoubles(fields.explicitBounds, "explicitBounds", metric.numbers.bounds);
  }

  function readExponential(fields: Fields, metric: IncomingMetric): void {
    const { numbers } = metric;
    readTotals(fields, metric);
    readExtremes(fields, metric);
    numbers.scale = readSigned(fields.scale, "scale");
    readLong(fields.zeroCount, "zeroCount");
    numbers.zeroLow = long.low;
    numbers.zeroHigh = long.high;
    const positive = fieldsOf(fields.positive, "positive");
    numbers.positiveOffset = readSigned(positive.offset, "offset");
    readCounts(positive.bucketCounts, numbers.buckets);
    const negative = fieldsOf(fields.negative, "negative");
    numbers.negativeOffset = readSigned(negative.offset, "offset");
    readCounts(negative.bucketCounts, numbers.negativeBuckets);
  }

  function readSummary(fields: Fields, metric: IncomingMetric): void {
    readTotals(fields, metric);
    for (const item of itemsOf(fields.quantileValues, "quantileValues")) {
      const pair = fieldsOf(item, "an item of quantileValues");
      pushDouble(metric.numbers.quantiles, readDouble(pair.quantile, "quantile"));
      pushDouble(metric.numbers.quantileValues, readDouble(pair.value, "value"));
    }
  }

  return (sent: unknown, metric: IncomingMetric): void => {
    const fields = fieldsOf(sent, "a data point");
    clearPoint(metric);
    readAttributes(fields.attributes, metric.attributes);
    metric.startMs = timeOf(fields.startTimeUnixNano, "startTimeUnixNano");
    metric.timeMs = timeOf(fields.timeUnixNano, "timeUnixNano");
    metric.flags = readFlags(fields.flags);
    if (metric.kind === MetricKind.Histogram) readHistogram(fields, metric);
    else if (metric.kind === MetricKind.ExpHistogram) readExponential(fields, metric);
    else if (metric.kind === MetricKind.Summary) readSummary(fields, metric);
    else metric.numbers.value = readValue(fields);
    if (metric.kind === MetricKind.Summary) return;
    for (const item of itemsOf(fields.exemplars, "exemplars")) {
      readExemplar(item, nextExemplar(metric));
    }
  };
}
