import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyBaseLogger, type FastifyServerOptions } from "fastify";
import pino, { type DestinationStream, type Logger, type LoggerOptions } from "pino";

/*
 * What the log may say about a request is listed here and nothing else is: method, route pattern,
 * status, request id, milliseconds. A remote address, a query string, a header or a path that
 * nobody registered could name a person or a place, so none of them reaches a line.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX = /^[0-9a-f]{16,64}$/i;

/** The caller's `X-Request-ID` if it is a UUID or 16–64 hex digits, else a new UUID. */
export function requestId(raw: Pick<IncomingMessage, "headers">): string {
  const sent = raw.headers["x-request-id"];
  if (typeof sent === "string" && (UUID.test(sent) || HEX.test(sent))) return sent;
  return randomUUID();
}

const CALL_SITE = /^ {4}at /;

/** Stack lines only: the first lines of a stack repeat the message. */
function callSites(error: Error): string[] {
  return (error.stack ?? "").split("\n").filter((line) => CALL_SITE.test(line));
}

/**
 * An error for the log. The message stays, since a bug cannot be found without it, except where
 * the message quotes the request: a syntax error of JSON.parse and Fastify's own 4xx errors.
 */
function loggedError(error: Error & { code?: unknown; statusCode?: unknown }): object {
  const quotesRequest =
    error instanceof SyntaxError ||
    (typeof error.statusCode === "number" && error.statusCode < 500) ||
    String(error.code ?? "").startsWith("HPE_");
  return {
    type: error.name,
    ...(error.code === undefined ? {} : { code: String(error.code) }),
    ...(quotesRequest ? {} : { message: error.message }),
    stack: callSites(error),
  };
}

/** The part of a Fastify request that a line may name; ingest fills one in by itself. */
interface RequestInLine {
  method?: string | undefined;
  /** The pattern, never the path as sent. */
  routeOptions?: { url?: string | undefined };
}

function loggedRequest(request: RequestInLine): object {
  return { method: request.method, route: request.routeOptions?.url ?? "(none)" };
}

/** pino options for the collector: JSON lines, ISO times, the three closed serializers. */
function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      req: loggedRequest,
      res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
      err: loggedError,
    },
  };
}

/** The process's log: JSON lines to stdout, or to `destination` in tests. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return destination ? pino(loggerOptions(level), destination) : pino(loggerOptions(level));
}

const ROUTINE = new Set([
  "/v1/logs",
  "/otlp/v1/logs",
  "/v1/meter",
  "/otlp/v1/meter",
  "/livez",
  "/readyz",
  "/metrics",
]);

/** A fleet's accepted telemetry is counted in the metrics; a line each would drown all others. */
function answerLevel(request: RequestInLine, statusCode: number): "info" | "debug" {
  const routine = statusCode === 200 && ROUTINE.has(request.routeOptions?.url ?? "");
  return routine ? "debug" : "info";
}

/** The line of a request that Fastify has no part in; the same one as its requests have. */
export function logAnswer(
  log: Logger,
  about: { requestId: string; req: RequestInLine },
  statusCode: number,
  milliseconds: number,
): void {
  const level = answerLevel(about.req, statusCode);
  if (!log.isLevelEnabled(level)) return;
  const fields = { ...about, res: { statusCode }, responseTime: Math.round(milliseconds) };
  log[level](fields, "request answered");
}

/** One line a request, written when it is answered; none of Fastify's lines that quote the URL. */
function requestLines(): InstanceType<typeof Fastify.LogController> {
  const lines = new Fastify.LogController({ requestIdLogLabel: "requestId" });
  lines.incomingRequest = () => {};
  lines.routeNotFound = () => {};
  lines.defaultErrorLog = (error, request, reply) => {
    if (reply.statusCode >= 500) request.log.error({ req: request, err: error }, "request failed");
  };
  lines.requestCompleted = (error, request, reply) => {
    const fields = { req: request, res: reply, responseTime: Math.round(reply.elapsedTime) };
    if (error) request.log.error({ ...fields, err: error }, "request failed");
    else request.log[answerLevel(request, reply.statusCode)](fields, "request answered");
  };
  lines.writeHeadError = (error, request) => {
    request.log.warn({ req: request, err: error }, "reply could not be written");
  };
  return lines;
}

/**
 * Options for every Fastify server of the collector.
 *
 * @example const app = Fastify(serverOptions(createLog("info")));
 */
export function serverOptions(log: Logger) {
  return {
    loggerInstance: log as FastifyBaseLogger,
    logController: requestLines(),
    genReqId: requestId,
    // Nothing here asks for the sender's address, so no forwarding header is believed either.
    trustProxy: false,
    // While closing, requests that still arrive are answered by the routes, as the rest is; Fastify's
    // own 503 has no Retry-After and no Status.
    return503OnClosing: false,
    // A sender that drips its headers or body is cut off; 20 MiB in 60 s is a slow line.
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    connectionTimeout: 0,
  } satisfies FastifyServerOptions;
}
