import type { Histogram } from "prom-client";
import type { Params, Settings, Store } from "../store/client.ts";
import type { Ask } from "./question.ts";

/** Bounds of every fixed question: the dashboard asks several at once, and ingest shares the machine. */
const LIMITS: Settings = {
  max_execution_time: 20,
  // Stopped at the limit, not merely before the next block when it would be reached by estimate.
  timeout_before_checking_execution_speed: 0,
  max_memory_usage: 768 * 1024 * 1024,
  max_threads: 2,
  // Of heartbeats no two partitions hold the same key, so each is merged by itself.
  do_not_merge_across_partitions_select_final: 1,
};

/** Runs bound SELECTs for one question and times each. Throws as `Store.query` does. */
export function createAsk(store: Store, duration: Histogram<"query">, name: string): Ask {
  return async <T>(sql: string, params: Params) => {
    const stop = duration.startTimer({ query: name });
    try {
      return await store.query<T>(sql, params, { settings: LIMITS });
    } finally {
      stop();
    }
  };
}
