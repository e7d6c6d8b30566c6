import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { untraced } from "../delivery/untraced.ts";
import { CLIENT_VERSION } from "../version.ts";

/** One request that expects a JSON reply. */
export interface Asked {
  method: "GET" | "DELETE" | "POST";
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** A longer reply is not read to its end. */
  maxReplyBytes: number;
  /** For the whole exchange, ms. */
  timeoutMs: number;
  /** Whether the process may exit while it waits. */
  unref: boolean;
  signal?: AbortSignal | undefined;
}

/** How it ended. Failing is ordinary, so it is a value. */
export type Exchanged =
  | { kind: "reply"; status: number; text: string }
  /** `reason` is a code or a few words: never an address. */
  | { kind: "fault"; reason: string };

/** Asks once, on a connection of its own. Follows no redirect. Never rejects. */
export function exchange(asked: Asked): Promise<Exchanged> {
  const { url, method, signal, timeoutMs } = asked;
  if (signal?.aborted) return Promise.resolve({ kind: "fault", reason: "cancelled" });
  const body = asked.body === undefined ? null : Buffer.from(asked.body);
  const options: RequestOptions = {
    method,
    agent: false,
    headers: {
      accept: "application/json",
      "user-agent": `rollcall-client/${CLIENT_VERSION}`,
      ...(body === null
        ? {}
        : { "content-type": "application/json", "content-length": body.byteLength }),
      ...asked.headers,
    },
  };
  return new Promise((resolve) => {
    const request = url.protocol === "https:" ? httpsRequest : httpRequest;
    const outgoing = untraced(() => request(url, options));
    const settle = (result: Exchanged): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      resolve(result);
      outgoing.destroy();
    };
    const fail = (reason: string): void => settle({ kind: "fault", reason });
    const cancel = (): void => fail("cancelled");
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    if (asked.unref) timer.unref();
    signal?.addEventListener("abort", cancel, { once: true });
    outgoing.on("socket", (socket) => {
      if (asked.unref) socket.unref();
    });
    // The code only: messages carry addresses.
    outgoing.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    outgoing.on("response", (reply) => {
      read(reply, asked.maxReplyBytes).then(settle, () => fail("the reply ended too early"));
    });
    outgoing.end(body ?? undefined);
  });
}

async function read(reply: IncomingMessage, maxBytes: number): Promise<Exchanged> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return { kind: "fault", reason: "the reply is too long" };
    chunks.push(chunk);
  }
  return { kind: "reply", status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}
