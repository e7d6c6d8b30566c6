import { expect, it } from "vitest";
import { remember } from "./remember.ts";

it("computes the same as without a memory, each short pair once", () => {
  const asked: string[] = [];
  const join = remember((text, few) => {
    asked.push(text);
    return `${few}:${text}`;
  });
  for (let round = 0; round < 2; round++) {
    expect([join("a", "x"), join("a", "y"), join("b", "")]).toEqual(["x:a", "y:a", ":b"]);
  }
  expect(asked).toEqual(["a", "a", "b"]);
});

it("does not remember long texts, and stays small however many there are", () => {
  let computed = 0;
  const same = remember((text) => {
    computed++;
    return text;
  });
  const long = "x".repeat(201);
  for (let round = 0; round < 3; round++) expect(same(long, "")).toBe(long);
  expect(computed).toBe(3);
  for (let at = 0; at < 2_001; at++) same(String(at), "");
  // Full, it forgot all but the last.
  same("2000", "");
  expect(computed).toBe(3 + 2_001);
  same("0", "");
  expect(computed).toBe(3 + 2_002);
});
