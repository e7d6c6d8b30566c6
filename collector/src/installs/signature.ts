import { createPublicKey, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { IngestFault } from "../errors.ts";

/** How far the sender's clock may be from this one's. */
export const WINDOW_SECONDS = 300;

/** What a signed request says about itself, in its form; nothing of it is proved yet. */
export interface Signed {
  /** What was signed. */
  message: string;
  nonce: string;
  signature: Buffer;
}

type SignatureFault = Extract<IngestFault, "signature_bad" | "signature_expired">;

const TIME = /^\d{1,12}$/;
const NONCE = /^[A-Za-z0-9_-]{22}$/;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/**
 * Reads `Rollcall-Time`, `Rollcall-Nonce` and `Rollcall-Signature`.
 *
 * @param path as sent, without query
 * @param now Unix milliseconds
 */
export function readSigned(
  { method, path, headers }: { method: string; path: string; headers: IncomingHttpHeaders },
  now: number,
): Signed | SignatureFault {
  const time = String(headers["rollcall-time"]);
  const nonce = String(headers["rollcall-nonce"]);
  const signature = String(headers["rollcall-signature"]);
  if (!TIME.test(time) || !NONCE.test(nonce) || !SIGNATURE.test(signature)) return "signature_bad";
  if (Math.abs(now / 1000 - Number(time)) > WINDOW_SECONDS) return "signature_expired";
  return {
    message: `${method}\n${path}\n${time}\n${nonce}`,
    nonce,
    signature: Buffer.from(signature, "base64"),
  };
}

/**
 * Whether the install's key made the signature.
 *
 * @param installKey raw Ed25519 public key in base64url, as the store keeps it
 */
export function isSignedBy(installKey: string, { message, signature }: Signed): boolean {
  try {
    const jwk = { kty: "OKP", crv: "Ed25519", x: installKey };
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return verify(null, Buffer.from(message), key, signature);
  } catch {
    // Thirty-two bytes that are no point of the curve.
    return false;
  }
}
