import { MAX_SPAN_PARTS } from "@rollcall/schemas";
import { parseBody } from "../otlp/json-body.ts";
import { createJsonValues, type Fields } from "../otlp/json-values.ts";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { clearSpan, eventAt, type IncomingSpan, linkAt, type SpansDecoder } from "./incoming.ts";

/** Names of trace.proto's enums, by number. */
const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_CODES = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

/**
 * A decoder of JSON `ExportTraceServiceRequest`s: lowerCamelCase names, unknown fields ignored,
 * `null` is the default, 64-bit integers as string or number, ids in hex, enums by number or name.
 *
 * @example
 * const decode = createJsonDecoder();
 * const fault = decode(body, createIncomingSpan(), (span) => names.push(span.name));
 */
export function createJsonDecoder(): SpansDecoder {
  const values = createJsonValues();
  const { fieldsOf, itemsOf, textOf, traceIdOf, spanIdOf, readAttributes, readTime } = values;
  let place = "";

  function enumOf(sent: unknown, names: readonly string[], name: string): number {
    if (sent === undefined || sent === null) return 0;
    if (typeof sent === "number" && Number.isInteger(sent)) return sent;
    if (typeof sent === "string" && names.includes(sent)) return names.indexOf(sent);
    values.fail(`${name} is not one of its enum`);
    return 0;
  }

  function readEvents(sent: unknown, span: IncomingSpan): void {
    const items = itemsOf(sent, "events");
    span.eventCount = items.length;
    const count = Math.min(items.length, MAX_SPAN_PARTS);
    for (let at = 0; at < count; at++) {
      const fields = fieldsOf(items[at], "an event");
      const event = eventAt(span, at);
      event.name = textOf(fields.name, "an event's name");
      readTime(event.time, fields.timeUnixNano, "timeUnixNano");
      readAttributes(fields.attributes, event.attributes);
    }
  }

  function readLinks(sent: unknown, span: IncomingSpan): void {
    const items = itemsOf(sent, "links");
    span.linkCount = items.length;
    const count = Math.min(items.length, MAX_SPAN_PARTS);
    for (let at = 0; at < count; at++) {
      const fields = fieldsOf(items[at], "a link");
      const link = linkAt(span, at);
      link.traceId = traceIdOf(fields.traceId, "traceId");
      link.spanId = spanIdOf(fields.spanId, "spanId");
      link.hasTraceState = textOf(fields.traceState, "traceState") !== "";
      readAttributes(fields.attributes, link.attributes);
    }
  }

  function readSpan(sent: unknown, span: IncomingSpan): void {
    const fields = fieldsOf(sent, "a span");
    clearSpan(span);
    span.traceId = traceIdOf(fields.traceId, "traceId");
    span.spanId = spanIdOf(fields.spanId, "spanId");
    span.parentSpanId = spanIdOf(fields.parentSpanId, "parentSpanId");
    span.hasTraceState = textOf(fields.traceState, "traceState") !== "";
    span.name = textOf(fields.name, "name");
    span.kind = enumOf(fields.kind, KINDS, "kind");
    readTime(span.start, fields.startTimeUnixNano, "startTimeUnixNano");
    readTime(span.end, fields.endTimeUnixNano, "endTimeUnixNano");
    readAttributes(fields.attributes, span.attributes);
    readEvents(fields.events, span);
    readLinks(fields.links, span);
    const status = fieldsOf(fields.status, "status");
    span.statusCode = enumOf(status.code, STATUS_CODES, "status.code");
    span.hasStatusMessage = textOf(status.message, "status.message") !== "";
  }

  /** @returns false where there are too many spans */
  function readRequest(
    request: Fields,
    span: IncomingSpan,
    onSpan: (span: IncomingSpan) => void,
  ): boolean {
    let spans = 0;
    for (const resourceItem of itemsOf(request.resourceSpans, "resourceSpans")) {
      place = "resourceSpans.resource";
      const resourceSpans = fieldsOf(resourceItem, "an item of resourceSpans");
      span.resourceTurn++;
      readAttributes(fieldsOf(resourceSpans.resource, "resource").attributes, span.resource);
      for (const scopeItem of itemsOf(resourceSpans.scopeSpans, "scopeSpans")) {
        place = "resourceSpans.scopeSpans.scope";
        const scopeSpans = fieldsOf(scopeItem, "an item of scopeSpans");
        span.scopeTurn++;
        values.readScope(scopeSpans.scope, span.scope);
        if (values.problem() === null) place = "resourceSpans.scopeSpans.spans";
        for (const item of itemsOf(scopeSpans.spans, "spans")) {
          if (++spans > MAX_RECORDS) return false;
          readSpan(item, span);
          if (values.problem() !== null) return true;
          onSpan(span);
        }
      }
      if (values.problem() !== null) return true;
    }
    return true;
  }

  return (body, span, onSpan) => {
    values.begin();
    place = "";
    const parsed = parseBody(body);
    if ("fault" in parsed) return parsed;
    if (!readRequest(parsed.request, span, onSpan)) return tooManyRecords;
    const problem = values.problem();
    return problem === null
      ? null
      : { fault: "body_malformed", field: place, description: problem };
  };
}
