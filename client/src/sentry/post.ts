import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { parseRetryAfter, type SendResult } from "../delivery/transport.ts";
import { untraced } from "../delivery/untraced.ts";

/** Sends envelopes to one address. */
export interface Poster {
  post(body: string, signal: AbortSignal): Promise<SendResult>;
  shutdown(): void;
}

const TIMEOUT_MS = 10_000;
/** Where a busy Sentry names no time. */
const BUSY_MS = 60_000;

/** @param url of the envelope endpoint, with the DSN's key in its query */
export function createPoster(url: URL): Poster {
  const secure = url.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 2 });
  const request = secure ? httpsRequest : httpRequest;

  async function post(body: string, signal: AbortSignal): Promise<SendResult> {
    const bytes = Buffer.byteLength(body);
    const headers = { "content-type": "application/x-sentry-envelope", "content-length": bytes };
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (result: SendResult): void => {
        clearTimeout(timer);
        resolve({ ...result, bytes });
      };
      const failed = ({ code, name }: NodeJS.ErrnoException): void =>
        settle({ kind: "failure", reason: signal.aborted ? "cancelled" : (code ?? name) });
      try {
        const outgoing = untraced(() => request(url, { method: "POST", agent, headers, signal }));
        timer = setTimeout(() => {
          settle({ kind: "failure", reason: `no answer within ${TIMEOUT_MS} ms` });
          outgoing.destroy();
        }, TIMEOUT_MS).unref();
        outgoing.on("socket", (socket) => socket.unref());
        outgoing.on("error", failed);
        outgoing.on("response", (reply) => {
          // The status says it all; the body is read only to free the connection.
          reply.resume();
          reply.on("error", failed);
          reply.on("end", () => settle(judge(reply.statusCode ?? 0, reply.headers["retry-after"])));
        });
        outgoing.end(body);
      } catch (error) {
        failed(error as NodeJS.ErrnoException);
      }
    });
  }

  return { post, shutdown: () => agent.destroy() };
}

function judge(status: number, retryAfter: string | undefined): SendResult {
  if (status >= 200 && status < 300) return { kind: "success", rejected: 0, message: "" };
  const reason = `status ${status}`;
  if (status !== 429) return { kind: "failure", reason };
  return {
    kind: "retryable",
    reason,
    retryAfterMs: parseRetryAfter(retryAfter, Date.now()) ?? BUSY_MS,
  };
}
