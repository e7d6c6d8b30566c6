import { expect, it } from "vitest";
import { createRandom } from "../ingest/random.fixture.ts";
import { createRounding, slackOf } from "./rounding.ts";
import { safeCells } from "./suppress.ts";

const secret = Buffer.alloc(32, 3);
const letters = ["a", "b", "c", "d", "e", "f"];

/**
 * Every table of whole numbers with these sums of rows and columns that fits what is published, by
 * trying them all. It shares nothing with the code under test.
 */
function everyTable(
  rows: number[],
  columns: number[],
  range: (row: number, column: number) => [number, number],
  visit: (table: number[][]) => void,
): void {
  const table = rows.map(() => columns.map(() => 0));
  const left = [...columns];
  const fill = (row: number, column: number, rest: number): void => {
    if (row === rows.length) return void (left.every((n) => n === 0) && visit(table));
    if (column === columns.length) {
      if (rest === 0) fill(row + 1, 0, rows[row + 1] ?? 0);
      return;
    }
    const [least, most] = range(row, column);
    const last = column === columns.length - 1;
    const from = last ? Math.max(least, rest) : least;
    for (let n = from; n <= Math.min(most, rest, left[column] as number); n += 1) {
      (table[row] as number[])[column] = n;
      left[column] = (left[column] as number) - n;
      fill(row, column + 1, rest - n);
      left[column] = (left[column] as number) + n;
    }
  };
  fill(0, 0, rows[0] as number);
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** What can be told for certain to hold 1 to k − 1 installs, from a published table. */
function told(counts: number[][], app: string, k: number): { told: string[]; shown: number } {
  const rounding = createRounding({ secret, app, k });
  const rows = counts.map(sum);
  const columns = (counts[0] as number[]).map((_, column) =>
    sum(counts.map((row) => row[column] as number)),
  );
  const cells = safeCells(counts, rounding, "a,b", [letters, letters]);
  const shown = new Map(cells.map(({ row, column, installs }) => [`${row},${column}`, installs]));
  if (shown.size === 0) return { told: [], shown: 0 };
  const range = (row: number, column: number): [number, number] => {
    const installs = shown.get(`${row},${column}`);
    if (installs === undefined) return [0, rounding.least - 1];
    const slack = slackOf(rounding.base);
    return [Math.max(k, installs - slack), installs + slack];
  };
  /** Groups by name, each a sum of withheld cells. */
  const hidden = counts.flatMap((line, row) =>
    line.flatMap((_, column) => (shown.has(`${row},${column}`) ? [] : [[row, column] as const])),
  );
  const groups = new Map<string, (readonly [number, number])[]>();
  for (const cell of hidden) {
    for (const name of [`cell ${cell}`, `row ${cell[0]}`, `column ${cell[1]}`]) {
      groups.set(name, [...(groups.get(name) ?? []), cell]);
    }
  }
  const safe = new Set<string>();
  let fitting = 0;
  everyTable(rows, columns, range, (table) => {
    fitting += 1;
    for (const [name, of] of groups) {
      const installs = sum(of.map(([row, column]) => table[row]?.[column] as number));
      if (installs === 0 || installs >= k) safe.add(name);
    }
  });
  // What is published contradicts nothing: otherwise it would tell that a count was moved.
  expect(fitting).toBeGreaterThan(0);
  return { told: [...groups.keys()].filter((name) => !safe.has(name)), shown: shown.size };
}

it("leaves nobody certain of a small group, in whatever table of two rows and two or three columns", () => {
  const random = createRandom(11);
  let shown = 0;
  let empty = 0;
  for (let round = 0; round < 3000; round += 1) {
    const columns = 2 + random.below(2);
    const counts = Array.from({ length: 2 }, () =>
      Array.from({ length: columns }, () =>
        random.chance(0.5) ? random.below(10) : 10 + random.below(40),
      ),
    );
    const lines = [...counts.map(sum), ...counts[0]!.map((_, at) => sum(counts.map((row) => row[at]!)))];
    if (lines.some((line) => line < 15)) continue;
    const found = told(counts, `app ${round}`, 10);
    expect(found.told, JSON.stringify({ round, counts })).toEqual([]);
    shown += found.shown;
    empty += found.shown === 0 ? 1 : 0;
  }
  console.log({ shown, empty });
  expect(shown).toBeGreaterThan(1000);
});
