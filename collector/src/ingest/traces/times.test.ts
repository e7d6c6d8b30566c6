import { describe, expect, it } from "vitest";
import type { Nanos } from "../otlp/nanos.ts";
import { MAX_AGE_MS, MAX_AHEAD_MS } from "../time.ts";
import { clearSpan, createIncomingSpan, eventAt } from "./incoming.ts";
import { createSpanTimes, stampSpan } from "./times.ts";

const RECEIVED = Date.UTC(2026, 10, 20, 12);
const NOW = BigInt(RECEIVED) * 1_000_000n;
const SECOND = 1_000_000_000n;
const exact = ({ low, high }: Nanos) => (BigInt(high) << 32n) | BigInt(low);
const halves = (value: bigint): Nanos => ({
  low: Number(value & 0xffffffffn),
  high: Number(value >> 32n),
});

const span = createIncomingSpan();
const times = createSpanTimes();

function stamped(start: bigint, end: bigint, events: bigint[] = [], backfill = false) {
  clearSpan(span);
  Object.assign(span.start, halves(start));
  Object.assign(span.end, halves(end));
  span.eventCount = events.length;
  for (const [at, time] of events.entries()) Object.assign(eventAt(span, at).time, halves(time));
  stampSpan(times, span, RECEIVED, backfill);
  return {
    start: exact(times.start),
    duration: exact(times.duration),
    events: events.map((_, at) =>
      exact({
        low: times.eventTimes[2 * at] as number,
        high: times.eventTimes[2 * at + 1] as number,
      }),
    ),
    startClamped: times.startClamped,
    endClamped: times.endClamped,
  };
}
const kept = { startClamped: false, endClamped: false };

describe("a span's times", () => {
  it("are the sender's to the nanosecond, within 21 days before and 10 minutes after", () => {
    const earliest = NOW - BigInt(MAX_AGE_MS) * 1_000_000n;
    const latest = NOW + BigInt(MAX_AHEAD_MS) * 1_000_000n;
    for (const start of [NOW + 1n, NOW - 7n, earliest, latest]) {
      expect(stamped(start, start + 123_456_789_012n, [start, start + 1n])).toEqual({
        ...{ start, duration: 123_456_789_012n, events: [start, start + 1n] },
        ...kept,
      });
    }
  });

  it("move to the received time with duration and events, one millisecond beyond", () => {
    const earliest = NOW - BigInt(MAX_AGE_MS) * 1_000_000n;
    const latest = NOW + BigInt(MAX_AHEAD_MS + 1) * 1_000_000n;
    for (const start of [earliest - 1n, latest, 1n, 2n ** 63n, 2n ** 64n - 100n]) {
      expect(stamped(start, start + 50n, [start + 20n, start + 60n])).toEqual({
        ...{ start: NOW, duration: 50n, events: [NOW + 20n, NOW + 60n] },
        ...{ startClamped: true, endClamped: false },
      });
    }
  });

  it("are the received time, unmarked, where the sender gave none", () => {
    expect(stamped(0n, 0n, [0n, NOW - SECOND])).toEqual({
      ...{ start: NOW, duration: 0n, events: [NOW, NOW - SECOND] },
      ...kept,
    });
  });

  it("are the end's where there is no start, and last no time where there is no end", () => {
    expect(stamped(0n, NOW - SECOND)).toMatchObject({ start: NOW - SECOND, duration: 0n, ...kept });
    expect(stamped(NOW - SECOND, 0n)).toMatchObject({ start: NOW - SECOND, duration: 0n, ...kept });
  });

  it("make no duration where the end is before the start or weeks after it", () => {
    const most = BigInt(MAX_AGE_MS) * 1_000_000n;
    expect(stamped(NOW, NOW + most)).toMatchObject({ duration: most, endClamped: false });
    for (const end of [NOW - 1n, NOW + most + 1_000_000n, 1n, 2n ** 64n - 1n]) {
      expect(stamped(NOW, end)).toMatchObject({ start: NOW, duration: 0n, endClamped: true });
    }
  });

  it("of an event that has none, or one out of bounds, are the start", () => {
    const start = NOW - SECOND;
    expect(stamped(start, NOW, [0n, 1n, 2n ** 64n - 1n, start + 5n]).events).toEqual([
      ...[start, start, start],
      start + 5n,
    ]);
  });

  it("go back to 1970 for a token with the right to backfill, and no further ahead", () => {
    expect(stamped(SECOND, 2n * SECOND, [SECOND + 1n], true)).toEqual({
      ...{ start: SECOND, duration: SECOND, events: [SECOND + 1n] },
      ...kept,
    });
    expect(stamped(2n ** 63n, 0n, [], true)).toMatchObject({ start: NOW, startClamped: true });
  });
});
