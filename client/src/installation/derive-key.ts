import { createHmac, randomBytes } from "node:crypto";

/** For an install without an identity: what it protects then works within one process. */
const spareSecret = randomBytes(32).toString("hex");

/**
 * A key of this install, another for each purpose: HMAC-SHA-256 of the purpose under the salt, which
 * never leaves the install.
 *
 * @returns 32 bytes
 */
export function deriveKey(salt: string | undefined, purpose: string): Buffer {
  return createHmac("sha256", salt || spareSecret)
    .update(`rollcall ${purpose}`)
    .digest();
}
