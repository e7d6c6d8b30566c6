import type { EnforcedMetric, EnforcedResource, EnforcedScope } from "@rollcall/schemas";
import { appendFloat64, appendOffset, appendString, appendUInt32 } from "../column.ts";
import { columnOf, type NativeBlock } from "../native.ts";
import type { PointStamp } from "../types.ts";
import { createInstallColumn } from "./install-column.ts";
import { createMapColumn, createResourceColumn } from "./map-column.ts";

/** Appends to the columns that the five tables of metrics have in common. */
export function createPointColumns(block: NativeBlock) {
  const resourceAttributes = createResourceColumn(block);
  const resourceSchemaUrl = columnOf(block, "ResourceSchemaUrl");
  const scopeName = columnOf(block, "ScopeName");
  const scopeVersion = columnOf(block, "ScopeVersion");
  const scopeAttributes = columnOf(block, "ScopeAttributes");
  const scopeDropped = columnOf(block, "ScopeDroppedAttrCount");
  const scopeSchemaUrl = columnOf(block, "ScopeSchemaUrl");
  const serviceName = columnOf(block, "ServiceName");
  const metricName = columnOf(block, "MetricName");
  const metricDescription = columnOf(block, "MetricDescription");
  const metricUnit = columnOf(block, "MetricUnit");
  const attributes = createMapColumn(block, "Attributes");
  const startTime = columnOf(block, "StartTimeUnix");
  const time = columnOf(block, "TimeUnix");
  const flags = columnOf(block, "Flags");
  const app = columnOf(block, "App");
  const installId = createInstallColumn(block, "InstallId");

  return (
    point: EnforcedMetric,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: PointStamp,
  ): void => {
    resourceAttributes(resource);
    appendString(resourceSchemaUrl, stamp.resourceSchemaUrl);
    appendString(scopeName, scope.name);
    appendString(scopeVersion, scope.version);
    appendOffset(scopeAttributes, 0);
    appendUInt32(scopeDropped, stamp.scopeAttributes);
    appendString(scopeSchemaUrl, stamp.scopeSchemaUrl);
    appendString(serviceName, resource.serviceName);
    appendString(metricName, point.name);
    // Prose of whoever made the instrument.
    appendString(metricDescription, "");
    appendString(metricUnit, point.unit);
    attributes(point.attributes);
    appendUInt32(startTime, secondsOf(stamp.startMs));
    appendUInt32(time, secondsOf(stamp.timeMs));
    appendUInt32(flags, point.flags);
    appendString(app, stamp.app);
    installId(resource.installId);
  };
}

/** Appends to the columns of a point's exemplars, which every kind but summaries has. */
export function createExemplarColumns(block: NativeBlock) {
  const attributeOffsets = columnOf(block, "Exemplars.FilteredAttributes");
  const attributes = createMapColumn(block, "Exemplars.FilteredAttributes", 1);
  const timeOffsets = columnOf(block, "Exemplars.TimeUnix");
  const times = columnOf(block, "Exemplars.TimeUnix", 1);
  const valueOffsets = columnOf(block, "Exemplars.Value");
  const values = columnOf(block, "Exemplars.Value", 1);
  const spanIdOffsets = columnOf(block, "Exemplars.SpanId");
  const spanIds = columnOf(block, "Exemplars.SpanId", 1);
  const traceIdOffsets = columnOf(block, "Exemplars.TraceId");
  const traceIds = columnOf(block, "Exemplars.TraceId", 1);
  const offsets = [attributeOffsets, timeOffsets, valueOffsets, spanIdOffsets, traceIdOffsets];

  return ({ exemplarList, exemplars }: EnforcedMetric): void => {
    for (let at = 0; at < exemplars; at++) {
      const exemplar = exemplarList[at]!;
      attributes(exemplar.attributes);
      appendUInt32(times, secondsOf(exemplar.timeMs));
      appendFloat64(values, exemplar.value);
      appendString(spanIds, exemplar.spanId);
      appendString(traceIds, exemplar.traceId);
    }
    for (const column of offsets) appendOffset(column, exemplars);
  };
}

const MAX_SECONDS = 0xffffffff;

/** Unix seconds, within what a DateTime holds. */
function secondsOf(ms: number): number {
  return Math.min(Math.floor(ms / 1000), MAX_SECONDS);
}
