import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { beat } from "../testing.ts";
import { type FleetApi, isActiveIn, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([131, 132]);
});
afterAll(() => fleets?.close());

function expected(known: Known[], parameters: Record<string, string>) {
  const { field = "", from = "2026-10-24", to = "2026-11-20" } = parameters;
  const active = known.filter((one) => isActiveIn(one, from, addDays(to, 1)));
  const counts = new Map<string, number>();
  for (const { fields } of active) {
    const value = fields[field] || "unknown";
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const rows = [...counts]
    .map(([value, installs]) => ({ value, installs, share: installs / active.length }))
    .sort((a, b) => b.installs - a.installs || (a.value < b.value ? -1 : 1));
  return { field, rows };
}

const FIELDS = [
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
  "app_version",
];

describe("installs/breakdown", () => {
  it("is what plain loops over the records make of random fleets, by every field", async () => {
    const found = await fleets.compare(
      "/v1/installs/breakdown",
      [
        ...FIELDS.map((field) => ({ field })),
        { field: "platform", from: "2026-05-01", to: "2026-06-30" },
      ],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
  });

  it("has at most 400 rows, with shares of all installs", async () => {
    const app = "breakdown-many";
    await beat(
      fleets.store,
      Array.from({ length: 410 }, (_, install) => ({
        ...{ app, install, at: "2026-11-20T01:00:00Z", os_version: `1.${install}` },
      })),
    );
    const { rows } = await fleets.api.read<{ rows: { share: number }[] }>(
      "/v1/installs/breakdown",
      { app, field: "os_version" },
    );
    expect(rows).toHaveLength(400);
    expect(rows[0]?.share).toBe(1 / 410);
  });
});
