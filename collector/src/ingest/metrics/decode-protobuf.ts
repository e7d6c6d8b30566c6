import { MetricKind } from "@rollcall/schemas";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { createProtobufValues } from "../otlp/protobuf-values.ts";
import {
  enter,
  fail,
  leave,
  readTag,
  readVarint,
  skip,
  startReading,
  stopReading,
} from "../otlp/wire.ts";
import { clearResource, clearScope, type IncomingMetric, type MetricsDecoder } from "./incoming.ts";
import { createPointReaders } from "./protobuf-points.ts";

/*
 * Tags (field number × 8 + wire type) of the messages in opentelemetry-proto collector/metrics/v1 and
 * metrics/v1. A known number with another wire type is an unknown field, as the format has it.
 */
const REQUEST_RESOURCE_METRICS = 0x0a;
const RESOURCE_METRICS_RESOURCE = 0x0a;
const RESOURCE_METRICS_SCOPE_METRICS = 0x12;
const RESOURCE_METRICS_SCHEMA_URL = 0x1a;
const SCOPE_METRICS_SCOPE = 0x0a;
const SCOPE_METRICS_METRICS = 0x12;
const SCOPE_METRICS_SCHEMA_URL = 0x1a;
const METRIC_NAME = 0x0a;
const METRIC_UNIT = 0x1a;
const DATA_POINTS = 0x0a;
const DATA_TEMPORALITY = 0x10;
const SUM_IS_MONOTONIC = 0x18;

/** The members of a metric's oneof. */
function kindOf(tag: number): MetricKind {
  switch (tag) {
    case 0x2a:
      return MetricKind.Gauge;
    case 0x3a:
      return MetricKind.Sum;
    case 0x4a:
      return MetricKind.Histogram;
    case 0x52:
      return MetricKind.ExpHistogram;
    case 0x5a:
      return MetricKind.Summary;
    default:
      return MetricKind.None;
  }
}

const hasTemporality = (kind: MetricKind): boolean =>
  kind === MetricKind.Sum || kind === MetricKind.Histogram || kind === MetricKind.ExpHistogram;

/**
 * A decoder of protobuf `ExportMetricsServiceRequest`s. It reads in place, point by point; split
 * submessages merge, the last member of a oneof wins, unknown fields are stepped over.
 *
 * @example
 * const decode = createProtobufDecoder();
 * const fault = decode(body, createIncomingMetric(), (metric) => names.push(metric.name));
 */
export function createProtobufDecoder(): MetricsDecoder {
  const values = createProtobufValues();
  const { reader, readString } = values;
  const readPoint = createPointReaders(values);
  // The message being read, for the sender of a malformed one.
  let place = "";
  let points = 0;

  /**
   * The name, the unit and the kind, which may come after the data.
   * @returns where the data that counts begins: that of the kind that came last
   */
  function readHead(metric: IncomingMetric): number {
    let from = reader.pos;
    metric.name = "";
    metric.unit = "";
    metric.kind = MetricKind.None;
    while (reader.pos < reader.end) {
      const at = reader.pos;
      const tag = readTag(reader);
      if (tag === METRIC_NAME) metric.name = readString();
      else if (tag === METRIC_UNIT) metric.unit = readString();
      else {
        const kind = kindOf(tag);
        if (kind !== MetricKind.None && kind !== metric.kind) {
          metric.kind = kind;
          from = at;
        }
        skip(reader, tag);
      }
    }
    return from;
  }

  /** What the data says of all its points, in any of its pieces. */
  function readTemporality(metric: IncomingMetric): void {
    metric.temporality = 0;
    metric.monotonic = false;
    if (!hasTemporality(metric.kind)) return;
    while (reader.pos < reader.end) {
      const piece = readTag(reader);
      if (kindOf(piece) !== metric.kind) {
        skip(reader, piece);
        continue;
      }
      const outer = enter(reader);
      while (reader.pos < reader.end) {
        const tag = readTag(reader);
        if (tag === DATA_TEMPORALITY) {
          readVarint(reader);
          metric.temporality = reader.low | 0;
        } else if (tag === SUM_IS_MONOTONIC && metric.kind === MetricKind.Sum) {
          readVarint(reader);
          metric.monotonic = (reader.low | reader.high) !== 0;
        } else skip(reader, tag);
      }
      leave(reader, outer);
    }
  }

  /** @param onPoint null: of data that a later kind takes the place of, the form alone is looked at */
  function readData(
    metric: IncomingMetric,
    kind: MetricKind,
    onPoint: ((metric: IncomingMetric) => void) | null,
  ): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag !== DATA_POINTS) {
        skip(reader, tag);
        continue;
      }
      readPoint(metric, kind);
      if (reader.fault !== null) return;
      if (++points > MAX_RECORDS) {
        fail(reader, "too many data points");
        return;
      }
      onPoint?.(metric);
    }
    leave(reader, outer);
  }

  /** Three times over the metric's own fields; the points are read once. */
  function readMetric(metric: IncomingMetric, onPoint: (metric: IncomingMetric) => void): void {
    const outer = enter(reader);
    const start = reader.pos;
    const from = readHead(metric);
    if (reader.fault !== null) return;
    reader.pos = from;
    readTemporality(metric);
    if (reader.fault !== null) return;
    reader.pos = start;
    while (reader.pos < reader.end) {
      const counts = reader.pos >= from;
      const tag = readTag(reader);
      const kind = kindOf(tag);
      if (kind === MetricKind.None) skip(reader, tag);
      else readData(metric, kind, counts ? onPoint : null);
    }
    leave(reader, outer);
  }

  /** Twice over the top level: the scope may come in pieces and after the metrics it recorded. */
  function readScopeMetrics(
    metric: IncomingMetric,
    onPoint: (metric: IncomingMetric) => void,
  ): void {
    place = "resource_metrics.scope_metrics";
    const outer = enter(reader);
    const start = reader.pos;
    clearScope(metric);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_METRICS_SCOPE) values.readScope(metric.scope);
      else if (tag === SCOPE_METRICS_SCHEMA_URL) metric.scopeSchemaUrl = readString();
      else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    reader.pos = start;
    place = "resource_metrics.scope_metrics.metrics";
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_METRICS_METRICS) readMetric(metric, onPoint);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  /** Twice over the top level: the resource may come in pieces and after what it describes. */
  function readResourceMetrics(
    metric: IncomingMetric,
    onPoint: (metric: IncomingMetric) => void,
  ): void {
    place = "resource_metrics";
    const outer = enter(reader);
    const start = reader.pos;
    clearResource(metric);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_METRICS_RESOURCE) {
        place = "resource_metrics.resource";
        values.readResource(metric.resource);
      } else if (tag === RESOURCE_METRICS_SCHEMA_URL) metric.resourceSchemaUrl = readString();
      else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    reader.pos = start;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_METRICS_SCOPE_METRICS) readScopeMetrics(metric, onPoint);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  return (body, metric, onPoint) => {
    startReading(reader, body);
    place = "";
    points = 0;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === REQUEST_RESOURCE_METRICS) readResourceMetrics(metric, onPoint);
      else skip(reader, tag);
    }
    stopReading(reader);
    if (reader.fault === null) return null;
    if (points > MAX_RECORDS) return tooManyRecords;
    return {
      fault: "body_malformed",
      field: place,
      description: `${reader.fault} (at byte ${reader.faultAt})`,
    };
  };
}
