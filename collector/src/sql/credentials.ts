import type { IncomingHttpHeaders } from "node:http";

/**
 * The token of a request, from wherever ClickHouse's clients put a password: Basic (under any user
 * name), `X-ClickHouse-Key`, or a Bearer token. Never from the URL: proxies write URLs down.
 *
 * @returns null where there is none
 */
export function tokenOf(headers: IncomingHttpHeaders): string | null {
  const { authorization, "x-clickhouse-key": key } = headers;
  if (authorization === undefined) return typeof key === "string" && key !== "" ? key : null;
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const text = Buffer.from(basic, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 || colon === text.length - 1 ? null : text.slice(colon + 1);
}
