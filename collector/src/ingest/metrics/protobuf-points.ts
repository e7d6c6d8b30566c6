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
import { toMilliseconds } from "../otlp/nanos.ts";
import type { ProtobufValues } from "../otlp/protobuf-values.ts";
import {
  enter,
  leave,
  readDouble,
  readFixed64,
  readTag,
  readVarint,
  skip,
  type WireReader,
} from "../otlp/wire.ts";
import type { IncomingMetric } from "./incoming.ts";

/*
 * Tags of the data points of metrics/v1. The four kinds agree on the times, the count and the sum; a
 * number's value and an exemplar's may be a double or an integer, and the last one sent counts.
 */
const START = 0x11;
const TIME = 0x19;
const COUNT = 0x21;
const SUM = 0x29;

const NUMBER = { double: 0x21, exemplar: 0x2a, integer: 0x31, attribute: 0x3a, flags: 0x40 };
const HISTOGRAM = {
  ...{ buckets: 0x31, packedBuckets: 0x32, bounds: 0x39, packedBounds: 0x3a },
  ...{ exemplar: 0x42, attribute: 0x4a, flags: 0x50, min: 0x59, max: 0x61 },
};
const EXPONENTIAL = {
  ...{ attribute: 0x0a, scale: 0x30, zeros: 0x39, positive: 0x42, negative: 0x4a },
  ...{ flags: 0x50, exemplar: 0x5a, min: 0x61, max: 0x69 },
};
const BUCKETS = { offset: 0x08, count: 0x10, packedCounts: 0x12 };
const SUMMARY = { quantile: 0x32, attribute: 0x3a, flags: 0x40 };
const QUANTILE = { quantile: 0x09, value: 0x11 };
const EXEMPLAR = {
  ...{ time: 0x11, double: 0x19, spanId: 0x22, traceId: 0x2a, integer: 0x31, attribute: 0x3a },
};

const TWO_32 = 4_294_967_296;

/** `low` and `high` as a signed integer, in the double that is nearest. */
const toDouble = (reader: WireReader): number => (reader.high | 0) * TWO_32 + reader.low;

/** `low` as an int32 in zigzag. */
const toSigned = ({ low }: WireReader): number => (low >>> 1) ^ -(low & 1);

