const DSN_PATH = /^(?:\/.*)?\/(\d+)$/;

/** Where envelopes for a DSN go. */
export interface Endpoint {
  /** With the public key in its query, as the SDKs send it. */
  url: URL;
  /** Host and port, for the page. */
  host: string;
}

/**
 * The envelope endpoint of a DSN, `https://<key>@<host>/<path>/<project>`, or null where it is none.
 *
 * @example
 * parseDsn("https://abc@sentry.example.org/4")?.url.pathname; // "/api/4/envelope/"
 */
export function parseDsn(dsn: string): Endpoint | null {
  if (!URL.canParse(dsn)) return null;
  const given = new URL(dsn);
  const project = DSN_PATH.exec(given.pathname)?.[1];
  const web = given.protocol === "https:" || given.protocol === "http:";
  if (!web || project === undefined || given.username === "") return null;
  const before = given.pathname.slice(0, -project.length - 1);
  const url = new URL(`${given.protocol}//${given.host}${before}/api/${project}/envelope/`);
  url.searchParams.set("sentry_version", "7");
  url.searchParams.set("sentry_key", given.username);
  return { url, host: given.host };
}
