import type {
  EnforcedResource,
  EnforcedScope,
  EnforcedSpan,
  EnforcedSpanEvent,
} from "@rollcall/schemas";
import { otelTraces } from "../../store/signal-tables.ts";
import { appendHalves, appendOffset, appendString } from "../column.ts";
import { columnOf, createNativeBlock } from "../native.ts";
import type { SpanStamp } from "../types.ts";
import { createInstallColumn } from "./install-column.ts";
import { createMapColumn, createResourceColumn } from "./map-column.ts";

/** Rows of `otel_traces`. What is never kept of a span, its trace state among it, is an empty text. */
export function createSpanWriter() {
  const block = createNativeBlock(otelTraces);
  const app = columnOf(block, "App");
  const installId = createInstallColumn(block, "InstallId");
  const arrayOf = (column: string) => ({
    offsets: columnOf(block, column, 0),
    values: columnOf(block, column, 1),
  });
  const timestamp = columnOf(block, "Timestamp");
  const traceId = columnOf(block, "TraceId");
  const spanId = columnOf(block, "SpanId");
  const parentSpanId = columnOf(block, "ParentSpanId");
  const traceState = columnOf(block, "TraceState");
  const name = columnOf(block, "SpanName");
  const kind = columnOf(block, "SpanKind");
  const serviceName = columnOf(block, "ServiceName");
  const resourceAttributes = createResourceColumn(block);
  const scopeName = columnOf(block, "ScopeName");
  const scopeVersion = columnOf(block, "ScopeVersion");
  const spanAttributes = createMapColumn(block, "SpanAttributes");
  const duration = columnOf(block, "Duration");
  const statusCode = columnOf(block, "StatusCode");
  const statusMessage = columnOf(block, "StatusMessage");
  const eventTimes = arrayOf("Events.Timestamp");
  const eventNames = arrayOf("Events.Name");
  const eventAttributeOffsets = columnOf(block, "Events.Attributes", 0);
  const eventAttributes = createMapColumn(block, "Events.Attributes", 1);
  const linkTraceIds = arrayOf("Links.TraceId");
  const linkSpanIds = arrayOf("Links.SpanId");
  const linkTraceStates = arrayOf("Links.TraceState");
  const linkAttributeOffsets = columnOf(block, "Links.Attributes", 0);
  const linkAttributes = columnOf(block, "Links.Attributes", 1);

  function appendEvents(span: EnforcedSpan, stamp: SpanStamp): void {
    for (let at = 0; at < span.eventCount; at++) {
      const event = span.events[at] as EnforcedSpanEvent;
      const { eventTimes: halves } = stamp;
      appendHalves(eventTimes.values, halves[2 * at] as number, halves[2 * at + 1] as number);
      appendString(eventNames.values, event.name);
      eventAttributes(event.attributes);
    }
    appendOffset(eventTimes.offsets, span.eventCount);
    appendOffset(eventNames.offsets, span.eventCount);
    appendOffset(eventAttributeOffsets, span.eventCount);
  }

  function appendLinks(span: EnforcedSpan): void {
    for (let at = 0; at < span.linkCount; at++) {
      const link = span.links[at] as EnforcedSpan["links"][number];
      appendString(linkTraceIds.values, link.traceId);
      appendString(linkSpanIds.values, link.spanId);
      appendString(linkTraceStates.values, "");
      appendOffset(linkAttributes, 0);
    }
    appendOffset(linkTraceIds.offsets, span.linkCount);
    appendOffset(linkSpanIds.offsets, span.linkCount);
    appendOffset(linkTraceStates.offsets, span.linkCount);
    appendOffset(linkAttributeOffsets, span.linkCount);
  }

  function append(
    span: EnforcedSpan,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: SpanStamp,
  ): void {
    installId(resource.installId);
    appendString(app, stamp.app);
    appendHalves(timestamp, stamp.start.low, stamp.start.high);
    appendString(traceId, span.traceId);
    appendString(spanId, span.spanId);
    appendString(parentSpanId, span.parentSpanId);
    appendString(traceState, "");
    appendString(name, span.name);
    appendString(kind, span.kind);
    appendString(serviceName, resource.serviceName);
    resourceAttributes(resource);
    appendString(scopeName, scope.name);
    appendString(scopeVersion, scope.version);
    spanAttributes(span.attributes);
    appendHalves(duration, stamp.duration.low, stamp.duration.high);
    appendString(statusCode, span.statusCode);
    appendString(statusMessage, "");
    appendEvents(span, stamp);
    appendLinks(span);
    block.rows++;
  }

  return { table: otelTraces, block, append };
}
