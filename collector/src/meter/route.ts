import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { FrontHandler } from "../front.ts";
import { answerInFront } from "../front-route.ts";
import type { TokenBook } from "../ingest/authenticate.ts";
import { createInflight, readBody } from "../ingest/body.ts";
import { framingOf } from "../ingest/framing.ts";
import { isProblem, type Problem } from "../ingest/problem.ts";
import type { Reply } from "../ingest/reply.ts";
import { refuse } from "../ingest/status.ts";
import type { Metrics } from "../metrics.ts";
import { createRate } from "../rate.ts";
import type { Combinations } from "./combinations.ts";
import type { Snapshots } from "./snapshot.ts";

export interface MeterRouteDeps {
  tokens: TokenBook;
  combinations: Combinations;
  snapshots: Snapshots;
  metrics: Metrics;
  log: Logger;
}

const PATHS = new Set(["/v1/meter", "/otlp/v1/meter"]);
const MOST_BODY_BYTES = 1_024;
const MOST_IN_MEMORY = 1024 * MOST_BODY_BYTES;
/** A million installs ask once a day each, most of them within four hours. */
const RATE = { perSecond: 500, burst: 5_000 };
const ORIGIN = /^https?:\/\/[^/]*/;

/**
 * `POST /v1/meter`: how many installs share a combination of version, platform, OS, locale and time
 * zone. The question is two hashes, the answer one of three words. No page of any origin may ask.
 */
export function createMeterRoute(deps: MeterRouteDeps): FrontHandler {
  const { tokens, combinations, snapshots, metrics } = deps;
  const inflight = createInflight(MOST_IN_MEMORY);
  const mayAsk = createRate(RATE);

  /** The journey of one request, in order. */
  async function receive(request: IncomingMessage): Promise<Reply> {
    if (request.method !== "POST") return refuse(request, { fault: "method_not_allowed" });
    const sender = tokens.lookup(request.headers.authorization);
    if (sender === "missing") return refuse(request, { fault: "token_missing" });
    if (sender === "unknown") return refuse(request, { fault: "token_unknown" });
    if (!mayAsk()) return refuse(request, { fault: "rate_limited" });
    const question = await read(request);
    if (isProblem(question)) return refuse(request, question);
    const answer = await snapshots.ask(sender.app, question.combination);
    combinations.note(sender.app, question.combination, question.asker);
    metrics.meterQuestions.inc({ shared_by: answer.shared_by });
    return {
      status: 200,
      headers: ["content-type", "application/json", "cache-control", "no-store"],
      body: JSON.stringify(answer),
    };
  }

  async function read(request: IncomingMessage): Promise<Question | Problem> {
    const framing = framingOf(request.headers);
    if (isProblem(framing)) return framing;
    if (framing.format !== "json") return { fault: "media_type_unsupported" };
    if (framing.coding !== "identity") return { fault: "encoding_unsupported" };
    const share = inflight.open();
    try {
      const body = await readBody(request, framing.contentLength, MOST_BODY_BYTES, share);
      return isProblem(body) ? body : questionIn(body);
    } finally {
      share.release();
    }
  }

  return (request, response) => {
    const url = request.url as string;
    if (!url.includes("/v1/meter")) return false;
    const route = url.replace(ORIGIN, "").split(/[?#]/, 1)[0] as string;
    if (!PATHS.has(route)) return false;
    void answerInFront(request, response, { ...deps, route }, () => receive(request));
    return true;
  };
}

interface Question {
  /** 64 hexadecimal digits. */
  combination: string;
  /** 32 hexadecimal digits. */
  asker: string;
}

function questionIn(body: Buffer): Question | Problem {
  let sent: unknown;
  try {
    sent = JSON.parse(body.toString());
  } catch {
    return { fault: "request_malformed", description: "the body is not JSON" };
  }
  const { combination, asker } = (sent ?? {}) as Record<string, unknown>;
  if (typeof combination !== "string" || !/^[0-9a-f]{64}$/.test(combination)) {
    const description = "64 lower-case hexadecimal digits are needed";
    return { fault: "request_malformed", field: "combination", description };
  }
  if (typeof asker !== "string" || !/^[0-9a-f]{32}$/.test(asker)) {
    const description = "32 lower-case hexadecimal digits are needed";
    return { fault: "request_malformed", field: "asker", description };
  }
  return { combination, asker };
}
