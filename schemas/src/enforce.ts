import { type AttributeList, type AttributeValue, Kind } from "./attributes.ts";
import { clearBaseFields } from "./base-fields.ts";
import { Slot, userField } from "./envelope.ts";
import { canonicalHex, canonicalUuid } from "./ids.ts";
import { isEventName } from "./names.ts";
import { DROP, type Dropped, type DropReason, type RefusalReason } from "./reasons.ts";
import type { EnforcedRecord, IncomingRecord, Refusal } from "./record.ts";
import type { FieldRule } from "./rules.ts";
import type { DecisionTable, EventRules } from "./table.ts";

/** More attributes than a record of any catalogue has; the rest is dropped and counted once. */
const MAX_ATTRIBUTES = 128;
/** Longer strings are dropped unread, in UTF-16 units. */
const MAX_STRING = 4096;
const MAX_STACK = 32_768;
const LIMIT_FIELD = "(limit)";
export const BODY_FIELD = "(body)";
/** The largest small integer of every JavaScript engine; then turns start anew. */
const MAX_TURN = 2 ** 30 - 1;

/** What `enforce` says of a record that is no event of the app. */
export const PLAIN_LOG = "plain log";
export type PlainLog = typeof PLAIN_LOG;

/**
 * Decides about one record. Where it is accepted `out` holds everything that may be stored, and
 * nothing else, and null is returned; where it is refused the reason is returned and `out` is void.
 * It never throws, and allocates nothing for an accepted record beyond what changing a value's form
 * takes. A key that comes twice: the first value counts.
 *
 * @returns `PLAIN_LOG` for a record that is no event of the app: see `enforceLog`
 * @example
 * const refusal = enforce(table, record, out);
 * if (refusal === null) batch.appendEvent(out, stamp);
 */
export function enforce(
  table: DecisionTable,
  record: IncomingRecord,
  out: EnforcedRecord,
): Refusal | PlainLog | null {
  const name = eventNameOf(record);
  if (name === null) return refusal("event_name_malformed", "", "event_name");
  const rules = rulesOf(table, name, record);
  if (rules === null) return PLAIN_LOG;
  if (typeof rules === "string") return refusal(rules, table.countableEvent(name), "event_name");
  clear(out, rules, record);
  table.turn = table.turn >= MAX_TURN ? 1 : table.turn + 1;
  if (!readAttributes(record.attributes, rules.field, table.turn, out)) {
    return refusal("install_id_malformed", rules.event, "install_id");
  }
  if (!readAttributes(record.resource, table.resource, table.turn, out)) {
    return refusal("install_id_malformed", rules.event, "install_id");
  }
  if (out.installId === "") return refusal("install_id_missing", rules.event, "install_id");
  readBody(record, out);
  settleIdentity(out);
  return null;
}

const VERSION_KEY = "service.version";

/**
 * The version that a refused record's resource says, by the rule that holds for an accepted one; "" where
 * it says none that may be kept. Refusals are counted by it: which release sends what nobody listed?
 */
export function refusedVersion(table: DecisionTable, { resource }: IncomingRecord): string {
  const count = Math.min(resource.length, MAX_ATTRIBUTES);
  for (let at = 0; at < count; at++) {
    if (resource.keys[at] !== VERSION_KEY) continue;
    const rule = table.resource(VERSION_KEY);
    const kept = decide(rule, resource.kinds[at] as Kind, resource.values[at] as AttributeValue);
    return typeof kept === "string" ? kept : "";
  }
  return "";
}

function refusal(reason: RefusalReason, event: string, field: string): Refusal {
  return { reason, event, field };
}

/** OTLP's field first, then the attributes that older senders use; "" where there is none, null where it is malformed. */
function eventNameOf(record: IncomingRecord): string | null {
  if (record.eventName !== "") return record.eventName;
  const { keys, kinds, values } = record.attributes;
  const count = Math.min(record.attributes.length, MAX_ATTRIBUTES);
  let malformed = false;
  for (let at = 0; at < count; at++) {
    const key = keys[at];
    if (key !== "event_name" && key !== "event.name") continue;
    const value = values[at];
    if (kinds[at] !== Kind.String || typeof value !== "string") malformed = true;
    else if (value !== "") return value;
  }
  return malformed ? null : "";
}

/** The name that the semantic conventions give a log record about an exception, whoever's it is. */
const EXCEPTION = "exception";

/** null for what is no event of the app: a record without a name, or one about an exception that it does not list. */
function rulesOf(
  table: DecisionTable,
  name: string,
  record: IncomingRecord,
): EventRules | RefusalReason | null {
  if (name === "") return namedByBody(table, record);
  return name === EXCEPTION ? table.known(name) : table.event(name);
}

/** A body names an event that the table knows already; any other body is what a logger said. */
function namedByBody(table: DecisionTable, { body }: IncomingRecord): EventRules | null {
  return body !== null && isEventName(body) ? table.known(body) : null;
}

