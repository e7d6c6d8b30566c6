import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays, bucketStart, dayOf, type Interval, nextBucket } from "../days.ts";
import { beat, send } from "../testing.ts";
import { type FleetApi, isActiveIn, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([31, 32, 33]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";

function expected(known: Known[], parameters: Record<string, string>) {
  const { from = "2026-10-24", to = TODAY } = parameters;
  const interval = (parameters.interval ?? "day") as Interval;
  const rows = [];
  for (let start = bucketStart(from, interval); start <= to; start = nextBucket(start, interval)) {
    const until = nextBucket(start, interval);
    const before = bucketStart(addDays(start, -1), interval);
    const complete = until <= TODAY;
    const row = { start, new: 0, returning: 0, resurrected: 0, dormant: 0, complete };
    for (const one of known) {
      const was = isActiveIn(one, before, start);
      if (!isActiveIn(one, start, until)) row.dormant += was ? 1 : 0;
      else if (was) row.returning++;
      else if (dayOf(new Date(one.firstSeen)) >= start) row.new++;
      else row.resurrected++;
    }
    rows.push({ ...row, dormant: complete ? row.dormant : null });
  }
  return { interval, rows };
}

interface Row {
  start: string;
  new: number;
  returning: number;
  resurrected: number;
}

describe("installs/lifecycle", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/lifecycle",
      [
        {},
        { from: "2026-08-02", to: "2026-11-01", interval: "week" },
        { from: "2025-11-30", interval: "month" },
      ],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
  });

  it("adds up to the active installs of every bucket", async () => {
    for (const interval of ["day", "week", "month"]) {
      const query = { app: "fleet-31", interval, from: "2026-07-01" };
      const { rows } = await fleets.api.read<{ rows: Row[] }>("/v1/installs/lifecycle", query);
      const active = await fleets.api.read<{ rows: { start: string; installs: number }[] }>(
        "/v1/installs/active",
        query,
      );
      const sums = rows.map((row) => ({
        start: row.start,
        installs: row.new + row.returning + row.resurrected,
      }));
      expect(sums).toEqual(active.rows.map(({ start, installs }) => ({ start, installs })));
      expect(sums.some(({ installs }) => installs > 3)).toBe(true);
    }
  });

  it("calls an install resurrected that a detailed record spoke of earlier", async () => {
    const app = "lifecycle";
    await send(fleets.store, [
      { app, install: 1, at: "2026-11-16", event: "timer.started" },
      { app, install: 2, at: "2026-11-17T00:00:00Z", event: "timer.started" },
      { app, install: 3, at: "2026-11-17", event: "timer.started" },
    ]);
    await beat(fleets.store, [
      { app, install: 1, at: "2026-11-17T23:59:59.999Z" },
      { app, install: 2, at: "2026-11-17T23:59:59.999Z" },
    ]);
    const { rows } = await fleets.api.read("/v1/installs/lifecycle", { app, from: "2026-11-16" });
    expect(rows).toEqual([
      { start: "2026-11-16", new: 0, returning: 0, resurrected: 0, dormant: 0, complete: true },
      { start: "2026-11-17", new: 1, returning: 0, resurrected: 1, dormant: 0, complete: true },
      { start: "2026-11-18", new: 0, returning: 0, resurrected: 0, dormant: 2, complete: true },
      { start: "2026-11-19", new: 0, returning: 0, resurrected: 0, dormant: 0, complete: true },
      { start: "2026-11-20", new: 0, returning: 0, resurrected: 0, dormant: null, complete: false },
    ]);
  });

  it("forgets an erased install everywhere", async () => {
    const app = "lifecycle-erased";
    await beat(fleets.store, [
      { app, install: 1, at: "2026-11-18" },
      { app, install: 1, at: "2026-11-19" },
      { app, install: 2, at: "2026-11-19" },
    ]);
    const ask = () =>
      fleets.api.read<{ rows: Row[] }>("/v1/installs/lifecycle", {
        app,
        from: "2026-11-19",
        to: "2026-11-19",
      });
    expect((await ask()).rows[0]).toMatchObject({ new: 1, returning: 1 });
    await fleets.store.command(
      "DELETE FROM installs_flat WHERE app = {app:String} AND number = 0",
      { params: { app } },
    );
    expect((await ask()).rows[0]).toMatchObject({ new: 1, returning: 0, dormant: 0 });
  });

  it("answers days of years as weeks", async () => {
    const { interval, rows } = await fleets.api.read<{ interval: string; rows: object[] }>(
      "/v1/installs/lifecycle",
      { app: "lifecycle", from: "2024-11-01" },
    );
    expect(interval).toBe("week");
    expect(rows.length).toBeLessThanOrEqual(400);
  });
});
