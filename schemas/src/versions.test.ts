import { expect, test } from "vitest";
import { compareVersions, parseVersion } from "./versions.ts";

// The order of semver 2.0, section 11, newest first, and around it what it does not know.
const ORDERED = [
  "v10.0",
  "2.10.0",
  "2.9.1",
  "2.9",
  "1.0.1",
  "1.0.0",
  "1.0.0-rc.1",
  "1.0.0-beta.11",
  "1.0.0-beta.2",
  "1.0.0-beta",
  "1.0.0-alpha.beta",
  "1.0.0-alpha.1",
  "1.0.0-alpha",
  "1.0.0-1",
  "unknown",
  "nightly",
];

test("newest first, whatever the order before", () => {
  expect([...ORDERED].reverse().sort(compareVersions)).toEqual(ORDERED);
  expect([...ORDERED].sort().sort(compareVersions)).toEqual(ORDERED);
});

test("an order of all texts: antisymmetric, and equal only for the same text", () => {
  const texts = [...ORDERED, "1.0", "v1.0.0", "1.0.0+build", "", "1..0"];
  for (const a of texts) {
    for (const b of texts) {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
    }
  }
});

test("what is no version has no parts", () => {
  expect(parseVersion("nightly")).toBeNull();
  expect(parseVersion("v5.10.0-rc.1")).toEqual({ numbers: [5, 10, 0], prerelease: "rc.1" });
});
