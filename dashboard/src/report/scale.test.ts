import { expect, it } from "vitest";
import { bandPath, linePath, placesOf, sharesOf, ticksTo } from "./scale.ts";

it("makes whole steps from zero that hold the largest value", () => {
  expect(ticksTo(1205, 4)).toEqual([0, 500, 1000, 1500]);
  expect(ticksTo(95, 4)).toEqual([0, 50, 100]);
  expect(ticksTo(3, 4)).toEqual([0, 1, 2, 3]);
  expect(ticksTo(0, 4)).toEqual([0, 1]);
});

it("picks places at even distances that end with the last", () => {
  expect(placesOf(91, 6)).toEqual([0, 18, 36, 54, 72, 90]);
  expect(placesOf(5, 10)).toEqual([0, 1, 2, 3, 4]);
  expect(placesOf(1, 6)).toEqual([0]);
  expect(placesOf(0, 6)).toEqual([]);
});

it("leaves gaps in a line where a value is withheld", () => {
  expect(linePath([[0, 1], [1, 2], null, [3, 4.26]])).toBe("M0 1L1 2M3 4.3");
});

it("closes a band", () => {
  expect(bandPath([0, 1], [5, 6], [0, 0])).toBe("M0 5L1 6L1 0L0 0Z");
  expect(bandPath([], [], [])).toBe("");
});

it("makes shares of each day's sum", () => {
  expect(
    sharesOf([
      [30, null],
      [10, null],
    ]),
  ).toEqual([
    [0.75, 0],
    [0.25, 0],
  ]);
});
