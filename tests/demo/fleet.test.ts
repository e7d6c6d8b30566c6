import { expect, test } from "vitest";
import { createFleet, DAY } from "./fleet.ts";
import { createTruth } from "./truth.ts";
import { WEEKDAY_RHYTHM } from "./usage.ts";

const NOW = Date.UTC(2026, 6, 14, 12);
const options = { installs: 300, days: 90, seed: 1, now: NOW };
const fleet = createFleet(options);
const all = Array.from({ length: options.days }, (_, day) => fleet.day(day)).flat();

test("the same seed gives the same records, another seed others", () => {
  expect(createFleet(options).day(40)).toEqual(fleet.day(40));
  expect(createFleet({ ...options, seed: 2 }).day(40)).not.toEqual(fleet.day(40));
});

test("no record lies in the future and every uid is used once", () => {
  expect(all.every((record) => record.time <= NOW)).toBe(true);
  expect(new Set(all.map((record) => record.uid)).size).toBe(all.length);
});

test("about a third of the installs ever send detailed records", () => {
  const share = new Set(all.filter((r) => r.layer === "detailed").map((r) => r.install.id)).size;
  expect(share / options.installs).toBeGreaterThan(0.25);
  expect(share / options.installs).toBeLessThan(0.42);
});

test("an install never goes back to an older release", () => {
  const order = new Map(fleet.releases.map(({ version }, index) => [version, index]));
  const last = new Map<string, number>();
  for (const { install, version } of all) {
    const place = order.get(version)!;
    expect(place).toBeGreaterThanOrEqual(last.get(install.id) ?? 0);
    last.set(install.id, place);
  }
});

test("working days are busier than week-ends", () => {
  const byDay = new Array<number>(7).fill(0);
  for (const { layer, time } of all) {
    if (layer === "detailed") byDay[new Date(time).getUTCDay()]! += 1;
  }
  const [sunday, , tuesday] = byDay;
  expect(sunday! / tuesday!).toBeLessThan(2 * (WEEKDAY_RHYTHM[0]! / WEEKDAY_RHYTHM[2]!));
});

test("the truth counts what it is told", () => {
  const truth = createTruth();
  const [install, other] = fleet.installs;
  const record = (over: object) => ({
    layer: "base" as const,
    event: "base_telemetry.heartbeat",
    time: NOW - DAY / 2,
    install: install!,
    version: "5.9.0",
    user: "",
    uid: "",
    properties: {},
    ...over,
  });
  truth.add(record({}));
  truth.add(record({ time: NOW - 5 * DAY, version: "5.8.1" }));
  truth.add(record({ install: other, time: NOW - 40 * DAY }));
  for (const user of ["1", "1", "2"]) {
    truth.add(record({ layer: "detailed", event: "timer.started", user }));
  }
  expect(truth.summary(NOW)).toEqual({
    total: 2,
    admitted: 1,
    active: { day: 1, week: 1, month: 1 },
    new: 1,
    churned: 1,
    sharingDetailed: 1,
  });
  expect([...truth.events(NOW - DAY, NOW)]).toEqual([
    ["timer.started", { count: 3, installs: 1, users: 2 }],
  ]);
  expect([...truth.versions(NOW - 28 * DAY, NOW)]).toEqual([["5.9.0", 1]]);
});
