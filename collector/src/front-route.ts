import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "pino";
import { type Reply, writeReply } from "./ingest/reply.ts";
import { refuse } from "./ingest/status.ts";
import { logAnswer, requestId } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { kindOfFailure } from "./store/failure.ts";

/** A reply that is too long to be held. Where it cannot be finished the connection is cut off. */
export interface StreamedReply {
  status: number;
  headers: readonly string[];
  stream: AsyncIterable<string>;
}

/** A reader that takes longer than this holds up others. */
const LONGEST_REPLY_MS = 15 * 60_000;

interface FrontRoute {
  /** Its pattern, for the log and the metrics. */
  route: string;
  metrics: Metrics;
  log: Logger;
}

/**
 * Around the work for one request in front of Fastify: the reply, one line and one measurement. A
 * store that is away is a 503; a fault is a 500 and its stack in the log.
 */
export async function answerInFront(
  request: IncomingMessage,
  response: ServerResponse,
  { route, metrics, log }: FrontRoute,
  work: () => Promise<Reply | StreamedReply>,
): Promise<void> {
  const began = performance.now();
  const method = request.method as string;
  const about = { requestId: requestId(request), req: { method, routeOptions: { url: route } } };
  let reply: Reply | StreamedReply;
  try {
    reply = await work();
  } catch (err) {
    const passing = kindOfFailure(err) === "passing";
    log[passing ? "warn" : "error"]({ ...about, err }, "a request could not be answered");
    reply = refuse(request, { fault: passing ? "store_unavailable" : "internal" });
  }
  if (response.destroyed) return;
  try {
    if ("stream" in reply) {
      request.resume();
      response.writeHead(reply.status, [...reply.headers]);
      const signal = AbortSignal.timeout(LONGEST_REPLY_MS);
      await pipeline(Readable.from(reply.stream), response, { signal });
    } else {
      writeReply(request, response, reply);
    }
  } catch (err) {
    // Half a reply is out: the reader notices by the missing end.
    response.destroy();
    log.warn({ ...about, err }, "a reply was not finished");
  }
  const milliseconds = performance.now() - began;
  metrics.answered(method, route, reply.status, milliseconds);
  logAnswer(log, about, reply.status, milliseconds);
}
