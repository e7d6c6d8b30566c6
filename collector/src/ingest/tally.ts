import type { DropReason, RefusalReason } from "@rollcall/schemas";
import type { RefusalCount } from "../spool/types.ts";

/** What became of one request's records: every record counted once, every dropped field once. */
export interface Tally {
  readonly app: string;
  accepted: number;
  refused: number;
  droppedFields: number;
  /** That of all accepted records; null where there are none, or of several installs. */
  install: string | null;
  /** Counts per name, ready for the table of refusals. */
  readonly counts: RefusalCount[];
  /** @param install whose it is; null: nobody's, or not held to the rate of an install */
  accept(install: string | null): void;
  refuse(reason: RefusalReason, event: string, field: string, appVersion: string): void;
  drop(reason: DropReason, event: string, field: string, appVersion: string): void;
}

/** Different counts in one request; what is beyond is counted together under "(other)". */
const MAX_COUNTS = 1_000;
const OTHER = "(other)";

/**
 * @param receivedMs Unix milliseconds
 * @example
 * const tally = createTally("timetracker", Date.now());
 * tally.refuse("event_unlisted", "timer.paused", "event_name", "");
 */
export function createTally(app: string, receivedMs: number): Tally {
  const byEvent = new Map<string, Map<string, RefusalCount[]>>();
  const counts: RefusalCount[] = [];
  let several = false;

  function find(
    reason: RefusalCount["reason"],
    event: string,
    field: string,
    appVersion: string,
  ): RefusalCount | undefined {
    const sameNames = byEvent.get(event)?.get(field);
    if (!sameNames) return undefined;
    // As many as reasons and versions in one request: one, as a rule.
    for (const count of sameNames) {
      if (count.reason === reason && count.appVersion === appVersion) return count;
    }
    return undefined;
  }

  function start(count: RefusalCount): RefusalCount {
    const byField = byEvent.get(count.event) ?? new Map<string, RefusalCount[]>();
    byEvent.set(count.event, byField);
    const sameNames = byField.get(count.field);
    if (sameNames) sameNames.push(count);
    else byField.set(count.field, [count]);
    counts.push(count);
    return count;
  }

  function add(
    outcome: RefusalCount["outcome"],
    reason: RefusalCount["reason"],
    event: string,
    field: string,
    appVersion: string,
  ): void {
    const known = find(reason, event, field, appVersion);
    if (known) {
      known.count++;
      return;
    }
    const full = counts.length >= MAX_COUNTS;
    const names = full
      ? { event: OTHER, field: OTHER, appVersion: "" }
      : { event, field, appVersion };
    const count =
      find(reason, names.event, names.field, names.appVersion) ??
      start({ app, outcome, reason, ...names, receivedMs, count: 0 });
    count.count++;
  }

  const tally: Tally = {
    app,
    accepted: 0,
    refused: 0,
    droppedFields: 0,
    install: null,
    counts,
    accept(install) {
      tally.accepted++;
      if (install === tally.install || several) return;
      several = tally.accepted > 1 || install === null;
      tally.install = several ? null : install;
    },
    refuse(reason, event, field, appVersion) {
      tally.refused++;
      add("refused", reason, event, field, appVersion);
    },
    drop(reason, event, field, appVersion) {
      tally.droppedFields++;
      add("dropped", reason, event, field, appVersion);
    },
  };
  return tally;
}
