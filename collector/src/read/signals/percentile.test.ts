import { expect, it } from "vitest";
import { type Cell, cellOf, exponentialCell, percentilesOfCells } from "./percentile.ts";

it("lies between the bounds of a bucket as values do that are spread evenly", () => {
  const cells = [cellOf(null, 10, 50), cellOf(10, 20, 50)];
  expect(percentilesOfCells(cells, [0.25, 0.5, 0.75, 1])).toEqual([5, 10, 15, 20]);
});

it("takes an open bucket's values at its bound, and one that is open below from zero", () => {
  expect(percentilesOfCells([cellOf(100, null, 3)], [0.5, 0.99])).toEqual([100, 100]);
  expect(percentilesOfCells([cellOf(null, -4, 3)], [0.5])).toEqual([-4]);
  expect(percentilesOfCells([cellOf(null, null, 3)], [0.5])).toEqual([0]);
});

it("says nothing where there is nothing", () => {
  expect(percentilesOfCells([], [0.5])).toEqual([null]);
  expect(percentilesOfCells([cellOf(0, 1, 0)], [0.5])).toEqual([null]);
});

it("knows the bounds of exponential buckets", () => {
  expect(exponentialCell(0, 1, 3, 1)).toEqual({ lower: 8, upper: 16, count: 1 });
  expect(exponentialCell(1, 1, -2, 1)).toEqual({ lower: 0.5, upper: 2 ** -0.5, count: 1 });
  expect(exponentialCell(0, -1, 0, 1)).toEqual({ lower: -2, upper: -1, count: 1 });
  expect(exponentialCell(5, 0, 0, 7)).toEqual({ lower: 0, upper: 0, count: 7 });
});

it("agrees with a search on any buckets, also those that overlap", () => {
  let state = 7;
  const roll = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 300; round++) {
    const cells: Cell[] = Array.from({ length: 1 + roll(12) }, () => {
      const lower = roll(40) - 20;
      return { lower, upper: lower + roll(4) * roll(10), count: 1 + roll(50) };
    });
    for (const level of [0.031, 0.5, 0.957, 0.99]) {
      const [found] = percentilesOfCells(cells, [level]);
      const total = cells.reduce((sum, { count }) => sum + count, 0);
      // What lies below the answer is no more than the level, and what lies at or below it no less.
      const below = cells.reduce((sum, cell) => sum + part(cell, found as number, false), 0);
      const upTo = cells.reduce((sum, cell) => sum + part(cell, found as number, true), 0);
      expect(below).toBeLessThanOrEqual(level * total * (1 + 1e-9));
      expect(upTo).toBeGreaterThanOrEqual(level * total * (1 - 1e-9));
    }
  }
});

/** How many values of a cell lie below a place; with `at`, also those that lie just there. */
function part({ lower, upper, count }: Cell, place: number, at: boolean): number {
  if (lower === upper) return lower < place || (at && lower === place) ? count : 0;
  return count * Math.min(1, Math.max(0, (place - lower) / (upper - lower)));
}
