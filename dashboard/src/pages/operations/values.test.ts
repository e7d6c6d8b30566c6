import { expect, it } from "vitest";
import { formatMilliseconds, formatNumber, printerOf } from "./values.ts";

it.each([
  [0, "0 ms"],
  [0.0421, "42.1 µs"],
  [12.345, "12.3 ms"],
  [1234, "1.23 s"],
  [90_000, "1.5 min"],
  [5_400_000, "1.5 h"],
])("%d ms is written %s", (milliseconds, written) => {
  expect(formatMilliseconds(milliseconds)).toBe(written);
});

it("writes numbers with three digits that matter", () => {
  expect([0, 0.012345, -2.71, 999.4, 12_345].map(formatNumber)).toEqual([
    ...["0", "0.0123", "-2.71", "999", "12.3k"],
  ]);
});

it.each([
  ["s", 0.25, "250 ms"],
  ["By", 1_500_000, "1.5 MB"],
  ["MiBy", 1, "1.05 MB"],
  ["By", 12, "12 B"],
  ["{request}", 3, "3"],
  ["1", 0.5, "0.5"],
  ["", 7, "7"],
  ["Cel", 21.5, "21.5 Cel"],
])("of the unit %j, %d is written %s", (unit, value, written) => {
  expect(printerOf(unit)(value)).toBe(written);
});
