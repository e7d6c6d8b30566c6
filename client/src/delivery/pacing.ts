import { backoffMs } from "./retry.ts";

/** When to knock at a collector again that did not answer. */
export interface Pacing {
  /** It answered; that it refused something does not matter here. */
  answered(): void;
  /** A try failed for now. @param retryAfterMs the collector's wish */
  failed(retryAfterMs?: number): void;
  /** How long to rest, ms; 0 or less when it is time. */
  restMs(): number;
  /** Tries for the next batch: after a failure one look whether it is back, else as configured. */
  tries(): number | undefined;
  /** The collector itself asked for patience: not even the end of the app is a reason to ask. */
  isAskedToWait(): boolean;
}

const LONGEST_PAUSE = 20;

/**
 * Pauses with full jitter under a bound that doubles with each failure, up to 20 times the first; or
 * what the collector asks for, and a bit, so that a fleet does not come back at one moment.
 *
 * @param pauseMs bound of the first pause
 */
export function createPacing(pauseMs: number): Pacing {
  let failures = 0;
  let pausedUntil = 0;
  let askedUntil = 0;
  return {
    answered() {
      failures = 0;
      pausedUntil = 0;
      askedUntil = 0;
    },
    failed(retryAfterMs = 0) {
      failures += 1;
      const now = Date.now();
      const bit = pauseMs * Math.random();
      const drawn = backoffMs(failures, pauseMs, pauseMs * LONGEST_PAUSE, Math.random());
      pausedUntil = now + (retryAfterMs > 0 ? retryAfterMs + bit : drawn);
      askedUntil = now + retryAfterMs;
    },
    restMs: () => pausedUntil - Date.now(),
    tries: () => (failures > 0 ? 1 : undefined),
    isAskedToWait: () => Date.now() < askedUntil,
  };
}
