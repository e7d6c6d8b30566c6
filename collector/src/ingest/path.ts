/** What a path asks of ingest; "unknown" and "malformed" are under its prefixes and nothing else. */
export type IngestPath = "/v1/logs" | "/otlp/v1/logs" | "unknown" | "malformed";

const PREFIXES = ["/v1", "/otlp/v1"];
const QUERY = /[?#]/;
/** Some proxies send the whole URL (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/]*/;

/**
 * The path in a request's URL, percent-decoded as it would be for any route; null where it is not
 * ingest's.
 *
 * @example
 * pathOf("/v1/logs?x=1"); // "/v1/logs"
 * pathOf("/v1/%zz"); // "malformed"
 * pathOf("/api/v1/apps"); // null
 */
export function pathOf(url: string): IngestPath | null {
  if (url === "/v1/logs" || url === "/otlp/v1/logs") return url;
  const raw = url.replace(ORIGIN, "").split(QUERY, 1)[0] as string;
  const path = decoded(raw);
  if (path === null) return isUnder(raw) ? "malformed" : null;
  if (path === "/v1/logs" || path === "/otlp/v1/logs") return path;
  return isUnder(path) ? "unknown" : null;
}

function isUnder(path: string): boolean {
  return PREFIXES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

function decoded(path: string): string | null {
  if (!path.includes("%")) return path;
  try {
    return decodeURI(path);
  } catch {
    return null;
  }
}
