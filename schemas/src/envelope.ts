import { type AttributeValue, Kind } from "./attributes.ts";
import { BASE_SCHEMA } from "./base.ts";
import { text } from "./base-values.ts";
import { closedSet } from "./closed-set.ts";
import { canonicalHex, isRecordUid } from "./ids.ts";
import { DROP, type Dropped } from "./reasons.ts";
import { className, stack } from "./semantic/values.ts";
import type { Decide } from "./types.ts";

/** Where a kept value goes. `Property` is a property of the event; the others are its envelope. */
export const Slot = {
  Property: 0,
  Base: 1,
  InstallId: 2,
  AppVersion: 3,
  Fingerprint: 4,
  Uid: 5,
  Environment: 6,
  TraceId: 7,
  SpanId: 8,
  EventName: 9,
  /** Known, and of no use: what it says is known otherwise. */
  Consumed: 10,
  // Names of the user, the strongest first.
  Identity: 11,
  UserId: 12,
  EndUserId: 13,
  UserIdProperty: 14,
  DistinctId: 15,
  // What went wrong, of an event that tells of it: reduced, and stored beside the event.
  ExceptionType: 16,
  ExceptionStack: 17,
  ExceptionMessage: 18,
} as const;
export type Slot = (typeof Slot)[keyof typeof Slot];

export interface EnvelopeField {
  readonly key: string;
  readonly slot: Slot;
  readonly decide: Decide;
}

const USER_FIELDS = ["identity", "user.id", "enduser.id", "user_id", "distinct_id"];

/** The name of the field that a slot from `Identity` on belongs to. */
export const userField = (slot: number): string => USER_FIELDS[slot - Slot.Identity] ?? "identity";

const environments = closedSet({
  production: "prod live",
  staging: "stage",
  development: "dev develop local debug",
  test: "testing ci",
});

const MAX_IDENTITY = 512;

/** A user's name for the app: text or a number. It is hashed before anything is stored. */
function identity(kind: Kind, value: AttributeValue): string | Dropped {
  if (kind === Kind.Integer) return String(value);
  if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
  return value.length <= MAX_IDENTITY ? value : DROP.value_malformed;
}

function eventName(kind: Kind, value: AttributeValue): string | Dropped {
  return kind === Kind.String && typeof value === "string" ? value : DROP.type_mismatch;
}

const hexOf = (digits: number): Decide =>
  text((value) => (/[1-9a-f]/i.test(value) ? canonicalHex(value, digits) : ""), "value_malformed");
const uid = text((value) => (isRecordUid(value) ? value : ""), "value_malformed");
const environment = text(environments.normalise, "value_not_listed");
const exceptionType = text((value) => String(className.keep(value) ?? ""), "value_malformed");
const exceptionStack = text((value) => String(stack.keep(value) ?? ""), "value_malformed");
const unlistedMessage = text(() => "", "value_not_listed");
const consumed: Decide = () => "";

function baseDecide(name: string): Decide {
  const field = BASE_SCHEMA.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`the base schema has no field ${name}`);
  return field.decide;
}

const field = (key: string, slot: Slot, decide: Decide): EnvelopeField => ({ key, slot, decide });

/** On a record of either layer. `service.version` of the resource stands in for a missing app_version. */
const SHARED: readonly EnvelopeField[] = [
  field("install_id", Slot.InstallId, baseDecide("install_id")),
  field("app_version", Slot.AppVersion, baseDecide("app_version")),
  field("telemetry_fingerprint", Slot.Fingerprint, baseDecide("telemetry_fingerprint")),
  field("log.record.uid", Slot.Uid, uid),
  field("event_name", Slot.EventName, eventName),
  field("event.name", Slot.EventName, eventName),
  field("event_category", Slot.Consumed, consumed),
  field("detailed", Slot.Consumed, consumed),
  field("identity", Slot.Identity, identity),
];

export const BASE_ENVELOPE = SHARED;

export const DETAILED_ENVELOPE: readonly EnvelopeField[] = [
  ...SHARED,
  field("environment", Slot.Environment, environment),
  // The base layer has it as deployment_type, once a day, which is enough.
  field("deployment_method", Slot.Consumed, consumed),
  field("trace_id", Slot.TraceId, hexOf(32)),
  field("span_id", Slot.SpanId, hexOf(16)),
  ...USER_FIELDS.slice(1).map((key, at) => field(key, (Slot.UserId + at) as Slot, identity)),
  field("exception.type", Slot.ExceptionType, exceptionType),
  field("exception.stacktrace", Slot.ExceptionStack, exceptionStack),
  // A catalogue may list messages: see `compileTable`.
  field("exception.message", Slot.ExceptionMessage, unlistedMessage),
];

/** On the resource, which describes the sender and not the event. */
export const RESOURCE_ENVELOPE: readonly EnvelopeField[] = [
  field("install_id", Slot.InstallId, baseDecide("install_id")),
  field("service.version", Slot.AppVersion, baseDecide("app_version")),
  field("deployment.environment", Slot.Environment, environment),
  field("deployment.environment.name", Slot.Environment, environment),
  field("service.name", Slot.Consumed, consumed),
  field("service.namespace", Slot.Consumed, consumed),
  field("service.instance.id", Slot.Consumed, consumed),
  field("telemetry.sdk.name", Slot.Consumed, consumed),
  field("telemetry.sdk.language", Slot.Consumed, consumed),
  field("telemetry.sdk.version", Slot.Consumed, consumed),
];
