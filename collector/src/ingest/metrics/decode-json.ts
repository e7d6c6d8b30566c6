import { MetricKind } from "@rollcall/schemas";
import { parseBody } from "../otlp/json-body.ts";
import { createJsonValues, type Fields } from "../otlp/json-values.ts";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { clearResource, clearScope, type IncomingMetric, type MetricsDecoder } from "./incoming.ts";
import { createPointReaders, readInt32 } from "./json-points.ts";

/** The members of a metric's oneof, of which one may be there. */
const DATA = [
  ["gauge", MetricKind.Gauge],
  ["sum", MetricKind.Sum],
  ["histogram", MetricKind.Histogram],
  ["exponentialHistogram", MetricKind.ExpHistogram],
  ["summary", MetricKind.Summary],
] as const;
const TEMPORALITIES: readonly unknown[] = [
  "AGGREGATION_TEMPORALITY_UNSPECIFIED",
  "AGGREGATION_TEMPORALITY_DELTA",
  "AGGREGATION_TEMPORALITY_CUMULATIVE",
];

/**
 * A decoder of JSON `ExportMetricsServiceRequest`s: lowerCamelCase names, unknown fields ignored,
 * `null` is the default, 64-bit integers as string or number, ids in hex, enums as numbers or names.
 *
 * @example
 * const decode = createJsonDecoder();
 * const fault = decode(body, createIncomingMetric(), (metric) => names.push(metric.name));
 */
export function createJsonDecoder(): MetricsDecoder {
  const values = createJsonValues();
  const { fail, fieldsOf, itemsOf, textOf } = values;
  const readPoint = createPointReaders(values);
  let place = "";
  let points = 0;

  function readTemporality(sent: unknown): number {
    const named = TEMPORALITIES.indexOf(sent);
    const number = named === -1 ? readInt32(sent) : named;
    if (number === null) fail("aggregationTemporality is not one of the enum's");
    return number ?? 0;
  }

  function readMonotonic(sent: unknown): boolean {
    if (typeof sent === "boolean") return sent;
    if (sent !== undefined && sent !== null) fail("isMonotonic is not true or false");
    return false;
  }

  /** @returns the fields of its data, null where it has none */
  function readMetric(sent: unknown, metric: IncomingMetric): Fields | null {
    const fields = fieldsOf(sent, "a metric");
    metric.name = textOf(fields.name, "name");
    metric.unit = textOf(fields.unit, "unit");
    metric.kind = MetricKind.None;
    metric.temporality = 0;
    metric.monotonic = false;
    for (const [member, kind] of DATA) {
      if (fields[member] === undefined || fields[member] === null) continue;
      const data = fieldsOf(fields[member], member);
      metric.kind = kind;
      if (kind === MetricKind.Gauge || kind === MetricKind.Summary) return data;
      metric.temporality = readTemporality(data.aggregationTemporality);
      if (kind === MetricKind.Sum) metric.monotonic = readMonotonic(data.isMonotonic);
      return data;
    }
    return null;
  }

  /** @returns false where there are too many data points, or one is malformed */
  function readPoints(
    data: Fields,
    metric: IncomingMetric,
    onPoint: (metric: IncomingMetric) => void,
  ): boolean {
    for (const point of itemsOf(data.dataPoints, "dataPoints")) {
      if (++points > MAX_RECORDS) return false;
      readPoint(point, metric);
      if (values.problem() !== null) return false;
      onPoint(metric);
    }
    return values.problem() === null;
  }

  /** Stops at the first fault. */
  function readRequest(
    request: Fields,
    metric: IncomingMetric,
    onPoint: (metric: IncomingMetric) => void,
  ): void {
    for (const resourceItem of itemsOf(request.resourceMetrics, "resourceMetrics")) {
      place = "resourceMetrics.resource";
      const resourceMetrics = fieldsOf(resourceItem, "an item of resourceMetrics");
      clearResource(metric);
      values.readAttributes(
        fieldsOf(resourceMetrics.resource, "resource").attributes,
        metric.resource,
      );
      metric.resourceSchemaUrl = textOf(resourceMetrics.schemaUrl, "schemaUrl");
      for (const scopeItem of itemsOf(resourceMetrics.scopeMetrics, "scopeMetrics")) {
        place = "resourceMetrics.scopeMetrics";
        const scopeMetrics = fieldsOf(scopeItem, "an item of scopeMetrics");
        clearScope(metric);
        values.readScope(scopeMetrics.scope, metric.scope);
        metric.scopeSchemaUrl = textOf(scopeMetrics.schemaUrl, "schemaUrl");
        place = "resourceMetrics.scopeMetrics.metrics";
        for (const item of itemsOf(scopeMetrics.metrics, "metrics")) {
          const data = readMetric(item, metric);
          if (data !== null && !readPoints(data, metric, onPoint)) return;
        }
      }
      if (values.problem() !== null) return;
    }
  }

  return (body, metric, onPoint) => {
    values.begin();
    place = "";
    points = 0;
    const parsed = parseBody(body);
    if ("fault" in parsed) return parsed;
    readRequest(parsed.request, metric, onPoint);
    if (points > MAX_RECORDS) return tooManyRecords;
    const problem = values.problem();
    return problem === null
      ? null
      : { fault: "body_malformed", field: place, description: problem };
  };
}
