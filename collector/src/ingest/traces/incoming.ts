import {
  type AttributeList,
  createAttributeList,
  createSpanContent,
  type SpanContent,
  type SpanEventContent,
} from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import { createNanos, type Nanos } from "../otlp/nanos.ts";
import type { IncomingScope } from "../otlp/protobuf-values.ts";

/** An event of a decoded span. */
export interface IncomingSpanEvent extends SpanEventContent {
  time: Nanos;
}

/**
 * One decoded OTLP span: what enforcement reads, where it comes from, and its times. 0 is an absent
 * time.
 */
export interface IncomingSpan extends SpanContent {
  resource: AttributeList;
  /** Grows with each resource that is read, so that each is decided about once. */
  resourceTurn: number;
  scope: IncomingScope;
  /** Grows with each scope that is read. */
  scopeTurn: number;
  start: Nanos;
  end: Nanos;
  events: IncomingSpanEvent[];
}

/**
 * Reads one `ExportTraceServiceRequest` and hands over its spans one by one.
 *
 * `span` is rewritten for every span and valid only during the call of `onSpan`. On a fault, spans
 * before it have already been handed over: the caller takes them back.
 */
export type SpansDecoder = (
  body: Buffer,
  span: IncomingSpan,
  onSpan: (span: IncomingSpan) => void,
) => DecodeFault | null;

export function createIncomingSpan(): IncomingSpan {
  return {
    ...createSpanContent(),
    ...{ resource: createAttributeList(), resourceTurn: 0, scopeTurn: 0 },
    scope: { name: "", version: "", attributes: createAttributeList() },
    ...{ start: createNanos(), end: createNanos(), events: [] },
  };
}

/** A scope begins: the one before says nothing about it. */
export function clearScope({ scope }: IncomingSpan): void {
  scope.name = "";
  scope.version = "";
  scope.attributes.length = 0;
}

/** Makes `span` ready for the next one; resource and scope stay, since spans share them. */
export function clearSpan(span: IncomingSpan): void {
  span.traceId = "";
  span.spanId = "";
  span.parentSpanId = "";
  span.hasTraceState = false;
  span.name = "";
  span.kind = 0;
  span.statusCode = 0;
  span.hasStatusMessage = false;
  span.attributes.length = 0;
  span.eventCount = 0;
  span.linkCount = 0;
  clearTime(span.start);
  clearTime(span.end);
}

/** The event at a place of the span, empty: those of the span before are written over. */
export function eventAt({ events }: IncomingSpan, at: number): IncomingSpanEvent {
  events[at] ??= { name: "", time: createNanos(), attributes: createAttributeList() };
  const event = events[at];
  event.name = "";
  event.attributes.length = 0;
  clearTime(event.time);
  return event;
}

/** The link at a place of the span, empty as above. */
export function linkAt({ links }: IncomingSpan, at: number): SpanContent["links"][number] {
  links[at] ??= {
    ...{ traceId: "", spanId: "", hasTraceState: false },
    attributes: createAttributeList(),
  };
  const link = links[at];
  link.traceId = "";
  link.spanId = "";
  link.hasTraceState = false;
  link.attributes.length = 0;
  return link;
}

function clearTime(time: Nanos): void {
  time.low = 0;
  time.high = 0;
}
