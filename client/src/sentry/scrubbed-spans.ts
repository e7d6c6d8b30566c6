import { keepAttributes, spanName } from "@rollcall/schemas";
import { fieldsOf, hexadecimal, listOf, textOf, unixSeconds } from "./untrusted.ts";

const MAX_SPANS = 1_000;
const OPERATION = /^[a-z][a-z0-9_]{0,29}(?:[.-][a-z][a-z0-9_]{0,29}){0,4}$/;
const ORIGIN = /^(?:auto|manual)(?:\.[a-z][a-z0-9_]{0,29}){0,5}$/;
const STATUS = new Set(
  (
    "ok cancelled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied " +
    "resource_exhausted failed_precondition aborted out_of_range unimplemented internal_error unavailable data_loss " +
    "unauthenticated unknown_error"
  ).split(" "),
);

/** The spans of a transaction. */
export function scrubSpans(spans: unknown): object[] {
  return listOf(spans)
    .slice(0, MAX_SPANS)
    .map((found) => {
      const span = fieldsOf(found);
      return {
        ...scrubTrace(span),
        description: spanName(textOf(span.description)),
        ...unixSeconds("start_timestamp", span.start_timestamp),
        ...unixSeconds("timestamp", span.timestamp),
      };
    });
}

/** What a span and `contexts.trace` share: ids, operation, status and attributes. */
export function scrubTrace(found: unknown): object {
  const span = fieldsOf(found);
  const data = keepAttributes("span", fieldsOf(span.data));
  const status = textOf(span.status);
  return {
    ...hexadecimal("trace_id", 32, span.trace_id),
    ...hexadecimal("span_id", 16, span.span_id),
    ...hexadecimal("parent_span_id", 16, span.parent_span_id),
    ...matching("op", OPERATION, span.op),
    ...matching("origin", ORIGIN, span.origin),
    ...(STATUS.has(status) ? { status } : {}),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function matching(key: string, pattern: RegExp, value: unknown): Record<string, string> {
  const text = textOf(value);
  return text.length <= 80 && pattern.test(text) ? { [key]: text } : {};
}
