import { type AttributeList, createAttributeList } from "../attributes.ts";

/** OTLP's five kinds of metric; `None` where a metric has no data. */
export const MetricKind = {
  None: 0,
  Gauge: 1,
  Sum: 2,
  Histogram: 3,
  ExpHistogram: 4,
  Summary: 5,
} as const;
export type MetricKind = (typeof MetricKind)[keyof typeof MetricKind];

/** Buckets, bounds or quantiles that one data point may have; the SDKs stop at 160. */
export const MAX_BUCKETS = 2_048;
/** Exemplars that are kept of one data point; the SDKs keep one a bucket, or two. */
export const MAX_EXEMPLARS = 128;

/** Doubles in a row. `length` counts what was sent: beyond `MAX_BUCKETS` nothing is held. */
export interface Doubles {
  values: Float64Array;
  length: number;
}

/** Unsigned 64-bit integers in a row, each as two halves; otherwise as `Doubles`. */
export interface Counts {
  low: Uint32Array;
  high: Uint32Array;
  length: number;
}

/** The numbers of a data point of any kind. They can hold no person and no place. */
export interface PointNumbers {
  /** Of a gauge or a sum. */
  value: number;
  /** Of the other kinds, as two halves. */
  countLow: number;
  countHigh: number;
  sum: number;
  min: number;
  max: number;
  bounds: Doubles;
  /** Of a histogram, or of the positive half of an exponential one. */
  buckets: Counts;
  negativeBuckets: Counts;
  positiveOffset: number;
  negativeOffset: number;
  /** Of an exponential histogram: the buckets' resolution. */
  scale: number;
  zeroLow: number;
  zeroHigh: number;
  quantiles: Doubles;
  quantileValues: Doubles;
}

/** One measurement that a point shows as an example. */
export interface IncomingExemplar {
  attributes: AttributeList;
  /** Whole Unix milliseconds; 0 where absent. */
  timeMs: number;
  value: number;
  /** Lower-case hexadecimal; "" where absent. */
  traceId: string;
  spanId: string;
}

/** One data point before enforcement, with its metric's name and kind, whatever it was encoded in. */
export interface IncomingPoint {
  name: string;
  unit: string;
  kind: MetricKind;
  /** As OTLP counts: 1 delta, 2 cumulative. */
  temporality: number;
  monotonic: boolean;
  attributes: AttributeList;
  /** Unsigned 32 bits; the first says that nothing was recorded. */
  flags: number;
  numbers: PointNumbers;
  /** The first `exemplarsKept` entries count; `exemplars` were sent. */
  exemplarList: IncomingExemplar[];
  exemplars: number;
  exemplarsKept: number;
}

const createDoubles = (): Doubles => ({ values: new Float64Array(MAX_BUCKETS), length: 0 });
const createCounts = (): Counts => ({
  low: new Uint32Array(MAX_BUCKETS),
  high: new Uint32Array(MAX_BUCKETS),
  length: 0,
});

export function createIncomingPoint(): IncomingPoint {
  return {
    ...{ name: "", unit: "", kind: MetricKind.None, temporality: 0, monotonic: false },
    ...{ attributes: createAttributeList(), flags: 0 },
    numbers: {
      ...{ value: 0, countLow: 0, countHigh: 0, sum: 0, min: 0, max: 0 },
      ...{ bounds: createDoubles(), buckets: createCounts(), negativeBuckets: createCounts() },
      ...{ positiveOffset: 0, negativeOffset: 0, scale: 0, zeroLow: 0, zeroHigh: 0 },
      ...{ quantiles: createDoubles(), quantileValues: createDoubles() },
    },
    ...{ exemplarList: [], exemplars: 0, exemplarsKept: 0 },
  };
}

/** Makes a point ready for the next one of the same metric. What is absent is 0, as in OTLP. */
export function clearPoint(point: IncomingPoint): void {
  const { numbers } = point;
  point.attributes.length = 0;
  point.flags = 0;
  point.exemplars = 0;
  point.exemplarsKept = 0;
  numbers.value = 0;
  numbers.countLow = 0;
  numbers.countHigh = 0;
  numbers.sum = 0;
  numbers.min = 0;
  numbers.max = 0;
  numbers.bounds.length = 0;
  numbers.buckets.length = 0;
  numbers.negativeBuckets.length = 0;
  numbers.positiveOffset = 0;
  numbers.negativeOffset = 0;
  numbers.scale = 0;
  numbers.zeroLow = 0;
  numbers.zeroHigh = 0;
  numbers.quantiles.length = 0;
  numbers.quantileValues.length = 0;
}

/** The exemplar to write next: one object serves all, those beyond the limit share the last. */
export function nextExemplar(point: IncomingPoint): IncomingExemplar {
  const at = Math.min(point.exemplars++, MAX_EXEMPLARS);
  point.exemplarsKept = Math.min(point.exemplars, MAX_EXEMPLARS);
  point.exemplarList[at] ??= {
    ...{ attributes: createAttributeList(), timeMs: 0, value: 0, traceId: "", spanId: "" },
  };
  const exemplar = point.exemplarList[at];
  exemplar.attributes.length = 0;
  exemplar.timeMs = 0;
  exemplar.value = 0;
  exemplar.traceId = "";
  exemplar.spanId = "";
  return exemplar;
}

export function pushDouble(doubles: Doubles, value: number): void {
  const at = doubles.length++;
  if (at < MAX_BUCKETS) doubles.values[at] = value;
}

export function pushCount(counts: Counts, low: number, high: number): void {
  const at = counts.length++;
  if (at >= MAX_BUCKETS) return;
  counts.low[at] = low;
  counts.high[at] = high;
}
