import { expect, it } from "vitest";
import { createRandom, type Random } from "../ingest/random.fixture.ts";
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

/** A table in which many cells are small and every row and column has enough to be named. */
function randomTable(random: Random, rows: number, columns: number, least: number): number[][] {
  for (;;) {
    const counts = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () =>
        random.chance(0.5) ? random.below(least) : least + random.below(3 * least),
      ),
    );
    const totals = (counts[0] as number[]).map((_, at) => sum(counts.map((row) => row[at] ?? 0)));
    if ([...counts.map(sum), ...totals].every((line) => line >= least)) return counts;
  }
}

it.each([
  [2, 2, 10, 1500],
  [2, 3, 10, 1000],
  [3, 3, 5, 150],
  [2, 3, 40, 60],
])(
  "leaves nobody certain of a small group, in a table of %d × %d with k = %d",
  (rows, columns, k, rounds) => {
    const random = createRandom(11);
    const { least } = createRounding({ secret, app: "", k });
    let shown = 0;
    for (let round = 0; round < rounds; round += 1) {
      const counts = randomTable(random, rows, columns, least);
      const found = told(counts, `app ${round}`, k);
      expect(found.told, JSON.stringify(counts)).toEqual([]);
      shown += found.shown;
    }
    expect(shown).toBeGreaterThan(rounds);
  },
);

it("withholds whole tables seldom, and moves few counts", () => {
  const random = createRandom(12);
  let cells = 0;
  let nothing = 0;
  let moved = 0;
  for (let round = 0; round < 300; round += 1) {
    const rounding = createRounding({ secret, app: `app ${round}`, k: 10 });
    const counts = randomTable(random, 4, 4, 15);
    const safe = safeCells(counts, rounding, "a,b", [letters, letters]);
    if (safe.length === 0) nothing += 1;
    cells += safe.length;
    for (const { row, column, installs } of safe) {
      const truth = counts[row]?.[column] as number;
      expect(truth).toBeGreaterThanOrEqual(10);
      expect(Math.abs(installs - truth)).toBeLessThan(10);
      const plain = rounding.round(truth, "a,b", letters[row] ?? "", letters[column] ?? "");
      if (plain !== installs) moved += 1;
    }
  }
  expect(nothing).toBeLessThanOrEqual(3);
  expect(moved / cells).toBeLessThan(0.02);
});

it("shows neither of a cell with a small group and an empty one", () => {
  const rounding = createRounding({ secret, app: "app", k: 10 });
  const names = [
    ["linux", "darwin"],
    ["docker", "bare"],
  ] as const;
  const published = (small: number) =>
    safeCells(
      [
        [500, 40],
        [small, 60],
      ],
      rounding,
      "a,b",
      names,
    ).map(({ row, column }) => [row, column]);
  for (const small of [0, 1, 3, 9]) {
    expect(published(small)).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
  }
});
