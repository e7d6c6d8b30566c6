import type { IncomingMessage } from "node:http";
import type { Problem } from "./problem.ts";

/** One request's share of the bytes that all requests together may hold. */
export interface Share {
  /** False where the limit over all requests is reached: answer 503. */
  take(bytes: number): boolean;
  /** Gives everything back; harmless when called again. */
  release(): void;
}

interface Inflight {
  open(): Share;
  bytes(): number;
}

/**
 * Bounds the bytes of bodies, compressed and decompressed, that are in memory at one time. Bytes
 * count when they arrive and not when they are announced: a header costs an attacker nothing.
 */
export function createInflight(maxBytes: number): Inflight {
  let held = 0;
  return {
    bytes: () => held,
    open() {
      let own = 0;
      return {
        take(bytes) {
          if (held + bytes > maxBytes) return false;
          held += bytes;
          own += bytes;
          return true;
        },
        release() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}

/**
 * Reads a body of at most `maxBytes`, with or without a Content-Length.
 *
 * @returns the bytes; or `body_too_large` as soon as that is known; or `busy` where all requests
 *   together hold too much; or `request_malformed` where the sender went away.
 */
export function readBody(
  raw: IncomingMessage,
  contentLength: number | null,
  maxBytes: number,
  share: Share,
): Promise<Buffer | Problem> {
  if (contentLength !== null && contentLength > maxBytes) {
    return Promise.resolve({ fault: "body_too_large" });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;

    const settle = (result: Buffer | Problem): void => {
      raw.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
      // A body given up on goes on arriving; its late errors are nobody's concern.
      raw.on("error", () => {});
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) settle({ fault: "body_too_large" });
      else if (!share.take(chunk.length)) settle({ fault: "busy" });
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
    };
    const onGone = (): void => {
      settle({ fault: "request_malformed", description: "the body ended before it was complete" });
    };
    raw.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}
