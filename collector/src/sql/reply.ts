import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type EngineException, statusOf } from "../engine/exception.ts";
import { writeReply } from "../ingest/reply.ts";
import type { DoorAnswer } from "./door.ts";

/** Nothing that comes out of the store is ever a page of the dashboard's origin. */
const HEADERS = [
  ["cache-control", "no-store"],
  ["x-content-type-options", "nosniff"],
  ["content-security-policy", "default-src 'none'; sandbox"],
].flat();

const TYPES: [RegExp, string][] = [
  [/^JSON.*EachRow/i, "application/x-ndjson; charset=UTF-8"],
  [/^JSON/i, "application/json; charset=UTF-8"],
  [/^CSV/i, "text/csv; charset=UTF-8"],
  [/^(TabSeparated|TSV)/i, "text/tab-separated-values; charset=UTF-8"],
  [/^(Pretty|Vertical|Values|Markdown|XML|SQLInsert)/i, "text/plain; charset=UTF-8"],
];

const typeOf = (format: string): string =>
  TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? "application/octet-stream";

/** A reader that takes longer than this holds a place that others wait for. */
const LONGEST_READING_MS = 5 * 60_000;
/** The limit on a result is the store's; this holds where formatting makes more of it. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Answers in the protocol's words; what is left of a refused body is not waited for. */
export function sendException(
  request: IncomingMessage,
  response: ServerResponse,
  { code, text }: EngineException,
  { status = statusOf(code), headers = [] as readonly string[] } = {},
): number {
  const shown = ["content-type", "text/plain; charset=UTF-8", ...HEADERS];
  const of = ["x-clickhouse-exception-code", String(code)];
  writeReply(request, response, {
    ...{ status, headers: [...shown, ...of, ...headers], body: `${text}\n` },
  });
  return status;
}

/**
 * Passes an answer of the store on as it comes.
 *
 * @throws where it breaks off: the connection is then cut, so that the reader notices
 */
export async function sendAnswer(
  response: ServerResponse,
  { answer, gzip, format }: Extract<DoorAnswer, { ok: true }>,
  queryId: string,
): Promise<void> {
  const length = Buffer.isBuffer(answer) ? answer.length : answer.headers["content-length"];
  response.writeHead(200, [
    ...["content-type", typeOf(format), "x-clickhouse-format", format],
    ...["x-clickhouse-query-id", queryId, "x-clickhouse-timezone", "UTC"],
    ...(gzip ? ["content-encoding", "gzip"] : []),
    ...(length === undefined ? [] : ["content-length", String(length)]),
    ...HEADERS,
  ]);
  if (Buffer.isBuffer(answer)) return void response.end(answer);
  await pipeline(answer, bounded, response, { signal: AbortSignal.timeout(LONGEST_READING_MS) });
}

async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error("the result is larger than may be sent");
    yield chunk;
  }
}
