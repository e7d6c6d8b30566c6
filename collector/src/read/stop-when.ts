import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../store/client.ts";

/** A statement that was just sent may not be known to the store yet when it is to be stopped. */
const AGAIN_MS = 200;

/**
 * Stops a statement in the store when nobody waits for it any more.
 *
 * @returns what to call once the statement has ended
 * @example
 * const ended = stopWhen(gone, store, queryId);
 * try { return await store.query(sql, params, { queryId }) } finally { ended() }
 */
export function stopWhen(
  gone: AbortSignal | undefined,
  store: Pick<Store, "kill">,
  queryId: string,
): () => void {
  let running = true;
  const stop = async () => {
    while (running) {
      // A store that is away answers neither this nor the statement.
      await store.kill(queryId).catch(() => {});
      if (running) await sleep(AGAIN_MS);
    }
  };
  if (gone?.aborted) void stop();
  gone?.addEventListener("abort", stop, { once: true });
  return () => {
    running = false;
    gone?.removeEventListener("abort", stop);
  };
}
