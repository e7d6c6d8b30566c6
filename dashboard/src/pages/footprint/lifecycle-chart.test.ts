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

it("leaves out those who simply stay when only changes are asked for", () => {
  const names = lifecycleModel(data, false).series.map((each) => each.name);
  expect(names).toEqual(["New", "Resurrected", "Dormant"]);
});
