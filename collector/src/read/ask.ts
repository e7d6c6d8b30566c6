import { randomUUID } from "node:crypto";
import type { Histogram } from "prom-client";
import { createGate, type Gate } from "../engine/gate.ts";
import type { Params, Settings, Store } from "../store/client.ts";
import type { Ask } from "./question.ts";
import { stopWhen } from "./stop-when.ts";

/** What the fixed questions of all callers together may take of the store. */
export interface QueryBounds {
  /** Queries that run at one time: the dashboard asks several at once, and ingest shares the machine. */
  atOnce: number;
  /** Queries that wait for their turn; one more is turned away at once. */
  waiting: number;
  /** Longest wait for a turn, in milliseconds. */
  waitMs: number;
  /** Longest run of one query, in seconds. */
  seconds: number;
  /** Memory of one query, in bytes. */
  memoryBytes: number;
}

export const QUERY_BOUNDS: QueryBounds = {
  atOnce: 5,
  waiting: 300,
  waitMs: 10_000,
  seconds: 20,
  memoryBytes: 768 * 1024 * 1024,
};

/** A result is held in memory by two processes; no answer of a question is near this. */
const MOST_RESULT_BYTES = 32 * 1024 * 1024;

/** Too many queries wait, or this one has waited for too long. */
export class Overloaded extends Error {
  override name = "Overloaded";
}

/** Who asked is not there any more, so nobody reads the answer. */
export class AskerGone extends Error {
  override name = "AskerGone";
}

/** Makes what runs the queries of one question, by its name; `gone` aborts when nobody waits for them. */
export type Asks = (name: string, gone?: AbortSignal) => Ask;

/**
 * Runs bound SELECTs for questions, a few at a time, and times each. They throw as `Store.query` does,
 * `Overloaded` when there is no turn for them in time, and `AskerGone` when `gone` aborts: then the
 * query is stopped in the store, too.
 *
 * @example const rows = await createAsks({ store, duration })("apps", gone)("SELECT 1 AS one", {});
 */
export function createAsks(parts: {
  store: Store;
  duration: Histogram<"query">;
  bounds?: Partial<QueryBounds> | undefined;
}): Asks {
  const { store, duration } = parts;
  const bounds = { ...QUERY_BOUNDS, ...parts.bounds };
  const gate = createGate(bounds.atOnce, bounds.waiting);
  const settings: Settings = {
    max_execution_time: bounds.seconds,
    // Stopped at the limit, not merely before the next block when it would be reached by estimate.
    timeout_before_checking_execution_speed: 0,
    max_memory_usage: bounds.memoryBytes,
    max_result_bytes: MOST_RESULT_BYTES,
    result_overflow_mode: "throw",
    max_threads: 2,
    // Of heartbeats no two partitions hold the same key, so each is merged by itself.
    do_not_merge_across_partitions_select_final: 1,
  };
  return (name, gone) =>
    async <T>(sql: string, params: Params) => {
      const leave = await turnIn(gate, bounds.waitMs, gone);
      const stop = duration.startTimer({ query: name });
      try {
        return await untilGone<T>(store, sql, params, settings, gone);
      } finally {
        stop();
        leave();
      }
    };
}

async function turnIn(
  gate: Gate,
  waitMs: number,
  gone: AbortSignal | undefined,
): Promise<() => void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Overloaded()), waitMs);
  try {
    const entered = gate.enter(gone ? AbortSignal.any([gone, late.signal]) : late.signal);
    if (entered === null) throw new Overloaded();
    return await entered;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a query, and stops it in the store when nobody waits for its rows any more. */
async function untilGone<T>(
  store: Store,
  sql: string,
  params: Params,
  settings: Settings,
  gone: AbortSignal | undefined,
): Promise<T[]> {
  const queryId = randomUUID();
  const ended = stopWhen(gone, store, queryId);
  try {
    return await store.query<T>(sql, params, { settings, queryId });
  } catch (error) {
    if (gone?.aborted) throw gone.reason;
    throw error;
  } finally {
    ended();
  }
}
