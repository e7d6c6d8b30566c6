import { expect, it } from "vitest";
import { summariseDroppable } from "./droppable-table.tsx";

/** Of 1,000 active installs: the version and how many are on an older one. */
const answer = (...rows: [version: string, behind: number][]) => ({
  asOf: "2026-11-20T08:12:00Z",
  field: "app_version" as const,
  active: 1000,
  unordered: 0,
  rows: rows.map(([value, behind]) => ({
    ...{ platform: null, value, installs: 0, behind, share: behind / 1000 },
  })),
});

it("names the newest version below which at most one in a hundred is", () => {
  expect(summariseDroppable(answer(["5.9.0", 11], ["5.8.0", 10], ["5.7.0", 0]))).toBe(
    "Everything below 5.8.0 can go: 1.0% are left behind (at most 1%).",
  );
});

it("says that nobody is left behind where that is so, also of the oldest", () => {
  expect(summariseDroppable(answer(["5.9.0", 500], ["5.6.0", 0]))).toBe(
    "Everything below 5.6.0 can go: nothing is left behind.",
  );
});

it("says that nothing can go where even the oldest leaves more", () => {
  expect(summariseDroppable(answer(["5.9.0", 500], ["5.6.0", 20]))).toBe(
    "Nothing can go without leaving more than 1% behind.",
  );
});
