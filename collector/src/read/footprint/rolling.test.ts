import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { beat } from "../testing.ts";
import { daysBetween, type FleetApi, isActiveIn, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([21, 22, 23]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";

function expected(known: Known[], { from = "2026-10-24", to = TODAY }: Record<string, string>) {
  const within = (start: string, days: number) =>
    known.filter((one) => isActiveIn(one, addDays(start, 1 - days), addDays(start, 1))).length;
  return {
    rows: daysBetween(from, to).map((start) => ({
      start,
      day: within(start, 1),
      week: within(start, 7),
      month: within(start, 28),
      complete: start < TODAY,
    })),
  };
}

describe("installs/rolling", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/rolling",
      [{}, { from: "2026-09-01", to: "2026-10-03" }, { from: "2026-11-20" }],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
  });

  it("reads the days before the range", async () => {
    const app = "rolling";
    await beat(fleets.store, [
      { app, install: 1, at: "2026-10-24T00:00:00Z" },
      { app, install: 2, at: "2026-11-14T23:59:59.999Z" },
      { app, install: 2, at: "2026-11-20T00:00:00Z" },
    ]);
    const { rows } = await fleets.api.read("/v1/installs/rolling", { app, from: "2026-11-19" });
    expect(rows).toEqual([
      { start: "2026-11-19", day: 0, week: 1, month: 2, complete: true },
      { start: "2026-11-20", day: 1, week: 1, month: 2, complete: false },
    ]);
    const { rows: next } = await fleets.api.read<{ rows: object[] }>("/v1/installs/rolling", {
      app,
      from: "2026-11-20",
      to: "2026-11-20",
    });
    expect(next).toEqual([{ start: "2026-11-20", day: 1, week: 1, month: 2, complete: false }]);
  });

  it("answers a long range with days at even distances, each with its whole windows", async () => {
    const query = { app: "rolling", from: "2024-01-01" };
    const { rows } = await fleets.api.read<{ rows: { start: string; month: number }[] }>(
      "/v1/installs/rolling",
      query,
    );
    expect(rows.length).toBeLessThanOrEqual(400);
    expect(rows.length).toBeGreaterThan(300);
    // 1,055 days, so every third.
    expect(rows.slice(-3).map(({ start, month }) => [start, month])).toEqual([
      ["2026-11-14", 2],
      ["2026-11-17", 2],
      ["2026-11-20", 2],
    ]);
  });
});
