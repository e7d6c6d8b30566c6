import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { type EngineException, exception } from "../engine/exception.ts";
import { parseQueryRequest, type QueryRequest } from "../engine/request.ts";
import type { FrontHandler } from "../front.ts";
import { logAnswer, requestId } from "../log.ts";
import type { Metrics, SQL_RESULTS } from "../metrics.ts";
import { statementOf } from "./body.ts";
import type { SqlCaller } from "./callers.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import type { Asked, DoorAnswer } from "./door.ts";
import { sendAnswer, sendException } from "./reply.ts";

type SqlResult = (typeof SQL_RESULTS)[number];

export interface SqlDeps {
  callerOf(credentials: Credentials): Promise<SqlCaller>;
  /** For whoever may read every table. */
  everything(asked: Asked): Promise<DoorAnswer>;
  /** For restricted readers of some apps; null: of all. */
  restricted(apps: readonly string[] | null, asked: Asked): Promise<DoorAnswer>;
  metrics: Pick<Metrics, "answered" | "sqlDuration">;
  log: Logger;
}

/** Requests at once, those included that are still being received: each may hold a whole statement. */
const MOST_AT_ONCE = 64;

const denied = (message: string): EngineException =>
  exception(516, "AUTHENTICATION_FAILED", `Authentication failed: ${message}`);

/** What belongs to a connection, which statements here do not share: there is nothing to keep. */
const SESSION_PARAMETERS = ["session_id", "session_timeout", "session_check", "close_session"];

/**
 * The SQL endpoint: ClickHouse's HTTP protocol for reading statements, at `path` and `path/ping`.
 *
 * @param path "/sql", or "" for a port of its own
 * @example createSqlRoute({ callerOf, everything, restricted, metrics, log })("/sql");
 */
export function createSqlRoute(deps: SqlDeps): (path: string) => FrontHandler {
  let atOnce = 0;

  async function answer(
    message: IncomingMessage,
    response: ServerResponse,
    url: URL,
    queryId: string,
  ): Promise<SqlResult> {
    const refuse = (refused: EngineException, more = {}): SqlResult =>
      resultOf(sendException(message, response, refused, more));
    if (message.method !== "GET" && message.method !== "POST") {
      const only = exception(48, "NOT_IMPLEMENTED", "Only GET and POST are taken");
      return refuse(only, { status: 405, headers: ["allow", "GET, POST"] });
    }
    const credentials = credentialsOf(message.headers);
    if (credentials === null) {
      const how = "send a token as the password (Basic), as X-ClickHouse-Key or as Bearer";
      return refuse(denied(how), { headers: ["www-authenticate", "Bearer"] });
    }
    const caller = await deps.callerOf(credentials);
    if (caller.kind === "nobody") {
      return refuse(denied("these credentials are not known here"), {
        headers: ["www-authenticate", "Bearer"],
      });
    }
    if (caller.kind === "limited") {
      return refuse(denied("too many wrong ones were sent, try later"), {
        ...{ status: 429, headers: ["retry-after", "5"] },
      });
    }
    if (caller.kind === "forbidden") {
      const needed = "This token has neither the scope sql (for all apps) nor restricted";
      return refuse(exception(497, "ACCESS_DENIED", needed));
    }
    if (atOnce >= MOST_AT_ONCE) {
      return refuse(
        exception(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many queries at once: try later"),
        { headers: ["retry-after", "1"] },
      );
    }
    for (const name of SESSION_PARAMETERS) url.searchParams.delete(name);
    const protocolVersion = digits(url.searchParams.get("client_protocol_version"));
    const parsed = parseQueryRequest(url, message.headers);
    const named = url.searchParams.get("query_id");
    if ("refused" in parsed) return refuse(parsed.refused);

    atOnce += 1;
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    try {
      const text = await statementOf(message, parsed.request.query);
      if ("refused" in text) return refuse(text.refused);
      const request: QueryRequest = { ...parsed.request, query: null, queryId };
      const asked: Asked = { request, sql: text.sql, protocolVersion, gone: gone.signal };
      const done = await (caller.kind === "everything"
        ? deps.everything(asked)
        : deps.restricted(caller.apps, asked));
      if (gone.signal.aborted) {
        if (done.ok && !Buffer.isBuffer(done.answer)) done.answer.destroy();
        return "gone";
      }
      if (!done.ok) return refuse(done.refused);
      await sendAnswer(response, done, named ? inHeader(named) : queryId);
      return "ok";
    } finally {
      atOnce -= 1;
    }
  }

  return (path) => {
    const route = path === "" ? "/" : path;
    return (message, response) => {
      const [given = "/"] = (message.url ?? "/").split("?", 1);
      const isPing = given === `${path}/ping`;
      if (given !== path && given !== `${path}/` && !isPing) return false;
      const began = performance.now();
      const queryId = randomUUID();
      const method = String(message.method);
      const about = { requestId: requestId(message), queryId };
      const req = { method, routeOptions: { url: isPing ? `${path}/ping` : route } };
      // A query string that cannot be decoded is no reason to throw: URL takes any.
      const url = new URL(message.url ?? "/", "http://sql");
      const asksNothing = isPing || (method === "GET" && !url.searchParams.has("query"));
      if (asksNothing) {
        response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end("Ok.\n");
        return true;
      }
      void answer(message, response, url, queryId)
        .catch((err): SqlResult => {
          if (response.destroyed || response.headersSent) {
            response.destroy();
            return "gone";
          }
          deps.log.error({ ...about, req, err }, "a statement could not be answered");
          sendException(
            message,
            response,
            exception(1001, "STD_EXCEPTION", "The collector failed"),
          );
          return "failed";
        })
        .then((result) => {
          const milliseconds = performance.now() - began;
          deps.metrics.sqlDuration.observe({ result }, milliseconds / 1000);
          deps.metrics.answered(method, route, response.statusCode, milliseconds);
          logAnswer(deps.log, { ...about, req }, response.statusCode, milliseconds);
        });
      return true;
    };
  };
}

/** 501 is about the request: what ClickHouse has, and this endpoint has not. */
function resultOf(status: number): SqlResult {
  if (status === 429 || status === 503) return "busy";
  return status < 500 || status === 501 ? "refused" : "failed";
}

/** The caller's own name for its query, as far as a header may hold it. */
const inHeader = (queryId: string): string => queryId.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

const digits = (text: string | null): string => (/^\d{1,9}$/.test(text ?? "") ? (text ?? "") : "");
