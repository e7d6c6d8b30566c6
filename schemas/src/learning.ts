import { type AttributeValue, Kind } from "./attributes.ts";
import { isDecimalInteger, isUuid } from "./ids.ts";
import { countableName, isFieldName, MALFORMED } from "./names.ts";
import { piiInKey, wordsOf } from "./pii-keys.ts";
import { piiInValue } from "./pii-values.ts";
import { DROP, type Dropped } from "./reasons.ts";
import { createDropRule, createRule, type FieldRule, OTHER } from "./rules.ts";
import { compileType, type Decide } from "./types.ts";
import { isVersion } from "./version.ts";

/** Most names of events, and most names of fields, that one app may teach. */
export const MAX_LEARNT = 1000;

/**
 * Rules for an app without a catalogue: the first 1,000 field names of good shape are learnt, and
 * their values kept by what they are. Text is never kept.
 */
export function createLearnedRules(
  known: Iterable<string>,
  unknown: (key: string) => FieldRule,
): (key: string) => FieldRule {
  const learned = new Map<string, FieldRule>();
  const overflow = createDropRule(OTHER, "field_limit");
  const learn = (key: string): FieldRule => {
    if (!isFieldName(key) || countableName(key) === MALFORMED || piiInKey(key) !== null) {
      return unknown(key);
    }
    if (learned.size >= MAX_LEARNT) return overflow;
    const rule = createRule(key, learnedDecide(key));
    learned.set(key, rule);
    return rule;
  };
  for (const key of known) learn(key);
  return (key) => learned.get(key) ?? learn(key);
}

/** A number as long as a card's is looked at by the rules for values too. */
const SHORTEST_CARD = 13;
const ID_DIGITS = 15;
const FOUR_PARTS = /\d+(?:\.\d+){3}/;

const decideId = compileType({ type: "id" });
const decideInteger = compileType({ type: "integer" });
const decideNumber = compileType({ type: "number" });
const decideBoolean = compileType({ type: "boolean" });

/**
 * The type is read off each value. A string is kept only as a UUID, a whole number of at most 15
 * digits or a version; four numbers with dots may be an address, so they are a version only under a
 * name that ends in `version`. Whole numbers under a name that ends in `id` are ids, which is where
 * a catalogue will put them.
 */
function learnedDecide(key: string): Decide {
  const last = wordsOf(key).at(-1);
  const isId = last === "id";
  const text = last === "version" ? decideVersionText : decideText;
  return (kind: Kind, value: AttributeValue): string | number | Dropped => {
    switch (kind) {
      case Kind.String:
        return typeof value === "string" ? text(value) : DROP.type_mismatch;
      case Kind.Boolean:
        return decideBoolean(kind, value);
      case Kind.Integer:
        return isId ? decideId(kind, value) : decideInteger(kind, value);
      case Kind.Double:
        return decideNumber(kind, value);
      default:
        return DROP.type_mismatch;
    }
  };
}

function decideVersionText(value: string): string | Dropped {
  return isVersion(value) ? value : decideText(value);
}

function decideText(value: string): string | Dropped {
  if (isUuid(value)) return value.toLowerCase();
  if (isDecimalInteger(value, ID_DIGITS) && value.length < SHORTEST_CARD) return value;
  if (piiInValue(value) !== null) return DROP.value_pii;
  if (isDecimalInteger(value, ID_DIGITS)) return value;
  return isVersion(value) && !FOUR_PARTS.test(value) ? value : DROP.type_mismatch;
}
