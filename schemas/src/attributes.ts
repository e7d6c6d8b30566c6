/** What an OTLP AnyValue held. Of `Bytes`, `Array` and `Map` the content is never looked at. */
export const Kind = {
  Empty: 0,
  String: 1,
  Boolean: 2,
  Integer: 3,
  Double: 4,
  Bytes: 5,
  Array: 6,
  Map: 7,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * A decoded value: a string, a boolean, a number (a safe integer or a double), a bigint (an integer
 * outside ±(2^53 − 1)), or null for the kinds whose content is never looked at.
 */
export type AttributeValue = string | boolean | number | bigint | null;

/**
 * A record's attributes, whatever they were encoded in: three parallel arrays of which the first
 * `length` entries count, so that one list serves every record (set `length = 0` to start anew).
 */
export interface AttributeList {
  length: number;
  keys: string[];
  kinds: Kind[];
  values: AttributeValue[];
}

export function createAttributeList(): AttributeList {
  return { length: 0, keys: [], kinds: [], values: [] };
}

/**
 * Appends one attribute.
 *
 * @example
 * pushAttribute(list, "project_id", Kind.Integer, 42);
 */
export function pushAttribute(
  list: AttributeList,
  key: string,
  kind: Kind,
  value: AttributeValue,
): void {
  const at = list.length;
  list.keys[at] = key;
  list.kinds[at] = kind;
  list.values[at] = value;
  list.length = at + 1;
}
