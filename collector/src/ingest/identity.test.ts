import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createUserHasher } from "./identity.ts";

const key = Buffer.alloc(32, 7);
const INSTALL = "5f0c2f0e-7c8e-4f0e-9d3e-0a5a3c1b2d4f";

describe("the hash of a user", () => {
  it("is the first eight bytes of HMAC-SHA256 over app, install and identity", () => {
    const expected = createHmac("sha256", key).update(`tt\0${INSTALL}\0user-1`).digest();
    expect(createUserHasher(key)("tt", INSTALL, "user-1")).toBe(expected.readBigUInt64BE(0));
  });

  it("is 0 where there is no user", () => {
    expect(createUserHasher(key)("tt", INSTALL, "")).toBe(0n);
  });

  it("differs between apps, installs and collectors", () => {
    const hash = createUserHasher(key);
    const other = createUserHasher(Buffer.alloc(32, 8));
    const hashes = [
      hash("tt", INSTALL, "1"),
      hash("notes", INSTALL, "1"),
      hash("tt", "00000000-7c8e-4f0e-9d3e-0a5a3c1b2d4f", "1"),
      other("tt", INSTALL, "1"),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  it("stays the same through more users than are remembered", () => {
    const hash = createUserHasher(key);
    const before = hash("tt", INSTALL, "first");
    for (let user = 0; user < 20_000; user++) hash("tt", INSTALL, `user-${user}`);
    expect(hash("tt", INSTALL, "first")).toBe(before);
  });
});
