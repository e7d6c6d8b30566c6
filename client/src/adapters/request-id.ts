import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { piiInValue } from "@rollcall/schemas";

export const REQUEST_ID_HEADER = "x-request-id";

const SHAPE = /^[A-Za-z0-9._-]{8,64}$/;
/** nginx's `$request_id` and a W3C trace id: a UUID without dashes, though a key can look the same. */
const HEX_ID = /^[0-9a-f]{32}$/;
const known = new WeakMap<object, string>();

/**
 * The id of a request: `X-Request-ID` where a proxy in front gave a plain one, else a new UUID. The
 * same request always has the same id, so that it can also be Fastify's.
 *
 * @example
 * const app = Fastify({ genReqId: requestIdOf, logger: true });
 */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const before = known.get(request);
  if (before !== undefined) return before;
  const id = acceptable(request.headers[REQUEST_ID_HEADER]) ?? randomUUID();
  known.set(request, id);
  return id;
}

/** Anybody can send the header, and it ends up in logs: nothing that looks like a person or a key. */
function acceptable(given: string | string[] | undefined): string | null {
  if (typeof given !== "string" || !SHAPE.test(given)) return null;
  return HEX_ID.test(given) || piiInValue(given) === null ? given : null;
}
