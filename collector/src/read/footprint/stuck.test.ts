import { compareVersions } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { beat } from "../testing.ts";
import {
  daysBetween,
  type FleetApi,
  finalsSeen,
  firstDays,
  isActive,
  type Known,
  medianOf,
  openFleets,
} from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([101, 102, 103, 104]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";
const K = 10;

function expected(left: Known[], parameters: Record<string, string>, all: Known[]) {
  const days = Number(parameters.days ?? 90);
  const active = left.filter(isActive);
  const finals = finalsSeen(all, K);
  const out = finals.filter(({ day }) => day <= addDays(TODAY, -days));
  const stuck = new Map<string, number[]>();
  for (const one of active) {
    const version = one.fields.app_version ?? "";
    const said = firstDays(one);
    if (version === "nightly" || !said.some((entry) => entry.version === version)) continue;
    const onIt = daysBetween(said.at(-1)?.day ?? "", TODAY).length - 1;
    if (onIt <= days) continue;
    if (!out.some((release) => compareVersions(release.version, version) < 0)) continue;
    stuck.set(version, [...(stuck.get(version) ?? []), onIt]);
  }
  const rows = [...stuck]
    .sort(([a], [b]) => compareVersions(a, b))
    .map(([version, stayed]) => ({
      version,
      installs: stayed.length,
      share: stayed.length / active.length,
      medianDays: medianOf(stayed),
      newest: finals[0]?.version,
    }));
  return {
    days,
    rows,
    other: { versions: 0, installs: 0 },
    total: rows.reduce((sum, { installs }) => sum + installs, 0),
    active: active.length,
  };
}

describe("installs/stuck", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare(
      "/v1/installs/stuck",
      [{}, { days: "3" }, { days: "20" }],
      expected,
    );
    expect(found.answers).toEqual(found.expected);
    expect(JSON.stringify(found.answers)).toContain('"newest":');
  });

  it("wants both to be old: the stay over N days, the newer release at least N", async () => {
    const app = "stuck";
    const says = (install: number, at: string, app_version: string) => ({
      ...{ app, install, at, app_version },
    });
    const ten = Array.from({ length: 10 }, (_, index) => 100 + index);
    await beat(fleets.store, [
      // 1.10.0 is out since 2026-11-10; 1.11.0-rc.1 is no release.
      ...ten.flatMap((install) => [
        says(install, "2026-11-10", "1.10.0"),
        says(install, "2026-11-11", "1.11.0-rc.1"),
      ]),
      // 1: eleven days on 1.9.0. 2: ten. 3: ahead of the release. 4: went back after seven days.
      says(1, "2026-11-09T23:59:59.999Z", "1.9.0"),
      says(1, TODAY, "1.9.0"),
      says(2, "2026-11-10T00:00:00Z", "1.9.0"),
      says(2, TODAY, "1.9.0"),
      says(3, "2026-10-01", "1.10.1"),
      says(3, TODAY, "1.10.1"),
      says(4, "2026-11-01", "1.9.0"),
      says(4, "2026-11-13", "1.10.0"),
      says(4, TODAY, "1.9.0"),
    ]);
    const ask = (days: string) => fleets.api.read("/v1/installs/stuck", { app, days });
    expect(await ask("10")).toMatchObject({
      rows: [{ version: "1.9.0", installs: 1, share: 1 / 14, medianDays: 11, newest: "1.10.0" }],
      ...{ total: 1, active: 14 },
    });
    // The release is ten days old: at 11 there is none that they could have taken.
    expect(await ask("11")).toMatchObject({ rows: [], total: 0 });
    expect(await ask("6")).toMatchObject({ rows: [{ version: "1.9.0", installs: 3 }] });
  });

  it.each(["0", "-1", "1.5", "x", "3651"])(
    "refuses %s days, and says what is allowed",
    async (days) => {
      const reply = await fleets.api.get("/v1/installs/stuck", { app: "stuck", days });
      expect(reply.statusCode).toBe(400);
      expect(reply.json().code).toBe("invalid_parameter");
      expect(reply.json().message).toContain("a whole number from 1 to 3650");
    },
  );
});
