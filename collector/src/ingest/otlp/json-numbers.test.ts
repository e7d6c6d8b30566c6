import { describe, expect, it } from "vitest";
import { readNanoseconds } from "./json-numbers.ts";

describe("a time in nanoseconds", () => {
  it.each([
    ["0", 0],
    [0, 0],
    ["1", 1],
    [1, 1],
    ["999999", 1],
    ["1000000", 1],
    ["2000000", 2],
    ["1795173591218000001", 1795173591218],
    ["18446744073709551615", 18446744073709],
    ["18446744073709551616", null],
    ["-1", null],
    ["1e3", null],
    [1.5, null],
    [true, null],
  ])("%j is %j ms: only no time at all is 0", (sent, ms) => {
    expect(readNanoseconds(sent)).toBe(ms);
  });
});
