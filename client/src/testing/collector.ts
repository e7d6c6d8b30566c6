import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { countItems, decodeOtlp, type OtlpSignal } from "./otlp.ts";
import type { Decoded } from "./protobuf.ts";
import { recordsOf, type SeenRecord } from "./records.ts";
import { countAsOutside } from "./watch.ts";

/** One request as it arrived, whole. */
export interface SeenRequest {
  method: string;
  /** With the query, as sent. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  body: Buffer;
  signal: OtlpSignal | "meter" | "my-data" | "sentry" | "unknown";
  /** The OTLP request in the shape of OTLP/JSON, or the JSON of a meter's question. */
  decoded: Decoded | null;
  /** Milliseconds since the epoch, when its last byte was here. */
  at: number;
}

/**
 * Events that are no base reports in requests from the given one on, by name.
 *
 * @param when only those of a time, in milliseconds since the epoch
 */
export function detailedSince(
  { requests }: Pick<FakeCollector, "requests">,
  from: number,
  when: (time: number) => boolean = () => true,
): string[] {
  return requests
    .slice(from)
    .flatMap(recordsIn)
    .filter(({ layer, time }) => layer === "detailed" && when(time))
    .map(({ eventName }) => eventName);
}

/** What the collector answers to OTLP from now on. */
export interface FakeAnswer {
  /** Default 200. */
  status?: number;
  /** `Retry-After` in seconds. */
  retryAfter?: number;
  /** Before the answer; `Infinity` holds it until the next call of `answer`. */
  delayMs?: number;
  body?: string;
}

/** A real OTLP/HTTP server on 127.0.0.1 that keeps what it was sent. */
export interface FakeCollector {
  /** Base address for the app, such as `http://127.0.0.1:43117`. */
  endpoint: string;
  port: number;
  /** All of them, in order of arrival, refused ones too. */
  readonly requests: readonly SeenRequest[];
  /** All log records that arrived, whatever was answered. */
  records(): SeenRecord[];
  spans(): number;
  metrics(): number;
  answer(next: FakeAnswer): void;
  /** Forgets what arrived. */
  reset(): void;
  /**
   * Resolves once something holds, looking again at each arrival.
   *
   * @throws Error after `ms`, default 5,000
   */
  waitFor(holds: (collector: FakeCollector) => boolean, ms?: number): Promise<void>;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * A real OTLP/HTTP server on 127.0.0.1, at a free port, that keeps what it is sent: protobuf and
 * JSON, `/v1/logs`, `/v1/traces`, `/v1/metrics`, with or without `/otlp` in front. It also answers the
 * client's other questions, and keeps Sentry envelopes as requests.
 *
 * @example
 * const collector = await startFakeCollector();
 * const app = await startApp({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
 * await collector.waitFor(() => collector.records().length > 0);
 * assertOnlyBase(collector.records());
 * await collector.close();
 */
export async function startFakeCollector(): Promise<FakeCollector> {
  let scripted: FakeAnswer = {};
  let requests: SeenRequest[] = [];
  const held: (() => void)[] = [];
  const waiting = new Set<() => void>();

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) incoming.destroy();
      else chunks.push(chunk);
    });
    // A client that goes away in the middle of a request has delivered nothing.
    incoming.on("error", () => {});
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const seen = look(method, url, headers, Buffer.concat(chunks));
      requests.push(seen);
      reply(response, seen);
      for (const look of waiting) look();
    });
  });

  function reply(response: ServerResponse, seen: SeenRequest): void {
    const now = scripted;
    const answer = () => sendAnswer(response, seen, now);
    if (now.delayMs === undefined || seen.signal === "unknown") answer();
    else if (now.delayMs === Number.POSITIVE_INFINITY) held.push(answer);
    else setTimeout(answer, now.delayMs).unref();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const forget = countAsOutside(port);

  const collector: FakeCollector = {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    get requests() {
      return requests;
    },
    records: () => requests.flatMap(recordsIn),
    spans: () => count(requests, "traces"),
    metrics: () => count(requests, "metrics"),
    answer(next) {
      scripted = next;
      for (const answer of held.splice(0)) answer();
    },
    reset() {
      requests = [];
    },
    waitFor: (holds, ms = 5_000) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          clearInterval(poll);
          waiting.delete(look);
          settle();
        };
        const look = () => {
          if (holds(collector)) end(resolve);
        };
        const timer = setTimeout(() => {
          const arrived = `${requests.length} requests with ${collector.records().length} records`;
          end(() => reject(new Error(`not within ${ms} ms; so far ${arrived} have arrived`)));
        }, ms);
        // What is waited for may also be the app's own state.
        const poll = setInterval(look, 20);
        waiting.add(look);
        look();
      }),
    close() {
      forget();
      held.length = 0;
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return collector;
}

