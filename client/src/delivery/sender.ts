import type { WithheldReason } from "../journal/types.ts";
import { createOnce, type Logger } from "../log.ts";
import type { Delivery } from "./delivery.ts";
import type { DiskBatch, DiskQueue } from "./disk-queue.ts";
import type { OutgoingRecord } from "./encode.ts";
import { withinGrace } from "./grace.ts";
import { createPacing } from "./pacing.ts";
import type { Queue } from "./queue.ts";
import { createSpill } from "./spill.ts";
import type { SendResult } from "./transport.ts";

/** Moves detailed records from memory to disk, and from disk to the collector batch by batch. */
export interface Sender {
  /** Adds a record; it goes out with the next batch. Synchronous, and touches no disk. */
  accept(record: OutgoingRecord): void;
  /** Detailed records may be sent: forgets those of an earlier consent, and sends what waits. */
  resume(): void;
  /** Forgets what waits and what is on its way, at once: detailed telemetry was switched off. */
  forget(): void;
  /** Writes the rest to disk and sends until `signal` says stop. Gives back how many are left. */
  drain(signal: AbortSignal): Promise<number>;
  /** Oldest first. */
  waiting(limit: number): Promise<OutgoingRecord[]>;
  /** Waiting in memory and on disk; bytes are of the disk. */
  size(): { records: number; bytes: number };
  /** Records given up because the collector refused the request they were in. */
  givenUp(): number;
}

export interface SenderInput {
  memory: Queue;
  disk: DiskQueue;
  delivery: Delivery;
  /** Looks for a choice that another process recorded, and applies it. */
  refresh: () => void;
  /** Whether detailed records may be sent right now. */
  allowed: () => boolean;
  /** `consent_epoch` as this process knows it. */
  epoch: () => number;
  /** Called with each number of records that will never be sent. */
  lost: (reason: WithheldReason, records: number) => void;
  /** How long a record waits for others, ms. */
  flushAfterMs: number;
  /** First pause after a batch that could not be delivered, ms; it doubles up to 20 times that. */
  pauseMs: number;
  batchRecords: number;
  /** After so long another look whether a process died with batches in its hands, ms. */
  claimMs: number;
  log: Logger;
}

interface Run {
  cancel: AbortController;
  done: Promise<void>;
  /** What it holds was forgotten: it is neither put back nor counted. */
  forgotten: boolean;
}

const BATCH_BYTES = 1024 * 1024;

