import type { AttributeValue, Kind } from "./attributes.ts";
import type { BaseText, BaseTime } from "./base-fields.ts";
import { Slot } from "./envelope.ts";
import { countableName, isFieldName, MALFORMED } from "./names.ts";
import { piiInKey } from "./pii-keys.ts";
import { DROP, type Dropped, type DropReason } from "./reasons.ts";
import type { Decide } from "./types.ts";

/** What happens to one field of one event. */
export interface FieldRule {
  /** Countable name: safe to store and to show. */
  readonly key: string;
  /** A string to keep (→ properties), a number to keep (→ numbers), or why it is dropped. */
  readonly decide: (kind: Kind, value: AttributeValue) => string | number | Dropped;
  /** Where a kept value goes. */
  readonly slot: Slot;
  readonly baseText: BaseText | null;
  readonly baseTime: BaseTime | null;
  /** True where every value is dropped, because of the name. */
  readonly drops: boolean;
  /** The turn in which the field last had a value: a second value in one record is dropped. */
  turn: number;
}

export function createRule(key: string, decide: Decide, slot: Slot = Slot.Property): FieldRule {
  return { key, decide, slot, baseText: null, baseTime: null, drops: false, turn: 0 };
}

export function createDropRule(key: string, reason: DropReason): FieldRule {
  const dropped = DROP[reason];
  return { ...createRule(key, () => dropped), drops: true };
}

/** What a name is counted under once there are too many names to count each by its own. */
export const OTHER = "(other)";
const MAX_COUNTED = 2000;

/**
 * Rules for names that are in no schema. Names come from the wire and senders can make up any number
 * of them, so only the first 2,000 are counted by name: memory and the table of refusals stay bounded.
 */
export function createUnknownRules(): (key: string) => FieldRule {
  const named = new Map<string, FieldRule>();
  const malformed = createDropRule(MALFORMED, "field_name_malformed");
  const overflow = {
    field_name_malformed: createDropRule(OTHER, "field_name_malformed"),
    field_name_pii: createDropRule(OTHER, "field_name_pii"),
    field_unknown: createDropRule(OTHER, "field_unknown"),
  };
  return (key) => {
    const known = named.get(key);
    if (known !== undefined) return known;
    const name = countableName(key);
    if (name === MALFORMED) return malformed;
    const reason = unknownReason(name);
    if (named.size >= MAX_COUNTED) return overflow[reason];
    const rule = createDropRule(name, reason);
    named.set(name, rule);
    return rule;
  };
}

function unknownReason(name: string): "field_name_malformed" | "field_name_pii" | "field_unknown" {
  if (!isFieldName(name)) return "field_name_malformed";
  return piiInKey(name) === null ? "field_unknown" : "field_name_pii";
}
