import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** `owner` may run any statement; `reader` only reads, within limits. */
export type Identity = "owner" | "reader";

export const OWNER_USERNAME = "rollcall";
export const READER_USERNAME = "reader";

export interface Secrets {
  password: string;
  readerPassword: string;
}

/** Who sends a request (Basic, or the X-ClickHouse-User and -Key headers); null for nobody known. */
export function identify(headers: IncomingHttpHeaders, secrets: Secrets): Identity | null {
  const [username, password] = credentials(headers);
  if (username === OWNER_USERNAME && same(password, secrets.password)) return "owner";
  if (username === READER_USERNAME && same(password, secrets.readerPassword)) return "reader";
  return null;
}

function credentials(headers: IncomingHttpHeaders): [string, string] {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? "")?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, "base64").toString();
    const colon = text.indexOf(":");
    return colon < 0 ? ["", ""] : [text.slice(0, colon), text.slice(colon + 1)];
  }
  return [String(headers["x-clickhouse-user"] ?? ""), String(headers["x-clickhouse-key"] ?? "")];
}

function same(given: string, expected: string): boolean {
  // Of equal length whatever was given, so that the comparison tells nothing about it.
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return expected !== "" && timingSafeEqual(digest(given), digest(expected));
}
