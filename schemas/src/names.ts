import { piiInValue } from "./pii-values.ts";

/** What a name that may not be stored or shown is counted under. */
export const MALFORMED = "(malformed)";

/** Everything under it belongs to the base layer, which has two events and no others. */
export const RESERVED_PREFIX = "base_telemetry.";

// A run of five digits can be an id, a postcode or part of a phone number, so no name has one. Every
// segment begins with a letter: an address such as 10.0.0.1 is never a name.
const EVENT = /^(?=.{1,100}$)(?!.*[0-9]{5})\$?[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3}$/;
const FIELD = /^(?=.{1,64}$)(?!.*[0-9]{5})[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/;

/**
 * Whether a name has the shape of an event: one to four lower-case segments, 100 characters at most.
 *
 * @example
 * isEventName("quote.approval.rejected"); // true, as are timer.started, payment_deleted, $pageview
 * isEventName("Timer Started"); // false
 */
export function isEventName(name: string): boolean {
  return name.length <= 100 && EVENT.test(name);
}

/** Whether a name has the shape of a field: `project_id`, `http.request.method`; 64 characters at most. */
export function isFieldName(name: string): boolean {
  return name.length <= 64 && FIELD.test(name);
}

/**
 * The name itself where it is safe to store and to show, else "(malformed)": senders can put anything
 * where a name belongs, an e-mail address too.
 *
 * @example
 * countableName("quote_title"); // "quote_title"
 * countableName("ann@example.org"); // "(malformed)"
 */
export function countableName(name: string): string {
  const shaped = isEventName(name) || isFieldName(name);
  return shaped && piiInValue(name) === null ? name : MALFORMED;
}
