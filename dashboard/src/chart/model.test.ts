import { expect, it } from "vitest";
import { countComplete, type Mark, marksAt, type PlotModel } from "./model.ts";
import { plotData } from "./options.ts";

const model: PlotModel = {
  kind: "line",
  unit: "count",
  interval: "week",
  starts: ["2026-11-02", "2026-11-09", "2026-11-16"],
  incomplete: 1,
  series: [{ name: "a", colour: "cat-1", values: [5, 7, 2] }],
};

it("finds the marks of a bucket, also in the last one", () => {
  const mark = (day: string): Mark => ({ day, kind: "release", label: day });
  const marks = ["2026-11-01", "2026-11-08", "2026-11-09", "2026-11-22", "2026-11-23"].map(mark);
  const found = [0, 1, 2].map((at) => marksAt(model, marks, at).map((each) => each.day));
  expect(found).toEqual([["2026-11-08"], ["2026-11-09"], ["2026-11-22"]]);
  const months = { ...model, interval: "month" as const, starts: ["2026-12-01"] };
  expect(marksAt(months, [mark("2026-12-31"), mark("2027-01-01")], 0)).toHaveLength(1);
});

it("draws the part that still fills apart, hung on the last complete point", () => {
  expect(plotData(model).slice(1)).toEqual([
    [5, 7, null],
    [null, 7, 2],
  ]);
});

it("draws the days compared with first, under the line", () => {
  const comparison = { name: "before", starts: [], values: [1, 2] };
  expect(plotData({ ...model, comparison })[1]).toEqual([1, 2, null]);
});

it("lets series end and still fill at different places", () => {
  const [short, long] = [
    { name: "new", colour: "cat-1" as const, values: [1, 2, null], filling: 1 },
    { name: "old", colour: "cat-2" as const, values: [3, 4, 5], filling: 0 },
  ];
  const days: PlotModel = { ...model, starts: [], days: [0, 1, 2], incomplete: 0, series: [] };
  expect([short, long].map((series) => countComplete(days, series))).toEqual([1, 3]);
});

it("draws the outer parts of a bar first, so that the inner ones cover them", () => {
  const bars: PlotModel = {
    ...model,
    kind: "bars",
    series: [
      { name: "stays", colour: "cat-1", values: [10, 10, 4] },
      { name: "comes", colour: "cat-2", values: [2, 3, 1] },
      { name: "goes", colour: "cat-3", values: [-1, -2, null] },
    ],
  };
  expect(plotData(bars).slice(1)).toEqual([
    [-1, -2, null],
    [null, null, null],
    [12, 13, null],
    [null, null, 5],
    [10, 10, null],
    [null, null, 4],
  ]);
});
