import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { FastifyServerFactory } from "fastify";
import type { serverOptions } from "./log.ts";

/** Takes a request and answers it by itself, or returns false and leaves it untouched. */
export type FrontHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Asks one handler after the other, until one takes the request. */
export function firstOf(...handlers: FrontHandler[]): FrontHandler {
  return (request, response) => handlers.some((handler) => handler(request, response));
}

type Timeouts = Pick<
  ReturnType<typeof serverOptions>,
  "keepAliveTimeout" | "requestTimeout" | "connectionTimeout"
>;

/**
 * For Fastify's `serverFactory`: the server Fastify would make, on which `front` is asked before
 * Fastify is. What a fleet sends all day does without Fastify's hooks, parsers and replies, which
 * took about a tenth of a small request's time.
 *
 * @example Fastify({ ...serverOptions(log), serverFactory: inFront(createIngest(deps)) });
 */
export function inFront(front: FrontHandler): FastifyServerFactory {
  return (fastify, options) => {
    const server: Server = createServer((request, response) => {
      // As Fastify does while it closes: a stop waits for requests, not for what may follow them.
      if (!server.listening) response.shouldKeepAlive = false;
      if (!front(request, response)) fastify(request, response);
    });
    const { keepAliveTimeout, requestTimeout, connectionTimeout } = options as unknown as Timeouts;
    server.keepAliveTimeout = keepAliveTimeout;
    server.requestTimeout = requestTimeout;
    server.setTimeout(connectionTimeout);
    return server;
  };
}
