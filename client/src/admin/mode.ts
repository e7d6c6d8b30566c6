import type { RollcallState } from "../api.ts";
import type { Mode } from "../installation/mode.ts";
import { recordsLocally } from "./status.ts";
import { text } from "./text.ts";

/** From the strictest on. */
export const MODES: readonly Mode[] = ["off", "local-only", "base", "on"];

/** What the page cannot change, because a layer above it decides. */
export interface Lock {
  /** No choice on the page changes anything. */
  all: boolean;
  /** Detailed cannot be switched on. */
  detailed: boolean;
  /** The reason in words; "" where nothing is locked. */
  why: string;
}

export function lockOf({ consent }: RollcallState): Lock {
  const { control } = text;
  const { decidedBy, locked } = consent;
  if (decidedBy === "DO_NOT_TRACK" || decidedBy === "ROLLCALL") {
    return { all: true, detailed: true, why: control.lockedAll(decidedBy) };
  }
  if (decidedBy === "storage") return { all: true, detailed: true, why: control.lockedStorage };
  if (!locked) return { all: false, detailed: false, why: "" };
  // What else locks is ENABLE_TELEMETRY, or that there is nothing to send to.
  const why =
    decidedBy === "ENABLE_TELEMETRY" ? control.lockedDetailed(decidedBy) : control.lockedNoSink;
  return { all: false, detailed: true, why };
}

/** What holds now, all layers considered; null where nothing is sent though nobody said so. */
export function effectiveMode(state: RollcallState): Mode | null {
  const { consent } = state;
  if (consent.detailed) return "on";
  if (consent.base) return "base";
  if (recordsLocally(consent)) return "local-only";
  return consent.choice === "off" || lockOf(state).all ? "off" : null;
}

/** The mode that the form shows as chosen; null where there is none to show. */
export function checkedMode(state: RollcallState): Mode | null {
  const { consent } = state;
  const overruled = lockOf(state).all || (consent.choice === "on" && !consent.detailed);
  return overruled ? effectiveMode(state) : (consent.choice ?? effectiveMode(state));
}
