import {
  type AttributeValue,
  type BaseFields,
  type Catalogue,
  compileTable,
  createEnforcedRecord,
  createIncomingRecord,
  type DropReason,
  enforce,
  type IncomingRecord,
  Kind,
  PLAIN_LOG,
  pushAttribute,
  type Refusal,
} from "@rollcall/schemas";
import type { BaseReport, WireValue } from "../delivery/encode.ts";
import { createOnce, type Logger } from "../log.ts";

/** What may leave of one record. */
export interface Guarded {
  /** Properties, or base fields, that passed. */
  kept: Record<string, WireValue>;
  /** The user id, "" where there is none or it looks like a person. */
  identity: string;
}

/** The envelope of a record: what the client says about every event. */
export interface Envelope {
  installId: string;
  appVersion: string;
  user: string;
}

export interface Guard {
  /**
   * Puts a record through the same decision table as the collector's. What is dropped or refused
   * goes to the transparency log each time and to the app's log once per name, never with its value.
   *
   * @returns null when the whole record is refused
   */
  check(
    eventName: string,
    fields: Readonly<Record<string, unknown>>,
    envelope: Envelope,
  ): Guarded | null;
  /** The same for a base report: what was kept of it, in the schema's spelling, or null. */
  checkBase(eventName: string, report: BaseReport): BaseReport | null;
  /** Whether the app's catalogue has this event. Without a catalogue, whether it may be learnt. */
  lists(eventName: string): boolean;
}

/** What was refused or dropped, by name: `field` is "" for what is no single field. */
export interface RefusedName {
  event: string;
  field: string;
  reason: string;
}

/** Names are remembered and logged; one that is longer is no name. */
const MAX_NAME = 100;

const MOST_FIELDS = 256;

const NAMELESS: Refusal = { reason: "event_name_malformed", event: "", field: "event_name" };

/** Names that the client alone fills in; as a property of an event they are dropped. */
const ENVELOPE_KEYS = new Set([
  "install_id",
  "app_version",
  "identity",
  "telemetry_fingerprint",
  "environment",
  "event_name",
  "event.name",
  "trace_id",
  "span_id",
  "log.record.uid",
]);

/**
 * @param catalogue null while the app has none: names are learnt, and text is never kept
 * @param refused where every refusal and drop goes, for the transparency log
 */
export function createGuard(
  app: string,
  catalogue: Catalogue | null,
  log: Logger,
  refused: (what: RefusedName) => void = () => {},
): Guard {
  const table = compileTable(app, catalogue);
  const firstTime = createOnce();
  const incoming = createIncomingRecord();
  const out = createEnforcedRecord();

  function decide(
    eventName: string,
    fields: Readonly<Record<string, unknown>>,
    envelope: Envelope,
  ): boolean {
    fill(incoming, eventName, fields, envelope);
    const refusal = enforce(table, incoming, out);
    if (refusal !== null) {
      refuse(refusal === PLAIN_LOG ? NAMELESS : refusal);
      return false;
    }
    for (let i = 0; i < out.dropped; i += 1) {
      reportDrop(out.droppedFields[i]!, out.droppedReasons[i]!);
    }
    return true;
  }

  function reportDrop(field: string, reason: DropReason): void {
    report({ event: out.event, field, reason }, "a telemetry field was dropped before sending");
  }

  function refuse(why: Refusal): void {
    report({ ...why }, "a telemetry event was refused before sending");
  }

  function report(what: RefusedName, message: string): void {
    const { reason } = what;
    const [event, field] = [what.event.slice(0, MAX_NAME), what.field.slice(0, MAX_NAME)];
    refused({ event, field, reason });
    if (firstTime(`${event} ${field} ${reason}`)) log.warn({ event, field, reason }, message);
  }

  /** Only what the table kept, as the app typed it: the collector decides on the same kinds. */
  function keep(fields: Readonly<Record<string, unknown>>): Record<string, WireValue> {
    const kept: Record<string, WireValue> = {};
    for (let i = 0; i < out.properties; i += 1) {
      const key = out.propertyKeys[i]!;
      const given = fields[key];
      kept[key] =
        typeof given === "boolean" || typeof given === "number" ? given : out.propertyValues[i]!;
    }
    for (let i = 0; i < out.numbers; i += 1) kept[out.numberKeys[i]!] = out.numberValues[i]!;
    return kept;
  }

  /** Texts go out in the spelling that is stored, so that the page shows what the collector has. */
  function canonical(key: string, value: string): string {
    const text = Object.hasOwn(out.base, key) ? out.base[key as keyof BaseFields] : value;
    return typeof text === "string" ? text : value;
  }

  return {
    check(eventName, fields, envelope) {
      if (!decide(eventName, fields, envelope)) return null;
      if (out.layer !== "detailed") {
        // For the collector these two are good events; they are not the app's to send.
        refuse({ event: out.event, field: "event_name", reason: "event_name_reserved" });
        return null;
      }
      for (const key of ENVELOPE_KEYS) {
        if (Object.hasOwn(fields, key)) reportDrop(key, "field_unknown");
      }
      return { kept: keep(fields), identity: out.identity };
    },
    checkBase(eventName, baseReport) {
      const { install_id: installId = "", app_version: appVersion = "", ...fields } = baseReport;
      if (!decide(eventName, fields, { installId, appVersion, user: "" })) return null;
      const dropped = new Set(out.droppedFields.slice(0, out.dropped));
      const kept = Object.entries(baseReport).filter(([key]) => !dropped.has(key));
      return Object.fromEntries(kept.map(([key, value]) => [key, canonical(key, value)]));
    },
    lists: (eventName) => typeof table.event(eventName) !== "string",
  };
}

function fill(
  record: IncomingRecord,
  eventName: string,
  fields: Readonly<Record<string, unknown>>,
  envelope: Envelope,
): void {
  const { attributes } = record;
  record.eventName = eventName;
  attributes.length = 0;
  pushAttribute(attributes, "install_id", Kind.String, envelope.installId);
  pushAttribute(attributes, "app_version", Kind.String, envelope.appVersion);
  if (envelope.user !== "") pushAttribute(attributes, "identity", Kind.String, envelope.user);
  for (const key of Object.keys(fields)) {
    // The table takes 128 and says that there were more; a request's whole body need not be copied.
    if (attributes.length > MOST_FIELDS) break;
    const value = fields[key];
    // An optional property that is not there.
    if (value === undefined || value === null || ENVELOPE_KEYS.has(key)) continue;
    pushAttribute(attributes, key, kindOf(value), plain(value));
  }
}

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case "string":
      return Kind.String;
    case "boolean":
      return Kind.Boolean;
    case "bigint":
      return Kind.Integer;
    case "number":
      return Number.isSafeInteger(value) ? Kind.Integer : Kind.Double;
    default:
      return Array.isArray(value) ? Kind.Array : Kind.Map;
  }
}

/** Lists and objects are dropped by their kind; their content is not even read. */
function plain(value: unknown): AttributeValue {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
    case "bigint":
      return value;
    default:
      return null;
  }
}
