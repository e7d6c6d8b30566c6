import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createNonces } from "./nonces.ts";
import { isSignedBy, readSigned, type Signed } from "./signature.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const PATH = "/v1/installs/5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const NONCE = "AAAAAAAAAAAAAAAAAAAAAA";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const key = publicKey.export({ format: "jwk" }).x as string;

function headers(over: Record<string, string> = {}, message?: string): Record<string, string> {
  const time = over["rollcall-time"] ?? String(NOW / 1000);
  const text = message ?? `GET\n${PATH}\n${time}\n${NONCE}`;
  return {
    "rollcall-time": time,
    "rollcall-nonce": NONCE,
    "rollcall-signature": sign(null, Buffer.from(text), privateKey).toString("base64"),
    ...over,
  };
}

const readIt = (given: Record<string, string>, method = "GET") =>
  readSigned({ method, path: PATH, headers: given }, NOW);

describe("a signed request", () => {
  it("is one of the install's key over method, path, time and nonce", () => {
    const signed = readIt(headers()) as Signed;
    expect(isSignedBy(key, signed)).toBe(true);
    expect(isSignedBy(key, readIt(headers(), "DELETE") as Signed)).toBe(false);
    const other = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x as string;
    expect(isSignedBy(other, signed)).toBe(false);
  });

  it.each(["", "A".repeat(43), "not a key", "_".repeat(42)])("is none of the key %j", (odd) => {
    expect(isSignedBy(odd, readIt(headers()) as Signed)).toBe(false);
  });

  it.each([
    ["rollcall-time", "now"],
    ["rollcall-time", "-5"],
    ["rollcall-time", "1795176000.5"],
    ["rollcall-nonce", ""],
    ["rollcall-nonce", `${NONCE}A`],
    ["rollcall-signature", ""],
    ["rollcall-signature", "AAAA"],
    ["rollcall-signature", `${"A".repeat(86)}==, ${"A".repeat(86)}==`],
  ])("is none where %s is %j", (name, value) => {
    expect(readIt({ ...headers(), [name]: value })).toBe("signature_bad");
  });

  it("is refused more than 300 seconds from now, on both sides", () => {
    const at = (seconds: number) =>
      readIt(headers({ "rollcall-time": String(NOW / 1000 + seconds) }));
    expect([at(-300), at(300)].map((signed) => typeof signed)).toEqual(["object", "object"]);
    expect([at(-301), at(301)]).toEqual(["signature_expired", "signature_expired"]);
  });
});

describe("a nonce", () => {
  it("counts once for each install while its request could be repeated", () => {
    const nonces = createNonces(1_000);
    expect(nonces.use("a", NONCE, 0)).toBe("fresh");
    expect(nonces.use("b", NONCE, 0)).toBe("fresh");
    expect(nonces.use("a", NONCE, 1_000)).toBe("used");
    expect(nonces.use("a", NONCE, 1_001)).toBe("fresh");
  });

  it("is not taken while too many are remembered, and no old one is forgotten for it", () => {
    const nonces = createNonces(1_000, 2);
    nonces.use("a", "1", 0);
    nonces.use("a", "2", 500);
    expect(nonces.use("a", "3", 600)).toBe("full");
    expect(nonces.use("a", "1", 600)).toBe("used");
    expect(nonces.use("a", "3", 1_100)).toBe("fresh");
  });
});
