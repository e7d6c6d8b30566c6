import type { IncomingHttpHeaders } from "node:http";

/** What a request shows: a token under any name, or a user's name and password. */
export interface Credentials {
  /** "" where there is none. */
  name: string;
  secret: string;
}

/**
 * The credentials of a request, from wherever ClickHouse's clients put them: Basic, the two
 * `X-ClickHouse-…` headers, or a Bearer token. Never from the URL: proxies write URLs down.
 *
 * @returns null where there are none
 */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | null {
  const { authorization, "x-clickhouse-user": name, "x-clickhouse-key": key } = headers;
  if (authorization === undefined) {
    return typeof key === "string" && key !== "" ? { name: String(name ?? ""), secret: key } : null;
  }
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return { name: "", secret: bearer };
  const basic = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const text = Buffer.from(basic, "base64").toString();
  const colon = text.indexOf(":");
  const secret = text.slice(colon + 1);
  return colon < 0 || secret === "" ? null : { name: text.slice(0, colon), secret };
}
