import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { RequestValidationError } from "fastify-zod-openapi";
import { type ApiErrorCode, apiErrorCode, sendApiError } from "../errors.ts";
import { ClickHouseError, StoreUnreachable } from "../store/client.ts";
import { AskerGone, Overloaded } from "./ask.ts";
import { problemSentence } from "./parameters.ts";

/** ClickHouse error codes that have an answer of their own (src/Common/ErrorCodes.cpp). */
const TIMEOUT = new Set(["159", "160"]);
const BUSY = new Set(["202"]);
const MEMORY = new Set(["173", "241"]);
const TOO_LARGE = new Set(["158", "191", "306", "307", "396"]);
const REFUSED = new Set(["164", "452", "497"]);

/** What became of a query: a code of ours, and words where the general ones do not say enough. */
export interface QueryFailure {
  code: ApiErrorCode;
  message?: string;
}

/** What a failed query is answered with, or null for an error that the store did not raise. */
export function queryFailure(error: unknown): QueryFailure | null {
  if (error instanceof StoreUnreachable) return { code: "store_unavailable" };
  if (error instanceof Overloaded) return { code: "overloaded" };
  if (error instanceof AskerGone) return { code: "asker_gone" };
  if (!(error instanceof ClickHouseError)) return null;
  if (TIMEOUT.has(error.code)) return { code: "query_timeout" };
  if (BUSY.has(error.code)) return { code: "store_unavailable" };
  if (MEMORY.has(error.code)) return { code: "query_memory", ...wholeEngine(error) };
  if (TOO_LARGE.has(error.code)) {
    return {
      code: "query_failed",
      message:
        "The query reads or gives more than it may: ask for a shorter range or fewer values.",
    };
  }
  if (REFUSED.has(error.code)) return { code: "query_refused" };
  return { code: "internal" };
}

/** One query may be modest where all together are at the engine's own limit: then waiting helps. */
function wholeEngine(error: ClickHouseError): { message?: string } {
  if (!/\(total\)/i.test(error.message)) return {};
  return { message: "The store has no memory left at the moment; nothing else was disturbed." };
}

/** The sentence for what zod found: the parameter, what was found, what is allowed. */
function validationSentence(request: FastifyRequest, error: FastifyError): string | undefined {
  const [first] = error.validation ?? [];
  if (!(first instanceof RequestValidationError)) return undefined;
  const parameter = String(first.params.issue.path[0] ?? "body");
  const places: Record<string, unknown> = { body: request.body, params: request.params };
  const place = places[error.validationContext ?? ""] ?? request.query;
  const found =
    typeof place === "object" && place !== null
      ? (place as Record<string, unknown>)[parameter]
      : undefined;
  return problemSentence({
    parameter,
    // A body may hold a token: only what stands in the address is said again.
    found:
      error.validationContext === "body"
        ? `something of type ${typeof found}`
        : [found ?? ""].flat().join(","),
    allowed: first.message,
  });
}

/** Error handler of the read API: every error leaves as `{ code, message, requestId }`. */
export function answerFailure(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const failure = queryFailure(error);
  if (failure !== null) {
    if (failure.code === "internal")
      request.log.error({ err: error }, "a question of the read API failed");
    return sendApiError(request, reply, failure.code, failure.message);
  }
  const code = apiErrorCode(error);
  if (code === "internal") request.log.error({ err: error }, "a request to the read API failed");
  return sendApiError(request, reply, code, validationSentence(request, error));
}
