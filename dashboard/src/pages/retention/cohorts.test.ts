import { expect, it } from "vitest";
import { cohortDays, heatRows, returnedBy } from "./cohorts.ts";

const data = {
  asOf: "2026-11-20T08:12:00Z",
  weeks: 3,
  rows: [
    { start: "2026-11-02", size: 40, complete: true, counts: [40, 30, 0] },
    { start: "2026-11-09", size: 60, complete: true, counts: [60, 20, null] },
    { start: "2026-11-16", size: 5, complete: false, counts: [5, null, null] },
    { start: "2026-10-26", size: 0, complete: true, counts: [0, 0, 0] },
  ],
};

it("asks for whole weeks from Monday, the last of which holds the day", () => {
  // 2026-11-20 is a Friday, 2026-11-16 its Monday.
  expect(cohortDays("2026-11-20", 1)).toEqual({ from: "2026-11-16", to: "2026-11-20" });
  expect(cohortDays("2026-11-20", 12)).toEqual({ from: "2026-08-31", to: "2026-11-20" });
  expect(cohortDays("2026-11-16", 2)).toEqual({ from: "2026-11-09", to: "2026-11-16" });
  expect(cohortDays("2026-11-15", 2)).toEqual({ from: "2026-11-02", to: "2026-11-15" });
});

it("keeps nobody, not yet and still filling apart, newest cohort first", () => {
  expect(heatRows({ ...data, rows: data.rows.slice(0, 3) }).map((row) => row.cells)).toEqual([
    [{ part: 5, whole: 5, filling: true }, "not-yet", "not-yet"],
    [{ part: 60, whole: 60 }, { part: 20, whole: 60 }, "not-yet"],
    [
      { part: 40, whole: 40 },
      { part: 30, whole: 40 },
      { part: 0, whole: 40 },
    ],
  ]);
  expect(heatRows(data)).toHaveLength(3);
});

it("takes a week's share of those cohorts only whose week has come", () => {
  expect(returnedBy(data, 1)).toBe("50%");
  expect(returnedBy(data, 2)).toBe("0.0%");
  expect(returnedBy(data, 9)).toBe(null);
});
