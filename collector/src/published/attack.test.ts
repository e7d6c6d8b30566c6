import { expect, it } from "vitest";
import { createRandom, type Random } from "../ingest/random.fixture.ts";
import type { Counts, Places } from "./count.ts";
import { FIELDS, type Field, PAIRS, type PublishedDocument } from "./document.ts";
import { makeDocument } from "./make.ts";
import { createRounding, slackOf } from "./rounding.ts";
import { areCombined, breakdownOf, installsOf } from "./select.ts";

/*
 * Somebody at the restricted doors who subtracts whatever can be subtracted: totals minus rows, rows
 * minus cells, one filter minus another. Fleets are lists in memory here, counted by hand; the queries
 * and days in sequence have tests of their own.
 */

type Install = Record<Field, string>;

const K = 10;

function fleet(random: Random): Install[] {
  const values = Object.fromEntries(
    FIELDS.map((field) => [
      field,
      Array.from({ length: 2 + random.below(5) }, (_, at) => `v${at}`),
    ]),
  );
  return Array.from({ length: 60 + random.below(300) }, () => {
    const one = FIELDS.map((field) => {
      const names = values[field] as string[];
      // Most installs are alike; what is rare is what somebody is after.
      return [field, names[Math.floor(names.length * (random.below(1000) / 1000) ** 3)]];
    });
    return Object.fromEntries(one) as Install;
  });
}

/** Counts by hand. */
function countsOf(installs: Install[]): Counts {
  const placeOf = ({ all, narrow }: Places, value: string) => {
    const place = all.shown.indexOf(value);
    return place === -1 ? narrow.elsewhere : Math.min(place, narrow.shown.length);
  };
  return {
    totals: async () => {
      const month = installs.length;
      return { day: month, week: month, month, new: 0, churned: 0, sharing: 0 };
    },
    byField: async () =>
      Object.fromEntries(
        FIELDS.map((field) => {
          const largest = new Map<string, number>();
          for (const { [field]: value } of installs) {
            largest.set(value, (largest.get(value) ?? 0) + 1);
          }
          return [field, { largest, whole: installs.length }] as const;
        }),
      ) as unknown as Awaited<ReturnType<Counts["byField"]>>,
    byPair: async (places) =>
      PAIRS.map(([a, b]) => {
        const table = places[a].narrow.installs.map(() => places[b].narrow.installs.map(() => 0));
        for (const install of installs) {
          const line = table[placeOf(places[a], install[a])] as number[];
          line[placeOf(places[b], install[b])]! += 1;
        }
        return table;
      }),
    events: async () => [],
  };
}

const publish = (app: string, day: string, installs: Install[]) => {
  const rounding = createRounding({ secret: Buffer.alloc(32, 8), app, k: K });
  return makeDocument({ app, day }, countsOf(installs), rounding);
};

/** What a published count says of the true one. */
const range = (published: number): [number, number] => [
  published - slackOf(5),
  published + slackOf(5),
];
const minus = ([a, b]: [number, number], [c, d]: [number, number]): [number, number] => [
  a - d,
  b - c,
];
const isSmallGroup = ([least, most]: [number, number]) => least >= 1 && most <= K - 1;

/** Everything that can be had by subtraction from one document. */
function differences(document: PublishedDocument): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>();
  const whole = range(installsOf(document, []) as number);
  for (const field of FIELDS) {
    const all = breakdownOf(document, field, []);
    for (const { value, installs } of all?.rows ?? []) {
      found.set(`all but ${field} ${value}`, minus(whole, range(installs)));
      for (const by of FIELDS.filter((other) => areCombined(field, other))) {
        const rows = breakdownOf(document, by, [[field, value]])?.rows ?? [];
        let rest = range(installs);
        for (const cell of rows) {
          rest = minus(rest, range(cell.installs));
          const both = [[field, value] as const, [by, cell.value] as const];
          // Asked for by two filters it is the same number.
          expect(installsOf(document, both)).toBe(cell.installs);
          const name = `${field} ${value} but ${by} ${cell.value}`;
          found.set(name, minus(range(installs), range(cell.installs)));
        }
        if (rows.length > 0) found.set(`${field} ${value}, ${by} withheld`, rest);
      }
    }
  }
  return found;
}

it("has no published count of fewer than k, and no difference that must be one", async () => {
  const random = createRandom(21);
  let tried = 0;
  for (let round = 0; round < 60; round += 1) {
    const installs = fleet(random);
    const document = await publish(`app ${round}`, "2026-11-19", installs);
    for (const field of FIELDS) {
      for (const [value] of document.fields?.[field].rows ?? []) {
        expect(installs.filter((one) => one[field] === value).length).toBeGreaterThanOrEqual(K);
      }
    }
    for (const [name, found] of differences(document)) {
      tried += 1;
      expect([name, isSmallGroup(found)]).toEqual([name, false]);
    }
  }
  expect(tried).toBeGreaterThan(5_000);
});
