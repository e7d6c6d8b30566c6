import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat } from "../testing.ts";
import { type FleetApi, isActive, type Known, openFleets } from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([111, 112, 113]);
});
afterAll(() => fleets?.close());

/** Newest first, by hand. */
const ORDER: Record<string, string[]> = {
  app_version: ["2.1.0", "2.0.0", "2.0.0-beta.2", "1.10.1", "1.10.0", "1.10.0-rc.1", "1.9.0"],
  os_version: ["24.04", "22.04", "10.0.19045", "9.1", "5.15.0-91"],
};

function expected(known: Known[], { field = "app_version" }: Record<string, string>) {
  const active = known.filter(isActive);
  const order = ORDER[field];
  const isOs = field === "os_version";
  const rows = [];
  for (const platform of isOs ? ["linux", "darwin", "windows", "unknown"] : [null]) {
    const here = active.filter((one) => !isOs || (one.fields.platform || "unknown") === platform);
    const values = order ?? ["linux", "darwin", "windows", "x64", "arm64"];
    for (const [at, value] of values.entries()) {
      const of = (some: string[]) => here.filter((one) => some.includes(one.fields[field] ?? ""));
      const installs = of([value]).length;
      const behind = order === undefined ? installs : of(values.slice(at + 1)).length;
      if (installs === 0) continue;
      rows.push({ platform, value, installs, behind, share: behind / active.length });
    }
  }
  const counted = rows.reduce((sum, { installs }) => sum + installs, 0);
  return { field, rows, unordered: active.length - counted, active: active.length };
}

/** Rows of equal platforms or values may come in any order among each other: here all are sorted. */
const sorted = (answers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      {
        ...(answer as object),
        rows: (answer as { rows: object[] }).rows.map((row) => JSON.stringify(row)).sort(),
      },
    ]),
  );

describe("installs/droppable", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/droppable", [{}], expected);
    expect(found.answers).toEqual(found.expected);
    const others = await fleets.compare(
      "/v1/installs/droppable",
      [{ field: "os_version" }, { field: "platform" }, { field: "architecture" }],
      expected,
    );
    expect(sorted(others.answers)).toEqual(sorted(others.expected));
  });

  it("puts versions newest first, those of a system below each other, largest platform first", async () => {
    const app = "droppable";
    const runs = (install: number, platform: string, os_version: string) => ({
      ...{ app, install, at: "2026-11-20T01:00:00Z", platform, os_version },
    });
    await beat(fleets.store, [
      runs(1, "darwin", "14.1"),
      runs(2, "linux", "6.9"),
      runs(3, "linux", "6.10"),
      runs(4, "linux", ""),
      runs(5, "", "6.8"),
      // Gone for over 28 days.
      { ...runs(6, "linux", "5.4"), at: "2026-10-23T11:59:59.999Z" },
    ]);
    expect(
      await fleets.api.read("/v1/installs/droppable", { app, field: "os_version" }),
    ).toMatchObject({
      rows: [
        { platform: "linux", value: "6.10", installs: 1, behind: 1, share: 0.2 },
        { platform: "linux", value: "6.9", installs: 1, behind: 0, share: 0 },
        { platform: expect.stringMatching(/darwin|unknown/) },
        { platform: expect.stringMatching(/darwin|unknown/) },
      ],
      ...{ unordered: 1, active: 5 },
    });
    expect(
      await fleets.api.read("/v1/installs/droppable", { app, field: "platform" }),
    ).toMatchObject({
      rows: [
        { platform: null, value: "linux", installs: 3, behind: 3, share: 0.6 },
        { platform: null, value: "darwin", installs: 1, behind: 1, share: 0.2 },
      ],
      unordered: 1,
    });
  });

  it("keeps the 200 values with the most installs; what is left behind counts all", async () => {
    const app = "droppable-many";
    const beats = Array.from({ length: 210 }, (_, minor) => ({
      ...{ app, install: minor, at: "2026-11-20T01:00:00Z", app_version: `1.${minor}.0` },
    }));
    const again = beats.slice(0, 200).map((row) => ({ ...row, install: row.install + 1000 }));
    await beat(fleets.store, [...beats, ...again]);
    const { rows } = await fleets.api.read<{ rows: { value: string; behind: number }[] }>(
      "/v1/installs/droppable",
      { app },
    );
    expect(rows).toHaveLength(200);
    expect(rows[0]).toMatchObject({ value: "1.199.0", behind: 398 });
  });

  it("refuses another field, and says which there are", async () => {
    const reply = await fleets.api.get("/v1/installs/droppable", {
      app: "droppable",
      field: "locale",
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toContain(
      "one of app_version, os_version, platform, architecture",
    );
  });
});
