import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { expect, test } from "vitest";
import { createKeyPair, readKeyPair, sign } from "./keys.ts";

/** As a collector does it, from RFC 8410: a fixed head and the 32 bytes of the key. */
function verifies(publicKey: string, message: string, signature: string): boolean {
  const raw = Buffer.from(publicKey, "base64");
  expect(raw).toHaveLength(32);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, Buffer.from(message), key, Buffer.from(signature, "base64"));
}

test("whoever has the public key can check what the private key signed", () => {
  const pair = createKeyPair();
  const message = "GET\n/v1/installs/5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11\n1795170000\nä";
  const signature = sign(pair.install_key_private, message);
  expect(Buffer.from(signature, "base64")).toHaveLength(64);
  expect(verifies(pair.install_key, message, signature)).toBe(true);
  expect(verifies(pair.install_key, `${message}x`, signature)).toBe(false);
  expect(verifies(createKeyPair().install_key, message, signature)).toBe(false);
});

test("a pair is read back, and what is no pair is none", () => {
  const pair = createKeyPair();
  const other = createKeyPair();
  expect(readKeyPair(pair.install_key, pair.install_key_private)).toEqual(pair);
  expect(readKeyPair(other.install_key, pair.install_key_private)).toBeNull();
  expect(readKeyPair(undefined, pair.install_key_private)).toBeNull();
  expect(readKeyPair(pair.install_key, "rubbish")).toBeNull();
  const foreign = generateKeyPairSync("x25519").privateKey.export({ format: "der", type: "pkcs8" });
  expect(readKeyPair(pair.install_key, foreign.toString("base64"))).toBeNull();
  expect(() => sign("rubbish", "message")).toThrow("no Ed25519 key");
});
