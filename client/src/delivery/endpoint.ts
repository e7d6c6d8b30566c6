/** Which OTLP signal a request carries. */
export type SignalPath = "logs" | "traces" | "metrics";

const SIGNAL_PATH = /\/v1\/(?:logs|traces|metrics)$/;

/**
 * Checks a collector's address before anything is made that could connect.
 *
 * @param endpoint base address, with a path such as `/otlp` where the collector has one; the address
 *   of one signal (`…/v1/logs`) is cut down to its base
 * @returns the base address without a slash at its end, or what is wrong with the given one
 *
 * @example
 * resolveEndpoint("https://gateway.example.org/otlp/"); // url: https://gateway.example.org/otlp
 */
export function resolveEndpoint(
  endpoint: string,
): { ok: true; url: URL } | { ok: false; problem: string } {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return { ok: false, problem: "endpoint must be an http:// or https:// address" };
  }
  // It would be shown wherever the address is.
  if (url.username !== "" || url.password !== "") {
    return { ok: false, problem: "endpoint must not hold a user name or password" };
  }
  url.pathname = basePath(url);
  url.hash = "";
  return { ok: true, url };
}

/**
 * Where one signal goes.
 *
 * @param base from `resolveEndpoint`
 *
 * @example
 * endpointUrl(new URL("https://gateway.example.org/otlp"), "logs");
 * // https://gateway.example.org/otlp/v1/logs
 */
export function endpointUrl(base: URL, signal: SignalPath): URL {
  const url = new URL(base);
  url.pathname = `${basePath(base)}/v1/${signal}`;
  return url;
}

function basePath(url: URL): string {
  return url.pathname.replace(/\/+$/, "").replace(SIGNAL_PATH, "").replace(/\/+$/, "");
}
