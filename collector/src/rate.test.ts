import { expect, test } from "vitest";
import { createRate } from "./rate.ts";

test("a burst is let through, and then as many as the time allows", () => {
  let now = 0;
  const may = createRate({ perSecond: 10, burst: 3 }, () => now);
  expect([may(), may(), may(), may()]).toEqual([true, true, true, false]);
  now = 99;
  expect(may()).toBe(false);
  now = 100;
  expect([may(), may()]).toEqual([true, false]);
  now = 60_000;
  expect([may(), may(), may(), may()]).toEqual([true, true, true, false]);
});
