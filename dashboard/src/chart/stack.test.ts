import { expect, it } from "vitest";
import { toEnds, toShares, toSums } from "./stack.ts";

it("gives shares that add up to one and none where nobody reported", () => {
  const shares = toShares([
    [3, 0, 1],
    [1, 0, 1],
  ]);
  expect(shares).toEqual([
    [0.75, null, 0.5],
    [0.25, null, 0.5],
  ]);
});

it("stacks from the first series at the bottom to one at the top", () => {
  expect(
    toSums([
      [0.75, null, 0.5],
      [0.25, null, 0.5],
    ]),
  ).toEqual([
    [0.75, null, 0.5],
    [1, null, 1],
  ]);
});

it("stacks bars away from zero, up and down apart", () => {
  const ends = toEnds([
    [3, 5],
    [2, null],
    [-4, 0],
    [-1, -2],
  ]);
  expect(ends).toEqual([
    [3, 5],
    [5, null],
    [-4, 5],
    [-5, -2],
  ]);
});
