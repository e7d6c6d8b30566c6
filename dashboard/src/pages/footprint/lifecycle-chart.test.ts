import { expect, it } from "vitest";
import { lifecycleModel } from "./lifecycle-chart.tsx";

const data = {
  asOf: "2026-11-20T08:12:00Z",
  interval: "week" as const,
  rows: [
    { start: "2026-11-09", new: 24, returning: 1100, resurrected: 31, dormant: 40, complete: true },
    { start: "2026-11-16", new: 3, returning: 900, resurrected: 2, dormant: null, complete: false },
  ],
};

it("puts who went below zero, and leaves it open while the bucket fills", () => {
  const { series, incomplete } = lifecycleModel(data, true);
  expect(series.map((each) => [each.name, each.values])).toEqual([
    ["Returning", [1100, 900]],
    ["New", [24, 3]],
    ["Resurrected", [31, 2]],
    ["Dormant", [-40, null]],
  ]);
  expect(incomplete).toBe(1);
});

it("leaves the beginning out of the changes where it would dwarf them", () => {
  const row = (start: string, fresh: number, returning: number) => ({
    ...{ start, new: fresh, returning, resurrected: 0, dormant: 0, complete: true },
  });
  const newOf = (all: boolean, ...rows: ReturnType<typeof row>[]) =>
    lifecycleModel({ ...data, rows: [...rows, ...data.rows] }, all).series[all ? 1 : 0]?.values;
  const [before, many, few] = [
    row("2026-10-26", 20, 0),
    row("2026-11-02", 241, 20),
    row("2026-11-02", 240, 20),
  ];
  expect(newOf(false, many)).toEqual([null, 24, 3]);
  expect(newOf(false, before, many)).toEqual([null, null, 24, 3]);
  expect(newOf(true, before, many)).toEqual([20, 241, 24, 3]);
  expect(newOf(false, few)).toEqual([240, 24, 3]);
  // Where as many were there before it is no beginning.
  expect(newOf(false, row("2026-11-02", 241, 241))).toEqual([241, 24, 3]);
});

it("leaves out those who simply stay when only changes are asked for", () => {
  const names = lifecycleModel(data, false).series.map((each) => each.name);
  expect(names).toEqual(["New", "Resurrected", "Dormant"]);
});
