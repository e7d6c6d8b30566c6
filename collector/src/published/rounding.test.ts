import { expect, it } from "vitest";
import { baseOf, createRounding, leastOf, slackOf } from "./rounding.ts";

const secret = Buffer.alloc(32, 3);
const KS = Array.from({ length: 996 }, (_, at) => at + 5);

it("leaves more open than the size of a group that nobody may learn of, for every k", () => {
  expect([5, 10, 12, 13, 27, 28, 57, 58].map(baseOf)).toEqual([5, 5, 5, 10, 10, 20, 20, 40]);
  for (const k of KS) {
    const base = baseOf(k);
    expect(3 * base).toBeGreaterThanOrEqual(k + 3);
    expect(base).toBeLessThanOrEqual(Math.max(5, (2 * (k + 3)) / 3));
    const least = leastOf(k, base);
    // Shown groups have k or more, and every group of so many is shown.
    expect(least - slackOf(base)).toBeGreaterThanOrEqual(k);
    expect(least % base).toBe(0);
  }
});

it("says nothing more of a count when k changes: the coarser number follows from the finer one", () => {
  for (const words of [["month"], ["platform", "linux"], ["event", "timer.started"]]) {
    for (const [k, larger] of [
      [10, 12],
      [10, 13],
      [13, 30],
      [10, 1000],
    ] as const) {
      const fine = createRounding({ secret, app: "clocks", k });
      const coarse = createRounding({ secret, app: "clocks", k: larger });
      const follows = new Map<number, number>();
      for (let installs = 0; installs < 5_000; installs += 1) {
        const published = fine.round(installs, ...words);
        const known = follows.get(published) ?? coarse.round(installs, ...words);
        expect(coarse.round(installs, ...words)).toBe(known);
        follows.set(published, known);
      }
    }
  }
});
