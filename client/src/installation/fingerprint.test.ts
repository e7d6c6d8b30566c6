import { expect, test } from "vitest";
import { fingerprint } from "./fingerprint.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";

test("the fingerprint is SHA-256 of install id and salt", () => {
  // printf '5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11:000…0' | sha256sum
  expect(fingerprint(INSTALL, "0".repeat(64))).toBe(
    "2a4a3ea3615ad3f0aa31f9b9937f4dead5e2faf3df3156f9c634e2b508e1df56",
  );
});

test("either input changes it", () => {
  const one = fingerprint(INSTALL, "0".repeat(64));
  expect(fingerprint(INSTALL, `${"0".repeat(63)}1`)).not.toBe(one);
  expect(fingerprint(INSTALL.replace("5", "6"), "0".repeat(64))).not.toBe(one);
});
