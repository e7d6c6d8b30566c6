import type { HrTime } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import {
  CUMULATIVE,
  type Histogram,
  isHistogram,
  type Point,
  type PointValue,
  SUM,
  seriesOf,
} from "./metric-points.ts";
import { milliseconds } from "./reduced-span.ts";

/**
 * Cumulative counts go on from the start of the process, so they hold what was counted before
 * somebody opted in. The first export after that is remembered and not sent; from then on the
 * difference is sent, as if counting had begun at that moment.
 */
export interface Baseline {
  /** The point as it may leave, or null: it is the baseline itself, or cannot be split. */
  since(metric: MetricData, series: string, point: Point): Point | null;
}

/** @param allowedSince ms since the epoch */
export function createBaseline(allowedSince: number): Baseline {
  const seen = new Map<string, { value: PointValue; at: HrTime }>();

  return {
    since(metric, name, point) {
      if (milliseconds(point.startTime) >= allowedSince) return point;
      // A gauge, and a sum that goes up and down, say how things are now.
      const level =
        Number(metric.dataPointType) === SUM && "isMonotonic" in metric && !metric.isMonotonic;
      if (typeof point.value === "number" && (Number(metric.dataPointType) !== SUM || level)) {
        return milliseconds(point.endTime) >= allowedSince ? point : null;
      }
      // A delta that began before holds some of before.
      if (Number(metric.aggregationTemporality) !== CUMULATIVE) return null;
      const key = `${name} ${seriesOf(point)}`;
      const first = seen.get(key);
      const value = first === undefined ? null : subtract(point.value, first.value);
      if (first !== undefined && value !== null) return { ...point, startTime: first.at, value };
      seen.set(key, { value: point.value, at: point.endTime });
      return null;
    },
  };
}

/** Null where the counter was reset, or the two cannot be compared. */
function subtract(now: PointValue, before: PointValue): PointValue | null {
  if (typeof now === "number" && typeof before === "number") {
    return now >= before ? now - before : null;
  }
  if (typeof now !== "object" || typeof before !== "object") return null;
  if (!isHistogram(now) || !isHistogram(before) || now.count < before.count) return null;
  const counts = now.buckets.counts.map((count, at) => count - (before.buckets.counts[at] ?? 0));
  if (counts.some((count) => count < 0)) return null;
  // The least and the greatest may be of before.
  const rest: Histogram = {
    buckets: { boundaries: now.buckets.boundaries, counts },
    count: now.count - before.count,
  };
  if (now.sum !== undefined && before.sum !== undefined) rest.sum = now.sum - before.sum;
  return rest;
}
