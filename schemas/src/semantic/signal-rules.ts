import { type AttributeValue, Kind } from "../attributes.ts";
import type { Properties } from "../catalogue.ts";
import { piiInValue } from "../pii-values.ts";
import { DROP, type Dropped } from "../reasons.ts";
import type { FieldRule } from "../rules.ts";
import { compileType, type Decide } from "../types.ts";
import { type AttributeRule, SEMANTIC_ATTRIBUTES, type SemanticSignal, SIGNAL } from "./table.ts";

/** What happens to one attribute of a signal. */
export interface SignalRule {
  /** The current name, under which it is kept; a countable name where it is dropped. */
  readonly key: string;
  /** False for a name that older conventions gave it: the current one wins where both are there. */
  readonly current: boolean;
  /** The text to keep, or why it is dropped. */
  readonly decide: (kind: Kind, value: AttributeValue) => string | Dropped;
}

/** Total: an attribute that is not listed gets a rule that drops it. */
export type SignalRules = (signal: SemanticSignal, key: string) => SignalRule;

/** Values that one rule remembers: routes, methods and codes repeat in every span. */
const MAX_REMEMBERED = 500;
const MAX_REMEMBERED_LENGTH = 200;
const MAX_STRING = 32_768;

const EXCEPTION_MESSAGE = "exception.message";

/**
 * Compiles the allow-list of the semantic conventions and an app's own attributes, which are of closed
 * types like the properties of events: `(signal, key, kind) → keep or drop`.
 *
 * @param own the catalogue's `attributes`: allowed on resources, spans, their events, metrics and logs
 * @param unknown what a name that is in no list is counted as
 * @param message which messages of exceptions are kept; null: none
 */
export function compileSignals(
  own: Properties,
  unknown: (key: string) => FieldRule,
  message: Decide | null = null,
): SignalRules {
  const lists = Object.fromEntries(
    Object.keys(SIGNAL).map((signal) => [signal, rulesOf(signal as SemanticSignal, own)]),
  ) as Record<SemanticSignal, Map<string, SignalRule>>;
  if (message !== null) {
    const rule = { key: EXCEPTION_MESSAGE, current: true, decide: asText(message) };
    for (const signal of ["span", "span_event", "log"] as const) {
      lists[signal].set(EXCEPTION_MESSAGE, rule);
    }
  }
  return (signal, key) => lists[signal].get(key) ?? dropping(unknown(key));
}

function rulesOf(signal: SemanticSignal, own: Properties): Map<string, SignalRule> {
  const rules = new Map<string, SignalRule>();
  for (const rule of SEMANTIC_ATTRIBUTES) {
    if ((rule.on & SIGNAL[signal]) === 0) continue;
    const decide = deciding(rule);
    rules.set(rule.key, { key: rule.key, current: true, decide });
    for (const old of rule.formerly.split(" ")) {
      if (old !== "") rules.set(old, { key: rule.key, current: false, decide });
    }
  }
  for (const [key, property] of Object.entries(own)) {
    // What the conventions define stays as they define it.
    if (rules.has(key)) continue;
    rules.set(key, { key, current: true, decide: asText(compileType(property)) });
  }
  return rules;
}

/** Maps of attributes hold text. */
function asText(decide: Decide): SignalRule["decide"] {
  return (kind, value) => {
    const kept = decide(kind, value);
    return typeof kept === "number" ? String(kept) : kept;
  };
}

function deciding({ rule }: AttributeRule): SignalRule["decide"] {
  const remembered = new Map<string, string | Dropped>();
  const decideText = (text: string): string | Dropped => {
    if (text.length > MAX_STRING) return DROP.value_malformed;
    const kept = rule.keep(text);
    if (kept !== null) return String(kept);
    return piiInValue(text) === null ? DROP.value_malformed : DROP.value_pii;
  };
  return (kind, value) => {
    if (kind === Kind.String && typeof value === "string") {
      const known = remembered.get(value);
      if (known !== undefined) return known;
      const decided = decideText(value);
      if (value.length <= MAX_REMEMBERED_LENGTH && remembered.size < MAX_REMEMBERED) {
        remembered.set(value, decided);
      }
      return decided;
    }
    if (value === null) return DROP.type_mismatch;
    const kept = rule.keep(value);
    return kept === null ? DROP.value_malformed : String(kept);
  };
}

const droppingRules = new WeakMap<FieldRule, SignalRule>();

function dropping(rule: FieldRule): SignalRule {
  let made = droppingRules.get(rule);
  if (made === undefined) {
    const dropped = rule.decide(Kind.Empty, null) as Dropped;
    made = { key: rule.key, current: true, decide: () => dropped };
    droppingRules.set(rule, made);
  }
  return made;
}
