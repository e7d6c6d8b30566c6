import { expect, it } from "vitest";
import { createRandom, type Random } from "../ingest/random.fixture.ts";
import type { FieldTable } from "./document.ts";
import { fieldTable, foldValues } from "./fold.ts";
import { baseOf, createRounding, slackOf } from "./rounding.ts";

/*
 * Days in sequence: somebody has every published day and knows this code, all but the secret.
 */

const secret = Buffer.alloc(32, 5);
const ROUNDS = 80;
const DAYS = 60;

type Day = Map<string, number>;

const whole = (day: Day) => [...day.values()].reduce((sum, installs) => sum + installs, 0);

function publish(app: string, day: Day, k = 10): FieldTable | null {
  const rounding = createRounding({ secret, app, k });
  if (whole(day) < rounding.least + rounding.base) return null;
  const folded = foldValues({ largest: day, whole: whole(day) }, rounding, "platform", 50);
  return folded && fieldTable(folded, rounding, "platform");
}

/** A fleet that changes by one install of each value a day, so that every step can be seen. */
function history(random: Random): Day[] {
  const sizes = ["a", "b", "c", "d", "e", "f"].map((value): [string, number] => [
    value,
    random.chance(0.6) ? random.below(18) : random.below(120),
  ]);
  const day = new Map(sizes);
  return Array.from({ length: DAYS }, () => {
    for (const [value, installs] of day) {
      day.set(value, Math.max(0, installs + random.below(3) - 1));
    }
    return new Map(day);
  });
}

it("shows no value or Other of fewer than k, whatever k is", () => {
  const random = createRandom(1);
  for (const k of [5, 10, 12, 13, 50, 1000]) {
    for (let round = 0; round < 100; round += 1) {
      const day: Day = new Map(
        Array.from({ length: 1 + random.below(8) }, (_, at): [string, number] => [
          `v${at}`,
          random.below(k * 3),
        ]),
      );
      const table = publish(`app ${round}`, day, k);
      if (table === null) continue;
      for (const [value] of table.rows) expect(day.get(value)).toBeGreaterThanOrEqual(k);
      const shown = new Set(table.rows.map(([value]) => value));
      const rest = [...day].filter(([value]) => !shown.has(value)).map(([, installs]) => installs);
      const other = rest.reduce((sum, installs) => sum + installs, 0);
      if (table.other > 0) expect(other).toBeGreaterThanOrEqual(k);
      // Every count is right to within the rounding, but for a remainder that has no row.
      const remainder = table.other > 0 ? 0 : other;
      for (const [place, [value, installs]] of table.rows.entries()) {
        const truth = (day.get(value) as number) + (place === 0 ? remainder : 0);
        expect(Math.abs(installs - truth)).toBeLessThanOrEqual(slackOf(baseOf(k)));
      }
    }
  }
});

it("publishes the same days, whoever is in groups that are too small", () => {
  const random = createRandom(2);
  let small = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const day of history(random)) {
      const app = `app ${round}`;
      const table = publish(app, day);
      if (table === null || table.other > 0) continue;
      const shown = new Set(table.rows.map(([value]) => value));
      const rest = [...day].filter(([value, n]) => !shown.has(value) && n > 0);
      if (rest.length === 0) continue;
      small += 1;
      // The same installs, all of the largest value; and all of one small value.
      const [largest] = [...day]
        .filter(([value]) => shown.has(value))
        .sort((a, b) => b[1] - a[1]) as [[string, number]];
      const moved = rest.reduce((sum, [, installs]) => sum + installs, 0);
      const nobody = new Map(day);
      for (const [value] of rest) nobody.delete(value);
      nobody.set(largest[0], largest[1] + moved);
      expect(publish(app, nobody)).toEqual(table);
    }
  }
  expect(small).toBeGreaterThan(200);
});

it("never lets a row appear or vanish at a size that tells of a group under k", () => {
  const random = createRandom(3);
  let steps = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const days = history(random);
    let before: { day: Day; table: FieldTable } | null = null;
    for (const day of days) {
      const table = publish(`app ${round}`, day);
      if (table !== null && before !== null) {
        const { day: earlier, table: old } = before;
        const rows = (of: FieldTable) => new Set(of.rows.map(([value]) => value));
        const [then, now] = [rows(old), rows(table)];
        for (const value of new Set([...then, ...now])) {
          if (then.has(value) === now.has(value)) continue;
          steps += 1;
          // On both sides of the step there were k or more.
          expect(earlier.get(value)).toBeGreaterThanOrEqual(10);
          expect(day.get(value)).toBeGreaterThanOrEqual(10);
        }
      }
      before = table === null ? null : { day, table };
    }
  }
  expect(steps).toBeGreaterThan(50);
});

it("gives no better count to whoever averages all days of a fleet that stands still", () => {
  // The same number every day, and for one app as likely above the truth as below.
  const day: Day = new Map([["a", 102]]);
  const counts = Array.from({ length: 400 }, (_, app) => publish(`app ${app}`, day)?.rows[0]?.[1]);
  expect(publish("app 7", day)).toEqual(publish("app 7", day));
  expect(new Set(counts)).toEqual(new Set([100, 105]));
  const mean = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) / counts.length;
  expect(Math.abs(mean - 102)).toBeLessThan(0.5);
});