function clear(out: EnforcedRecord, rules: EventRules, record: IncomingRecord): void {
  const detailed = rules.layer === "detailed";
  // Detailed records leave the base fields alone, so they are clean unless a base event came before.
  if (out.layer === "base") clearBaseFields(out.base);
  out.layer = rules.layer;
  out.event = rules.event;
  out.installId = "";
  out.appVersion = "";
  out.identity = "";
  out.identitySlot = 0;
  out.fingerprint = "";
  out.uid = "";
  out.environment = "";
  out.traceId = detailed ? canonicalHex(record.traceId, 32) : "";
  out.spanId = detailed ? canonicalHex(record.spanId, 16) : "";
  out.exceptionType = "";
  out.exceptionStack = "";
  out.exceptionMessage = "";
  out.properties = 0;
  out.numbers = 0;
  out.dropped = 0;
}

/** False where the install id is malformed, which is the one value that refuses a record. */
function readAttributes(
  list: AttributeList,
  ruleOf: (key: string) => FieldRule,
  turn: number,
  out: EnforcedRecord,
): boolean {
  const { keys, kinds, values } = list;
  const count = Math.min(list.length, MAX_ATTRIBUTES);
  for (let at = 0; at < count; at++) {
    const rule = ruleOf(keys[at] as string);
    const kept = decide(rule, kinds[at] as Kind, values[at] as AttributeValue);
    if (typeof kept === "object") {
      if (rule.slot === Slot.InstallId && out.installId === "") return false;
      drop(out, rule.key, kept.drop);
    } else if (rule.turn === turn) {
      drop(out, rule.key, "value_malformed");
    } else {
      rule.turn = turn;
      keep(out, rule, kept);
    }
  }
  if (list.length > MAX_ATTRIBUTES) drop(out, LIMIT_FIELD, "field_limit");
  return true;
}

function decide(rule: FieldRule, kind: Kind, value: AttributeValue): string | number | Dropped {
  // Of a stack only the frames stay, and as many as are looked at.
  const longest = rule.slot === Slot.ExceptionStack ? MAX_STACK : MAX_STRING;
  const tooLong = typeof value === "string" && value.length > longest;
  // A field that is dropped anyway keeps the reason that its name gave.
  return tooLong && !rule.drops ? DROP.value_malformed : rule.decide(kind, value);
}

function drop(out: EnforcedRecord, field: string, reason: DropReason): void {
  const at = out.dropped++;
  out.droppedFields[at] = field;
  out.droppedReasons[at] = reason;
}

function keep(out: EnforcedRecord, rule: FieldRule, kept: string | number): void {
  if (rule.slot === Slot.Property) {
    if (typeof kept === "string") {
      const at = out.properties++;
      out.propertyKeys[at] = rule.key;
      out.propertyValues[at] = kept;
    } else {
      const at = out.numbers++;
      out.numberKeys[at] = rule.key;
      out.numberValues[at] = kept;
    }
  } else if (typeof kept === "string") keepText(out, rule, kept);
  else if (rule.baseTime !== null) out.base[rule.baseTime] = kept;
}

/** The record comes before its resource, so what it said stands. */
function keepText(out: EnforcedRecord, rule: FieldRule, kept: string): void {
  switch (rule.slot) {
    case Slot.Base:
      if (rule.baseText !== null) out.base[rule.baseText] = kept;
      break;
    case Slot.InstallId:
      if (out.installId === "") out.installId = kept;
      break;
    case Slot.AppVersion:
      if (out.appVersion === "") out.appVersion = kept;
      break;
    case Slot.Fingerprint:
      out.fingerprint = kept;
      break;
    case Slot.Uid:
      out.uid = kept;
      break;
    case Slot.Environment:
      if (out.environment === "" && out.layer === "detailed") out.environment = kept;
      break;
    case Slot.TraceId:
      if (out.traceId === "") out.traceId = kept;
      break;
    case Slot.SpanId:
      if (out.spanId === "") out.spanId = kept;
      break;
    case Slot.EventName:
      if (kept !== out.event && kept !== "") drop(out, rule.key, "value_malformed");
      break;
    case Slot.ExceptionType:
      out.exceptionType = kept;
      break;
    case Slot.ExceptionStack:
      out.exceptionStack = kept;
      break;
    case Slot.ExceptionMessage:
      out.exceptionMessage = kept;
      break;
    case Slot.Consumed:
      break;
    default:
      keepIdentity(out, rule, kept);
  }
}

/** One name of the user is enough: the strongest is hashed, another that differs is dropped. */
function keepIdentity(out: EnforcedRecord, rule: FieldRule, kept: string): void {
  if (kept === "" || kept === out.identity) return;
  if (out.identity === "" || rule.slot < out.identitySlot) {
    if (out.identity !== "") drop(out, userField(out.identitySlot), "field_name_pii");
    out.identity = kept;
    out.identitySlot = rule.slot;
  } else {
    drop(out, rule.key, "field_name_pii");
  }
}

/** Senders without a user put the install's own id or fingerprint there; the base layer has no users. */
function settleIdentity(out: EnforcedRecord): void {
  const { identity } = out;
  if (identity === "") return;
  const isInstall =
    identity === out.fingerprint ||
    (identity.length === out.installId.length && canonicalUuid(identity) === out.installId);
  if (out.layer === "base" && !isInstall) drop(out, userField(out.identitySlot), "field_unknown");
  if (out.layer === "base" || isInstall) out.identity = "";
}

function readBody(record: IncomingRecord, out: EnforcedRecord): void {
  const text = record.body ?? "";
  if (record.hasOtherBody || (text !== "" && text !== out.event)) {
    drop(out, BODY_FIELD, "field_unknown");
  }
}
