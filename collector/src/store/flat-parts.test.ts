import { expect, test } from "vitest";
import { newParts, partOf } from "./flat-parts.ts";

/** Of a table with one app: all parts are that app's. */
const from = (before: string[], now: string[]) => newParts(before, before, now);

test("reads names of parts, of any partition", () => {
  expect(partOf("all_1_222_5")).toMatchObject({ first: 1, last: 222, mutation: 0 });
  expect(partOf("053a53a9da4a_7_7_0_9")).toMatchObject({ first: 7, last: 7, mutation: 9 });
  expect(partOf("all")).toBeNull();
});

test("what was inserted is new, merged among itself or not", () => {
  expect(from(["all_1_5_1"], ["all_1_5_1", "all_6_6_0", "all_7_9_1"])).toEqual([
    "all_6_6_0",
    "all_7_9_1",
  ]);
  expect(from(["all_1_5_1"], ["all_1_5_1"])).toEqual([]);
});

test("a merge of what was there is not new; one with something new is", () => {
  expect(from(["all_1_5_1", "all_6_6_0"], ["all_1_6_2"])).toEqual([]);
  expect(from(["all_1_5_1", "all_6_6_0"], ["all_1_7_2"])).toEqual(["all_1_7_2"]);
  // What has the number between may have come late.
  expect(from(["all_1_5_1", "all_7_7_0"], ["all_1_7_2"])).toEqual(["all_1_7_2"]);
});

test("a number that another app's rows have is not new", () => {
  const before = ["all_1_5_1", "all_7_7_0"];
  expect(newParts(before, [...before, "all_6_6_0"], ["all_1_7_2"])).toEqual([]);
});

test("after a mutation rows may be gone; those inserted after it are untouched", () => {
  expect(from(["all_1_5_1"], ["all_1_5_1_6"])).toBeNull();
  expect(from(["all_1_5_1"], ["all_1_7_2_6"])).toBeNull();
  expect(from(["all_1_5_1"], ["all_6_6_0"])).toBeNull();
  expect(from(["all_1_5_1_6"], ["all_1_5_1_8"])).toBeNull();
  expect(from(["all_1_5_1_6", "all_7_7_0"], ["all_1_7_2_6"])).toEqual([]);
  expect(from(["all_1_5_1_6"], ["all_1_5_1_6", "all_7_7_0"])).toEqual(["all_7_7_0"]);
});

test("of names that cannot be read nothing is told", () => {
  expect(from(["all_1_5_1"], ["part-0001"])).toBeNull();
});
