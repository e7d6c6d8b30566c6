import { DROP_REASONS, REFUSAL_REASONS } from "@rollcall/schemas";
import type { RefusalCount } from "../spool/types.ts";
import { type Signal, UNITS } from "./otlp/signals.ts";
import type { Tally } from "./tally.ts";

/** Names listed for one reason; a sender mends the first ones first. */
const MAX_NAMES = 10;
const EXPLANATIONS: Record<string, string> = { ...REFUSAL_REASONS, ...DROP_REASONS };

/**
 * The English message of OTLP's partial success: what was refused or dropped, why, and how often,
 * by names that are safe to repeat. Null where everything was kept.
 *
 * @example
 * "Refused 1 of 3 records: event_unlisted 1, the event is not in the app's catalogue (timer.paused 1)."
 */
export function partialSuccess(tally: Tally, signal: Signal = "logs"): string | null {
  const { many } = UNITS[signal];
  const parts: string[] = [];
  if (tally.refused > 0) {
    const all = tally.accepted + tally.refused;
    const reasons = reasonsOf(tally.counts, "refused", ({ event }) => event);
    parts.push(`Refused ${tally.refused} of ${all} ${many}: ${reasons}.`);
  }
  if (tally.droppedFields > 0) {
    const reasons = reasonsOf(tally.counts, "dropped", ({ field }) => field);
    parts.push(`Dropped ${tally.droppedFields} fields of accepted ${many}: ${reasons}.`);
  }
  return parts.length === 0 ? null : parts.join(" ");
}

function reasonsOf(
  counts: readonly RefusalCount[],
  outcome: RefusalCount["outcome"],
  nameOf: (count: RefusalCount) => string,
): string {
  const byReason = new Map<string, Map<string, number>>();
  for (const count of counts) {
    if (count.outcome !== outcome) continue;
    const names = byReason.get(count.reason) ?? new Map<string, number>();
    byReason.set(count.reason, names);
    names.set(nameOf(count), (names.get(nameOf(count)) ?? 0) + count.count);
  }
  return [...byReason].map(([reason, names]) => describe(reason, names)).join("; ");
}

function describe(reason: string, names: Map<string, number>): string {
  const total = [...names.values()].reduce((sum, count) => sum + count, 0);
  const ranked = [...names].filter(([name]) => name !== "").sort((a, b) => b[1] - a[1]);
  const listed = ranked.slice(0, MAX_NAMES).map(([name, count]) => `${name} ${count}`);
  if (ranked.length > MAX_NAMES) listed.push(`and ${ranked.length - MAX_NAMES} more names`);
  const suffix = listed.length === 0 ? "" : ` (${listed.join(", ")})`;
  return `${reason} ${total}, ${EXPLANATIONS[reason]}${suffix}`;
}
