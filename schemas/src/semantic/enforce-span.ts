import type { Refusal } from "../record.ts";
import type { DecisionTable } from "../table.ts";
import { createKeptAttributes, drop, enforceAttributes, keptValue } from "./enforce-attributes.ts";
import type { EnforcedResource } from "./enforce-resource.ts";
import { dropAll } from "./enforce-scope.ts";
import { spanEventName } from "./names.ts";
import { remember } from "./remember.ts";
import type { SignalRules } from "./signal-rules.ts";
import {
  type EnforcedSpan,
  MAX_SPAN_PARTS,
  SPAN_KINDS,
  type SpanContent,
  type SpanEventContent,
  type SpanLinkContent,
  STATUS_CODES,
} from "./span.ts";
import { spanName } from "./span-name.ts";

/** What spans are counted as among refusals and drops: their names are the senders'. */
export const SPAN_EVENT = "(span)";

const LIMIT_FIELD = "(limit)";
const TRACE_STATE_FIELD = "(trace_state)";
const STATUS_MESSAGE_FIELD = "(status_message)";
const LINK_FIELD = "(link)";

const refusals = {
  install: Object.freeze(refusal("install_id_malformed", "install_id")),
  trace: Object.freeze(refusal("trace_id_malformed", "trace_id")),
  span: Object.freeze(refusal("span_id_malformed", "span_id")),
};

const nameOf = remember(spanName);
const eventNameOf = remember(spanEventName);

/**
 * Decides about one span. Where it is accepted `out` holds everything of it that may be stored, and
 * nothing else, and null is returned; where it is refused `out` is void.
 *
 * @param resource the enforced one of the span
 * @example
 * const refusal = enforceSpan(table, span, resource, out);
 * if (refusal === null) batch.appendSpan(out, resource, scope, stamp);
 */
export function enforceSpan(
  table: DecisionTable,
  span: SpanContent,
  resource: EnforcedResource,
  out: EnforcedSpan,
): Refusal | null {
  if (resource.malformed) return refusals.install;
  if (span.traceId === "") return refusals.trace;
  if (span.spanId === "") return refusals.span;
  out.dropped = 0;
  out.traceId = span.traceId;
  out.spanId = span.spanId;
  out.parentSpanId = span.parentSpanId;
  out.kind = SPAN_KINDS[span.kind] ?? "Unspecified";
  out.statusCode = STATUS_CODES[span.statusCode] ?? "Unset";
  enforceAttributes(table.signal, "span", span.attributes, out.attributes, out);
  out.name = nameOf(span.name, keptValue(out.attributes, "http.route"));
  if (span.hasTraceState) drop(out, TRACE_STATE_FIELD, "field_unknown");
  if (span.hasStatusMessage) drop(out, STATUS_MESSAGE_FIELD, "field_unknown");
  out.eventCount = Math.min(span.eventCount, MAX_SPAN_PARTS);
  for (let at = 0; at < out.eventCount; at++) {
    enforceEvent(table.signal, span.events[at] as SpanEventContent, out, at);
  }
  out.linkCount = 0;
  const links = Math.min(span.linkCount, MAX_SPAN_PARTS);
  for (let at = 0; at < links; at++) {
    enforceLink(table.signal, span.links[at] as SpanLinkContent, out);
  }
  if (span.eventCount > MAX_SPAN_PARTS || span.linkCount > MAX_SPAN_PARTS) {
    drop(out, LIMIT_FIELD, "field_limit");
  }
  return null;
}

function enforceEvent(
  rules: SignalRules,
  event: SpanEventContent,
  out: EnforcedSpan,
  at: number,
): void {
  let kept = out.events[at];
  if (kept === undefined) {
    kept = { name: "", attributes: createKeptAttributes() };
    out.events[at] = kept;
  }
  kept.name = eventNameOf(event.name, "");
  enforceAttributes(rules, "span_event", event.attributes, kept.attributes, out);
}

/** Of a link its ids stay; one without both leads nowhere. */
function enforceLink(rules: SignalRules, link: SpanLinkContent, out: EnforcedSpan): void {
  dropAll(rules, link.attributes, out);
  if (link.hasTraceState) drop(out, TRACE_STATE_FIELD, "field_unknown");
  if (link.traceId === "" || link.spanId === "") {
    drop(out, LINK_FIELD, "value_malformed");
    return;
  }
  const at = out.linkCount++;
  const kept = out.links[at];
  if (kept === undefined) out.links[at] = { traceId: link.traceId, spanId: link.spanId };
  else {
    kept.traceId = link.traceId;
    kept.spanId = link.spanId;
  }
}

function refusal(reason: Refusal["reason"], field: string): Refusal {
  return { reason, event: SPAN_EVENT, field };
}
