import type { SendResult, Transport } from "./transport.ts";

/** How patiently one request is tried again. */
export interface RetryOptions {
  /** Tries in all, default 5. */
  tries?: number;
  /** First backoff, default 1,000 ms; it doubles with each try. */
  baseMs?: number;
  /** Longest backoff, default 30,000 ms. A longer Retry-After is handed to the caller. */
  capMs?: number;
}

/**
 * Wraps a transport so that a retryable result is tried again: after the collector's Retry-After
 * where it gave one, else with exponential backoff and full jitter, so that a fleet that lost its
 * collector at one moment does not come back at one moment. Gives back the last result when the
 * tries are used up, and at once when the collector wants more patience than `capMs`.
 *
 * The waits do not keep the process alive.
 *
 * @example
 * const transport = withRetry(createHttpTransport({ url, token }));
 */
export function withRetry(inner: Transport, options: RetryOptions = {}): Transport {
  const { tries = 5, baseMs = 1_000, capMs = 30_000 } = options;

  async function send(body: Uint8Array, signal?: AbortSignal): Promise<SendResult> {
    for (let tried = 1; ; tried += 1) {
      const result = await inner.send(body, signal);
      if (result.kind !== "retryable" || tried >= tries) return result;
      const wish = result.retryAfterMs ?? 0;
      if (wish > capMs) return result;
      await pause(wish + backoffMs(tried, baseMs, capMs, Math.random()), signal);
      if (signal?.aborted) return { kind: "failure", reason: "cancelled" };
    }
  }

  return { send, shutdown: () => inner.shutdown() };
}

/**
 * Full jitter: anything between nothing and the bound, which doubles with each try up to the cap.
 *
 * @param tried tries so far, from 1
 * @param drawn a random number in [0, 1)
 */
export function backoffMs(tried: number, baseMs: number, capMs: number, drawn: number): number {
  return drawn * Math.min(capMs, baseMs * 2 ** (tried - 1));
}

/** Resolves after `ms`, or as soon as the signal says so. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    signal?.addEventListener("abort", done, { once: true });
  });
}
