import type { EnforcedMetric } from "@rollcall/schemas";
import { isBelieved } from "../time.ts";
import type { IncomingMetric } from "./incoming.ts";

/** The times under which a data point is stored, in Unix milliseconds. */
export interface PointTimes {
  timeMs: number;
  /** 0 where unknown. */
  startMs: number;
  /** True where the sender's time was replaced by the received time. */
  timeClamped: boolean;
  /** True where the sender's start was left out. */
  startDropped: boolean;
}

export const createPointTimes = (): PointTimes => ({
  ...{ timeMs: 0, startMs: 0, timeClamped: false, startDropped: false },
});

/**
 * Decides which times a data point and its exemplars are stored under: the point's by the rule of all
 * records, and where it is moved the others move with it. A start may be older than any record, since a
 * count runs for as long as its process does; one that is after the point's own time is none. An exemplar
 * outside of what the rule allows has its point's time.
 *
 * @param into rewritten; one object serves all points
 * @param enforced its exemplars' times are rewritten
 */
export function stampPoint(
  into: PointTimes,
  sent: IncomingMetric,
  enforced: EnforcedMetric,
  receivedMs: number,
  backfill: boolean,
): void {
  const isKept = sent.timeMs !== 0 && isBelieved(sent.timeMs, receivedMs, backfill);
  const timeMs = isKept ? sent.timeMs : receivedMs;
  into.timeMs = timeMs;
  into.timeClamped = sent.timeMs !== 0 && !isKept;
  const moved = into.timeClamped ? timeMs - sent.timeMs : 0;
  const startMs = sent.startMs === 0 ? 0 : sent.startMs + moved;
  into.startMs = startMs > 0 && startMs <= timeMs ? startMs : 0;
  into.startDropped = sent.startMs !== 0 && into.startMs === 0;
  for (let at = 0; at < enforced.exemplars; at++) {
    const exemplar = enforced.exemplarList[at]!;
    const ownMs = exemplar.timeMs + moved;
    const isOwn = exemplar.timeMs !== 0 && isBelieved(ownMs, receivedMs, backfill);
    exemplar.timeMs = isOwn ? ownMs : timeMs;
  }
}
