import { expect, it } from "vitest";
import { lookAtJson, plainText } from "./json-guard.ts";

const DEPTH = 8;

it.each([
  ['{"a":{"stringValue":"1783964630829000000"}}', true],
  ['{"a":123456789012345}', true],
  ['{"a":1234567890123456}', false],
  ['{"a":-1234567890123456}', false],
  ['{"a": \n1234567890123456}', false],
  ["[1,1234567890123456]", false],
  ["1234567890123456", false],
  ['{"a":"\\"1234567890123456"}', true],
  [`${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`, true],
  [`${"[".repeat(DEPTH + 1)}${"]".repeat(DEPTH + 1)}`, false],
  [`${'{"a":['.repeat(5)}`, false],
])("%s is plain: %s", (json, plain) => {
  expect(plainText(Buffer.from(json), DEPTH)).toBe(plain ? json : null);
});

it("what is plain needs no guard", () => {
  const pieces = ["[", "]", "{", "}", '"', "\\", ":", ",", " ", "-", ".", "1", "123456789012345"];
  let seed = 1;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) % below;
  };
  let plain = 0;
  for (let round = 0; round < 20_000; round++) {
    const json = Array.from({ length: 12 }, () => pieces[next(pieces.length)]).join("");
    // Only a text that JSON.parse takes has its numbers where the guard sees them.
    try {
      JSON.parse(json);
    } catch {
      continue;
    }
    if (plainText(Buffer.from(json), DEPTH) === null) continue;
    plain++;
    const shape = lookAtJson(Buffer.from(json), DEPTH, 1_000);
    expect([json, shape.longIntegers]).toEqual([json, []]);
    expect(shape.depth).toBeLessThanOrEqual(DEPTH);
  }
  expect(plain).toBeGreaterThan(10);
});
