import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/**
 * Every error the collector answers with, in one place. The codes are stable: a client may branch
 * on them; the messages are for people and may change.
 */
interface ErrorKind {
  /** HTTP status. */
  status: number;
  /** What the sender reads. Never holds anything the sender sent. */
  message: string;
  /** Seconds for `Retry-After`; only where trying again later can succeed. */
  retryAfterSeconds?: number;
}

/** Errors under `/api`: the body is `{ code, message, requestId }`. */
export const apiErrors = {
  invalid_request: { status: 400, message: "The request is malformed." },
  invalid_parameter: { status: 400, message: "A parameter is missing or out of range." },
  catalogue_invalid: { status: 400, message: "The catalogue cannot be taken as it is." },
  query_refused: { status: 400, message: "The statement is not allowed here." },
  query_failed: { status: 400, message: "The store could not run the statement." },
  unauthorized: { status: 401, message: "Sign in, or send Authorization: Bearer <token>." },
  forbidden: { status: 403, message: "These credentials do not open this." },
  not_found: { status: 404, message: "There is nothing at this address." },
  app_unknown: { status: 404, message: "No app of this name is configured or has sent anything." },
  install_unknown: { status: 404, message: "Nothing is stored about this install." },
  setting_unknown: { status: 404, message: "There is no setting of this name." },
  method_not_allowed: { status: 405, message: "This address does not take this method." },
  setting_exists: { status: 409, message: "There is one of this name already." },
  setting_fixed: {
    status: 409,
    message: "This comes from the environment or from secrets.json and is changed there.",
  },
  install_erased: { status: 410, message: "This install was erased." },
  body_too_large: { status: 413, message: "The body is larger than this server takes." },
  media_type_unsupported: { status: 415, message: "Send the body as application/json." },
  rate_limited: { status: 429, message: "Too many requests.", retryAfterSeconds: 5 },
  /** Read by nobody but the log and the metrics; the number is nginx's. */
  asker_gone: { status: 499, message: "Who asked went away before the answer." },
  internal: { status: 500, message: "The collector failed; its log has the details." },
  store_unavailable: {
    status: 503,
    message: "The store does not answer at the moment.",
    retryAfterSeconds: 5,
  },
  overloaded: {
    status: 503,
    message: "Too many questions at once: this one had no turn in time.",
    retryAfterSeconds: 5,
  },
  query_memory: {
    status: 503,
    message: "The query needs more memory than it may use: ask for a shorter range.",
    retryAfterSeconds: 30,
  },
  query_timeout: {
    status: 503,
    message: "The query took too long and was stopped.",
    retryAfterSeconds: 30,
  },
} as const satisfies Record<string, ErrorKind>;

export type ApiErrorCode = keyof typeof apiErrors;

export interface ApiErrorBody {
  code: ApiErrorCode;
  message: string;
  requestId: string;
}

/**
 * Answers an `/api` request with a coded error.
 *
 * @param message replaces the general message; must not repeat what was sent unless it is a name
 *   or a bound that the sender needs.
 * @example return sendApiError(request, reply, "invalid_parameter", "from: allowed is YYYY-MM-DD");
 */
export function sendApiError(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ApiErrorCode,
  message?: string,
): FastifyReply {
  const kind: ErrorKind = apiErrors[code];
  if (kind.retryAfterSeconds !== undefined) reply.header("retry-after", kind.retryAfterSeconds);
  const body: ApiErrorBody = { code, message: message ?? kind.message, requestId: request.id };
  return reply.code(kind.status).send(body);
}

/** The code for what Fastify itself raises: its own messages may quote the request. */
export function apiErrorCode(error: Partial<FastifyError>): ApiErrorCode {
  const status = error.statusCode ?? 500;
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "body_too_large";
  if (status === 415) return "media_type_unsupported";
  if (status === 429) return "rate_limited";
  if (status < 500) return error.validation ? "invalid_parameter" : "invalid_request";
  return status === 503 ? "store_unavailable" : "internal";
}

/**
 * For Fastify's `frameworkErrors`: a path that cannot be decoded reaches no route, and Fastify's own
 * answer repeats it.
 */
export function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  return sendApiError(request, reply, apiErrorCode(error));
}

/** `google.rpc.Code`, the numbers used here (google/rpc/code.proto). */
const Rpc = {
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  Unauthenticated: 16,
} as const;

