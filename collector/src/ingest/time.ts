import type { Stamp } from "../spool/types.ts";

/** How far back a sender's time is believed: a queue that waited out a long holiday. */
export const MAX_AGE_MS = 21 * 86_400_000;
/** How far ahead: clocks are set wrong by minutes, not by days. */
export const MAX_AHEAD_MS = 10 * 60_000;

/** The times of one row, in Unix milliseconds; see `Stamp`. */
export interface RecordTimes {
  timeMs: number;
  receivedMs: number;
  timeClamped: boolean;
  /** 0 where the sender gave no time. */
  senderMs: number;
  admissionMs: number;
}

/** Whether a sender's time, in Unix milliseconds, lies within what is believed. */
export function isBelieved(sentMs: number, receivedMs: number, backfill: boolean): boolean {
  const earliest = backfill ? 0 : receivedMs - MAX_AGE_MS;
  return sentMs >= earliest && sentMs <= receivedMs + MAX_AHEAD_MS;
}

/**
 * Decides which time a record is stored under: the sender's, or when that is absent the time an
 * agent on the way observed it, as long as it lies in [received − 21 days, received + 10 minutes];
 * else the received time, marked. The right to backfill lifts the lower bound to 1970.
 *
 * @param into rewritten; one object serves all records
 */
export function stampTimes(
  into: RecordTimes,
  sentTimes: { timeMs: number; observedMs: number },
  receivedMs: number,
  backfill: boolean,
): void {
  const sent = sentTimes.timeMs || sentTimes.observedMs;
  const kept = sent !== 0 && isBelieved(sent, receivedMs, backfill);
  into.receivedMs = receivedMs;
  into.senderMs = sent;
  into.timeMs = kept ? sent : receivedMs;
  into.timeClamped = sent !== 0 && !kept;
  // A sender's clock must not admit an install; whoever holds a backfill token is trusted with it.
  into.admissionMs = backfill ? into.timeMs : receivedMs;
}

/** A stamp to be written over for every record. */
export function createStamp(): Stamp {
  return {
    ...{ app: "", token: "", timeMs: 0, receivedMs: 0, timeClamped: false },
    ...{ senderMs: 0, admissionMs: 0, user: 0n },
  };
}
