import { describe, expect, it } from "vitest";
import { apart, compareLast, compareWith } from "./compare.ts";
import type { PlotModel } from "./model.ts";
import { plotData } from "./options.ts";

const NOW = ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"];
const THEN = ["2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16"];

type Series = Record<string, (number | null)[]>;

function model(starts: string[], series: Series, more: Partial<PlotModel> = {}): PlotModel {
  return {
    ...{ kind: "line", unit: "count", interval: "day", starts, incomplete: 0 },
    series: Object.entries(series).map(([name, values]) => ({ name, colour: "cat-1", values })),
    ...more,
  };
}

const compare = (now: Series, then: Series, more: Partial<PlotModel> = {}) =>
  compareWith(model(NOW, now, more), model(THEN, then, more), "Previous period");

describe("of a single line", () => {
  it("draws the days before, without the time before anybody reported", () => {
    const { comparison } = compare({ all: [5, 6, 7, 8] }, { all: [0, 0, 3, 0] });
    expect(comparison).toEqual({
      ...{ name: "Previous period", starts: THEN },
      values: [null, null, 3, 0],
    });
  });

  it("says when there was nothing then", () => {
    const { comparison } = compare({ all: [5, 6, 7, 8] }, { all: [0, 0, 0, 0] });
    expect(comparison?.name).toBe("Previous period: nothing then");
  });

  it("says how the last complete point stands to the same place before", () => {
    const compared = compare({ all: [5, 6, 60, 1] }, { all: [9, 9, 50, 9] }, { incomplete: 1 });
    expect(compareLast(compared)).toBe("That is +10 (+20%) against Sun, Nov 15, 2026.");
  });
});

describe("of several lines", () => {
  const now = { month: [50, 60, 70, 80], week: [40, 41, 42, 43], day: [9, 8, 7, 6] };
  const then = { month: [0, 30, 40, 50], week: [0, 0, 40, 41], day: [0, 0, 0, 7] };

  it("draws one, and tells all", () => {
    const { comparison } = compare(now, then);
    expect(comparison?.name).toBe("month, previous period");
    expect(comparison?.values).toEqual([null, 30, 40, 50]);
    expect(comparison?.now).toEqual(now.month);
    // Somebody had reported by the second day, so that none of one kind is a true zero.
    expect(comparison?.past).toEqual([
      { name: "month, previous period", values: [null, 30, 40, 50] },
      { name: "week, previous period", values: [null, 0, 40, 41] },
      { name: "day, previous period", values: [null, 0, 0, 7] },
    ]);
  });

  it("draws the one that stands out, and another where that one had nothing", () => {
    expect(compare(now, then, { emphasis: 1 }).comparison?.values).toEqual([null, 0, 40, 41]);
    const { month, ...others } = then;
    expect(compare(now, others).comparison?.name).toBe("week, previous period");
  });

  it("names the largest three with their differences", () => {
    const more = { ...now, rare: [1, 1, 1, 1] };
    expect(compareLast(compare(more, { ...then, rare: [1, 1, 1, 1] }))).toBe(
      "Against Mon, Nov 16, 2026: month +30 (+60%), week +2 (+4.9%), day −1.",
    );
  });

  it("knows a series by its key, where the name says how many it holds", () => {
    const of = (starts: string[], name: string): PlotModel => ({
      ...model(starts, { first: [9, 9, 9, 9] }),
      series: [
        { name: "first", colour: "cat-1", values: [9, 9, 9, 9] },
        { name, key: "other", colour: "other", values: [1, 2, 3, 4] },
      ],
    });
    const { comparison } = compareWith(
      of(NOW, "Other (3)"),
      of(THEN, "Other (5)"),
      "Same weekdays",
    );
    expect(comparison?.past?.[1]).toEqual({
      ...{ name: "Other (3), same weekdays", values: [1, 2, 3, 4] },
    });
  });

  it("become charts of their own, each with its days before", () => {
    const [, week] = apart(compare(now, then));
    expect(week?.name).toBe("week");
    expect(week?.model.series.map(({ values }) => values)).toEqual([now.week]);
    expect(week?.model.comparison).toEqual({
      ...{ name: "Previous period", starts: THEN, values: [null, 0, 40, 41] },
    });
  });
});

describe("of bars", () => {
  const bars = compare(
    { new: [1, 2, 3, 4], back: [5, 5, 5, 5], gone: [-2, -2, -2, null] },
    { new: [2, 2, 2, 2], back: [1, 1, 1, 1], gone: [-9, -9, -9, -4] },
    { kind: "bars" },
  );

  it("draws how high they stood above the axis, over them", () => {
    expect(bars.comparison?.name).toBe("Above the axis, previous period");
    expect(bars.comparison?.values).toEqual([3, 3, 3, 3]);
    expect(bars.comparison?.now).toEqual([6, 7, 8, 9]);
    expect(plotData(bars).at(-1)).toEqual([3, 3, 3, 3]);
  });

  it("tells every part, what goes down by its size", () => {
    expect(compareLast({ ...bars, incomplete: 1 })).toBe(
      "Against Sun, Nov 15, 2026: new +1, back +4, gone −7.",
    );
  });
});

it("draws nothing over stacked shares, and tells them in the table", () => {
  const shares = compare(
    { a: [0.5, 0.6, 0.6, 0.7], b: [0.5, 0.4, 0.4, 0.3] },
    { a: [1, 1, 1, 1] },
    {
      ...{ kind: "area", unit: "share" },
    },
  );
  expect(shares.comparison?.values).toEqual([]);
  expect(shares.comparison?.past?.map(({ values }) => values)).toEqual([
    [1, 1, 1, 1],
    [null, null, null, null],
  ]);
  expect(compareLast(shares)).toBe("Against Mon, Nov 16, 2026: a −30 points.");
});

it("compares nothing while the answers are of other buckets", () => {
  const weeks = model(THEN, { all: [1, 1, 1, 1] }, { interval: "week" });
  expect(compareWith(model(NOW, { all: [1, 1, 1, 1] }), weeks, "").comparison).toBeUndefined();
});
