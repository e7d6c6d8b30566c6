import type { FastifyReply, FastifyRequest } from "fastify";

/** Adds the headers of CORS; true where the request was a preflight and is answered. */
type Cors = (request: FastifyRequest, reply: FastifyReply) => boolean;

const DAY_SECONDS = "86400";
const SENT_HEADERS = "authorization, content-type, content-encoding, x-request-id";

/**
 * Lets pages of the listed origins send telemetry. Credentials in the browser's sense (cookies) are
 * never allowed: the token travels in a header. With an empty list nothing is added at all.
 *
 * @param origins such as `https://app.example`; `*` admits every origin
 */
export function createCors(origins: readonly string[]): Cors {
  const any = origins.includes("*");

  return (request, reply) => {
    if (origins.length === 0) return false;
    // Caches must keep the answers to different origins apart, those without an origin too.
    reply.header("vary", "Origin");
    const { origin } = request.headers;
    if (origin === undefined || !(any || origins.includes(origin))) return false;
    reply.header("access-control-allow-origin", any ? "*" : origin);
    reply.header("access-control-expose-headers", "retry-after");
    const preflight =
      request.method === "OPTIONS" &&
      request.headers["access-control-request-method"] !== undefined;
    if (!preflight) return false;
    reply
      .code(204)
      .header("access-control-allow-methods", "POST")
      .header("access-control-allow-headers", SENT_HEADERS)
      .header("access-control-max-age", DAY_SECONDS)
      .send();
    return true;
  };
}
