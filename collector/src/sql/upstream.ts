import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Where statements are sent, and as whom. */
export interface Upstream {
  url: string;
  username: string;
  password: string;
}

/** The store gave no answer: it is away, restarting, or took too long. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/**
 * Sends one statement by ClickHouse's HTTP protocol; the answer comes as a stream, as it is. Each has a
 * connection of its own, so that going away stops it and a restart of the store breaks no other.
 *
 * @throws NoAnswer, also where `gone` aborts
 */
export function post(
  { url, username, password }: Upstream,
  sql: string,
  options: { search?: URLSearchParams; gzip?: boolean; gone?: AbortSignal },
): Promise<IncomingMessage> {
  const address = new URL(url);
  address.search = String(options.search ?? "");
  const { request } = address.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(address, {
      method: "POST",
      agent: false,
      headers: {
        "x-clickhouse-user": username,
        "x-clickhouse-key": password,
        "content-length": Buffer.byteLength(sql),
        ...(options.gzip && { "accept-encoding": "gzip" }),
      },
      ...(options.gone && { signal: options.gone }),
    });
    sent.once("response", resolve);
    sent.once("error", (cause) => reject(new NoAnswer("no answer from the store", { cause })));
    sent.end(sql);
  });
}

/** The first bytes of an answer as text. */
export async function textOf(answer: AsyncIterable<Buffer>, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= mostBytes) break;
    }
  } catch (cause) {
    throw new NoAnswer("the answer from the store broke off", { cause });
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString();
}

/** Resolves when nothing more comes, however it ended. */
export function closed(answer: IncomingMessage): Promise<void> {
  if (answer.closed) return Promise.resolve();
  return new Promise((resolve) => answer.once("close", resolve));
}
