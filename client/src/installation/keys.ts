import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from "node:crypto";

/**
 * The install's Ed25519 key pair as `installation.json` keeps it. Whoever holds the private key can
 * ask a collector for this install's data or their erasure; nobody else can.
 */
export interface StoredKeyPair {
  /** 32 raw bytes in base64: what the base report carries. */
  install_key: string;
  /** PKCS8 DER in base64; never leaves the install. */
  install_key_private: string;
}

/** SPKI DER of an Ed25519 key is a fixed head of 12 bytes and the 32 of the key (RFC 8410). */
const SPKI_HEAD = 12;

export function createKeyPair(): StoredKeyPair {
  const { privateKey } = generateKeyPairSync("ed25519");
  const der = privateKey.export({ format: "der", type: "pkcs8" });
  return { install_key: publicKeyOf(privateKey), install_key_private: der.toString("base64") };
}

/** The pair that was found, or null where it is none: then a new one has to be made. */
export function readKeyPair(publicKey: unknown, privateKey: unknown): StoredKeyPair | null {
  if (typeof publicKey !== "string" || typeof privateKey !== "string") return null;
  const key = readPrivateKey(privateKey);
  if (key === null || publicKeyOf(key) !== publicKey) return null;
  return { install_key: publicKey, install_key_private: privateKey };
}

/**
 * Signs a text with the install's key.
 *
 * @param privateKey `install_key_private`: PKCS8 DER in base64
 * @param message signed as UTF-8
 * @returns 64 bytes in base64
 * @throws Error when the key is none
 *
 * @example
 * sign(identity.privateKey, `GET\n/v1/installs/${identity.installId}\n1795170000\n${nonce}`);
 */
export function sign(privateKey: string, message: string): string {
  const key = readPrivateKey(privateKey);
  if (key === null) throw new Error("install_key_private is no Ed25519 key");
  return signBytes(null, Buffer.from(message, "utf8"), key).toString("base64");
}

function readPrivateKey(text: string): KeyObject | null {
  try {
    const key = createPrivateKey({
      key: Buffer.from(text, "base64"),
      format: "der",
      type: "pkcs8",
    });
    return key.asymmetricKeyType === "ed25519" ? key : null;
  } catch {
    return null;
  }
}

function publicKeyOf(privateKey: KeyObject): string {
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return der.subarray(SPKI_HEAD).toString("base64");
}
