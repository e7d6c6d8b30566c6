import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatDifference,
  formatExact,
  formatPercent,
  formatShare,
  formatShareExact,
} from "./numbers.ts";

describe("counts", () => {
  it.each([
    [0, "0"],
    [1204, "1,204"],
    [9999, "9,999"],
    [10_000, "10k"],
    [12_345, "12.3k"],
    [99_949, "99.9k"],
    [99_950, "100k"],
    [123_456, "123k"],
    [999_499, "999k"],
    [999_500, "1M"],
    [1_234_567, "1.2M"],
    [4_321_000_000, "4.3G"],
  ])("shows %d as %s", (value, shown) => {
    expect(formatCount(value)).toBe(shown);
  });

  it("keeps every digit for the hover text", () => {
    expect(formatExact(1_234_567)).toBe("1,234,567");
  });
});

describe("percentages", () => {
  it.each([
    [0, "0.0%"],
    [0.0001, "<0.1%"],
    [0.0734, "7.3%"],
    [0.0994, "9.9%"],
    [0.0996, "10%"],
    [0.384, "38%"],
    [1, "100%"],
  ])("shows the ratio %d as %s", (ratio, shown) => {
    expect(formatPercent(ratio)).toBe(shown);
  });
});

describe("shares", () => {
  it("gives no percentage of fewer than 30", () => {
    expect(formatShare(4, 29)).toBe("4/29");
    expect(formatShare(15, 30)).toBe("50%");
  });

  it("shows a dash when nothing could have been counted", () => {
    expect(formatShare(0, 0)).toBe("–");
  });

  it("names the exact pair for the hover text", () => {
    expect(formatShareExact(460, 1204)).toBe("460 of 1,204");
  });
});

describe("differences", () => {
  it.each([
    [120, 100, "+20 (+20%)"],
    [1180, 1204, "−24 (−2.0%)"],
    [12, 7, "+5"],
    [50, 50, "0"],
  ])("shows %d against %d as %s", (now, before, shown) => {
    expect(formatDifference(now, before, "count")).toBe(shown);
  });

  it("shows shares in points, not in percent of a percentage", () => {
    expect(formatDifference(0.42, 0.4, "share")).toBe("+2.0 points");
    expect(formatDifference(0.3, 0.55, "share")).toBe("−25 points");
  });
});
