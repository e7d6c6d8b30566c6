import { expect, it } from "vitest";
import { toShares, toSums } from "./stack.ts";

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
