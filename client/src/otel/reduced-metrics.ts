import type { Resource } from "@opentelemetry/resources";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { keepAttributes, keepMetric } from "@rollcall/schemas";
import type { JournalItem } from "../journal/types.ts";
import type { Baseline } from "./baseline.ts";
import { EXPONENTIAL_HISTOGRAM, mergePoints, type Point, scalePoint } from "./metric-points.ts";
import { milliseconds, nanoseconds, reduceScope } from "./reduced-span.ts";

/**
 * Metrics as they may leave: names and units by their shape, attributes by the allow-list, no
 * descriptions. Null as baseline takes the points as they are.
 */
export function reduceMetrics(
  { scopeMetrics }: ResourceMetrics,
  resource: Resource,
  baseline: Baseline | null,
): ResourceMetrics {
  const scopes = scopeMetrics.map(({ scope, metrics }) => ({
    scope: reduceScope(scope),
    metrics: metrics
      .map((metric) => reduceMetric(metric, `${scope.name} ${metric.descriptor.name}`, baseline))
      .filter((metric) => metric !== null),
  }));
  return { resource, scopeMetrics: scopes.filter(({ metrics }) => metrics.length > 0) };
}

function reduceMetric(
  metric: MetricData,
  name: string,
  baseline: Baseline | null,
): MetricData | null {
  const { descriptor } = metric;
  const kept = keepMetric(descriptor.name, descriptor.unit);
  if (kept === null) return null;
  const asItIs = Number(metric.dataPointType) === EXPONENTIAL_HISTOGRAM && kept.scale !== 1;
  const target = asItIs ? { name: descriptor.name, unit: "ms", scale: 1 } : kept;
  const stripped = (metric.dataPoints as readonly Point[]).map((point) => ({
    ...point,
    attributes: keepAttributes("metric", point.attributes),
  }));
  const points: Point[] = [];
  for (const point of mergePoints(metric, stripped)) {
    const own = baseline === null ? point : baseline.since(metric, name, point);
    const scaled = own === null ? null : scalePoint(own, target.scale);
    if (scaled !== null) points.push(scaled);
  }
  if (points.length === 0) return null;
  const { name: keptName, unit } = target;
  return {
    ...metric,
    descriptor: { ...descriptor, name: keptName, unit, description: "" },
    // The points have the type that the metric's own points had.
    dataPoints: points,
  } as MetricData;
}

/** Reduced metrics as the journal shows them: one item a metric, with everything on the wire. */
export function journalMetrics({ resource, scopeMetrics }: ResourceMetrics): JournalItem[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.map((metric): JournalItem => {
      const points = metric.dataPoints as readonly Point[];
      return {
        signal: "metric",
        name: metric.descriptor.name,
        time: milliseconds(points[0]?.endTime ?? [0, 0]),
        content: {
          unit: metric.descriptor.unit,
          type: ["histogram", "exponential_histogram", "gauge", "sum"][metric.dataPointType],
          temporality: ["delta", "cumulative"][metric.aggregationTemporality],
          ...("isMonotonic" in metric ? { monotonic: metric.isMonotonic } : {}),
          points: points.map((point) => ({
            start_unix_nano: nanoseconds(point.startTime),
            time_unix_nano: nanoseconds(point.endTime),
            attributes: point.attributes,
            value: point.value,
          })),
          scope,
          resource: resource.attributes,
        },
      };
    }),
  );
}
