import type { AttributeList, AttributeValue, Kind } from "../attributes.ts";
import type { DropReason } from "../reasons.ts";
import type { SignalRules } from "./signal-rules.ts";
import type { SemanticSignal } from "./table.ts";

/** Attributes that stay, as a map's two columns: of both lists the first `length` entries count. */
export interface KeptAttributes {
  keys: string[];
  values: string[];
  length: number;
}

/** Fields that were left out, by countable name: the first `dropped` entries of both lists count. */
export interface Drops {
  droppedFields: string[];
  droppedReasons: DropReason[];
  dropped: number;
}

/** More attributes than a span of any instrumentation has; the rest is dropped and counted once. */
const MAX_ATTRIBUTES = 128;
const LIMIT_FIELD = "(limit)";

export const createKeptAttributes = (): KeptAttributes => ({ keys: [], values: [], length: 0 });
export const createDrops = (): Drops => ({ droppedFields: [], droppedReasons: [], dropped: 0 });

/** Remembers that a field was left out, and why. */
export function drop(drops: Drops, field: string, reason: DropReason): void {
  const at = drops.dropped++;
  drops.droppedFields[at] = field;
  drops.droppedReasons[at] = reason;
}

/**
 * Keeps of a list of attributes what the rules allow, under current names. A key that comes twice: the
 * first value counts; where an old and the current name of one are both there, the current one.
 *
 * @param into written anew
 * @param drops added to
 */
export function enforceAttributes(
  rules: SignalRules,
  signal: SemanticSignal,
  list: AttributeList,
  into: KeptAttributes,
  drops: Drops,
): void {
  into.length = 0;
  const count = Math.min(list.length, MAX_ATTRIBUTES);
  for (let at = 0; at < count; at++) {
    const rule = rules(signal, list.keys[at] as string);
    const kept = rule.decide(list.kinds[at] as Kind, list.values[at] as AttributeValue);
    if (typeof kept === "object") {
      drop(drops, rule.key, kept.drop);
      continue;
    }
    const known = indexOf(into, rule.key);
    if (known === -1) append(into, rule.key, kept);
    else if (rule.current && list.keys.lastIndexOf(rule.key, at - 1) === -1)
      into.values[known] = kept;
    else if (into.values[known] !== kept) drop(drops, rule.key, "value_malformed");
  }
  if (list.length > MAX_ATTRIBUTES) drop(drops, LIMIT_FIELD, "field_limit");
}

/** The value that was kept under a name, or "". */
export function keptValue(kept: KeptAttributes, key: string): string {
  const at = indexOf(kept, key);
  return at === -1 ? "" : (kept.values[at] as string);
}

function append(into: KeptAttributes, key: string, value: string): void {
  into.keys[into.length] = key;
  into.values[into.length] = value;
  into.length++;
}

function indexOf({ keys, length }: KeptAttributes, key: string): number {
  for (let at = 0; at < length; at++) if (keys[at] === key) return at;
  return -1;
}
