import type { IncomingMessage, ServerResponse } from "node:http";
import type { DecisionTable } from "@rollcall/schemas";
import type { Logger } from "pino";
import type { FrontHandler } from "../front.ts";
import { logAnswer, requestId } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Spool } from "../spool/types.ts";
import type { Sender, TokenBook } from "./authenticate.ts";
import { createInflight, readBody } from "./body.ts";
import { createCors } from "./cors.ts";
import { type Format, framingOf } from "./framing.ts";
import { inflate } from "./inflate.ts";
import type { Signal } from "./otlp/signals.ts";
import { partialSuccess } from "./partial-success.ts";
import { type IngestPath, pathOf } from "./path.ts";
import { isProblem, type Problem } from "./problem.ts";
import type { IngestRates } from "./rates.ts";
import { createRecorders } from "./record.ts";
import { type Reply, writeReply } from "./reply.ts";
import { acknowledge, refuse } from "./status.ts";
import type { Tally } from "./tally.ts";

export interface IngestDeps {
  spool: Spool;
  tokens: TokenBook;
  /** The decision table of an app; asked once a request. */
  tables: (app: string) => DecisionTable;
  /** How many records a second each token and install may send. */
  rates: IngestRates;
  config: {
    /** Of a body, compressed and decompressed. */
    maxBodyBytes: number;
    /** Of all bodies in memory at one time. */
    maxInflightBytes: number;
    /** Origins whose pages may send; empty: none. */
    corsOrigins: string[];
  };
  /** 32 random bytes, kept by the collector: turns identities into numbers. */
  userHashKey: Buffer;
  metrics: Metrics;
  log: Logger;
  /** Unix milliseconds. */
  now?: () => number;
}

/**
 * OTLP/HTTP ingest (`POST /v1/logs`, `/v1/traces`, `/v1/metrics`, and the same under `/otlp`), in front of Fastify. Every error under
 * `/v1` and `/otlp/v1` is a `google.rpc.Status` in the request's type.
 *
 * @example
 * const ingest = createIngest({ spool, tokens, tables, config, userHashKey, metrics, log, rates });
 * const app = Fastify({ ...serverOptions(log), serverFactory: inFront(ingest) });
 */
export function createIngest(deps: IngestDeps): FrontHandler {
  const { spool, tokens, rates, metrics, log } = deps;
  const { maxBodyBytes } = deps.config;
  const inflight = createInflight(deps.config.maxInflightBytes);
  const cors = createCors(deps.config.corsOrigins);
  const recorders = createRecorders({ ...deps, now: deps.now ?? Date.now });

  /** The journey of one request, in order. */
  async function receive(request: IncomingMessage, path: IngestPath): Promise<Reply> {
    const admitted = admit(request, path);
    if (isProblem(admitted)) return refuse(request, admitted);
    const { sender, signal } = admitted;
    const tooSoon = rates.mayCome(sender);
    if (tooSoon !== null) return putOff(request, sender, tooSoon);
    const framing = framingOf(request.headers);
    if (isProblem(framing)) return refuse(request, framing);
    const share = inflight.open();
    try {
      const sent = await readBody(request, framing.contentLength, maxBodyBytes, share);
      if (isProblem(sent)) return refuse(request, sent);
      const body = await inflate(sent, framing.coding, maxBodyBytes, share);
      if (isProblem(body)) return refuse(request, body);
      const kept = await keep(body, framing.format, signal, sender);
      if (isProblem(kept)) return putOff(request, sender, kept);
      count(metrics, signal, kept);
      return acknowledge(signal, framing.format, kept.refused, partialSuccess(kept, signal));
    } finally {
      share.release();
    }
  }

  /** Refuses what may come again later; a rate's refusals are counted by the app. */
  function putOff(request: IncomingMessage, { app }: Sender, problem: Problem): Reply {
    const { fault } = problem;
    if (fault === "token_rate" || fault === "install_rate") {
      metrics.ingestLimited.inc({ app, by: fault === "token_rate" ? "token" : "install" });
    }
    return refuse(request, problem);
  }

  /** Before the body is read: the path, the method, the token. */
  function admit(
    request: IncomingMessage,
    path: IngestPath,
  ): { sender: Sender; signal: Signal } | Problem {
    if (path === "malformed") return { fault: "request_malformed" };
    if (path === "unknown") return { fault: "path_unknown" };
    if (request.method !== "POST") return { fault: "method_not_allowed" };
    const sender = tokens.lookup(request.headers.authorization);
    if (sender === "missing") return { fault: "token_missing" };
    if (sender === "unknown") return { fault: "token_unknown" };
    return { sender, signal: path.signal };
  }

  /** Decode, enforce, rows, commit. Up to the commit nothing waits: a batch is no one's alone. */
  async function keep(
    body: Buffer,
    format: Format,
    signal: Signal,
    sender: Sender,
  ): Promise<Tally | Problem> {
    const recorded = recorders[signal](body, format, sender);
    if (isProblem(recorded)) return recorded;
    if ((await spool.commit(recorded.batch)) === "committed") return recorded.tally;
    return { fault: "spool_unavailable", description: spool.state().reason };
  }

  /** Around the journey: CORS before it; after it the reply, one line and one measurement. */
  async function serve(request: IncomingMessage, response: ServerResponse, path: IngestPath) {
    const began = performance.now();
    const method = request.method as string;
    const route = typeof path === "string" ? "(none)" : path.route;
    const about = { requestId: requestId(request), req: { method, routeOptions: { url: route } } };
    let reply: Reply;
    try {
      reply = cors(request, response) ?? (await receive(request, path));
    } catch (err) {
      log.error({ ...about, err }, "ingest failed");
      reply = refuse(request, { fault: "internal" });
    }
    // The sender hung up: there is no one to answer.
    if (response.destroyed) return;
    writeReply(request, response, reply);
    const milliseconds = performance.now() - began;
    metrics.answered(method, route, reply.status, milliseconds);
    logAnswer(log, about, reply.status, milliseconds);
  }

  return (request, response) => {
    const path = pathOf(request.url as string);
    if (path === null) return false;
    serve(request, response, path).catch((err) => {
      // A fault while the reply was written: there is no other answer, and the process goes on.
      log.error({ err }, "ingest reply failed");
      response.destroy();
    });
    return true;
  };
}

function count(metrics: Metrics, signal: Signal, tally: Tally): void {
  metrics.ingestRecords.inc({ signal, result: "accepted" }, tally.accepted);
  metrics.ingestRecords.inc({ signal, result: "refused" }, tally.refused);
  for (const { outcome, reason, count: times } of tally.counts) {
    if (outcome === "refused") metrics.ingestRefused.inc({ reason }, times);
    else metrics.ingestDroppedFields.inc({ reason }, times);
  }
}
