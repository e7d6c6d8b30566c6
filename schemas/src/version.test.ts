import { expect, it } from "vitest";
import { isVersion, leadingRelease } from "./version.ts";

it.each([
  "5.10.0",
  "5",
  "v2.0.0-rc.1",
  "1.2.3.4",
  "1.4.dev3+g1a2b3c4",
  "1.2.3.post1",
  "2026.7.1",
  "20260712",
  "1.0.0-alpha",
  "1.0.0-beta2",
  "1.0.0+1a2b3c4",
  "5.15.0-91",
  "nightly",
  "dev",
  "dev-0",
  "4.2.1-15-g1a2b3c4",
])("%s is a version", (text) => expect(isVersion(text)).toBe(true));

it.each([
  "",
  ".",
  "1.",
  "1..2",
  "1.2.3.4.5",
  "1.0.0-johns-build",
  "1.0 for Ann",
  "555-123-4567",
  "123-45-6789",
  "+4915112345678",
  "4915112345678",
  "10.0.0.1:443",
  "1.0.0\n",
  "1.0.0\u0000",
  "v",
  "1.0.0-ann",
  "None",
  `1.${"0".repeat(50)}`,
])("%j is none", (text) => expect(isVersion(text)).toBe(false));

it.each([
  ["5.15.0-91-generic", "5.15.0-91"],
  ["6.1.0-johns-laptop", "6.1.0"],
  ["6.1.0-18johns", "6.1.0"],
  ["5.15.167.4-microsoft-standard-WSL2", "5.15.167.4"],
  ["14.0-RELEASE-p3", "14.0"],
  ["10.0.19045", "10.0.19045"],
  ["11", "11"],
  ["johns-kernel-6.1", ""],
  ["4915112345678", ""],
  ["", ""],
])("the leading release of %j is %j", (text, release) => {
  expect(leadingRelease(text)).toBe(release);
});
