import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import {
  daysBetween,
  type FleetApi,
  isActiveIn,
  type Known,
  openFleets,
  saidOn,
} from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([141, 142, 143, 144]);
});
afterAll(() => fleets?.close());

const nameOf = (version: string) => version || "unknown";
const byInstalls = (a: [string, number], b: [string, number]) =>
  b[1] - a[1] || (a[0] < b[0] ? -1 : 1);

function expected(known: Known[], { from = "2026-10-24", to = "2026-11-20" }) {
  const active = known.filter((one) => isActiveIn(one, from, addDays(to, 1)));
  const latest = new Map<string, number>();
  for (const { fields } of active) {
    const version = nameOf(fields.app_version ?? "");
    latest.set(version, (latest.get(version) ?? 0) + 1);
  }

  const starts = daysBetween(from, to);
  const counts = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  starts.forEach((day, at) => {
    const said = known.flatMap((one) => saidOn(one, day) ?? []).map(nameOf);
    for (const version of said) {
      const list = counts.get(version) ?? starts.map(() => 0);
      counts.set(version, list);
      list[at] = (list[at] ?? 0) + 1;
    }
    for (const version of said) {
      const share = (counts.get(version)?.[at] ?? 0) / said.length;
      peaks.set(version, Math.max(peaks.get(version) ?? 0, share));
    }
  });
  const order = [...peaks].sort(byInstalls).map(([version]) => version);
  const versions = order
    .slice(0, 7)
    .map((version) => ({ version, installs: counts.get(version) ?? [] }));
  const others = order.slice(7).map((version) => counts.get(version) ?? []);
  if (others.some((list) => list.some((installs) => installs > 0))) {
    const sums = starts.map((_, at) => others.reduce((sum, list) => sum + (list[at] ?? 0), 0));
    versions.push({ version: "Other", installs: sums });
  }
  return {
    rows: [...latest].sort(byInstalls).map(([version, installs]) => ({
      ...{ version, installs, share: installs / active.length },
    })),
    series: { starts, versions },
  };
}

describe("installs/versions", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/versions",
      [{}, { from: "2026-09-05", to: "2026-10-31" }],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
    expect(JSON.stringify(found.answers)).toContain('"Other"');
  });
});
