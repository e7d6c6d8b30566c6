import { type AttributeList, Kind } from "../attributes.ts";
import { canonicalUuid } from "../ids.ts";
import {
  createDrops,
  createKeptAttributes,
  type Drops,
  enforceAttributes,
  type KeptAttributes,
  keptValue,
} from "./enforce-attributes.ts";
import type { SignalRules } from "./signal-rules.ts";

/** What may be known of who sends a signal. One object serves all resources of a request. */
export interface EnforcedResource extends Drops {
  /** Another one for each resource that was decided about: what is the same need not be written anew. */
  turn: number;
  /** Lower-case UUID with dashes; "" for a sender that says none: nobody's signal. */
  installId: string;
  /** True where it has an `install_id` that is none: its records are refused. */
  malformed: boolean;
  /** "" where unknown. */
  serviceName: string;
  appVersion: string;
  /** Without what has a column of its own: `install_id`. */
  attributes: KeptAttributes;
}

export function createEnforcedResource(): EnforcedResource {
  return {
    ...createDrops(),
    turn: 0,
    ...{ installId: "", malformed: false, serviceName: "", appVersion: "" },
    attributes: createKeptAttributes(),
  };
}

/** Of all resources of this process. */
let turns = 0;
export const INSTALL_ID = "install_id";
const INSTANCE_ID = "service.instance.id";

/**
 * Decides about the resource of spans, metrics or logs. Whose they are says `install_id`, or else a
 * `service.instance.id` that is a UUID.
 *
 * @param out rewritten; what is dropped counts once for each resource, not for each of its records
 * @param instances false where a `service.instance.id` is nobody's, as with stock SDKs: several make a
 *   new UUID at each start of a process
 */
export function enforceResource(
  rules: SignalRules,
  list: AttributeList,
  out: EnforcedResource,
  instances = true,
): void {
  out.dropped = 0;
  turns++;
  out.turn = turns;
  enforceAttributes(rules, "resource", list, out.attributes, out);
  out.malformed = hasMalformedId(list);
  out.installId = keptValue(out.attributes, INSTALL_ID);
  if (out.installId === "" && instances) out.installId = keptValue(out.attributes, INSTANCE_ID);
  out.serviceName = keptValue(out.attributes, "service.name");
  out.appVersion = keptValue(out.attributes, "service.version");
  leaveOut(out.attributes, INSTALL_ID);
}

/** Whether a list has an `install_id` that is none. */
export function hasMalformedId({ keys, kinds, values, length }: AttributeList): boolean {
  for (let at = 0; at < length; at++) {
    if (keys[at] !== INSTALL_ID) continue;
    return kinds[at] !== Kind.String || canonicalUuid(values[at] as string) === "";
  }
  return false;
}

/** Takes an attribute out that has a column of its own. */
export function leaveOut(kept: KeptAttributes, key: string): void {
  let to = 0;
  for (let from = 0; from < kept.length; from++) {
    if (kept.keys[from] === key) continue;
    kept.keys[to] = kept.keys[from] as string;
    kept.values[to] = kept.values[from] as string;
    to++;
  }
  kept.length = to;
}
