import { createEnforcedMetric } from "@rollcall/schemas";
import { expect, it } from "vitest";
import { MAX_AGE_MS, MAX_AHEAD_MS } from "../time.ts";
import { createIncomingMetric } from "./incoming.ts";
import { createPointTimes, stampPoint } from "./times.ts";

const NOW = Date.UTC(2026, 10, 20, 12);

/** The times of a point that was received now. */
function stamped(
  sent: { timeMs?: number; startMs?: number; exemplars?: number[] },
  backfill = false,
) {
  const incoming = { ...createIncomingMetric(), timeMs: 0, startMs: 0, ...sent, exemplars: 0 };
  const enforced = createEnforcedMetric(incoming);
  const attributes = { keys: [], values: [], length: 0 };
  for (const timeMs of sent.exemplars ?? []) {
    enforced.exemplarList.push({ attributes, timeMs, value: 0, traceId: "", spanId: "" });
  }
  enforced.exemplars = enforced.exemplarList.length;
  const into = createPointTimes();
  stampPoint(into, incoming, enforced, NOW, backfill);
  return { ...into, exemplars: enforced.exemplarList.map(({ timeMs }) => timeMs) };
}

it("keeps a point's time within the bounds of all records, and a start that is far older", () => {
  const kept = { timeClamped: false, startDropped: false };
  for (const timeMs of [NOW - MAX_AGE_MS, NOW, NOW + MAX_AHEAD_MS]) {
    const startMs = NOW - 400 * 86_400_000;
    expect(stamped({ timeMs, startMs })).toMatchObject({ timeMs, startMs, ...kept });
    expect(stamped({ timeMs, startMs: timeMs })).toMatchObject({ startMs: timeMs, ...kept });
  }
  expect(stamped({})).toMatchObject({ timeMs: NOW, startMs: 0, ...kept });
});

it("moves start and exemplars with a point whose time is not believed", () => {
  for (const timeMs of [1, NOW - MAX_AGE_MS - 1, NOW + MAX_AHEAD_MS + 1, 2 ** 44]) {
    const sent = { timeMs, startMs: timeMs - 60_000, exemplars: [timeMs - 5_000] };
    expect(stamped(sent)).toMatchObject({ timeMs: NOW, timeClamped: true });
    if (timeMs > 60_000) {
      expect(stamped(sent)).toMatchObject({ startMs: NOW - 60_000, exemplars: [NOW - 5_000] });
    }
  }
});

it("leaves a start out that is after its point", () => {
  const sent = { timeMs: NOW, startMs: NOW + 1 };
  expect(stamped(sent)).toMatchObject({ startMs: 0, startDropped: true });
});

it("gives an exemplar its point's time where its own is absent or out of bounds", () => {
  const timeMs = NOW - 1_000;
  const exemplars = [0, 1, timeMs - 2_000, NOW + MAX_AHEAD_MS + 1];
  const expected = [timeMs, timeMs, timeMs - 2_000, timeMs];
  expect(stamped({ timeMs, exemplars }).exemplars).toEqual(expected);
});

it("takes any past from a token that may send it", () => {
  expect(stamped({ timeMs: 5, startMs: 1 }, true)).toMatchObject({ timeMs: 5, startMs: 1 });
});