export function createSender(input: SenderInput): Sender {
  const { memory, disk, delivery, refresh, allowed, epoch, lost, log } = input;
  const { flushAfterMs, pauseMs, batchRecords, claimMs } = input;
  const firstTime = createOnce();
  const pacing = createPacing(pauseMs);
  const spill = createSpill({
    memory,
    disk,
    epoch: () => knownEpoch,
    batchRecords,
    batchBytes: BATCH_BYTES,
    log,
  });
  let flushTimer: NodeJS.Timeout | undefined;
  let sendTimer: NodeJS.Timeout | undefined;
  let run: Run | undefined;
  let runAgain = false;
  let knownEpoch = epoch();
  let closing = false;
  let givenUp = 0;
  let reportedDrops = 0;

  /** Every promise that nobody waits for ends here: the app must not see a rejection. */
  function inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const kind = error instanceof Error ? error.name : typeof error;
      if (firstTime(`fault ${kind}`)) log.error({ kind }, "telemetry delivery failed");
    });
  }

  function scheduleFlush(waitMs: number): void {
    clearTimeout(flushTimer);
    flushTimer = setTimeout(() => {
      flushTimer = undefined;
      inBackground(tick());
    }, waitMs).unref();
  }

  function scheduleSend(waitMs: number): void {
    clearTimeout(sendTimer);
    sendTimer = setTimeout(() => {
      sendTimer = undefined;
      send();
    }, waitMs).unref();
  }

  async function tick(): Promise<void> {
    refresh();
    if (!allowed()) return drop();
    await flush();
    send();
  }

  function flush(): Promise<void> {
    reportDrops();
    return spill.flush();
  }

  function reportDrops(): void {
    const drops = memory.dropped() - reportedDrops;
    reportedDrops += drops;
    if (drops > 0) lost("queue_full", drops);
  }

  /** Starts a run unless one is under way or the collector needs a rest. */
  function send(): void {
    if (closing) return;
    if (run !== undefined) {
      runAgain = true;
      return;
    }
    const rest = pacing.restMs();
    if (rest > 0) scheduleSend(rest);
    else inBackground(start());
  }

  function start(): Promise<void> {
    const started: Run = {
      cancel: new AbortController(),
      done: Promise.resolve(),
      forgotten: false,
    };
    run = started;
    runAgain = false;
    started.done = empty(started).finally(() => {
      run = undefined;
      afterRun();
    });
    return started.done;
  }

  function afterRun(): void {
    if (closing) return;
    if (memory.size().records > 0 && flushTimer === undefined) scheduleFlush(flushAfterMs);
    if (runAgain || pacing.restMs() > 0) send();
    // Left are batches that other processes hold.
    else if (disk.size().records > 0) scheduleSend(claimMs);
  }

  async function empty(self: Run): Promise<void> {
    const { signal } = self.cancel;
    while (!signal.aborted) {
      refresh();
      if (signal.aborted) return;
      if (!allowed()) return drop();
      const batch = await nextBatch();
      if (batch === null) return;
      const result = await deliver(batch, signal);
      if (self.forgotten) {
        await batch.done();
        return;
      }
      if (result.kind === "success" || (result.kind === "failure" && !signal.aborted)) {
        pacing.answered();
        await batch.done();
        if (result.kind === "failure") giveUp(batch.records.length);
        continue;
      }
      await batch.release();
      if (result.kind === "retryable" && !signal.aborted) pacing.failed(result.retryAfterMs);
      return;
    }
  }

  /** A fault of our own must leave the batch where another try finds it. */
  async function deliver(batch: DiskBatch, signal: AbortSignal): Promise<SendResult> {
    try {
      return await delivery.deliver(batch, signal, pacing.tries());
    } catch (error) {
      await batch.release();
      throw error;
    }
  }

  async function nextBatch(): Promise<DiskBatch | null> {
    return (await disk.take(knownEpoch)) ?? spill.fallback();
  }

  function giveUp(records: number): void {
    givenUp += records;
    lost("request_refused", records);
  }

  /** @param keepEpoch what on disk was recorded under the consent that holds now */
  function drop(keepEpoch?: number): void {
    clearTimeout(flushTimer);
    clearTimeout(sendTimer);
    flushTimer = undefined;
    sendTimer = undefined;
    reportDrops();
    const forgotten = spill.forget() + disk.purge(keepEpoch);
    if (run !== undefined) {
      run.forgotten = true;
      run.cancel.abort();
    }
    if (forgotten > 0) lost("opt_out", forgotten);
  }

  function followEpoch(): void {
    const now = epoch();
    if (now === knownEpoch) return;
    knownEpoch = now;
    drop(now);
  }

  async function drain(signal: AbortSignal): Promise<number> {
    closing = true;
    clearTimeout(flushTimer);
    clearTimeout(sendTimer);
    const stop = (): void => run?.cancel.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    refresh();
    await withinGrace(finish(signal), signal);
    signal.removeEventListener("abort", stop);
    return size().records;
  }

  async function finish(signal: AbortSignal): Promise<void> {
    if (allowed()) {
      await flush();
      // Once more: one may have been under way that began before the last records came.
      await flush();
    }
    await run?.done;
    if (!signal.aborted && !pacing.isAskedToWait()) await start();
    // The disk may take now what it refused before.
    spill.giveBack();
    if (allowed()) await flush();
  }

  function size(): { records: number; bytes: number } {
    const onDisk = disk.size();
    return { records: onDisk.records + spill.size(), bytes: onDisk.bytes };
  }

  return {
    accept(record) {
      if (closing) return;
      followEpoch();
      memory.push(record);
      if (flushTimer === undefined) scheduleFlush(flushAfterMs);
      else if (memory.size().records === batchRecords) scheduleFlush(0);
    },
    resume() {
      followEpoch();
      if (!closing && run === undefined && sendTimer === undefined) scheduleSend(flushAfterMs);
    },
    forget() {
      knownEpoch = epoch();
      drop();
    },
    drain,
    async waiting(limit) {
      // What is between memory and disk would be seen in neither.
      await spill.settled();
      const inMemory = spill.peek(limit);
      const onDisk = await disk.peek(limit, knownEpoch);
      // And what was written meanwhile in both.
      const seen = new Set(onDisk.map(uidOf));
      const onlyInMemory = inMemory.filter((record) => !seen.has(uidOf(record)));
      return onDisk.concat(onlyInMemory).slice(0, limit);
    },
    size,
    givenUp: () => givenUp,
  };
}

function uidOf(record: OutgoingRecord): unknown {
  return record.attributes["log.record.uid"];
}
