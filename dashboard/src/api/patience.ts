import type { Result } from "./api.ts";

const MOST_WAITS = 2;
/** Who asks for longer has no passing trouble; and every half a minute the page asks anew anyway. */
const LONGEST_WAIT_SECONDS = 10;

/**
 * Asks, and when the collector is too busy and says when to come back, waits so long and asks again:
 * at most twice.
 * @param wait resolves after so many seconds; false: the answer is not wanted any more
 * @returns the answer, or the last refusal
 * @example askPatiently(() => api.ask("installs/active", params), (seconds) => sleep(seconds))
 */
export async function askPatiently<T>(
  ask: () => Promise<Result<T>>,
  wait: (seconds: number) => Promise<boolean>,
): Promise<Result<T>> {
  for (let waits = 0; ; waits++) {
    const result = await ask();
    if (result.ok || waits === MOST_WAITS) return result;
    const { retryAfter } = result.error;
    if (retryAfter === null || retryAfter > LONGEST_WAIT_SECONDS) return result;
    if (!(await wait(retryAfter))) return result;
  }
}

/** Waits; false as soon as the signal says to give up. */
export function waitFor(seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => resolve(true), seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
