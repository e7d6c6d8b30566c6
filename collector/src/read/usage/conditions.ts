import { z } from "zod";
import type { Params } from "../../store/client.ts";

/** What one property of a record must be. */
export type Condition =
  | { key: string; operator: ":"; values: string[] }
  | { key: string; operator: ">" | ">=" | "<" | "<="; bound: number };

const MOST_CONDITIONS = 5;
const MOST_VALUES = 50;
const LONGEST_VALUE = 200;
const CONDITION = /^([a-z][a-z0-9_.]{0,63})(:|>=|<=|>|<)(.+)$/s;
const ALLOWED = `up to ${MOST_CONDITIONS} conditions such as auth_method:oidc, priority:high|urgent or duration_seconds>60`;

/**
 * Reads one condition: a property's key, an operator, and a word, several words (any of them) or a
 * number. Only the first operator counts, so a route's `:id` is part of the value.
 *
 * @returns null for what is none
 * @example parseCondition("pathname:/projects/:id") // { key: "pathname", operator: ":", values: ["/projects/:id"] }
 */
export function parseCondition(text: string): Condition | null {
  const [, key, operator, given] = CONDITION.exec(text.trim()) ?? [];
  if (key === undefined || given === undefined) return null;
  if (operator === ":") {
    const values = [...new Set(given.split("|").filter((value) => value !== ""))];
    const fits = values.every((value) => value.length <= LONGEST_VALUE);
    return fits && values.length > 0 && values.length <= MOST_VALUES
      ? { key, operator, values }
      : null;
  }
  const bound = numberOf(given);
  return bound === null ? null : { key, operator: operator as ">" | ">=" | "<" | "<=", bound };
}

/** Number("") is 0 and Number("0x10") is 16: neither is what anybody means by a number here. */
function numberOf(text: string): number | null {
  return /^-?\d{1,15}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : null;
}

/** Conditions of a list, or null where one of them cannot be read or there are too many. */
export function parseConditions(texts: readonly string[]): Condition[] | null {
  const conditions = texts.map(parseCondition);
  if (conditions.length > MOST_CONDITIONS || conditions.includes(null)) return null;
  return conditions as Condition[];
}

/** Not a comma list: a comma may be part of a value. */
export const where = z
  .union([z.string(), z.array(z.string())], ALLOWED)
  .refine((given) => parseConditions([given].flat()) !== null, ALLOWED)
  .transform((given) => parseConditions([given].flat()) ?? [])
  .default([])
  .meta({
    description:
      "Only records whose properties are so; repeat it, all of them must hold. `key:value`, `key:one|other`, and for numbers `key>1`, `key>=1`, `key<1`, `key<=1`. A record without the property is left out.",
    example: "auth_method:oidc",
  });

/** A condition on `events`, and what it binds. */
export interface ConditionSql {
  /** `(…) AND (…)`; "true" for no conditions. */
  text: string;
  params: Params;
}

/**
 * SQL for conditions on a record's properties.
 *
 * @param prefix begins the names of the bound values, so that several lists fit in one statement
 * @example conditionSql([{ key: "rows", operator: ">", bound: 5 }], "c").params // { c0_key: "rows", c0_bound: 5 }
 */
export function conditionSql(conditions: readonly Condition[], prefix: string): ConditionSql {
  const texts: string[] = [];
  const params: Params = {};
  for (const [at, condition] of conditions.entries()) {
    const name = `${prefix}${at}`;
    const key = `{${name}_key:String}`;
    params[`${name}_key`] = condition.key;
    if (condition.operator !== ":") {
      params[`${name}_bound`] = condition.bound;
      texts.push(
        `(mapContains(numbers, ${key}) AND numbers[${key}] ${condition.operator} {${name}_bound:Float64})`,
      );
      continue;
    }
    // Ids, booleans and words are kept as text, numbers as numbers; a catalogue may change a type.
    params[`${name}_values`] = condition.values;
    params[`${name}_numbers`] = condition.values.map(numberOf).filter((value) => value !== null);
    texts.push(
      `(has({${name}_values:Array(String)}, properties[${key}]) OR (mapContains(numbers, ${key}) AND has({${name}_numbers:Array(Float64)}, numbers[${key}])))`,
    );
  }
  return { text: texts.length === 0 ? "true" : texts.join(" AND "), params };
}