/**
 * Why a whole request under `/v1` is answered with an error. Senders retry 429 and 503 only and drop
 * the data on everything else, so a fault that passes is never a 500.
 */
export const ingestFaults = {
  body_corrupt: {
    status: 400,
    rpc: Rpc.InvalidArgument,
    message: "The body cannot be decompressed as its Content-Encoding says.",
  },
  body_malformed: {
    status: 400,
    rpc: Rpc.InvalidArgument,
    message: "The body is not a valid OTLP request.",
  },
  request_malformed: {
    status: 400,
    rpc: Rpc.InvalidArgument,
    message: "The request is malformed.",
  },
  token_missing: {
    status: 401,
    rpc: Rpc.Unauthenticated,
    message: "An ingest token is needed: Authorization: Bearer <token> or Basic <credentials>.",
  },
  token_unknown: {
    status: 401,
    rpc: Rpc.Unauthenticated,
    message: "The ingest token is not known here.",
  },
  not_allowed: {
    status: 403,
    rpc: Rpc.PermissionDenied,
    message: "The ingest token does not allow this.",
  },
  install_key_missing: {
    status: 403,
    rpc: Rpc.PermissionDenied,
    message: "This install never sent a key: ask the administrator.",
  },
  signature_bad: {
    status: 403,
    rpc: Rpc.PermissionDenied,
    message: "The signature is missing or is not one of the install's first key.",
  },
  signature_expired: {
    status: 403,
    rpc: Rpc.PermissionDenied,
    message: "Rollcall-Time is more than 300 seconds away from the collector's clock.",
  },
  nonce_used: {
    status: 403,
    rpc: Rpc.PermissionDenied,
    message: "Rollcall-Nonce was used before.",
  },
  install_unknown: {
    status: 404,
    rpc: Rpc.NotFound,
    message: "Nothing is stored about this install.",
  },
  path_unknown: {
    status: 404,
    rpc: Rpc.Unimplemented,
    message: "There is nothing at this path; logs go to /v1/logs.",
  },
  method_not_allowed: {
    status: 405,
    rpc: Rpc.Unimplemented,
    message: "This path does not take this method; Allow names those it takes.",
  },
  install_erased: { status: 410, rpc: Rpc.NotFound, message: "This install was erased." },
  body_too_large: {
    status: 413,
    rpc: Rpc.ResourceExhausted,
    message: "The body is larger than this collector takes, compressed or decompressed.",
  },
  too_many_records: {
    status: 413,
    rpc: Rpc.ResourceExhausted,
    message: "The request holds more records than this collector takes at once.",
  },
  media_type_unsupported: {
    status: 415,
    rpc: Rpc.InvalidArgument,
    message: "Content-Type must be application/json or application/x-protobuf.",
  },
  encoding_unsupported: {
    status: 415,
    rpc: Rpc.InvalidArgument,
    message: "Content-Encoding must be one of gzip, deflate, zstd, br or identity.",
  },
  rate_limited: {
    status: 429,
    rpc: Rpc.ResourceExhausted,
    message: "Too many requests.",
    retryAfterSeconds: 5,
  },
  token_rate: {
    status: 429,
    rpc: Rpc.ResourceExhausted,
    message: "This token has sent more records than it may; nothing was kept.",
    retryAfterSeconds: 1,
  },
  install_rate: {
    status: 429,
    rpc: Rpc.ResourceExhausted,
    message: "This install has sent more records than it may; nothing was kept.",
    retryAfterSeconds: 1,
  },
  internal: {
    status: 500,
    rpc: Rpc.Internal,
    message: "The collector failed; its log has the details.",
  },
  busy: {
    status: 503,
    rpc: Rpc.Unavailable,
    message: "Too many bytes are being received at the moment; nothing was kept.",
    retryAfterSeconds: 1,
  },
  spool_unavailable: {
    status: 503,
    rpc: Rpc.Unavailable,
    message: "The collector cannot store at the moment; nothing was kept.",
    retryAfterSeconds: 5,
  },
  store_unavailable: {
    status: 503,
    rpc: Rpc.Unavailable,
    message: "The store does not answer at the moment.",
    retryAfterSeconds: 5,
  },
} as const satisfies Record<string, ErrorKind & { rpc: number }>;

export type IngestFault = keyof typeof ingestFaults;
