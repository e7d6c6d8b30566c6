import { describe, expect, it } from "vitest";
import { MAX_AGE_MS, MAX_AHEAD_MS, type RecordTimes, stampTimes } from "./time.ts";

const RECEIVED = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

function stamped(timeMs: number, { observedMs = 0, backfill = false } = {}): RecordTimes {
  const times = { timeMs: -1, receivedMs: -1, timeClamped: true, senderMs: -1, admissionMs: -1 };
  stampTimes(times, { timeMs, observedMs }, RECEIVED, backfill);
  return times;
}

describe("the stored time", () => {
  it("is the sender's within 21 days before and 10 minutes after it was received", () => {
    for (const sent of [RECEIVED, RECEIVED - MAX_AGE_MS, RECEIVED + MAX_AHEAD_MS]) {
      expect(stamped(sent)).toMatchObject({ timeMs: sent, timeClamped: false, senderMs: sent });
    }
  });

  it("is the received time, marked, one millisecond beyond", () => {
    for (const sent of [
      RECEIVED - MAX_AGE_MS - 1,
      RECEIVED + MAX_AHEAD_MS + 1,
      1,
      7_258_118_400_000,
    ]) {
      expect(stamped(sent)).toMatchObject({ timeMs: RECEIVED, timeClamped: true, senderMs: sent });
    }
  });

  it("is the observed time where the sender gave none, then the received time, unmarked", () => {
    const observedMs = RECEIVED - DAY;
    expect(stamped(0, { observedMs })).toMatchObject({ timeMs: observedMs, timeClamped: false });
    expect(stamped(0)).toMatchObject({ timeMs: RECEIVED, timeClamped: false, senderMs: 0 });
  });

  it("goes back to 1970 for a token with the right to backfill, and no further ahead", () => {
    expect(stamped(1, { backfill: true })).toMatchObject({ timeMs: 1, timeClamped: false });
    expect(stamped(RECEIVED + MAX_AHEAD_MS + 1, { backfill: true }).timeClamped).toBe(true);
  });

  it("admits by the received time, and by the record's own for backfilled records", () => {
    expect(stamped(RECEIVED - DAY).admissionMs).toBe(RECEIVED);
    expect(stamped(RECEIVED - DAY, { backfill: true }).admissionMs).toBe(RECEIVED - DAY);
  });
});
