import { expect, it } from "vitest";
import { formatDuration } from "./durations.ts";

it.each([
  [0, "0 s"],
  [59, "59 s"],
  [90, "1.5 min"],
  [600, "10 min"],
  [5400, "1.5 h"],
  [86_400, "1 d"],
  [12 * 86_400, "12 d"],
])("prints %d seconds as %s", (seconds, printed) => {
  expect(formatDuration(seconds)).toBe(printed);
});
