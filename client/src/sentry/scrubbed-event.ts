import { release as osRelease, type as osType } from "node:os";
import { countableName, isProgramName, keepAttribute, piiInKey, spanName } from "@rollcall/schemas";
import { scrubExceptions } from "./scrubbed-frames.ts";
import { scrubSpans, scrubTrace } from "./scrubbed-spans.ts";
import { fieldsOf, hexadecimal, textOf, unixSeconds } from "./untrusted.ts";

/** What the client itself knows of the app. */
export interface AppFacts {
  app: string;
  version: string;
  environment: string | undefined;
}

/** An event made anew from what may leave. */
export type ScrubbedEvent = Readonly<Record<string, unknown>> & { event_id: string };

const LEVELS = new Set(["fatal", "error", "warning", "info", "debug", "log"]);
const SOURCES = new Set(["custom", "url", "route", "component", "view", "task"]);
const MAX_TAGS = 30;

/**
 * Makes an event of an SDK anew from an allow-list: what is not named here does not exist for it, so
 * that what an integration, a scope or a later version of the SDK adds cannot leave.
 *
 * @param found an event or a transaction as in an envelope
 * @returns null for what is neither
 */
export function scrubEvent(found: unknown, facts: AppFacts): ScrubbedEvent | null {
  const event = fieldsOf(found);
  const id = hexadecimal("event_id", 32, event.event_id).event_id;
  if (id === undefined) return null;
  const transaction = textOf(event.transaction);
  const level = textOf(event.level);
  const shared = {
    event_id: id,
    ...unixSeconds("timestamp", event.timestamp),
    platform: "node",
    release: `${facts.app}@${facts.version}`,
    ...(facts.environment === undefined ? {} : { environment: facts.environment }),
    ...(transaction === "" ? {} : { transaction: spanName(transaction, routeOf(event)) }),
    tags: scrubTags(event.tags),
    contexts: contextsOf(event),
  };
  if (event.type === "transaction") {
    const source = textOf(fieldsOf(event.transaction_info).source);
    return {
      ...shared,
      type: "transaction",
      ...unixSeconds("start_timestamp", event.start_timestamp),
      transaction_info: { source: SOURCES.has(source) ? source : "custom" },
      spans: scrubSpans(event.spans),
    };
  }
  if (event.type !== undefined) return null;
  return {
    ...shared,
    level: LEVELS.has(level) ? level : "error",
    exception: { values: scrubExceptions(event) },
  };
}

/** The route that a framework's instrumentation has noted on the transaction. */
function routeOf(event: Readonly<Record<string, unknown>>): string {
  const data = fieldsOf(fieldsOf(fieldsOf(event.contexts).trace).data);
  return String(keepAttribute("span", "http.route", data["http.route"])?.value ?? "");
}

/** Tags that are words of a program by name and by value. */
function scrubTags(found: unknown): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(fieldsOf(found)).slice(0, MAX_TAGS)) {
    if (countableName(key) !== key || piiInKey(key) !== null) continue;
    const plain = typeof value === "boolean" || (Number.isFinite(value) && isShort(value));
    if (plain) kept[key] = value as number | boolean;
    else if (typeof value === "string" && isProgramName(value)) kept[key] = value;
  }
  return kept;
}

/** More digits could be an id or a telephone number. */
const isShort = (value: unknown): boolean => Math.abs(value as number) < 10_000;

/** Made here rather than read: the SDK's own say the machine's name, memory and start. */
function contextsOf(event: Readonly<Record<string, unknown>>): object {
  const major = /^\d{1,4}/.exec(osRelease())?.[0] ?? "";
  return {
    trace: scrubTrace(fieldsOf(event.contexts).trace),
    runtime: { name: "node", version: process.versions.node },
    os: { name: osType(), version: major },
  };
}
