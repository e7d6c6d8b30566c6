import type { FieldTable } from "./document.ts";
import type { Rounding } from "./rounding.ts";

/** Installs by the value of one field; each install is counted once. */
export interface ValueCounts {
  /** Of its values at least the largest. */
  largest: ReadonlyMap<string, number>;
  /** All installs, also those of values that are not in `largest`. */
  whole: number;
}

/** Where installs are counted: each at the place of its value, or else `elsewhere`. */
export interface Folded {
  /** Values that have a row, most installs first. */
  shown: string[];
  /** The place of all other values: after the last row, or 0 where they are counted with the first. */
  elsewhere: number;
  /** Installs at each place. */
  installs: number[];
}

/**
 * Decides which values of a field have a row. A value has one when its rounded count reaches the
 * least; the others go together into Other. Where they are too few for that they are counted with
 * the largest value: leaving them out would give them away as total minus rows, and hiding a
 * second value would tell, on the day it happens, that a small group appeared. So the table is the
 * same whoever is in groups that are too small, and no comparison of tables or days can tell.
 *
 * @returns null where there is no value or group of values that may be shown
 * @example
 * foldValues({ largest: new Map([["linux", 90], ["darwin", 30], ["windows", 3]]), whole: 123 }, rounding, "platform", 50)
 * // { shown: ["linux", "darwin"], elsewhere: 0, installs: [93, 30] }
 */
export function foldValues(
  counts: ValueCounts,
  rounding: Rounding,
  field: string,
  most: number,
): Folded | null {
  const rows = [...counts.largest]
    .filter(([value, installs]) => rounding.round(installs, field, value) >= rounding.least)
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
    .slice(0, most);
  const shown = rows.map(([value]) => value);
  const installs = rows.map(([, count]) => count);
  const rest = counts.whole - installs.reduce((sum, count) => sum + count, 0);
  if (rounding.round(rest, field) >= rounding.least) {
    return { shown, elsewhere: shown.length, installs: [...installs, rest] };
  }
  if (installs[0] === undefined) return null;
  installs[0] += rest;
  return { shown, elsewhere: 0, installs };
}

/** A folded field with fewer places: values beyond the first `most` are cut off, and go into Other. */
export function narrow({ shown, elsewhere, installs }: Folded, most: number): Folded {
  if (shown.length <= most) return { shown, elsewhere, installs };
  const rest = installs.slice(most).reduce((sum, count) => sum + count, 0);
  return {
    shown: shown.slice(0, most),
    elsewhere: Math.min(elsewhere, most),
    installs: [...installs.slice(0, most), rest],
  };
}

/** By the published counts: an order by the true ones would tell more than the counts do. */
export const mostFirst = (rows: [name: string, installs: number][]): typeof rows =>
  rows.sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1));

/** The published table of a field. */
export function fieldTable(folded: Folded, rounding: Rounding, field: string): FieldTable {
  const { shown, installs } = folded;
  const other = installs[shown.length];
  const rows = shown.map((value, place): [string, number] => [
    value,
    rounding.round(installs[place] as number, field, value),
  ]);
  return {
    rows: mostFirst(rows),
    other: other === undefined ? 0 : rounding.round(other, field),
  };
}
