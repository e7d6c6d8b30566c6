import type { HrTime, Link, SpanContext } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { keepAttributes, keepScope, spanEventName, spanName } from "@rollcall/schemas";
import type { JournalItem } from "../journal/types.ts";

type Scope = ReadableSpan["instrumentationScope"];

const scopes = new WeakMap<Scope, Scope>();

/** One object per scope of the SDK: the serializer groups by identity. */
export function reduceScope(scope: Scope): Scope {
  const known = scopes.get(scope);
  if (known !== undefined) return known;
  const reduced = keepScope(scope.name, scope.version ?? "");
  scopes.set(scope, reduced);
  return reduced;
}

/**
 * A span as it may leave: ids, times, kind and status code; its name as a template; attributes by
 * the allow-list; of exceptions class and frames; links without attributes. Status messages and trace
 * state hold what anybody put there and are left out.
 */
export function reduceSpan(span: ReadableSpan, resource: Resource): ReadableSpan {
  const context = bareContext(span.spanContext());
  const parent = span.parentSpanContext;
  const attributes = keepAttributes("span", span.attributes);
  return {
    name: spanName(span.name, String(attributes["http.route"] ?? "")),
    kind: span.kind,
    spanContext: () => context,
    ...(parent === undefined ? {} : { parentSpanContext: bareContext(parent) }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code: span.status.code },
    attributes,
    links: span.links.map((link): Link => ({ context: bareContext(link.context) })),
    events: span.events.map((event) => ({
      time: event.time,
      name: spanEventName(event.name),
      attributes: keepAttributes("span_event", event.attributes ?? {}),
    })),
    duration: span.duration,
    ended: span.ended,
    resource,
    instrumentationScope: reduceScope(span.instrumentationScope),
    droppedAttributesCount:
      span.droppedAttributesCount +
      Object.keys(span.attributes).length -
      Object.keys(attributes).length,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function bareContext({ traceId, spanId, traceFlags, isRemote }: SpanContext): SpanContext {
  return { traceId, spanId, traceFlags, ...(isRemote === undefined ? {} : { isRemote }) };
}

/** A reduced span as the journal shows it: everything that goes on the wire. */
export function journalSpan(span: ReadableSpan): JournalItem {
  const { traceId, spanId } = span.spanContext();
  return {
    signal: "span",
    name: span.name,
    time: milliseconds(span.startTime),
    content: {
      trace_id: traceId,
      span_id: spanId,
      parent_span_id: span.parentSpanContext?.spanId ?? "",
      kind: span.kind,
      start_unix_nano: nanoseconds(span.startTime),
      end_unix_nano: nanoseconds(span.endTime),
      status_code: span.status.code,
      attributes: span.attributes,
      events: span.events.map(({ time, name, attributes }) => ({
        time_unix_nano: nanoseconds(time),
        name,
        attributes,
      })),
      links: span.links.map(({ context }) => ({
        trace_id: context.traceId,
        span_id: context.spanId,
      })),
      scope: span.instrumentationScope,
      resource: span.resource.attributes,
    },
  };
}

export function milliseconds([seconds, nanos]: HrTime): number {
  return seconds * 1_000 + nanos / 1_000_000;
}

export function nanoseconds([seconds, nanos]: HrTime): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}
