import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { CLIENT_VERSION } from "../version.ts";
import { readPartialSuccess } from "./partial-success.ts";
import { untraced } from "./untraced.ts";

export { endpointUrl, resolveEndpoint } from "./endpoint.ts";

/** How one try ended. Failing to deliver is ordinary, so it is a value. */
export type SendResult = Outcome & {
  /** Of the body as it was sent, after compression; absent where nothing was sent. */
  bytes?: number;
};

type Outcome =
  /** The collector has it. `rejected` of the records were refused; `message` is its reason. */
  | { kind: "success"; rejected: number; message: string }
  /** Worth another try; `retryAfterMs` is the collector's wish. */
  | { kind: "retryable"; reason: string; retryAfterMs?: number }
  /** The same bytes would fail again. */
  | { kind: "failure"; reason: string };

export interface Transport {
  /**
   * Sends one encoded request.
   *
   * @param body uncompressed protobuf
   * @param signal ends the try at once; the result is then a failure
   */
  send(body: Uint8Array, signal?: AbortSignal): Promise<SendResult>;
  /** Closes idle connections. */
  shutdown(): void;
}

export interface HttpTransportOptions {
  /** From `endpointUrl`. */
  url: URL;
  /** Empty for a collector without authentication. */
  token: string;
  /** For the whole exchange, default 10,000 ms. */
  timeoutMs?: number | undefined;
}

/** Below this, gzip saves less than it costs. */
const GZIP_FROM_BYTES = 1_024;
const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
/** A collector's answer takes a few hundred bytes; whoever sends more is no collector. */
const MAX_REPLY_BYTES = 64 * 1024;
/** By the OTLP specification the only answers after which a client tries again. */
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);

const gzipAsync = promisify(gzip);

/**
 * `Authorization` for a token: one that names its scheme goes as it is, `instance:token` as Basic,
 * any other as Bearer.
 */
export function authorization(token: string): string {
  if (/^(Basic|Bearer) /i.test(token)) return token;
  if (token.includes(":")) return `Basic ${Buffer.from(token).toString("base64")}`;
  return `Bearer ${token}`;
}

/**
 * Sends over HTTP/1.1 with one kept connection. `node:http` rather than `fetch`, because its
 * sockets can be unreferenced even while a request is under way: telemetry never keeps the app
 * from exiting. No connection is made before the first `send`.
 *
 * @example
 * const resolved = resolveEndpoint("https://telemetry.example.org");
 * const transport = createHttpTransport({ url: endpointUrl(resolved.url, "logs"), token });
 * const result = await transport.send(encodeLogs(records, resource));
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { url } = options;
  const secure = url.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 2 });
  const request = secure ? httpsRequest : httpRequest;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const fixedHeaders = {
    "content-type": "application/x-protobuf",
    "user-agent": `rollcall-client/${CLIENT_VERSION}`,
    ...(options.token === "" ? {} : { authorization: authorization(options.token) }),
  };

  async function send(body: Uint8Array, signal?: AbortSignal): Promise<SendResult> {
    const compress = body.byteLength >= GZIP_FROM_BYTES;
    const payload = compress ? await gzipAsync(body) : body;
    if (signal?.aborted) return { kind: "failure", reason: "cancelled" };
    const headers = {
      ...fixedHeaders,
      "content-length": payload.byteLength,
      ...(compress ? { "content-encoding": "gzip" } : {}),
    };
    let outgoing: ClientRequest;
    try {
      outgoing = untraced(() => request(url, { method: "POST", agent, headers }));
    } catch (error) {
      // A token that cannot be a header, say.
      return { kind: "failure", reason: codeOf(error) };
    }
    return new Promise((resolve) => {
      let settled = false;
      const settle = (result: SendResult): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", cancel);
        resolve({ ...result, bytes: payload.byteLength });
      };
      const giveUp = (result: SendResult): void => {
        settle(result);
        outgoing.destroy();
      };
      const timer = setTimeout(
        () => giveUp({ kind: "retryable", reason: `no answer within ${timeoutMs} ms` }),
        timeoutMs,
      ).unref();
      const cancel = (): void => giveUp({ kind: "failure", reason: "cancelled" });
      signal?.addEventListener("abort", cancel, { once: true });

      outgoing.on("socket", (socket) => socket.unref());
      outgoing.on("error", (error) => settle(networkFault(error)));
      outgoing.on("response", (reply) => {
        readReply(reply, (result) => (result === null ? outgoing.destroy() : settle(result)));
      });
      outgoing.end(payload);
    });
  }

  return { send, shutdown: () => agent.destroy() };
}

/** Calls back once with the result, or with null when the reply is longer than any should be. */
function readReply(reply: IncomingMessage, done: (result: SendResult | null) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  reply.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= MAX_REPLY_BYTES) chunks.push(chunk);
    // The status has said what matters; the rest is not read.
    else if (bytes - chunk.byteLength <= MAX_REPLY_BYTES) {
      done(judge(reply, Buffer.alloc(0)));
      done(null);
    }
  });
  reply.on("end", () => done(judge(reply, Buffer.concat(chunks))));
  reply.on("error", (error) => {
    const accepted = isSuccess(reply);
    // It may or may not have been stored; `log.record.uid` makes a second try harmless. Any other
    // status has said what matters.
    done(accepted ? networkFault(error) : judge(reply, Buffer.alloc(0)));
  });
}

function judge(reply: IncomingMessage, body: Buffer): SendResult {
  const status = reply.statusCode ?? 0;
  if (isSuccess(reply)) {
    return { kind: "success", ...readPartialSuccess(reply.headers["content-type"] ?? "", body) };
  }
  if (!RETRYABLE_STATUS.has(status)) return { kind: "failure", reason: `status ${status}` };
  const retryAfterMs = parseRetryAfter(reply.headers["retry-after"], Date.now());
  return {
    kind: "retryable",
    reason: `status ${status}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function isSuccess(reply: IncomingMessage): boolean {
  const status = reply.statusCode ?? 0;
  return status >= 200 && status < 300;
}

function networkFault(error: Error): SendResult {
  return { kind: "retryable", reason: codeOf(error) };
}

/** The code only: messages carry addresses and tokens. */
function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name ?? "internal error";
}

/**
 * `Retry-After` as milliseconds from now: whole seconds or an HTTP date, and at most a day, for
 * nobody can see so far ahead and a timer cannot wait for a month.
 *
 * @param now milliseconds since the epoch
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Math.min(DAY_MS, Number(value) * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.min(DAY_MS, Math.max(0, date - now));
}
