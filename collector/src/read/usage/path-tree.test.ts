import { expect, it } from "vitest";
import { pathTree } from "./path-tree.ts";

const NAMES = ["a", "b", "c"];

it("writes the tree down from the top, with what is not told apart by subtraction", () => {
  const found = [
    { first: 1, second: 2, third: 0, times: 4, of_first: 9, of_second: 6, of_all: 14 },
    { first: 1, second: 0, third: 0, times: 2, of_first: 9, of_second: 2, of_all: 14 },
    { first: 0, second: 0, third: 0, times: 3, of_first: 3, of_second: 3, of_all: 14 },
  ];
  const shallow = [
    { path: ["a"], kind: "event", count: 9 },
    { path: [], kind: "end", count: 3 },
    { path: [], kind: "other", count: 2 },
  ];
  expect(pathTree(found, NAMES, 1)).toEqual(shallow);
  expect(pathTree(found, NAMES, 3)).toEqual([
    shallow[0],
    { path: ["a", "b"], kind: "event", count: 6 },
    { path: ["a", "b"], kind: "end", count: 4 },
    { path: ["a", "b"], kind: "other", count: 2 },
    { path: ["a"], kind: "end", count: 2 },
    { path: ["a"], kind: "other", count: 1 },
    shallow[1],
    shallow[2],
  ]);
});

it("is empty where nothing was found", () => {
  expect(pathTree([], NAMES, 3)).toEqual([]);
});
