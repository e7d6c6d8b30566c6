import type { SealedSegment } from "../spool/directory.ts";
import type { LoadableSpool, SpoolLog } from "../spool/spool.ts";
import { dropAbandonedLocks } from "./claim-lock.ts";
import type { Store } from "./client.ts";
import { type FailureKind, kindOfFailure } from "./failure.ts";
import { createLoadSteps, type Loaded } from "./load-steps.ts";
import { readVerified } from "./read-segment.ts";
import { createTurns } from "./turns.ts";

export interface LoaderOptions {
  spool: LoadableSpool;
  store: Store;
  log: SpoolLog;
  /** Called after each segment that is stored, for the metrics. */
  onLoaded?: (loaded: Loaded & { segment: number; milliseconds: number }) => void;
  /** Called after each failed try, for the metrics. */
  onRetry?: (kind: FailureKind) => void;
  /** Called before each step by its name. */
  onStep?: (step: string, segment: number) => void | Promise<void>;
  /** Tries of a batch that the store refuses while it answers, before it is set aside. @default 5 */
  maxRefusals?: number;
  /** How long a batch is tried that the store fails for a reason nobody knows. @default 10 minutes */
  unclearMs?: number;
  /** Shortest and longest pause between tries. @default 100 ms, 10 s */
  retryMinMs?: number;
  retryMaxMs?: number;
}

export interface LoaderState {
  /** Segment at hand; null while none waits. */
  segment: number | null;
  /** Failed tries in a row. */
  failures: number;
  /** Message of the last failure; "" once a try has succeeded. */
  lastError: string;
}

export interface Loader {
  start(): void;
  /** Finishes the try at hand; what is not stored then waits for the next process. */
  stop(): Promise<void>;
  /** Resolves when all that was committed before the call is stored or set aside. */
  idle(): Promise<void>;
  /**
   * Runs `work` between two segments, none of them half loaded; "busy" where that moment has not come
   * within so many milliseconds.
   */
  between<T>(ms: number, work: () => Promise<T>): Promise<T | "busy">;
  /** Until when received data is stored; now while nothing waits. */
  freshness(): Date;
  state(): LoaderState;
}

/**
 * Brings sealed segments into the store, in order, each exactly once.
 *
 * @example
 *   const loader = createLoader({ spool, store, log });
 *   loader.start();
 *   await loader.idle();   // every committed record can be queried
 */
export function createLoader(options: LoaderOptions): Loader {
  const { spool, store, log } = options;
  const maxRefusals = options.maxRefusals ?? 5;
  const unclearMs = options.unclearMs ?? 10 * 60_000;
  const retryMinMs = options.retryMinMs ?? 100;
  const retryMaxMs = options.retryMaxMs ?? 10_000;
  const stopping = new AbortController();
  const steps = createLoadSteps({ spool, store, signal: stopping.signal, onStep });
  const state: LoaderState = { segment: null, failures: 0, lastError: "" };
  const idleListeners = new Set<() => void>();
  const turns = createTurns();
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const segment = await spool.next(stopping.signal);
      if (segment === null) break;
      state.segment = segment.number;
      await turns.take(() => loadWithRetry(segment));
      state.segment = null;
      for (const listener of idleListeners) listener();
    }
  }

  /** Tries until the segment is stored or set aside. Returns early only when stopping. */
  async function loadWithRetry(segment: SealedSegment): Promise<void> {
    let refusals = 0;
    let unclearSince: number | null = null;
    let backoffMs = retryMinMs;
    let replay = segment.restored;
    while (!stopping.signal.aborted) {
      try {
        await loadSegment(segment, replay);
        state.failures = 0;
        state.lastError = "";
        return;
      } catch (error) {
        // Part of it may be stored now, so the next try asks the ledger.
        replay = true;
        if (stopping.signal.aborted) return;
        const kind = kindOfFailure(error);
        noteFailure(error, kind, segment);
        if (kind === "refused" && (await store.ping())) refusals++;
        if (kind === "unclear") unclearSince ??= performance.now();
        const unclear = unclearSince !== null && performance.now() - unclearSince >= unclearMs;
        const hopeless = refusals >= maxRefusals || (kind === "unclear" && unclear);
        if (hopeless && (await giveUp(segment, state.lastError))) return;
        await pause(backoffMs);
        backoffMs = Math.min(backoffMs * 2, retryMaxMs);
      }
    }
  }

  async function loadSegment(segment: SealedSegment, replay: boolean): Promise<void> {
    const started = performance.now();
    await onStep("read", segment.number);
    const content = await readVerified(spool, segment);
    if (content === null) return;
    const loaded = await steps.load(content, segment.number, replay);
    await onStep("checkpoint", segment.number);
    await spool.checkpoint.finish(segment.number, "done");
    await onStep("delete", segment.number);
    await spool.remove(segment);
    options.onLoaded?.({
      ...loaded,
      segment: segment.number,
      milliseconds: performance.now() - started,
    });
  }

  /** Moves a batch that the store refuses out of the way of later ones. */
  async function giveUp(segment: SealedSegment, reason: string): Promise<boolean> {
    try {
      await spool.setAside(segment, "batch", reason);
      return true;
    } catch (error) {
      noteFailure(error, "passing", segment);
      return false;
    }
  }

  function noteFailure(error: unknown, kind: FailureKind, segment: SealedSegment): void {
    state.failures++;
    state.lastError = error instanceof Error ? error.message : String(error);
    log.warn(
      { err: error, kind, segment: segment.number, failures: state.failures },
      "loader: a segment could not be stored; it stays in the spool and is tried again",
    );
    options.onRetry?.(kind);
  }

  async function onStep(step: string, segment: number): Promise<void> {
    await options.onStep?.(step, segment);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        stopping.signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      stopping.signal.addEventListener("abort", wake);
    });
  }

  return {
    start() {
      running ??= run().catch((error) => log.error({ err: error }, "loader: stopped by a fault"));
      dropAbandonedLocks(store).catch(() => {});
    },
    async stop() {
      stopping.abort();
      await running;
      await spool.checkpoint.close();
    },
    async idle() {
      const last = await spool.seal();
      await new Promise<void>((resolve) => {
        const check = () => {
          if (spool.isWaiting(last)) return;
          idleListeners.delete(check);
          resolve();
        };
        idleListeners.add(check);
        check();
      });
    },
    between: turns.takeWithin,
    freshness: () => new Date(spool.oldestMs() ?? Date.now()),
    state: () => ({ ...state }),
  };
}
