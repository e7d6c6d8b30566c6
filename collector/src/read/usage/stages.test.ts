import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { stages } from "./stages.ts";

let stored: TestStore;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());

it("works columns out one after the other, and keeps those that are asked for", async () => {
  const text = stages("SELECT 2 AS a", ["a"], [{ b: "a * a" }, { c: "b + b", d: "b + 1" }]);
  expect(await stored.store.query(text)).toEqual([{ a: 2, b: 4, c: 8, d: 5 }]);
});

it("leaves a column behind that nothing needs any more", async () => {
  const text = stages(
    "SELECT 2 AS a, 3 AS unused",
    [],
    [{ b: "a" }, { c: "b + 1" }, { last: "c + 1" }],
  );
  expect(await stored.store.query(text)).toEqual([{ c: 3, last: 4 }]);
});
