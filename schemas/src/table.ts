import { BASE_EVENTS, BASE_SCHEMA } from "./base.ts";
import { isBaseText, isBaseTime } from "./base-fields.ts";
import type { Catalogue, Properties } from "./catalogue.ts";
import {
  BASE_ENVELOPE,
  DETAILED_ENVELOPE,
  type EnvelopeField,
  RESOURCE_ENVELOPE,
  Slot,
} from "./envelope.ts";
import { createLearnedRules, MAX_LEARNT } from "./learning.ts";
import { countableName, isEventName, MALFORMED, RESERVED_PREFIX } from "./names.ts";
import { DROP, type RefusalReason } from "./reasons.ts";
import { createRule, createUnknownRules, type FieldRule, OTHER } from "./rules.ts";
import { compileSignals, type SignalRules } from "./semantic/signal-rules.ts";
import { compileTemplates } from "./templates.ts";
import { compileType, type Decide } from "./types.ts";

export interface EventRules {
  readonly event: string;
  readonly layer: "base" | "detailed";
  /** Total: a key that is not in the schema gets a rule that drops it. */
  readonly field: (key: string) => FieldRule;
}

/** The base schema and one app's catalogue, compiled: `(event, key, kind) → keep, drop or refuse`. */
export interface DecisionTable {
  readonly app: string;
  /** `learning`: there is no catalogue yet; names are learnt, and text is never kept. */
  readonly mode: "catalogue" | "learning";
  readonly event: (name: string) => EventRules | RefusalReason;
  /** The same for a name that is in the schema or was taught; null for any other, which teaches nothing. */
  readonly known: (name: string) => EventRules | null;
  /** The catalogue's template that describes the body of a plain log, or "". */
  readonly logBody: (body: string) => string;
  /** Total: the rule for an attribute of the resource. */
  readonly resource: (key: string) => FieldRule;
  /** Total: the rule for an attribute of a span, a metric or a plain log, and of their resource. */
  readonly signal: SignalRules;
  /** The name under which a refused event is counted; bounded, like the names of fields. */
  readonly countableEvent: (name: string) => string;
  /** Grows with every record that is enforced; see `FieldRule.turn`. */
  turn: number;
}

/** Names that an app in learning mode taught before, so that its limits outlive a restart. */
export interface Learned {
  readonly events: Iterable<string>;
  readonly fields: Iterable<string>;
}

/**
 * Compiles an app's catalogue, which `parseCatalogue` has accepted.
 *
 * @param catalogue null for learning mode
 * @param learned what learning mode knows already
 * @example
 * const table = compileTable("timetracker", catalogue);
 * const refusal = enforce(table, record, out);
 */
export function compileTable(
  app: string,
  catalogue: Catalogue | null,
  learned: Learned = { events: [], fields: [] },
): DecisionTable {
  const unknown = createUnknownRules();
  const base = baseEvents(unknown);
  const message = messageDecide(catalogue);
  const { event, known } =
    catalogue === null
      ? learningEvents(createLearnedRules(learned.fields, unknown), learned.events)
      : catalogueEvents(catalogue, unknown, message);
  const resource = envelopeRules(RESOURCE_ENVELOPE);
  return {
    app,
    mode: catalogue === null ? "learning" : "catalogue",
    event: (name) => base.get(name) ?? event(name),
    known: (name) => base.get(name) ?? known(name),
    logBody: compileTemplates(catalogue?.logs?.templates ?? []),
    resource: (key) => resource.get(key) ?? unknown(key),
    signal: compileSignals(catalogue?.attributes ?? {}, unknown, message),
    countableEvent: createEventCounter(),
    turn: 0,
  };
}

type EventLookup = Pick<DecisionTable, "event" | "known">;
type Fallback = (key: string) => FieldRule;

function createEventRules(
  event: string,
  layer: "base" | "detailed",
  fields: ReadonlyMap<string, FieldRule>,
  fallback: Fallback,
): EventRules {
  return { event, layer, field: (key) => fields.get(key) ?? fallback(key) };
}

function envelopeRules(fields: readonly EnvelopeField[]): Map<string, FieldRule> {
  return new Map(fields.map(({ key, decide, slot }) => [key, createRule(key, decide, slot)]));
}

function baseEvents(unknown: Fallback): Map<string, EventRules> {
  const fields = envelopeRules(BASE_ENVELOPE);
  for (const { name, decide } of BASE_SCHEMA) {
    if (isBaseText(name)) {
      fields.set(name, { ...createRule(name, decide, Slot.Base), baseText: name });
    } else if (isBaseTime(name)) {
      fields.set(name, { ...createRule(name, decide, Slot.Base), baseTime: name });
    }
  }
  return new Map(
    BASE_EVENTS.map(({ name }) => [name, createEventRules(name, "base", fields, unknown)]),
  );
}

const MESSAGE = "exception.message";

/** Of messages the listed ones are kept, as they are listed; null where none is. */
function messageDecide(catalogue: Catalogue | null): Decide | null {
  const messages = catalogue?.exceptions?.messages ?? [];
  if (messages.length === 0) return null;
  const match = compileTemplates(messages);
  return (_, value) =>
    typeof value === "string" ? match(value) || DROP.value_not_listed : DROP.type_mismatch;
}

function catalogueEvents(
  catalogue: Catalogue,
  unknown: Fallback,
  message: Decide | null,
): EventLookup {
  const envelope = envelopeRules(DETAILED_ENVELOPE);
  if (message !== null) {
    envelope.set(MESSAGE, createRule(MESSAGE, message, Slot.ExceptionMessage));
  }
  const common = propertyRules(catalogue.common ?? {});
  const events = new Map<string, EventRules>();
  for (const { name, properties } of catalogue.events) {
    const fields = new Map([...common, ...propertyRules(properties), ...envelope]);
    events.set(name, createEventRules(name, "detailed", fields, unknown));
  }
  return {
    event: (name) => events.get(name) ?? badName(name) ?? "event_unlisted",
    known: (name) => events.get(name) ?? null,
  };
}

function propertyRules(properties: Properties): Map<string, FieldRule> {
  return new Map(
    Object.entries(properties).map(([key, property]) => [
      key,
      createRule(key, compileType(property)),
    ]),
  );
}

function learningEvents(learned: Fallback, known: Iterable<string>): EventLookup {
  const envelope = envelopeRules(DETAILED_ENVELOPE);
  const events = new Map<string, EventRules>();
  const learn = (name: string): EventRules | RefusalReason => {
    const bad = badName(name);
    if (bad !== null) return bad;
    if (events.size >= MAX_LEARNT) return "event_unlisted";
    const rules = createEventRules(name, "detailed", envelope, learned);
    events.set(name, rules);
    return rules;
  };
  for (const name of known) learn(name);
  return {
    event: (name) => events.get(name) ?? learn(name),
    known: (name) => events.get(name) ?? null,
  };
}

function badName(name: string): RefusalReason | null {
  if (name.startsWith(RESERVED_PREFIX)) return "event_name_reserved";
  if (!isEventName(name) || countableName(name) === MALFORMED) return "event_name_malformed";
  return null;
}

const MAX_COUNTED_EVENTS = 1000;

function createEventCounter(): (name: string) => string {
  const counted = new Set<string>();
  return (name) => {
    if (counted.has(name)) return name;
    const safe = countableName(name);
    if (safe === MALFORMED) return safe;
    if (counted.size >= MAX_COUNTED_EVENTS) return OTHER;
    counted.add(safe);
    return safe;
  };
}
