import { AsyncLocalStorage } from "node:async_hooks";

const context = new AsyncLocalStorage<string>();

/**
 * Runs `work`, and whatever it starts, as part of one request of the app: lines that it writes to
 * `app.jsonl` carry the id as `request_id`.
 *
 * @example runWithRequestId(randomUUID(), () => route(request, reply));
 */
export function runWithRequestId<T>(id: string, work: () => T): T {
  return context.run(id, work);
}

/** The id of the request that is being served here; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return context.getStore();
}
