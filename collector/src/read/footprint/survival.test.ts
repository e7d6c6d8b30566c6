import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat, NOW } from "../testing.ts";
import { type FleetApi, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([51, 52, 53]);
});
afterAll(() => fleets?.close());

const DAY_MS = 86_400_000;

function expected(known: Known[]) {
  const rows = [];
  for (let days = 0; days <= 364; days += days < 28 ? 1 : 7) {
    const old = known.filter(({ firstSeen }) => firstSeen + (days + 1) * DAY_MS <= NOW.getTime());
    if (old.length === 0) break;
    const alive = old.filter(({ firstSeen, lastSeen }) => lastSeen >= firstSeen + days * DAY_MS);
    rows.push({ days, alive: alive.length, installs: old.length, few: old.length < 30 });
  }
  return { rows };
}

interface Answer {
  rows: { days: number; alive: number; installs: number; few: boolean }[];
}

describe("installs/survival", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/survival", [{}], expected);
    expect(found.answers).toEqual(found.expected);
  });

  it("counts an install from a day later on: who is due is not gone", async () => {
    const app = "survival";
    await beat(fleets.store, [
      // Alive for 3 days and 11 hours; the next heartbeat is due in 13 hours.
      { app, install: 1, at: "2026-11-17T00:00:00Z" },
      { app, install: 1, at: "2026-11-20T11:00:00Z" },
      // Gone after two days to the millisecond.
      { app, install: 2, at: "2026-11-14T12:00:00Z" },
      { app, install: 2, at: "2026-11-16T12:00:00Z" },
      // Younger than a day: says nothing yet.
      { app, install: 3, at: "2026-11-19T12:00:00.001Z" },
    ]);
    const { rows } = await fleets.api.read<Answer>("/v1/installs/survival", { app });
    expect(rows).toEqual([
      { days: 0, alive: 2, installs: 2, few: true },
      { days: 1, alive: 2, installs: 2, few: true },
      { days: 2, alive: 2, installs: 2, few: true },
      { days: 3, alive: 0, installs: 1, few: true },
      { days: 4, alive: 0, installs: 1, few: true },
      { days: 5, alive: 0, installs: 1, few: true },
    ]);
  });

  it("has at most 100 points, the last at 52 weeks", async () => {
    const app = "survivors";
    await beat(fleets.store, [
      { app, install: 1, at: "2024-01-01" },
      { app, install: 1, at: "2026-11-20T01:00:00Z" },
    ]);
    const { rows } = await fleets.api.read<Answer>("/v1/installs/survival", { app });
    expect(rows.length).toBeLessThanOrEqual(100);
    expect(rows.at(-1)).toEqual({ days: 364, alive: 1, installs: 1, few: true });
  });
});
