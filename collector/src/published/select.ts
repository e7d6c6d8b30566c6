import { FIELDS, type Field, PAIRS, type PublishedDocument } from "./document.ts";

const COMBINED: ReadonlySet<string> = new Set(PAIRS.map((pair) => pair.join(",")));

/** What an answer is narrowed to: values of at most two fields. */
export type Conditions = readonly (readonly [Field, string])[];

/** Installs by the values of a field, as far as they are published. */
export interface Breakdown {
  field: Field;
  rows: { value: string; installs: number }[];
  /** Of all other values together; 0 where every install is in a row. */
  other: number;
  /** True where installs may be missing: with a condition, small counts have no row and are in no sum. */
  withheld: boolean;
}

/** The name of a pair's table, and whether it is turned round. */
function pairOf(a: Field, b: Field): { name: string; turned: boolean } {
  const turned = FIELDS.indexOf(a) > FIELDS.indexOf(b);
  return { name: turned ? `${b},${a}` : `${a},${b}`, turned };
}

/** The published counts of one value of a field by those of another; null where there is no such table. */
function lineOf(
  document: PublishedDocument,
  [field, value]: readonly [Field, string],
  by: Field,
): { values: string[]; counts: Map<number, number> } | null {
  const { name, turned } = pairOf(field, by);
  const table = document.pairs[name];
  if (table === undefined) return null;
  const [own, values] = turned ? [table.values[1], table.values[0]] : table.values;
  const place = own.indexOf(value);
  const counts = new Map<number, number>();
  for (const [first, second, installs] of place === -1 ? [] : table.cells) {
    const [here, there] = turned ? [second, first] : [first, second];
    if (here === place) counts.set(there, installs);
  }
  return { values, counts };
}

/**
 * Installs of the 28 days that fulfil the conditions.
 *
 * @returns null where the count is withheld: fewer than k, nobody, or not among the published values
 * @example installsOf(document, [["platform", "linux"], ["app_version", "2.3.1"]]) // 640
 */
export function installsOf(document: PublishedDocument, conditions: Conditions): number | null {
  const [first, second] = conditions;
  if (first === undefined) return document.totals.month;
  if (second === undefined) {
    const rows = document.fields?.[first[0]].rows ?? [];
    return rows.find(([value]) => value === first[1])?.[1] ?? null;
  }
  const line = lineOf(document, first, second[0]);
  return line?.counts.get(line.values.indexOf(second[1])) ?? null;
}

/**
 * Installs of the 28 days by a field, under at most one condition.
 *
 * @returns null where the two fields are not counted together, or more than one condition is given
 */
export function breakdownOf(
  document: PublishedDocument,
  field: Field,
  conditions: Conditions,
): Breakdown | null {
  const [condition, another] = conditions;
  if (another !== undefined) return null;
  if (condition === undefined) {
    const { rows, other } = document.fields?.[field] ?? { rows: [], other: 0 };
    return {
      field,
      rows: rows.map(([value, installs]) => ({ value, installs })),
      other,
      withheld: document.fields === null,
    };
  }
  if (condition[0] === field) return null;
  const line = lineOf(document, condition, field);
  // Without any table, every one is withheld; with others, this pair is not counted.
  if (line === null) {
    return document.fields === null ? { field, rows: [], other: 0, withheld: true } : null;
  }
  const rows = line.values
    .map((value, place) => ({ value, installs: line.counts.get(place) ?? 0 }))
    .filter(({ installs }) => installs > 0)
    .sort((a, b) => b.installs - a.installs || (a.value < b.value ? -1 : 1));
  return { field, rows, other: line.counts.get(line.values.length) ?? 0, withheld: true };
}

/** True for fields that are counted together. */
export function areCombined(a: Field, b: Field): boolean {
  return a !== b && COMBINED.has(pairOf(a, b).name);
}
