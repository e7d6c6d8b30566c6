import type { AttributeList } from "../attributes.ts";
import { createDrops, type Drops, drop } from "./enforce-attributes.ts";
import { keepScope } from "./names.ts";
import type { SignalRules } from "./signal-rules.ts";

/** What recorded a signal, as far as it may be known. One object serves all scopes of a request. */
export interface EnforcedScope extends Drops {
  /** A library's; "" where what was there is none. */
  name: string;
  version: string;
}

export const createEnforcedScope = (): EnforcedScope => ({
  ...createDrops(),
  ...{ name: "", version: "" },
});

const SCOPE_NAME_FIELD = "(scope_name)";
const SCOPE_VERSION_FIELD = "(scope_version)";

/**
 * Decides about an instrumentation scope. Its attributes are dropped: no convention defines any.
 *
 * @param out rewritten; what is dropped counts once for each scope, not for each of its records
 */
export function enforceScope(
  rules: SignalRules,
  scope: { name: string; version: string; attributes: AttributeList },
  out: EnforcedScope,
): void {
  const { name, version } = keepScope(scope.name, scope.version);
  out.dropped = 0;
  out.name = name;
  out.version = version;
  if (name !== scope.name) drop(out, SCOPE_NAME_FIELD, "value_malformed");
  if (version !== scope.version) drop(out, SCOPE_VERSION_FIELD, "value_malformed");
  dropAll(rules, scope.attributes, out);
}

/** Counts attributes of which none may stay, by countable name. */
export function dropAll(rules: SignalRules, list: AttributeList, drops: Drops): void {
  const count = Math.min(list.length, MAX_COUNTED);
  for (let at = 0; at < count; at++) {
    drop(drops, rules("resource", list.keys[at] as string).key, "field_unknown");
  }
}

const MAX_COUNTED = 128;
