import { MAX_SPAN_PARTS } from "@rollcall/schemas";
import {
  addNanos,
  copyNanos,
  createNanos,
  fromMilliseconds,
  isBefore,
  isZero,
  type Nanos,
  subtractNanos,
  toMilliseconds,
} from "../otlp/nanos.ts";
import { isBelieved, MAX_AGE_MS } from "../time.ts";
import type { IncomingSpan, IncomingSpanEvent } from "./incoming.ts";

/** The times of one row; see `SpanStamp`. */
export interface SpanTimes {
  start: Nanos;
  duration: Nanos;
  eventTimes: Uint32Array;
  /** True where the sender's time was replaced by the received time. */
  startClamped: boolean;
  /** True where the sender's end is before its start or later by more than 21 days: it counts as 0 then. */
  endClamped: boolean;
}

export const createSpanTimes = (): SpanTimes => ({
  ...{ start: createNanos(), duration: createNanos() },
  eventTimes: new Uint32Array(2 * MAX_SPAN_PARTS),
  ...{ startClamped: false, endClamped: false },
});

const shift = createNanos();
const moved = createNanos();

/**
 * Decides about a span's times by the rule of `time.ts`. One whose start is out of bounds begins when
 * it was received, keeps its duration, and its events move with it. An event without a time, or with
 * one that is out of bounds, takes the start's.
 *
 * @param into rewritten; one object serves all spans
 */
export function stampSpan(
  into: SpanTimes,
  span: IncomingSpan,
  receivedMs: number,
  backfill: boolean,
): void {
  const sent = isZero(span.start) ? span.end : span.start;
  into.endClamped = !stampDuration(into.duration, span);
  const believed = !isZero(sent) && isBelieved(toMilliseconds(sent), receivedMs, backfill);
  into.startClamped = !isZero(sent) && !believed;
  if (believed) copyNanos(into.start, sent);
  else fromMilliseconds(into.start, receivedMs);
  if (into.startClamped) subtractNanos(shift, into.start, sent);
  else copyNanos(shift, NONE);
  const count = Math.min(span.eventCount, MAX_SPAN_PARTS);
  for (let at = 0; at < count; at++) {
    const { time } = span.events[at] as IncomingSpanEvent;
    addNanos(moved, time, shift);
    const kept = !isZero(time) && isBelieved(toMilliseconds(moved), receivedMs, backfill);
    into.eventTimes[2 * at] = kept ? moved.low : into.start.low;
    into.eventTimes[2 * at + 1] = kept ? moved.high : into.start.high;
  }
}

const NONE: Nanos = Object.freeze(createNanos());

/** @returns false where the two times make no duration */
function stampDuration(into: Nanos, { start, end }: IncomingSpan): boolean {
  copyNanos(into, NONE);
  if (isZero(start) || isZero(end)) return true;
  if (isBefore(end, start)) return false;
  subtractNanos(into, end, start);
  if (toMilliseconds(into) <= MAX_AGE_MS) return true;
  copyNanos(into, NONE);
  return false;
}
