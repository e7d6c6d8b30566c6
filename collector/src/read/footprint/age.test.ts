import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat, NOW } from "../testing.ts";
import { type FleetApi, isActive, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([41, 42, 43]);
});
afterAll(() => fleets?.close());

const EDGES = [0, 1, 7, 28, 91, 182, 365, 730, Number.POSITIVE_INFINITY];
const NAMES = [
  "under_1_day",
  "1_to_7_days",
  "1_to_4_weeks",
  "1_to_3_months",
  "3_to_6_months",
  "6_to_12_months",
  "1_to_2_years",
  "over_2_years",
];

function expected(known: Known[]) {
  const active = known.filter(isActive);
  const rows = NAMES.map((bin, at) => {
    const [fromDays, untilDays] = [EDGES[at] ?? 0, EDGES[at + 1] ?? 0];
    const installs = active.filter(({ firstSeen }) => {
      const days = (NOW.getTime() - firstSeen) / 86_400_000;
      return days >= fromDays && days < untilDays;
    }).length;
    return {
      bin,
      fromDays,
      untilDays: untilDays === Number.POSITIVE_INFINITY ? null : untilDays,
      installs,
      share: active.length === 0 ? 0 : installs / active.length,
    };
  });
  return { rows, active: active.length };
}

describe("installs/age", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/age", [{}], expected);
    expect(found.answers).toEqual(found.expected);
  });

  it("cuts bins at whole days of 24 hours; who is ahead of now is new", async () => {
    const app = "age";
    const now = "2026-11-20T12:00:00Z";
    await beat(fleets.store, [
      { app, install: 1, at: "2026-11-19T12:00:00.001Z" },
      { app, install: 2, at: "2026-11-19T12:00:00.000Z" },
      { app, install: 3, at: "2024-11-20T12:00:00.001Z" },
      { app, install: 3, at: now },
      { app, install: 4, at: "2024-11-20T12:00:00.000Z" },
      { app, install: 4, at: now },
      { app, install: 5, at: "2026-11-20T12:09:00.000Z" },
    ]);
    const { rows } = await fleets.api.read<{ rows: { bin: string; installs: number }[] }>(
      "/v1/installs/age",
      { app },
    );
    expect(rows.filter(({ installs }) => installs > 0)).toMatchObject([
      { bin: "under_1_day", installs: 2 },
      { bin: "1_to_7_days", installs: 1 },
      { bin: "1_to_2_years", installs: 1 },
      { bin: "over_2_years", installs: 1 },
    ]);
  });
});
