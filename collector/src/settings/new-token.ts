import { createHash, randomBytes, randomUUID } from "node:crypto";

const HINT_CHARACTERS = 4;

/** SHA-256 in base64url: what is stored of a token. Its 256 random bits need no salt. */
export const hashOfToken = (token: string): string =>
  createHash("sha256").update(token).digest("base64url");

/**
 * Makes a token. It is shown once; the hash and the last characters are kept.
 *
 * @param prefix says what it opens: rci ingest, rcp the API, rcs a share link
 */
export function newToken(prefix: "rci" | "rcp" | "rcs") {
  const token = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { id: randomUUID(), token, hash: hashOfToken(token), hint: token.slice(-HINT_CHARACTERS) };
}
