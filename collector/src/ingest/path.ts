import { SIGNALS, type Signal } from "./otlp/signals.ts";

const PREFIXES = ["/v1", "/otlp/v1"] as const;
type Route = `${(typeof PREFIXES)[number]}/${Signal}`;

/** What a path asks of ingest; "unknown" and "malformed" are under its prefixes and nothing else. */
export type IngestPath = { route: Route; signal: Signal } | "unknown" | "malformed";

const PATHS: ReadonlyMap<string, Exclude<IngestPath, string>> = new Map(
  PREFIXES.flatMap((prefix) =>
    SIGNALS.map((signal) => {
      const route = `${prefix}/${signal}` as const;
      return [route, Object.freeze({ route, signal })] as const;
    }),
  ),
);
const QUERY = /[?#]/;
/** Some proxies send the whole URL (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/]*/;

/**
 * The path in a request's URL, percent-decoded as it would be for any route; null where it is not
 * ingest's.
 *
 * @example
 * pathOf("/v1/logs?x=1"); // { route: "/v1/logs", signal: "logs" }
 * pathOf("/v1/%zz"); // "malformed"
 * pathOf("/api/v1/apps"); // null
 */
export function pathOf(url: string): IngestPath | null {
  const known = PATHS.get(url);
  if (known !== undefined) return known;
  const raw = url.replace(ORIGIN, "").split(QUERY, 1)[0] as string;
  const path = decoded(raw);
  if (path === null) return isUnder(raw) ? "malformed" : null;
  return PATHS.get(path) ?? (isUnder(path) ? "unknown" : null);
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
