import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reply } from "./reply.ts";

/** Sets the headers of CORS on the response; the reply where the request was a preflight. */
type Cors = (request: IncomingMessage, response: ServerResponse) => Reply | null;

const DAY_SECONDS = "86400";
const SENT_HEADERS = "authorization, content-type, content-encoding, x-request-id";

const PREFLIGHT: Reply = {
  status: 204,
  headers: [
    ...["access-control-allow-methods", "POST"],
    ...["access-control-allow-headers", SENT_HEADERS],
    ...["access-control-max-age", DAY_SECONDS],
  ],
  body: "",
};

/**
 * Lets pages of the listed origins send telemetry. Credentials in the browser's sense (cookies) are
 * never allowed: the token travels in a header. With an empty list nothing is added at all.
 *
 * @param origins such as `https://app.example`; `*` admits every origin
 */
export function createCors(origins: readonly string[]): Cors {
  const any = origins.includes("*");

  return (request, response) => {
    if (origins.length === 0) return null;
    // Caches must keep the answers to different origins apart, those without an origin too.
    response.setHeader("vary", "Origin");
    const { origin } = request.headers;
    if (origin === undefined || !(any || origins.includes(origin))) return null;
    response.setHeader("access-control-allow-origin", any ? "*" : origin);
    response.setHeader("access-control-expose-headers", "retry-after");
    const preflight =
      request.method === "OPTIONS" &&
      request.headers["access-control-request-method"] !== undefined;
    return preflight ? PREFLIGHT : null;
  };
}
