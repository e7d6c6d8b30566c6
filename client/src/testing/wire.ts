import type { SeenRequest } from "./collector.ts";

/** Header names that an HTTP client of Node sends by itself, and those of Rollcall's wire. */
const HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "keep-alive",
  "rollcall-nonce",
  "rollcall-signature",
  "rollcall-time",
  "sec-fetch-mode",
  "transfer-encoding",
  "user-agent",
]);
const METER: Record<string, RegExp> = { combination: /^[0-9a-f]{64}$/, asker: /^[0-9a-f]{32}$/ };

/**
 * What requests carry outside their records that they should not, in words: unknown addresses,
 * queries, headers, and more than a hash in the meter's question.
 */
export function requestLeaks(requests: readonly SeenRequest[]): string[] {
  return requests.flatMap((request) => {
    const { signal } = request;
    // The path is not shown: an address can name a person.
    if (signal === "unknown")
      return [`a ${request.method} request that is no telemetry of Rollcall's`];
    if (signal === "sentry") return [];
    const headers = Object.keys(request.headers).filter((name) => !HEADERS.has(name));
    return [
      ...headers.map((name) => `the header ${name} of a request for ${signal}`),
      ...(signal === "meter" ? meterLeaks(request) : []),
    ];
  });
}

function meterLeaks({ decoded }: SeenRequest): string[] {
  return Object.entries(decoded ?? {})
    .filter(([key, value]) => METER[key]?.test(String(value)) !== true)
    .map(([key]) => `the field ${key} of the meter's question`);
}
