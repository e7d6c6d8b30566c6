import {
  BASE_EVENTS,
  BASE_SCHEMA,
  type Catalogue,
  compileTable,
  type FieldRule,
  Kind,
  parseCatalogue,
  piiInValue,
} from "@rollcall/schemas";
import type { SeenRecord, SeenValue } from "./records.ts";

/** One thing that should not have left. Names only: a value would stand in the CI's log. */
export interface Leak {
  /** "" where it is not an event that leaked. */
  event: string;
  /** "" for a whole event. */
  field: string;
  why: string;
}

export type Judge = (record: SeenRecord) => Leak[];

const BASE_NAMES: ReadonlySet<string> = new Set(BASE_EVENTS.map(({ name }) => name));
/** The base layer and the resource are the same for every app. */
const anyTable = compileTable("any", null);
/** What a Rollcall client adds to every record. */
const UID = "log.record.uid";
const DETAILED_ENVELOPE = new Set([
  "install_id",
  "app_version",
  "telemetry_fingerprint",
  "identity",
  "environment",
  "trace_id",
  "span_id",
  UID,
]);
const RESOURCE = /^(?:service\.(?:name|version)|deployment\.environment(?:\.name)?)$/;
const SDK = /^telemetry\.sdk\.(?:name|language|version)$/;
const SCOPE = /^[\w.@/-]{0,80}(?: [\w.+-]{1,40})?$/;

/** Judges by the base schema alone: the two base events, their fields, and nothing else. */
export function baseJudge(): Judge {
  const fields = new Set<string>([...BASE_SCHEMA.map(({ name }) => name), UID]);
  return (record) => {
    const leak = leaksIn(record);
    const rules = anyTable.event(record.eventName);
    if (!BASE_NAMES.has(record.eventName) || typeof rules === "string") {
      return [leak("", "is not an event of the base layer"), ...leak.around()];
    }
    const found = leak.around();
    if (record.traceId !== "" || record.spanId !== "") found.push(leak("trace", "on a base event"));
    for (const [key, value] of Object.entries(record.attributes)) {
      const why = fields.has(key)
        ? verdict(rules.field(key).decide, value)
        : "is not a field of the base layer";
      if (why !== null) found.push(leak(key, why));
    }
    return found;
  };
}

/**
 * Judges detailed events by a catalogue, and base events by the base schema.
 *
 * @throws TypeError for a catalogue with faults
 */
export function catalogueJudge(catalogue: Catalogue): Judge {
  const parsed = parseCatalogue(catalogue);
  if (!parsed.ok) throw new TypeError(`the catalogue has faults: ${parsed.problems.join("; ")}`);
  const table = compileTable(catalogue.app, parsed.catalogue);
  const base = baseJudge();
  return (record) => {
    if (record.layer === "base") return base(record);
    const leak = leaksIn(record, catalogue.app);
    const rules = table.event(record.eventName);
    if (typeof rules === "string") {
      return [leak("", "is not in the catalogue"), ...leak.around()];
    }
    const found = leak.around();
    for (const [key, value] of Object.entries(record.attributes)) {
      const why = detailedVerdict(rules.field(key), key, value);
      if (why !== null) found.push(leak(key, why));
    }
    return found;
  };
}

function detailedVerdict(rule: FieldRule, key: string, value: SeenValue): string | null {
  // The collector takes more from senders that are not ours; our client sends only these.
  if (!DETAILED_ENVELOPE.has(key) && rule.slot !== PROPERTY) return "is not in the catalogue";
  if (rule.drops) return "is not in the catalogue";
  const why = verdict(rule.decide, value);
  if (why !== null || key !== "identity") return why;
  return piiInValue(String(value)) === null ? null : "names a person, not an internal id";
}
/** `Slot.Property` of the schema: everything else is envelope. */
const PROPERTY = 0;

/** What a rule says about a value; null where it is kept and already in the spelling that is kept. */
function verdict(decide: FieldRule["decide"], value: SeenValue): string | null {
  const kept = decide(kindOf(value), plain(value));
  if (typeof kept === "object") return WHY[kept.drop] ?? "has a value that is not allowed";
  // A path in place of its template, a kernel's whole name: the collector would cut it, but it left.
  const cut = typeof kept === "string" && typeof value === "string" && kept !== value;
  return cut ? "carries more than is kept of it" : null;
}

const WHY: Record<string, string> = {
  type_mismatch: "is of another type than the schema's",
  value_not_listed: "is not one of its closed set",
  value_pii: "looks like a person, a place or a secret",
  value_malformed: "is out of its bounds",
};

function leaksIn(record: SeenRecord, app?: string) {
  const event = record.eventName === "" ? "(no event name)" : record.eventName;
  const leak = (field: string, why: string): Leak => ({ event, field, why });
  /** What lies around the attributes: a body, the resource, the scope, anything unknown. */
  const around = (): Leak[] => {
    const found = record.extras.map((name) => leak(name, "should not be there"));
    if (record.body !== null && record.body !== record.eventName) {
      found.push(leak("body", "is free text"));
    }
    for (const [key, value] of Object.entries(record.resource)) {
      const why = resourceVerdict(key, value, app);
      if (why !== null) found.push(leak(`${key} of the resource`, why));
    }
    if (!SCOPE.test(record.scope) || piiInValue(record.scope) !== null) {
      found.push(leak("the scope's name", "is no name of a program"));
    }
    return found;
  };
  return Object.assign(leak, { around });
}

function resourceVerdict(key: string, value: SeenValue, app: string | undefined): string | null {
  if (SDK.test(key)) return piiInValue(String(value)) === null ? null : "looks like personal data";
  if (!RESOURCE.test(key)) return "is not needed";
  if (key === "service.name") return app === undefined || value === app ? null : "is not the app";
  return verdict(anyTable.resource(key).decide, value);
}

function kindOf(value: SeenValue): Kind {
  if (typeof value === "string") return Kind.String;
  if (typeof value === "boolean") return Kind.Boolean;
  if (typeof value === "bigint") return Kind.Integer;
  if (typeof value === "number") return Number.isSafeInteger(value) ? Kind.Integer : Kind.Double;
  if (value === null) return Kind.Empty;
  return value instanceof Uint8Array ? Kind.Bytes : Kind.Map;
}

function plain(value: SeenValue): string | number | bigint | boolean | null {
  return typeof value === "object" ? null : value;
}
