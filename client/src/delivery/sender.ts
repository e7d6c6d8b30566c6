import type { Delivery } from "./delivery.ts";
import type { OutgoingRecord } from "./encode.ts";
import type { Queue } from "./queue.ts";

/** Moves detailed records from the queue to the collector, one batch at a time. */
export interface Sender {
  /** Adds a record; it goes out with the next batch. */
  accept(record: OutgoingRecord): void;
  /** Forgets what is queued and what is on its way, at once: detailed telemetry was switched off. */
  forget(): void;
  /** Sends what is queued until `signal` says stop. Resolves with the number of records left. */
  drain(signal: AbortSignal): Promise<number>;
  /** Records given up because the collector refused the request they were in. */
  givenUp(): number;
}

export interface SenderInput {
  queue: Queue;
  delivery: Delivery;
  /** Whether detailed records may be sent right now, by what is on disk. */
  allowed: () => boolean;
  /** How long a record waits for others, ms. */
  flushAfterMs: number;
  /** Pause after a batch that could not be delivered, ms, when the collector names none. */
  pauseMs: number;
  batchRecords: number;
}

const BATCH_BYTES = 1024 * 1024;

export function createSender(input: SenderInput): Sender {
  const { queue, delivery, allowed, flushAfterMs, pauseMs, batchRecords } = input;
  let timer: NodeJS.Timeout | undefined;
  let current: { cancel: AbortController; done: Promise<void>; forgotten: boolean } | undefined;
  let pausedUntil = 0;
  let closing = false;
  let givenUp = 0;

  function schedule(waitMs: number): void {
    if (closing || current !== undefined) return;
    clearTimeout(timer);
    const wait = Math.max(waitMs, pausedUntil - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      void run();
    }, wait).unref();
  }

  /** Starts a run unless one is under way. */
  function run(): Promise<void> {
    if (current !== undefined) return current.done;
    const started = { cancel: new AbortController(), done: Promise.resolve(), forgotten: false };
    current = started;
    started.done = empty(started).finally(() => {
      current = undefined;
      if (queue.size().records > 0) schedule(flushAfterMs);
    });
    return started.done;
  }

  async function empty(run: { cancel: AbortController; forgotten: boolean }): Promise<void> {
    while (queue.size().records > 0 && !run.cancel.signal.aborted) {
      if (!allowed()) {
        queue.purge();
        return;
      }
      const batch = queue.take(batchRecords, BATCH_BYTES);
      const result = await delivery.deliver(batch, run.cancel.signal);
      if (run.forgotten) return;
      if (run.cancel.signal.aborted && result.kind !== "success") {
        queue.putBack(batch);
        return;
      }
      if (result.kind === "failure") givenUp += batch.length;
      if (result.kind !== "retryable") continue;
      queue.putBack(batch);
      pausedUntil = Date.now() + Math.max(result.retryAfterMs ?? 0, pauseMs * Math.random());
      return;
    }
  }

  return {
    accept(record) {
      queue.push(record);
      if (timer === undefined) schedule(flushAfterMs);
      else if (queue.size().records === batchRecords) schedule(0);
    },
    forget() {
      queue.purge();
      clearTimeout(timer);
      timer = undefined;
      if (current === undefined) return;
      current.forgotten = true;
      current.cancel.abort();
    },
    async drain(signal) {
      closing = true;
      clearTimeout(timer);
      const stop = (): void => current?.cancel.abort();
      signal.addEventListener("abort", stop, { once: true });
      // One more run after the one under way: it may have begun before the last records came.
      for (let runs = 0; runs < 2 && !signal.aborted; runs += 1) {
        await run();
      }
      signal.removeEventListener("abort", stop);
      return queue.size().records;
    },
    givenUp: () => givenUp,
  };
}
