import { compareVersions } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOf } from "../days.ts";
import { beat } from "../testing.ts";
import { type FleetApi, firstDays, type Known, medianOf, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([91, 92, 93]);
});
afterAll(() => fleets?.close());

function kindOf(from: string, to: string): string {
  if (from === "nightly" || to === "nightly") return "unordered";
  return compareVersions(from, to) > 0 ? "upgrade" : "downgrade";
}

function expected(known: Known[], { from = "2026-10-24", to = "2026-11-20" }) {
  const paths = new Map<string, number[]>();
  for (const one of known) {
    firstDays(one).forEach(({ version, day }, at, all) => {
      const before = all[at - 1];
      if (before === undefined || day < from || day > to) return;
      const path = `${before.version} ${version}`;
      const days = (startOf(day).getTime() - startOf(before.day).getTime()) / 86_400_000;
      paths.set(path, [...(paths.get(path) ?? []), days]);
    });
  }
  const rows = [...paths]
    .map(([path, days]) => {
      const [before = "", after = ""] = path.split(" ");
      return {
        from: before,
        to: after,
        kind: kindOf(before, after),
        installs: days.length,
        medianDays: medianOf(days),
      };
    })
    .sort(
      (a, b) => b.installs - a.installs || (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1),
    );
  const sum = (some: typeof rows) => some.reduce((so, { installs }) => so + installs, 0);
  return {
    rows: rows.slice(0, 50),
    other: { paths: rows.slice(50).length, installs: sum(rows.slice(50)) },
    total: sum(rows),
    downgrades: sum(rows.filter(({ kind }) => kind === "downgrade")),
  };
}

describe("installs/upgrades", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/upgrades",
      [{}, { from: "2025-11-30", to: "2026-10-31" }],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
    const all = JSON.stringify(found.answers);
    for (const kind of ["upgrade", "downgrade", "unordered"]) expect(all).toContain(kind);
  });

  it("follows the order of first days; going back to a known version is no path", async () => {
    const app = "upgrades";
    const says = (install: number, at: string, app_version: string) => ({
      ...{ app, install, at, app_version },
    });
    await beat(fleets.store, [
      says(1, "2026-11-01T23:59:59.999Z", "1.9.0"),
      says(1, "2026-11-02T00:00:00Z", "1.10.0"),
      says(1, "2026-11-03", "1.9.0"),
      says(1, "2026-11-04", "1.10.0"),
      // Both on one day, whatever came first: the older leads to the newer.
      says(2, "2026-11-05T01:00:00Z", "1.10.0"),
      says(2, "2026-11-05T02:00:00Z", "1.9.0"),
      says(3, "2026-11-05", "1.10.0"),
      says(3, "2026-11-09", "1.9.0"),
      // The path ends before the range.
      says(4, "2026-10-20", "1.9.0"),
      says(4, "2026-10-23T23:59:59.999Z", "1.10.0"),
    ]);
    expect(await fleets.api.read("/v1/installs/upgrades", { app })).toMatchObject({
      rows: [
        { from: "1.9.0", to: "1.10.0", kind: "upgrade", installs: 2, medianDays: 0.5 },
        { from: "1.10.0", to: "1.9.0", kind: "downgrade", installs: 1, medianDays: 4 },
      ],
      ...{ other: { paths: 0, installs: 0 }, total: 3, downgrades: 1 },
    });
  });

  it("adds up what is not among the first 50", async () => {
    const app = "upgrades-many";
    await beat(
      fleets.store,
      Array.from({ length: 53 }, (_, install) => [
        { app, install, at: "2026-11-01", app_version: `1.${install}.0` },
        { app, install, at: "2026-11-02", app_version: `2.${install}.0` },
      ]).flat(),
    );
    const answer = await fleets.api.read<{ rows: object[]; other: object; total: number }>(
      "/v1/installs/upgrades",
      { app },
    );
    expect(answer.rows).toHaveLength(50);
    expect(answer).toMatchObject({ other: { paths: 3, installs: 3 }, total: 53 });
  });
});
