import { describe, expect, it } from "vitest";
import { addDays, bucketStart, bucketsOf, dayCount, isDay, nextBucket } from "./days.ts";

describe("days", () => {
  it("knows the days of the calendar from strings that only look like them", () => {
    expect(["2026-02-28", "2024-02-29", "2026-12-31"].every(isDay)).toBe(true);
    for (const text of [
      "2026-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-1-1",
      "26-01-01",
      "",
      "2026-01-01T00:00",
    ]) {
      expect(isDay(text), text).toBe(false);
    }
  });

  it("counts over month ends, leap days and years", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(dayCount("2026-01-01", "2026-01-01")).toBe(1);
    expect(dayCount("2024-01-01", "2024-12-31")).toBe(366);
  });

  it("starts weeks on Monday, also over the turn of the year", () => {
    expect(bucketStart("2026-11-02", "week")).toBe("2026-11-02");
    expect(bucketStart("2026-11-01", "week")).toBe("2026-10-26");
    expect(bucketStart("2027-01-03", "week")).toBe("2026-12-28");
    expect(nextBucket("2026-12-28", "week")).toBe("2027-01-04");
  });

  it("goes from month to month whatever their length", () => {
    expect(nextBucket("2026-01-01", "month")).toBe("2026-02-01");
    expect(nextBucket("2026-02-01", "month")).toBe("2026-03-01");
    expect(nextBucket("2026-12-01", "month")).toBe("2027-01-01");
  });

  it("makes whole buckets around a range that cuts them", () => {
    const until = new Date("2026-11-20T08:00:00Z");
    expect(bucketsOf("2026-11-04", "2026-11-17", "week", until)).toEqual([
      { start: "2026-11-02", complete: true },
      { start: "2026-11-09", complete: true },
      { start: "2026-11-16", complete: false },
    ]);
  });

  it("calls a day complete at the very moment all of it is loaded, not before", () => {
    const [before] = bucketsOf(
      "2026-11-19",
      "2026-11-19",
      "day",
      new Date("2026-11-19T23:59:59.999Z"),
    );
    const [after] = bucketsOf("2026-11-19", "2026-11-19", "day", new Date("2026-11-20T00:00:00Z"));
    expect(before).toEqual({ start: "2026-11-19", complete: false });
    expect(after).toEqual({ start: "2026-11-19", complete: true });
  });
});
