import { randomBytes } from "node:crypto";

/** What proves that the install itself asks. */
export interface SignedHeaders extends Record<string, string> {
  /** Unix seconds. */
  "rollcall-time": string;
  /** 16 random bytes in base64url; it counts once. */
  "rollcall-nonce": string;
  /** Ed25519 in base64 over method, path, time and nonce, one a line. */
  "rollcall-signature": string;
}

/**
 * The headers of a signed request.
 *
 * @param path as sent, without query
 * @param sign Ed25519 over UTF-8, in base64
 * @param now milliseconds since the epoch
 *
 * @example
 * signedHeaders({ method: "GET", path: `/v1/installs/${id}`, sign: (text) => sign(key, text) });
 */
export function signedHeaders(input: {
  method: "GET" | "DELETE";
  path: string;
  sign: (message: string) => string;
  now?: number;
}): SignedHeaders {
  const time = String(Math.floor((input.now ?? Date.now()) / 1000));
  const nonce = randomBytes(16).toString("base64url");
  return {
    "rollcall-time": time,
    "rollcall-nonce": nonce,
    "rollcall-signature": input.sign(`${input.method}\n${input.path}\n${time}\n${nonce}`),
  };
}