/** @returns reads the data point that follows, of a metric of this kind, into `metric` */
export function createPointReaders(values: ProtobufValues) {
  const { reader, readAttribute, readId } = values;
  // Where the buckets that are read stand: of the positive half, or of the negative one.
  let offset = 0;

  function readCounts(into: Counts, isFixed: boolean): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      if (isFixed) readFixed64(reader);
      else readVarint(reader);
      pushCount(into, reader.low, reader.high);
    }
    leave(reader, outer);
  }

  function readDoubles(into: Doubles): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) pushDouble(into, readDouble(reader));
    leave(reader, outer);
  }

  function readExemplar(exemplar: IncomingExemplar): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      switch (tag) {
        case EXEMPLAR.attribute:
          readAttribute(exemplar.attributes);
          break;
        case EXEMPLAR.time:
          readFixed64(reader);
          exemplar.timeMs = toMilliseconds(reader);
          break;
        case EXEMPLAR.double:
          exemplar.value = readDouble(reader);
          break;
        case EXEMPLAR.integer:
          readFixed64(reader);
          exemplar.value = toDouble(reader);
          break;
        case EXEMPLAR.traceId:
          exemplar.traceId = readId(16);
          break;
        case EXEMPLAR.spanId:
          exemplar.spanId = readId(8);
          break;
        default:
          skip(reader, tag);
      }
    }
    leave(reader, outer);
  }

  /** @returns true where the field was one of those that all kinds have */
  function readTimes(metric: IncomingMetric, tag: number): boolean {
    if (tag !== START && tag !== TIME) return false;
    readFixed64(reader);
    if (tag === START) metric.startMs = toMilliseconds(reader);
    else metric.timeMs = toMilliseconds(reader);
    return true;
  }

  /** The same, and of those that all kinds but plain numbers have. */
  function readTotals(metric: IncomingMetric, tag: number): boolean {
    const { numbers } = metric;
    if (tag === COUNT) {
      readFixed64(reader);
      numbers.countLow = reader.low;
      numbers.countHigh = reader.high;
    } else if (tag === SUM) numbers.sum = readDouble(reader);
    else return readTimes(metric, tag);
    return true;
  }

  function readFlags(metric: IncomingMetric): void {
    readVarint(reader);
    metric.flags = reader.low;
  }

  function readNumber(metric: IncomingMetric, tag: number): void {
    switch (tag) {
      case NUMBER.attribute:
        readAttribute(metric.attributes);
        break;
      case NUMBER.double:
        metric.numbers.value = readDouble(reader);
        break;
      case NUMBER.integer:
        readFixed64(reader);
        metric.numbers.value = toDouble(reader);
        break;
      case NUMBER.exemplar:
        readExemplar(nextExemplar(metric));
        break;
      case NUMBER.flags:
        readFlags(metric);
        break;
      default:
        if (!readTimes(metric, tag)) skip(reader, tag);
    }
  }

  function readHistogram(metric: IncomingMetric, tag: number): void {
    const { numbers } = metric;
    switch (tag) {
      case HISTOGRAM.attribute:
        readAttribute(metric.attributes);
        break;
      case HISTOGRAM.packedBuckets:
        readCounts(numbers.buckets, true);
        break;
      case HISTOGRAM.buckets:
        readFixed64(reader);
        pushCount(numbers.buckets, reader.low, reader.high);
        break;
      case HISTOGRAM.packedBounds:
        readDoubles(numbers.bounds);
        break;
      case HISTOGRAM.bounds:
        pushDouble(numbers.bounds, readDouble(reader));
        break;
      case HISTOGRAM.exemplar:
        readExemplar(nextExemplar(metric));
        break;
      case HISTOGRAM.flags:
        readFlags(metric);
        break;
      case HISTOGRAM.min:
        numbers.min = readDouble(reader);
        break;
      case HISTOGRAM.max:
        numbers.max = readDouble(reader);
        break;
      default:
        if (!readTotals(metric, tag)) skip(reader, tag);
    }
  }

  /** Buckets of an exponential histogram; their offset is left in `offset`. */
  function readBuckets(into: Counts): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === BUCKETS.packedCounts) readCounts(into, false);
      else if (tag === BUCKETS.count) {
        readVarint(reader);
        pushCount(into, reader.low, reader.high);
      } else if (tag === BUCKETS.offset) {
        readVarint(reader);
        offset = toSigned(reader);
      } else skip(reader, tag);
    }
    leave(reader, outer);
  }

  function readExponential(metric: IncomingMetric, tag: number): void {
    const { numbers } = metric;
    switch (tag) {
      case EXPONENTIAL.attribute:
        readAttribute(metric.attributes);
        break;
      case EXPONENTIAL.scale:
        readVarint(reader);
        numbers.scale = toSigned(reader);
        break;
      case EXPONENTIAL.zeros:
        readFixed64(reader);
        numbers.zeroLow = reader.low;
        numbers.zeroHigh = reader.high;
        break;
      case EXPONENTIAL.positive:
        offset = numbers.positiveOffset;
        readBuckets(numbers.buckets);
        numbers.positiveOffset = offset;
        break;
      case EXPONENTIAL.negative:
        offset = numbers.negativeOffset;
        readBuckets(numbers.negativeBuckets);
        numbers.negativeOffset = offset;
        break;
      case EXPONENTIAL.exemplar:
        readExemplar(nextExemplar(metric));
        break;
      case EXPONENTIAL.flags:
        readFlags(metric);
        break;
      case EXPONENTIAL.min:
        numbers.min = readDouble(reader);
        break;
      case EXPONENTIAL.max:
        numbers.max = readDouble(reader);
        break;
      default:
        if (!readTotals(metric, tag)) skip(reader, tag);
    }
  }

  function readQuantile({ numbers }: IncomingMetric): void {
    const outer = enter(reader);
    let quantile = 0;
    let value = 0;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === QUANTILE.quantile) quantile = readDouble(reader);
      else if (tag === QUANTILE.value) value = readDouble(reader);
      else skip(reader, tag);
    }
    leave(reader, outer);
    pushDouble(numbers.quantiles, quantile);
    pushDouble(numbers.quantileValues, value);
  }

  function readSummary(metric: IncomingMetric, tag: number): void {
    if (tag === SUMMARY.attribute) readAttribute(metric.attributes);
    else if (tag === SUMMARY.quantile) readQuantile(metric);
    else if (tag === SUMMARY.flags) readFlags(metric);
    else if (!readTotals(metric, tag)) skip(reader, tag);
  }

  const readers: Record<MetricKind, (metric: IncomingMetric, tag: number) => void> = {
    [MetricKind.None]: (_metric, tag) => skip(reader, tag),
    [MetricKind.Gauge]: readNumber,
    [MetricKind.Sum]: readNumber,
    [MetricKind.Histogram]: readHistogram,
    [MetricKind.ExpHistogram]: readExponential,
    [MetricKind.Summary]: readSummary,
  };

  return (metric: IncomingMetric, kind: MetricKind): void => {
    clearPoint(metric);
    metric.startMs = 0;
    metric.timeMs = 0;
    const readField = readers[kind];
    const outer = enter(reader);
    while (reader.pos < reader.end) readField(metric, readTag(reader));
    leave(reader, outer);
  };
}
