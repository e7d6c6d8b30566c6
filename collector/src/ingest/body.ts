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
    // Null once the body is given up: what still arrives is nobody's concern, nor are its errors.
    let chunks: Buffer[] | null = [];
    let length = 0;

    const giveUp = (problem: Problem): void => {
      chunks = null;
      resolve(problem);
    };
    raw.on("data", (chunk: Buffer) => {
      if (chunks === null) return;
      length += chunk.length;
      if (length > maxBytes) giveUp({ fault: "body_too_large" });
      else if (!share.take(chunk.length)) giveUp({ fault: "busy" });
      else chunks.push(chunk);
    });
    raw.on("end", () => {
      if (chunks !== null) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    // Comes after every end as well, and then changes nothing.
    raw.on("close", () => giveUp(GONE));
    raw.on("error", ignore);
  });
}

const GONE: Problem = {
  fault: "request_malformed",
  description: "the body ended before it was complete",
};
// An aborted body closes too, and that is enough to know.
const ignore = (): void => {};
