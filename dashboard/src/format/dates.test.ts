import { expect, it } from "vitest";
import { formatAge, formatBucket, formatDay, formatInstant } from "./dates.ts";

it("names days, weeks and months in UTC whatever the machine's zone", () => {
  expect(formatDay("2026-11-01")).toBe("Nov 1");
  expect(formatBucket("2026-11-01", "day")).toBe("Sun, Nov 1, 2026");
  expect(formatBucket("2026-11-02", "week")).toBe("week of Nov 2, 2026");
  expect(formatBucket("2026-11-01", "month")).toBe("Nov 2026");
});

it("names the day of an instant only when it is not today", () => {
  const now = new Date("2026-11-20T09:00:00Z");
  expect(formatInstant("2026-11-20T08:12:40Z", now)).toBe("08:12 UTC");
  expect(formatInstant("2026-11-19T23:59:00Z", now)).toBe("Nov 19, 23:59 UTC");
});

it("gives an age in the largest unit that fits", () => {
  expect(formatAge(12_400)).toBe("12 s");
  expect(formatAge(250_000)).toBe("4 min");
  expect(formatAge(7_300_000)).toBe("2 h");
});
