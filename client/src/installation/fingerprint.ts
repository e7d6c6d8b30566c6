import { createHash } from "node:crypto";

/**
 * The install's fingerprint: SHA-256 of install id and salt, and of nothing else. Hostname, MAC
 * address and hardware are never read. Whoever lacks the salt, which never leaves the install,
 * cannot compute it from an install id.
 *
 * @param installId lower-case UUID
 * @param salt `telemetry_salt` of installation.json, 64 hex digits
 * @returns 64 lower-case hex digits
 *
 * @example
 * fingerprint("5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11", "00".repeat(32));
 */
export function fingerprint(installId: string, salt: string): string {
  return createHash("sha256").update(`${installId}:${salt}`).digest("hex");
}

/** The same of an identity; "" where there is none. */
export function fingerprintOf(identity: { installId: string; salt: string } | null): string {
  return identity === null ? "" : fingerprint(identity.installId, identity.salt);
}
