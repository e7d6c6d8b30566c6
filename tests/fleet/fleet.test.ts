import { expect, test } from "vitest";
import { BASE_SCHEMA, Kind } from "../../schemas/src/index.ts";
import { createFleet } from "./fleet.ts";
import type { Install } from "./install.ts";
import { DAY, type FleetOptions, parseDay } from "./options.ts";
import { createTruth } from "./truth.ts";

const until = Date.UTC(2026, 5, 30);
const options: FleetOptions = {
  ...{ app: "timetracker", seed: 7, installs: 4000, days: 365, events: 0 },
  ...{ until, cut: until + DAY - 1 },
};
const fleet = createFleet(options);
const all = Array.from({ length: options.installs }, (_, number) => fleet.install(number));
const share = (holds: (install: Install) => boolean) => all.filter(holds).length / all.length;

test("an install follows from the seed and its number, whatever was asked before", () => {
  expect(createFleet(options).install(1234)).toEqual(all[1234]);
  expect(createFleet({ ...options, seed: 8 }).install(1234)).not.toEqual(all[1234]);
  expect(new Set(all.map(({ id }) => id.join())).size).toBe(all.length);
});

test("every base field is in the form that enforcement would keep", () => {
  const fields: Record<string, (install: Install) => string> = {
    platform: ({ platform }) => platform,
    os_version: ({ osVersion }) => osVersion,
    architecture: ({ architecture }) => architecture,
    locale: ({ locale }) => locale,
    timezone: ({ timezone }) => timezone,
    release_channel: ({ channel }) => channel,
    deployment_type: ({ deployment }) => deployment,
  };
  for (const [name, said] of Object.entries(fields)) {
    const { decide } = BASE_SCHEMA.find((field) => field.name === name)!;
    for (const value of new Set(all.map(said))) {
      if (value !== "") expect([name, decide(Kind.String, value)]).toEqual([name, value]);
    }
  }
});

test("releases come every three to six weeks, with candidates, a step to 5.10 and a fix in a hurry", () => {
  const { releases, faulty } = fleet.history;
  const { decide } = BASE_SCHEMA.find(({ name }) => name === "app_version")!;
  expect(releases.map(({ version }) => decide(Kind.String, version))).toEqual(
    releases.map(({ version }) => version),
  );
  const stable = releases.filter(({ beta }) => !beta);
  const order = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number);
  for (const [at, { version }] of stable.slice(1).entries()) {
    const [older, newer] = [order(stable[at]!.version), order(version)];
    expect(older[1]! < newer[1]! || (older[1] === newer[1] && older[2]! < newer[2]!)).toBe(true);
  }
  const versions = releases.map(({ version }) => version);
  expect(versions).toContain("5.10.0");
  expect(versions.some((version) => version.startsWith("5.9."))).toBe(true);
  expect(versions).toContain("5.10.0-rc.1");
  const fix = stable[stable.indexOf(releases[faulty]!) + 1]!;
  expect(fix.day - releases[faulty]!.day).toBe(5);
});

test("more than a third share, a few percent are heard of on one day only", () => {
  const sharing = share(({ sharing: [from] }) => from < options.days);
  expect(sharing).toBeGreaterThan(0.35);
  expect(sharing).toBeLessThan(0.41);
  const { installs, admitted } = createTruth(fleet);
  expect(1 - admitted / installs).toBeGreaterThan(0.03);
  expect(1 - admitted / installs).toBeLessThan(0.09);
});

test("some come back after a gap, laggards never upgrade, and nobody goes back", () => {
  expect(share(({ lives }) => lives.length > 1)).toBeGreaterThan(0.06);
  for (const { adopted } of all) expect(adopted).toEqual(adopted.toSorted((a, b) => a - b));
  const last = fleet.history.releases.length - 1;
  const old = ({ lives, adopted }: Install) => lives[0]![0] < 100 && adopted[last]! >= options.days;
  expect(share(old)).toBeGreaterThan(0.01);
});

test("installs that share begin on a day on which they run", () => {
  for (const { sharing, lives } of all) {
    if (sharing[0] >= options.days) continue;
    expect(lives.some(([from, end]) => sharing[0] >= from && sharing[0] < end)).toBe(true);
  }
});

test("a day is parsed only where the calendar has it", () => {
  expect(parseDay("2026-02-28")).toBe(Date.UTC(2026, 1, 28));
  for (const wrong of ["2026-02-30", "2026-2-1", "today", ""]) expect(parseDay(wrong)).toBeNull();
});
