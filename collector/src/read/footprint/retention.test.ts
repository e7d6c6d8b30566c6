import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, bucketStart, dayOf } from "../days.ts";
import { beat, send, startApi } from "../testing.ts";
import { type FleetApi, isActiveIn, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([61, 62, 63]);
});
afterAll(() => fleets?.close());

/** Monday of the week of now. */
const THIS_WEEK = "2026-11-16";

function expected(known: Known[], { from = "2026-10-24", to = "2026-11-20" }) {
  let starts: string[] = [];
  for (let start = bucketStart(from, "week"); start <= to; start = addDays(start, 7)) {
    starts.push(start);
  }
  starts = starts.slice(-26);
  let weeks = 0;
  for (let week = starts[0] ?? ""; week <= THIS_WEEK; week = addDays(week, 7)) weeks++;
  weeks = Math.min(26, weeks);
  return {
    weeks,
    rows: starts.map((start) => {
      const cohort = known.filter(
        ({ firstSeen }) => bucketStart(dayOf(new Date(firstSeen)), "week") === start,
      );
      const counts = Array.from({ length: weeks }, (_, later) => {
        const week = addDays(start, 7 * later);
        if (week >= THIS_WEEK) return null;
        return cohort.filter((one) => isActiveIn(one, week, addDays(week, 7))).length;
      });
      return { start, size: cohort.length, complete: start < THIS_WEEK, counts };
    }),
  };
}

describe("installs/retention", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/retention",
      [{}, { from: "2026-05-31" }, { from: "2025-01-01", to: "2026-08-02" }],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
  });

  it("tells nobody from not yet, at the edges of weeks", async () => {
    const app = "retention";
    await beat(fleets.store, [
      // First seen in the last millisecond of a week, and in the first of the next.
      { app, install: 1, at: "2026-11-01T23:59:59.999Z" },
      { app, install: 1, at: "2026-11-15T23:59:59.999Z" },
      { app, install: 2, at: "2026-11-02T00:00:00.000Z" },
      { app, install: 2, at: "2026-11-16T00:00:00.000Z" },
    ]);
    // First seen by a detailed record: of the cohort, and active only from its first heartbeat on.
    await send(fleets.store, [{ app, install: 3, at: "2026-11-02", event: "timer.started" }]);
    await beat(fleets.store, [{ app, install: 3, at: "2026-11-09" }]);
    expect(
      await fleets.api.read("/v1/installs/retention", { app, from: "2026-10-26" }),
    ).toMatchObject({
      weeks: 4,
      rows: [
        { start: "2026-10-26", size: 1, complete: true, counts: [1, 0, 1, null] },
        { start: "2026-11-02", size: 2, complete: true, counts: [1, 1, null, null] },
        { start: "2026-11-09", size: 0, complete: true, counts: [0, null, null, null] },
        { start: "2026-11-16", size: 0, complete: false, counts: [null, null, null, null] },
      ],
    });
  });

  it("says not yet of a week whose data is not all loaded", async () => {
    const late = await startApi(fleets.store, { loadedUntil: new Date("2026-11-15T23:59:59Z") });
    const { rows } = await late.read<{ rows: { counts: (number | null)[] }[] }>(
      "/v1/installs/retention",
      { app: "retention", from: "2026-11-02" },
    );
    expect(rows.map(({ counts }) => counts)).toEqual([
      [1, null, null],
      [null, null, null],
      [null, null, null],
    ]);
    await late.close();
  });
});
