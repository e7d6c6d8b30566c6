import { expect, test } from "vitest";
import { isClean, judge } from "./ledger.ts";

const ledger = { acknowledged: [1, 2, 3], refused: [4], unknown: [5, 6] };

test("what was acknowledged is there once, what was unknown at most once: clean", () => {
  const verdict = judge(
    ledger,
    new Map([
      [1, 1],
      [2, 1],
      [3, 1],
      [5, 1],
    ]),
  );
  expect(isClean(verdict)).toBe(true);
});

test("a lost, a doubled and an unexpected record are each found", () => {
  const verdict = judge(
    ledger,
    new Map([
      [1, 1],
      [2, 2],
      [4, 1],
      [6, 3],
      [9, 1],
    ]),
  );
  expect(verdict).toEqual({ stored: 5, lost: [3], doubled: [2, 6], unexpected: [4, 9] });
  expect(isClean(verdict)).toBe(false);
});
