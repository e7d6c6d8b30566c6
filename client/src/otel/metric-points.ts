import type { HrTime } from "@opentelemetry/api";
import type {
  DataPoint,
  ExponentialHistogramMetricData,
  HistogramMetricData,
  MetricData,
} from "@opentelemetry/sdk-metrics";

export type Histogram = HistogramMetricData["dataPoints"][number]["value"];
export type ExponentialHistogram = ExponentialHistogramMetricData["dataPoints"][number]["value"];
export type PointValue = number | Histogram | ExponentialHistogram;
export type Point = DataPoint<PointValue>;

// The enums of the SDK are values, and of an optional peer only types are imported.
export const EXPONENTIAL_HISTOGRAM = 1;
export const SUM = 3;
export const CUMULATIVE = 1;

export const isHistogram = (value: PointValue): value is Histogram =>
  typeof value === "object" && "buckets" in value;

/**
 * Points whose attributes have become the same are one series now: sums and histograms are added,
 * of a gauge the newest stays. Exponential histograms have buckets of their own scale each, so of
 * those the one with the most values stays.
 */
export function mergePoints(metric: MetricData, points: readonly Point[]): Point[] {
  if (points.length < 2) return [...points];
  const series = new Map<string, Point>();
  for (const point of points) {
    const key = seriesOf(point);
    const found = series.get(key);
    series.set(key, found === undefined ? point : mergeTwo(metric, found, point));
  }
  return [...series.values()];
}

/** The same text for the same attributes, whatever their order. */
export function seriesOf(point: Point): string {
  return JSON.stringify(Object.entries(point.attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mergeTwo(metric: MetricData, a: Point, b: Point): Point {
  const times = {
    startTime: earlier(a.startTime, b.startTime),
    endTime: later(a.endTime, b.endTime),
  };
  const merged = { ...a, ...times };
  if (typeof a.value === "number" && typeof b.value === "number") {
    const newest = earlier(a.endTime, b.endTime) === a.endTime ? b.value : a.value;
    const value = Number(metric.dataPointType) === SUM ? a.value + b.value : newest;
    return { ...merged, value };
  }
  if (typeof a.value === "object" && typeof b.value === "object") {
    const added = isHistogram(a.value) && isHistogram(b.value) ? add(a.value, b.value) : null;
    return { ...merged, value: added ?? (a.value.count >= b.value.count ? a.value : b.value) };
  }
  return a;
}

function add(a: Histogram, b: Histogram): Histogram | null {
  const { boundaries } = a.buckets;
  if (boundaries.length !== b.buckets.boundaries.length) return null;
  const min = Math.min(a.min ?? Number.POSITIVE_INFINITY, b.min ?? Number.POSITIVE_INFINITY);
  const max = Math.max(a.max ?? Number.NEGATIVE_INFINITY, b.max ?? Number.NEGATIVE_INFINITY);
  return {
    buckets: {
      boundaries,
      counts: a.buckets.counts.map((count, at) => count + (b.buckets.counts[at] ?? 0)),
    },
    count: a.count + b.count,
    ...(a.sum === undefined || b.sum === undefined ? {} : { sum: a.sum + b.sum }),
    ...(Number.isFinite(min) ? { min } : {}),
    ...(Number.isFinite(max) ? { max } : {}),
  };
}

/**
 * A point in another unit. Null where it cannot be: the buckets of an exponential histogram are
 * powers and do not scale by a factor.
 */
export function scalePoint(point: Point, factor: number): Point | null {
  const { value } = point;
  if (factor === 1) return point;
  if (typeof value === "number") return { ...point, value: value * factor };
  if (!isHistogram(value)) return null;
  const scaled = (part: "sum" | "min" | "max") =>
    value[part] === undefined ? {} : { [part]: value[part] * factor };
  const { boundaries, counts } = value.buckets;
  return {
    ...point,
    value: {
      ...value,
      ...scaled("sum"),
      ...scaled("min"),
      ...scaled("max"),
      buckets: { boundaries: boundaries.map((bound) => bound * factor), counts },
    },
  };
}

function earlier(a: HrTime, b: HrTime): HrTime {
  return a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]) ? a : b;
}

function later(a: HrTime, b: HrTime): HrTime {
  return earlier(a, b) === a ? b : a;
}
