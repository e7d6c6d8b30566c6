import { describe, expect, it } from "vitest";
import { bucketTicks, signedTicks, valueTicks } from "./ticks.ts";

describe("value axis", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 25, 50, 75, 100]],
    [1044, [0, 500, 1000, 1500]],
    [88_000, [0, 25_000, 50_000, 75_000, 100_000]],
  ])("marks counts up to %d at %j", (most, ticks) => {
    expect(valueTicks(most, true)).toEqual(ticks);
  });

  it("never has more than five marks nor a largest value above the last", () => {
    for (let most = 1; most < 30_000; most = Math.ceil(most * 1.07)) {
      const ticks = valueTicks(most, true);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
    }
  });
});

describe("time axis", () => {
  it("labels as many buckets as fit and always the newest", () => {
    expect(bucketTicks(7, 700, 72)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(bucketTicks(28, 300, 72)).toEqual([6, 13, 20, 27]);
    expect(bucketTicks(1, 300, 72)).toEqual([0]);
    expect(bucketTicks(400, 300, 72).length).toBeLessThanOrEqual(4);
  });
});

describe("value axis in both directions", () => {
  it.each([
    [-12, 40, [-20, -10, 0, 10, 20, 30, 40]],
    [0, 3, [0, 1, 2, 3]],
    [-90, 8, [-100, -75, -50, -25, 0, 25]],
    [0, 0, [0, 1]],
  ])("marks %d to %d at %j", (least, most, ticks) => {
    expect(signedTicks(least, most, true)).toEqual(ticks);
  });
});
