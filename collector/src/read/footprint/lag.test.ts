import { compareVersions } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat } from "../testing.ts";
import {
  daysBetween,
  type FleetApi,
  finalsSeen,
  type Known,
  medianOf,
  openFleets,
  saidOn,
} from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([81, 82, 83, 84]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";
const K = 10;

function expected(left: Known[], _: unknown, all: Known[]) {
  const releases = finalsSeen(all, K)
    .filter(({ dated }) => dated)
    .slice(0, 6);
  const curves = releases.map(({ version, day }) =>
    daysBetween(day, TODAY)
      .slice(0, 121)
      .map((on) => {
        const reporting = left.filter(({ said }) => said.has(on));
        const there = reporting.filter(
          (one) => compareVersions(saidOn(one, on) ?? "", version) <= 0,
        );
        return { reporting: reporting.length, installs: there.length, complete: on < TODAY };
      }),
  );
  const longest = Math.max(0, ...curves.map(({ length }) => length));
  const days = Array.from({ length: longest }, (_, at) => at);
  const shares = days.map((at) =>
    curves.flatMap((curve) => {
      const point = curve[at];
      return point?.complete && point.reporting > 0 ? [point.installs / point.reporting] : [];
    }),
  );
  const [latest, own] = [releases[0], curves[0]];
  return {
    days,
    latest:
      latest === undefined || own === undefined
        ? null
        : {
            version: latest.version,
            released: latest.day,
            listed: false,
            installs: days.map((at) => own[at]?.installs ?? null),
            reporting: days.map((at) => own[at]?.reporting ?? null),
            incomplete: own.at(-1)?.complete === false ? 1 : 0,
          },
    median: shares.map((values) => (values.length === 0 ? null : medianOf(values))),
    releases: shares.map(({ length }) => length),
  };
}

describe("installs/lag", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/lag", [{}], expected);
    expect(found.answers).toEqual(found.expected);
    expect(JSON.stringify(found.answers)).toMatch(/"median":\[.*0\.\d/);
  });

  it("counts who skipped a release as being past it", async () => {
    const app = "lag";
    await beat(
      fleets.store,
      Array.from({ length: 20 }, (_, install) => [
        // What is said first of all has no day of release.
        { app, install, at: "2026-11-13", app_version: "0.9.0" },
        { app, install, at: "2026-11-16", app_version: "1.0.0" },
        // Half of them take 1.1.0 and then 1.2.0-rc.1; the others go to 1.2.0 right away.
        ...(install < 10
          ? [
              { app, install, at: "2026-11-17", app_version: "1.1.0" },
              { app, install, at: "2026-11-18", app_version: "1.2.0-rc.1" },
            ]
          : [
              { app, install, at: "2026-11-17", app_version: "1.0.0" },
              { app, install, at: "2026-11-18", app_version: "1.2.0" },
            ]),
      ]).flat(),
    );
    expect(await fleets.api.read("/v1/installs/lag", { app })).toMatchObject({
      days: [0, 1, 2, 3, 4],
      latest: {
        ...{ version: "1.2.0", released: "2026-11-18", incomplete: 1 },
        ...{ installs: [10, 0, 0, null, null], reporting: [20, 0, 0, null, null] },
      },
      // 1.0.0: all, all, all. 1.1.0 from the 17th: half, all. 1.2.0 from the 18th: half.
      median: [0.5, 1, 1, null, null],
      releases: [3, 2, 1, 0, 0],
    });
  });

  it("has no latest release where there is none", async () => {
    await beat(fleets.store, [{ app: "lagless", install: 1, at: TODAY, app_version: "1.0.0" }]);
    expect(await fleets.api.read("/v1/installs/lag", { app: "lagless" })).toMatchObject({
      ...{ days: [], latest: null, median: [], releases: [] },
    });
  });
});
