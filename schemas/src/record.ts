import { type AttributeList, createAttributeList } from "./attributes.ts";
import { type BaseFields, createBaseFields } from "./base-fields.ts";
import type { DropReason, RefusalReason } from "./reasons.ts";

/** One OTLP log record before enforcement, whatever it was encoded in. */
export interface IncomingRecord {
  /** OTLP's `eventName`; "" where absent. */
  eventName: string;
  /** A string body; null where absent or of another kind. */
  body: string | null;
  /** True where the body is a number, a map and so on: it is dropped unread. */
  hasOtherBody: boolean;
  attributes: AttributeList;
  resource: AttributeList;
  /** Lower-case hexadecimal, 32 digits; "" where absent. */
  traceId: string;
  /** Lower-case hexadecimal, 16 digits; "" where absent. */
  spanId: string;
}

/**
 * One accepted record. `enforce` rewrites every field of it, so one object serves all records; of
 * its arrays only the first `properties`, `numbers` and `dropped` entries count.
 */
export interface EnforcedRecord {
  layer: "base" | "detailed";
  event: string;
  /** Lower-case UUID with dashes. */
  installId: string;
  /** "" where unknown. */
  appVersion: string;
  /** As sent. It is hashed by the collector and never stored. "" where the record names no user. */
  identity: string;
  /** How strong a name of the user `identity` is; of use to `enforce` only. */
  identitySlot: number;
  /** Lower-case hexadecimal, 64 digits; "" where absent. */
  fingerprint: string;
  /** `log.record.uid`, which recognises a retry; "" where absent. */
  uid: string;
  /** production, staging, development, test or "". */
  environment: string;
  traceId: string;
  spanId: string;
  /** A class, "" where it tells of no exception; its stack, reduced; its message, if the catalogue lists it. */
  exceptionType: string;
  exceptionStack: string;
  exceptionMessage: string;
  /** For the base layer; all empty on a detailed record. */
  base: BaseFields;
  propertyKeys: string[];
  propertyValues: string[];
  properties: number;
  numberKeys: string[];
  numberValues: number[];
  numbers: number;
  /** Countable names: safe to store and to show. */
  droppedFields: string[];
  droppedReasons: DropReason[];
  dropped: number;
}

/** A whole record that was refused, in names that are safe to store and to show. */
export interface Refusal {
  reason: RefusalReason;
  event: string;
  /** The field at fault, or "". */
  field: string;
}

export function createIncomingRecord(): IncomingRecord {
  return {
    eventName: "",
    body: null,
    hasOtherBody: false,
    attributes: createAttributeList(),
    resource: createAttributeList(),
    traceId: "",
    spanId: "",
  };
}

export function createEnforcedRecord(): EnforcedRecord {
  return {
    layer: "detailed",
    event: "",
    installId: "",
    appVersion: "",
    identity: "",
    identitySlot: 0,
    fingerprint: "",
    uid: "",
    environment: "",
    traceId: "",
    spanId: "",
    exceptionType: "",
    exceptionStack: "",
    exceptionMessage: "",
    base: createBaseFields(),
    propertyKeys: [],
    propertyValues: [],
    properties: 0,
    numberKeys: [],
    numberValues: [],
    numbers: 0,
    droppedFields: [],
    droppedReasons: [],
    dropped: 0,
  };
}
