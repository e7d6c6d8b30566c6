import {
  type AttributeList,
  createAttributeList,
  createIncomingPoint,
  type IncomingPoint,
} from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import type { IncomingScope } from "../otlp/protobuf-values.ts";

/**
 * One decoded data point: what enforcement reads, where it comes from, and its two times. The tables
 * hold whole seconds, so milliseconds are enough.
 */
export interface IncomingMetric extends IncomingPoint {
  resource: AttributeList;
  resourceSchemaUrl: string;
  /** Grows with each resource that is read, so that each is decided about once. */
  resourceTurn: number;
  scope: IncomingScope;
  scopeSchemaUrl: string;
  /** Grows with each scope that is read. */
  scopeTurn: number;
  /** `startTimeUnixNano` in whole Unix milliseconds; 0 where absent. */
  startMs: number;
  /** `timeUnixNano`, the same. */
  timeMs: number;
}

/**
 * Reads one `ExportMetricsServiceRequest` and hands over its data points one by one.
 *
 * `metric` is rewritten for every data point and valid only during the call of `onPoint`. On a fault,
 * points before it have already been handed over: the caller takes them back.
 */
export type MetricsDecoder = (
  body: Buffer,
  metric: IncomingMetric,
  onPoint: (metric: IncomingMetric) => void,
) => DecodeFault | null;

export function createIncomingMetric(): IncomingMetric {
  return {
    ...createIncomingPoint(),
    ...{ resource: createAttributeList(), resourceSchemaUrl: "", resourceTurn: 0 },
    scope: { name: "", version: "", attributes: createAttributeList() },
    ...{ scopeSchemaUrl: "", scopeTurn: 0, startMs: 0, timeMs: 0 },
  };
}

/** A resource begins: the one before says nothing about it. */
export function clearResource(metric: IncomingMetric): void {
  metric.resource.length = 0;
  metric.resourceSchemaUrl = "";
  metric.resourceTurn++;
}

/** A scope begins: the one before says nothing about it. */
export function clearScope(metric: IncomingMetric): void {
  metric.scope.name = "";
  metric.scope.version = "";
  metric.scope.attributes.length = 0;
  metric.scopeSchemaUrl = "";
  metric.scopeTurn++;
}
