import type { DecisionTable } from "@rollcall/schemas";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { apiErrorCode, ingestFaultOf, sendApiError } from "../errors.ts";
import type { Metrics } from "../metrics.ts";
import type { Spool } from "../spool/types.ts";
import type { Sender, TokenBook } from "./authenticate.ts";
import { createInflight, readBody } from "./body.ts";
import { createCors } from "./cors.ts";
import { type Format, framingOf, MEDIA_TYPES } from "./framing.ts";
import { inflate } from "./inflate.ts";
import { partialSuccess } from "./partial-success.ts";
import { isProblem, type Problem } from "./problem.ts";
import { createRecorder } from "./record.ts";
import { encodeLogsResponse, refuse } from "./status.ts";
import type { Tally } from "./tally.ts";

export interface IngestDeps {
  spool: Spool;
  tokens: TokenBook;
  /** The decision table of an app; asked once a request. */
  tables: (app: string) => DecisionTable;
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
  /** Unix milliseconds. */
  now?: () => number;
}

const PREFIXES = ["/v1", "/otlp/v1"];
const SENDER = "sender";

/**
 * Mounts OTLP/HTTP ingest (`POST /v1/logs` and `/otlp/v1/logs`). Every error under these two
 * prefixes is a `google.rpc.Status` in the request's type.
 *
 * @example registerIngest(app, { spool, tokens, tables, config, userHashKey, metrics });
 */
export function registerIngest(app: FastifyInstance, deps: IngestDeps): void {
  const { spool, tokens, metrics } = deps;
  const { maxBodyBytes } = deps.config;
  const inflight = createInflight(deps.config.maxInflightBytes);
  const cors = createCors(deps.config.corsOrigins);
  const record = createRecorder({ ...deps, now: deps.now ?? Date.now });

  /** Before the body is read: the preflight of a browser, the path, the method, the token. */
  function admit(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (cors(request, reply)) return;
    const problem = gateProblem(request);
    if (problem === null) done();
    else refuse(request, reply, problem);
  }

  function gateProblem(request: FastifyRequest): Problem | null {
    if (request.is404) return { fault: "path_unknown" };
    if (request.method !== "POST") return { fault: "method_not_allowed" };
    const sender = tokens.lookup(request.headers.authorization);
    if (sender === "missing") return { fault: "token_missing" };
    if (sender === "unknown") return { fault: "token_unknown" };
    request.setDecorator(SENDER, sender);
    return null;
  }

  /** The journey of one request, in order. */
  async function receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const framing = framingOf(request.headers);
    if (isProblem(framing)) return refuse(request, reply, framing);
    const share = inflight.open();
    try {
      const sent = await readBody(request.raw, framing.contentLength, maxBodyBytes, share);
      if (isProblem(sent)) return refuse(request, reply, sent);
      const body = await inflate(sent, framing.coding, maxBodyBytes, share);
      if (isProblem(body)) return refuse(request, reply, body);
      const kept = await keep(body, framing.format, request.getDecorator<Sender>(SENDER));
      if (isProblem(kept)) return refuse(request, reply, kept);
      return acknowledge(reply, framing.format, kept);
    } finally {
      share.release();
    }
  }

  /** Decode, enforce, rows, commit. Up to the commit nothing waits: a batch is no one's alone. */
  async function keep(body: Buffer, format: Format, sender: Sender): Promise<Tally | Problem> {
    const recorded = record(body, format, sender);
    if (isProblem(recorded)) return recorded;
    if ((await spool.commit(recorded.batch)) === "committed") return recorded.tally;
    return { fault: "spool_unavailable", description: spool.state().reason };
  }

  function acknowledge(reply: FastifyReply, format: Format, tally: Tally): FastifyReply {
    count(metrics, tally);
    return reply
      .code(200)
      .header("content-type", MEDIA_TYPES[format])
      .send(encodeLogsResponse(format, tally.refused, partialSuccess(tally)));
  }

  async function mount(scope: FastifyInstance): Promise<void> {
    scope.decorateRequest(SENDER, null);
    scope.addHook("onRequest", admit);
    scope.setErrorHandler(answerError);
    // `admit` has answered before any of these handlers could run for a wrong path or method.
    scope.setNotFoundHandler((request, reply) => refuse(request, reply, { fault: "path_unknown" }));
    // The body is read in `receive`, with this module's limits and errors.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/logs", receive);
  }

  for (const prefix of PREFIXES) void app.register(mount, { prefix });
}

/**
 * For Fastify's `frameworkErrors`: a path that cannot be decoded (`/v1/%zz`) reaches no route, and
 * Fastify's own answer repeats it.
 */
export function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const underIngest = PREFIXES.some((prefix) => request.url.startsWith(`${prefix}/`));
  if (underIngest) return refuse(request, reply, { fault: ingestFaultOf(error) });
  return sendApiError(request, reply, apiErrorCode(error));
}

/** What Fastify raises itself, and bugs. Only bugs are logged: the rest is the sender's business. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const fault = ingestFaultOf(error);
  if (fault === "internal") request.log.error({ req: request, err: error }, "ingest failed");
  return refuse(request, reply, { fault });
}

function count(metrics: Metrics, tally: Tally): void {
  metrics.ingestRecords.inc({ signal: "logs", result: "accepted" }, tally.accepted);
  metrics.ingestRecords.inc({ signal: "logs", result: "refused" }, tally.refused);
  for (const { outcome, reason, count: times } of tally.counts) {
    if (outcome === "refused") metrics.ingestRefused.inc({ reason }, times);
    else metrics.ingestDroppedFields.inc({ reason }, times);
  }
}
