import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../../metrics.ts";
import { openTestSettings } from "../../settings/testing.ts";
import { createAsks } from "../ask.ts";
import { addDays } from "../days.ts";
import { beat, NOW, startApi } from "../testing.ts";
import { adoption } from "./adoption.ts";
import {
  daysBetween,
  type FleetApi,
  finalsSeen,
  type Known,
  openFleets,
  saidOn,
} from "./testing.ts";

let fleets: FleetApi;
beforeAll(async () => {
  fleets = await openFleets([71, 72, 73, 74]);
});
afterAll(() => fleets?.close());

const TODAY = "2026-11-20";
const K = 10;

function expected(left: Known[], _: unknown, all: Known[]) {
  const releases = finalsSeen(all, K)
    .filter(({ dated }) => dated)
    .slice(0, 6);
  const daysOf = (day: string) => daysBetween(day, TODAY).slice(0, 121);
  const longest = Math.max(0, ...releases.map(({ day }) => daysOf(day).length));
  const days = Array.from({ length: longest }, (_, at) => at);
  return {
    days,
    series: releases.map(({ version, day }) => {
      const own = daysOf(day);
      const at = (later: number, test: (one: Known, day: string) => boolean) => {
        const on = own[later];
        return on === undefined ? null : left.filter((one) => test(one, on)).length;
      };
      return {
        version,
        released: day,
        listed: false,
        installs: days.map((later) => at(later, (one, on) => saidOn(one, on) === version)),
        reporting: days.map((later) => at(later, (one, on) => one.said.has(on))),
        incomplete: own.at(-1) === TODAY ? 1 : 0,
      };
    }),
  };
}

interface Answer {
  days: number[];
  series: { version: string; released: string; installs: (number | null)[]; incomplete: number }[];
}

describe("installs/adoption", () => {
  it("is what plain loops over the records make of random fleets", async () => {
    const found = await fleets.compare("/v1/installs/adoption", [{}], expected);
    expect(found.answers).toEqual(found.expected);
    const releases = Object.values(found.answers).map((answer) => (answer as Answer).series.length);
    expect(Math.max(...releases)).toBeGreaterThan(2);
  });

  it("counts an install of two versions a day with the newer, and only admitted ones make a release", async () => {
    const app = "adoption";
    const says = (install: number, at: string, app_version: string) => ({
      ...{ app, install, at, app_version },
    });
    await beat(fleets.store, [
      // What is said first of all has no day of release.
      says(0, "2026-11-14", "0.9.0"),
      ...Array.from({ length: 10 }, (_, install) => [
        says(install, "2026-11-17T01:00:00Z", "1.9.0"),
        says(install, "2026-11-18T00:00:00Z", "1.9.0"),
        says(install, "2026-11-18T23:59:59.999Z", "1.10.0"),
      ]).flat(),
      // Nine say 1.10.1, and a tenth that is pending.
      ...Array.from({ length: 9 }, (_, install) => says(install, "2026-11-19T05:00:00Z", "1.10.1")),
      says(99, "2026-11-19T05:00:00Z", "1.10.1"),
    ]);
    const { days, series } = await fleets.api.read<Answer>("/v1/installs/adoption", { app });
    expect(days).toEqual([0, 1, 2, 3]);
    expect(series).toEqual([
      {
        ...{ version: "1.10.0", released: "2026-11-18", listed: false },
        ...{ installs: [10, 0, 0, null], reporting: [10, 10, 0, null], incomplete: 1 },
      },
      {
        ...{ version: "1.9.0", released: "2026-11-17", listed: false },
        ...{ installs: [10, 0, 0, 0], reporting: [10, 10, 10, 0], incomplete: 1 },
      },
    ]);
  });

  it("marks the days whose data is not all loaded", async () => {
    const late = await startApi(fleets.store, { loadedUntil: new Date("2026-11-19T23:59:59Z") });
    const { series } = await late.read<Answer>("/v1/installs/adoption", { app: "adoption" });
    expect(series.map(({ incomplete }) => incomplete)).toEqual([2, 2]);
    await late.close();
  });

  it("follows the maintainer's list: its days, and releases that nobody runs", async () => {
    const { settings, close } = await openTestSettings(fleets.store);
    const list = (version: string, day: string) =>
      settings.put("release", `adoption/${version}`, { app: "adoption", version, day }, "test");
    await list("1.10.0", "2026-11-17");
    await list("2.0.0", "2026-11-20");
    await list("3.0.0", addDays(TODAY, 1));
    const ask = createAsks({
      store: fleets.store,
      duration: createMetrics("0.0.0").queryDuration,
    })("adoption");
    const { series } = (await adoption(settings).answer(
      { app: "adoption", admitted: "all", lifetime: "all" },
      {
        ...{
          ask,
          app: "adoption",
          range: { from: TODAY, to: TODAY },
          sees: () => true,
          seesAll: true,
        },
        ...{ now: NOW, loadedUntil: NOW, asOf: NOW.toISOString() },
      },
    )) as Answer;
    expect(
      series.map(({ version, released, installs }) => [version, released, ...installs]),
    ).toEqual([
      ["2.0.0", "2026-11-20", 0, null, null, null],
      ["1.10.0", "2026-11-17", 0, 10, 0, 0],
      ["1.9.0", "2026-11-17", 10, 0, 0, 0],
    ]);
    await close();
  });
});