function look(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  raw: Buffer,
): SeenRequest {
  const seen = { method, path, headers, at: Date.now() };
  const signal = signalOf(method, path);
  try {
    const body = decompress(raw, headers["content-encoding"] ?? "");
    return { ...seen, body, signal, decoded: decode(signal, headers["content-type"] ?? "", body) };
  } catch {
    // Neither OTLP nor JSON: whatever it is, it left the app.
    return { ...seen, body: raw, signal: "unknown", decoded: null };
  }
}

function signalOf(method: string, path: string): SeenRequest["signal"] {
  const [, otlp] = /^(?:\/otlp)?\/v1\/(logs|traces|metrics)$/.exec(path) ?? [];
  if (method === "POST" && otlp !== undefined) return otlp as OtlpSignal;
  if (method === "POST" && /^(?:\/otlp)?\/v1\/meter$/.test(path)) return "meter";
  if (method === "POST" && /^\/api\/\d+\/envelope\/(?:\?|$)/.test(path)) return "sentry";
  const mine = /^(?:\/otlp)?\/v1\/installs\/[0-9a-f-]{36}$/.test(path);
  return mine && (method === "GET" || method === "DELETE") ? "my-data" : "unknown";
}

function decode(signal: SeenRequest["signal"], contentType: string, body: Buffer): Decoded | null {
  if (signal === "meter") return JSON.parse(body.toString()) as Decoded;
  if (signal !== "logs" && signal !== "traces" && signal !== "metrics") return null;
  return decodeOtlp(signal, contentType, body);
}

function decompress(body: Buffer, encoding: string): Buffer {
  const limit = { maxOutputLength: MAX_BODY_BYTES };
  switch (encoding.toLowerCase()) {
    case "gzip":
      return gunzipSync(body, limit);
    case "deflate":
      return inflateSync(body, limit);
    case "br":
      return brotliDecompressSync(body, limit);
    default:
      return body;
  }
}

function recordsIn({ signal, decoded }: SeenRequest): SeenRecord[] {
  return signal === "logs" && decoded !== null ? recordsOf(decoded) : [];
}

function count(requests: readonly SeenRequest[], signal: OtlpSignal): number {
  return requests
    .filter((request) => request.signal === signal && request.decoded !== null)
    .reduce((sum, request) => sum + countItems(request.decoded as Decoded), 0);
}

function sendAnswer(response: ServerResponse, seen: SeenRequest, answer: FakeAnswer): void {
  const json = { "content-type": "application/json" };
  if (seen.signal === "unknown") {
    response.writeHead(404, json).end('{"code":5,"message":"there is nothing here"}');
    return;
  }
  if (answer.status === undefined && seen.signal === "meter") {
    const asOf = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    response.writeHead(200, json).end(JSON.stringify({ shared_by: "at_least_100", as_of: asOf }));
    return;
  }
  if (answer.status === undefined && seen.signal === "my-data") {
    response.writeHead(404, json).end('{"code":5,"message":"install_unknown"}');
    return;
  }
  const type = seen.headers["content-type"] ?? "application/x-protobuf";
  const isJson = /^application\/json\b/i.test(type);
  response
    .writeHead(answer.status ?? 200, {
      "content-type": isJson ? "application/json" : "application/x-protobuf",
      ...(answer.retryAfter === undefined ? {} : { "retry-after": String(answer.retryAfter) }),
    })
    .end(answer.body ?? (isJson ? "{}" : ""));
}
