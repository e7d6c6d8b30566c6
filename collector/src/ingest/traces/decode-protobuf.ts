import { MAX_SPAN_PARTS } from "@rollcall/schemas";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { copyNanos, type Nanos } from "../otlp/nanos.ts";
import { createProtobufValues } from "../otlp/protobuf-values.ts";
import {
  enter,
  fail,
  leave,
  readEnd,
  readFixed64,
  readTag,
  readVarint,
  skip,
  startReading,
  stopReading,
} from "../otlp/wire.ts";
import {
  clearScope,
  clearSpan,
  eventAt,
  type IncomingSpan,
  linkAt,
  type SpansDecoder,
} from "./incoming.ts";

/*
 * Tags (field number × 8 + wire type) of the messages in opentelemetry-proto collector/trace/v1 and
 * trace/v1. A known number with another wire type is an unknown field, as the format has it.
 */
const REQUEST_RESOURCE_SPANS = 0x0a;
const RESOURCE_SPANS_RESOURCE = 0x0a;
const RESOURCE_SPANS_SCOPE_SPANS = 0x12;
const SCOPE_SPANS_SCOPE = 0x0a;
const SCOPE_SPANS_SPANS = 0x12;
const SPAN_TRACE_ID = 0x0a;
const SPAN_SPAN_ID = 0x12;
const SPAN_TRACE_STATE = 0x1a;
const SPAN_PARENT_SPAN_ID = 0x22;
const SPAN_NAME = 0x2a;
const SPAN_KIND = 0x30;
const SPAN_START = 0x39;
const SPAN_END = 0x41;
const SPAN_ATTRIBUTES = 0x4a;
const SPAN_EVENTS = 0x5a;
const SPAN_LINKS = 0x6a;
const SPAN_STATUS = 0x7a;
const EVENT_TIME = 0x09;
const EVENT_NAME = 0x12;
const EVENT_ATTRIBUTES = 0x1a;
const LINK_TRACE_ID = 0x0a;
const LINK_SPAN_ID = 0x12;
const LINK_TRACE_STATE = 0x1a;
const LINK_ATTRIBUTES = 0x22;
const STATUS_MESSAGE = 0x12;
const STATUS_CODE = 0x18;

/**
 * A decoder of protobuf `ExportTraceServiceRequest`s. It reads in place, span by span; split
 * submessages merge, unknown fields are stepped over, and so are events and links beyond the limit.
 *
 * @example
 * const decode = createProtobufDecoder();
 * const fault = decode(body, createIncomingSpan(), (span) => names.push(span.name));
 */
export function createProtobufDecoder(): SpansDecoder {
  const values = createProtobufValues();
  const { reader, readString, readId, readAttribute } = values;
  // The message being read, for the sender of a malformed one.
  let place = "";
  let spans = 0;

  function readTime(into: Nanos): void {
    readFixed64(reader);
    copyNanos(into, reader);
  }

  /** An enum, which is an int32. */
  function readEnum(): number {
    readVarint(reader);
    return reader.low | 0;
  }

  /** Whether a text that is never kept is there. */
  function readPresence(): boolean {
    const end = readEnd(reader);
    const present = end > reader.pos;
    reader.pos = end;
    return present;
  }

  function readEvent(span: IncomingSpan): void {
    const event = eventAt(span, span.eventCount++);
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === EVENT_ATTRIBUTES) readAttribute(event.attributes);
      else if (tag === EVENT_TIME) readTime(event.time);
      else if (tag === EVENT_NAME) event.name = readString();
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  function readLink(span: IncomingSpan): void {
    const link = linkAt(span, span.linkCount++);
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === LINK_TRACE_ID) link.traceId = readId(16);
      else if (tag === LINK_SPAN_ID) link.spanId = readId(8);
      else if (tag === LINK_ATTRIBUTES) readAttribute(link.attributes);
      else if (tag === LINK_TRACE_STATE) link.hasTraceState = readPresence();
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  function readStatus(span: IncomingSpan): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === STATUS_CODE) span.statusCode = readEnum();
      else if (tag === STATUS_MESSAGE) span.hasStatusMessage = readPresence();
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  function readSpan(span: IncomingSpan): void {
    const outer = enter(reader);
    clearSpan(span);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      switch (tag) {
        case SPAN_ATTRIBUTES:
          readAttribute(span.attributes);
          break;
        case SPAN_TRACE_ID:
          span.traceId = readId(16);
          break;
        case SPAN_SPAN_ID:
          span.spanId = readId(8);
          break;
        case SPAN_PARENT_SPAN_ID:
          span.parentSpanId = readId(8);
          break;
        case SPAN_TRACE_STATE:
          span.hasTraceState = readPresence();
          break;
        case SPAN_NAME:
          span.name = readString();
          break;
        case SPAN_KIND:
          span.kind = readEnum();
          break;
        case SPAN_START:
          readTime(span.start);
          break;
        case SPAN_END:
          readTime(span.end);
          break;
        case SPAN_EVENTS:
          if (span.eventCount < MAX_SPAN_PARTS) readEvent(span);
          else {
            span.eventCount++;
            skip(reader, tag);
          }
          break;
        case SPAN_LINKS:
          if (span.linkCount < MAX_SPAN_PARTS) readLink(span);
          else {
            span.linkCount++;
            skip(reader, tag);
          }
          break;
        case SPAN_STATUS:
          readStatus(span);
          break;
        default:
          skip(reader, tag);
      }
    }
    leave(reader, outer);
  }

  /** Twice over the top level: the scope may come in pieces and after the spans it recorded. */
  function readScopeSpans(span: IncomingSpan, onSpan: (span: IncomingSpan) => void): void {
    place = "resource_spans.scope_spans";
    const outer = enter(reader);
    const start = reader.pos;
    clearScope(span);
    span.scopeTurn++;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_SPANS_SCOPE) {
        place = "resource_spans.scope_spans.scope";
        values.readScope(span.scope);
      } else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    place = "resource_spans.scope_spans.spans";
    reader.pos = start;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag !== SCOPE_SPANS_SPANS) {
        skip(reader, tag);
        continue;
      }
      readSpan(span);
      if (reader.fault !== null) return;
      spans++;
      if (spans > MAX_RECORDS) {
        fail(reader, "too many spans");
        return;
      }
      onSpan(span);
    }
    leave(reader, outer);
  }

  /** Twice over the top level, as above. */
  function readResourceSpans(span: IncomingSpan, onSpan: (span: IncomingSpan) => void): void {
    place = "resource_spans";
    const outer = enter(reader);
    const start = reader.pos;
    span.resource.length = 0;
    span.resourceTurn++;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_SPANS_RESOURCE) {
        place = "resource_spans.resource";
        values.readResource(span.resource);
      } else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    reader.pos = start;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_SPANS_SCOPE_SPANS) readScopeSpans(span, onSpan);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  return (body, span, onSpan) => {
    startReading(reader, body);
    place = "";
    spans = 0;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === REQUEST_RESOURCE_SPANS) readResourceSpans(span, onSpan);
      else skip(reader, tag);
    }
    stopReading(reader);
    if (reader.fault === null) return null;
    if (spans > MAX_RECORDS) return tooManyRecords;
    return {
      fault: "body_malformed",
      field: place,
      description: `${reader.fault} (at byte ${reader.faultAt})`,
    };
  };
}
