import { describe, expect, it } from "vitest";
import {
  countDays,
  defaultInterval,
  intervalsFor,
  parseRange,
  previousDays,
  printRange,
  resolveRange,
} from "./ranges.ts";

const now = new Date("2026-11-20T23:59:59Z");

describe("a range that moves with today", () => {
  it("ends today and includes both ends", () => {
    expect(resolveRange({ kind: "28d" }, now)).toEqual({ from: "2026-10-24", to: "2026-11-20" });
    expect(countDays(resolveRange({ kind: "91d" }, now))).toBe(91);
    expect(resolveRange({ kind: "today" }, now)).toEqual({ from: "2026-11-20", to: "2026-11-20" });
  });

  it("begins with the first data when it is to show all", () => {
    const days = resolveRange({ kind: "all" }, now, "2026-03-01");
    expect(days).toEqual({ from: "2026-03-01", to: "2026-11-20" });
  });

  it("crosses a leap day without losing one", () => {
    const days = resolveRange({ kind: "7d" }, new Date("2028-03-02T00:00:00Z"));
    expect(days).toEqual({ from: "2028-02-25", to: "2028-03-02" });
  });
});

describe("the written form", () => {
  it.each(["today", "7d", "28d", "91d", "365d", "all", "2026-10-01..2026-10-31"])(
    "reads and prints %s alike",
    (text) => {
      const range = parseRange(text);
      expect(range && printRange(range)).toBe(text);
    },
  );

  it.each([
    "",
    "29d",
    "toString",
    "2026-02-30..2026-03-01",
    "2026-10-31..2026-10-01",
    "2026-10-01",
    "2026-10-01..2026-10-02..2026-10-03",
  ])("refuses %j", (text) => {
    expect(parseRange(text)).toBeNull();
  });
});

describe("bucket sizes", () => {
  it("offers only sizes that give between two and 400 points", () => {
    expect(intervalsFor({ from: "2026-11-14", to: "2026-11-20" })).toEqual(["day"]);
    expect(intervalsFor({ from: "2026-08-22", to: "2026-11-20" })).toEqual([
      "day",
      "week",
      "month",
    ]);
    expect(intervalsFor({ from: "2024-01-01", to: "2026-11-20" })).toEqual(["week", "month"]);
  });

  it("starts with the size that reads well for the length", () => {
    expect(defaultInterval({ from: "2026-10-24", to: "2026-11-20" })).toBe("day");
    expect(defaultInterval({ from: "2025-11-21", to: "2026-11-20" })).toBe("week");
    expect(defaultInterval({ from: "2023-01-01", to: "2026-11-20" })).toBe("month");
  });
});

describe("the days compared with", () => {
  const days = { from: "2026-11-11", to: "2026-11-20" };

  it("are as many, right before", () => {
    expect(previousDays(days, "previous")).toEqual({ from: "2026-11-01", to: "2026-11-10" });
  });

  it("are as many, whole weeks before, so that weekdays lie beside their like", () => {
    const before = previousDays(days, "weekdays");
    expect(before).toEqual({ from: "2026-10-28", to: "2026-11-06" });
    expect(new Date(before.from).getUTCDay()).toBe(new Date(days.from).getUTCDay());
    expect(countDays(before)).toBe(countDays(days));
  });

  it("are the same either way for a range of whole weeks", () => {
    const weeks = { from: "2026-10-24", to: "2026-11-20" };
    expect(previousDays(weeks, "weekdays")).toEqual(previousDays(weeks, "previous"));
  });
});
