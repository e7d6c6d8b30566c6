import { type AttributeRule, SEMANTIC_ATTRIBUTES, type SemanticSignal, SIGNAL } from "./table.ts";
import type { SemanticValue } from "./values.ts";

/** An attribute that stays, under its current name. */
export interface KeptAttribute {
  key: string;
  value: SemanticValue;
}

const RULES: ReadonlyMap<string, AttributeRule> = new Map(
  SEMANTIC_ATTRIBUTES.flatMap((rule) =>
    [rule.key, ...rule.formerly.split(" ")]
      .filter((key) => key !== "")
      .map((key): [string, AttributeRule] => [key, rule]),
  ),
);

/**
 * Whether an attribute of a trace or a metric stays: the allow-list of the semantic conventions that
 * can hold no person and no place. Names of older conventions come out as the current ones.
 *
 * @param value as an SDK or a decoder has it; lists and maps are never kept
 * @returns null for what is dropped
 * @example
 * keepAttribute("span", "http.method", "get"); // { key: "http.request.method", value: "GET" }
 * keepAttribute("span", "client.address", "192.0.2.1"); // null
 */
export function keepAttribute(
  signal: SemanticSignal,
  key: string,
  value: unknown,
): KeptAttribute | null {
  const found = RULES.get(key);
  if (found === undefined || (found.on & SIGNAL[signal]) === 0) return null;
  const kept = found.rule.keep(value);
  return kept === null ? null : { key: found.key, value: kept };
}

/**
 * The attributes that stay. Where an old and the current name of one are both there, the current wins.
 *
 * @example
 * keepAttributes("span", { "http.method": "GET", "http.url": "https://example.org/a" });
 * // { "http.request.method": "GET" }
 */
export function keepAttributes(
  signal: SemanticSignal,
  attributes: Readonly<Record<string, unknown>>,
): Record<string, SemanticValue> {
  const out: Record<string, SemanticValue> = {};
  for (const key of Object.keys(attributes)) {
    const kept = keepAttribute(signal, key, attributes[key]);
    if (kept !== null && (kept.key === key || !Object.hasOwn(out, kept.key))) {
      out[kept.key] = kept.value;
    }
  }
  return out;
}
