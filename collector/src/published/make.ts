import type { Day } from "../read/days.ts";
import type { Counts, Places } from "./count.ts";
import {
  FIELDS,
  type Field,
  type FieldTable,
  MOST_VALUES,
  MOST_VALUES_OF_PAIR,
  PAIRS,
  type PairTable,
  type PublishedDocument,
  type Totals,
} from "./document.ts";
import { fieldTable, foldValues, mostFirst, narrow } from "./fold.ts";
import type { Rounding } from "./rounding.ts";
import { safeCells } from "./suppress.ts";

/** The rows of installs were replaced while they were counted: the tables do not belong together. */
export class CountsMoved extends Error {
  override name = "CountsMoved";
}

/**
 * Makes the document of one app and day: counts, folds, rounds. What it returns holds nothing
 * about fewer than `rounding.k` installs.
 *
 * @throws CountsMoved where counting again will help, and what the store throws
 */
export async function makeDocument(
  of: { app: string; day: Day },
  counts: Counts,
  rounding: Rounding,
): Promise<PublishedDocument> {
  const totals = await counts.totals();
  const head = {
    version: 1 as const,
    ...of,
    k: rounding.k,
    rounding: rounding.base,
    totals: roundTotals(totals, rounding),
  };
  // With this many, whatever is not shown by its value is enough for Other.
  if (totals.month < rounding.least + rounding.base) {
    return { ...head, fields: null, pairs: {}, events: [] };
  }
  const counted = await counts.byField();
  const places = FIELDS.flatMap((field) => {
    const all = foldValues(counted[field], rounding, field, MOST_VALUES);
    return all === null
      ? []
      : [[field, { all, narrow: narrow(all, MOST_VALUES_OF_PAIR) }] as const];
  });
  if (places.length < FIELDS.length) throw new CountsMoved("counts changed");

  const byField = Object.fromEntries(places) as Record<Field, Places>;
  const tables = await counts.byPair(byField);
  const fields = Object.fromEntries(
    places.map(([field, { all }]) => [field, fieldTable(all, rounding, field)]),
  ) as Record<Field, FieldTable>;
  const pairs = Object.fromEntries(
    PAIRS.map(([a, b], at) => [
      `${a},${b}`,
      pairTable(tables[at] as number[][], [byField[a], byField[b]], rounding, [a, b]),
    ]),
  );
  const events = mostFirst(
    (await counts.events())
      .map(([event, installs]): [string, number] => [
        event,
        rounding.round(installs, "event", event),
      ])
      .filter(([, installs]) => installs >= rounding.least),
  );
  return { ...head, fields, pairs, events };
}

/** One offset for all of them: a day never has more installs than the week that ends with it. */
function roundTotals(totals: Totals, { round }: Rounding): Totals {
  const rounded = { ...totals };
  for (const name of ["day", "week", "month", "sharing"] as const) {
    rounded[name] = round(totals[name], "active");
  }
  for (const name of ["new", "churned"] as const) rounded[name] = round(totals[name], name);
  return rounded;
}

function pairTable(
  counts: readonly (readonly number[])[],
  [a, b]: readonly [Places, Places],
  rounding: Rounding,
  pair: readonly [Field, Field],
): PairTable {
  const rows = counts.map((line) => line.reduce((sum, installs) => sum + installs, 0));
  const columns = b.narrow.installs.map((_, column) =>
    counts.reduce((sum, line) => sum + (line[column] as number), 0),
  );
  const same = (ones: number[], others: number[]) => ones.every((n, at) => n === others[at]);
  // What is safe to show depends on these sums being those of the fields' own tables.
  if (!same(rows, a.narrow.installs) || !same(columns, b.narrow.installs)) {
    throw new CountsMoved("counts changed");
  }
  const names = [a.narrow.shown, b.narrow.shown] as const;
  const cells = safeCells(counts, rounding, pair.join(","), names);
  // Places by name: those of the counts are in the order of the true ones.
  const values: PairTable["values"] = [names[0].toSorted(), names[1].toSorted()];
  const place = (side: 0 | 1, at: number) => {
    const name = names[side][at];
    return name === undefined ? names[side].length : values[side].indexOf(name);
  };
  return {
    values,
    cells: cells
      .map(({ row, column, installs }): [number, number, number] => [
        place(0, row),
        place(1, column),
        installs,
      ])
      .sort(([a1, a2], [b1, b2]) => a1 - b1 || a2 - b2),
  };
}
