/**
 * Whether a text is a DSN of Sentry: `https://<public key>@<host>/<project>`.
 *
 * @returns its host, or null
 */
export function sentryHost(dsn: string): string | null {
  const url = URL.canParse(dsn) ? new URL(dsn) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  return url.username !== "" && /\/\d+$/.test(url.pathname) ? url.host : null;
}
