import { randomUUID } from "node:crypto";
import { createOnce, type Logger } from "../log.ts";
import type { DiskBatch, DiskQueue } from "./disk-queue.ts";
import type { OutgoingRecord } from "./encode.ts";
import type { Queue } from "./queue.ts";

/** What waits in memory, on its way to disk. */
export interface Spill {
  /** Writes down what is in memory. One flush at a time: a second call joins the first. */
  flush(): Promise<void>;
  /** Resolves when no record is between memory and disk. */
  settled(): Promise<void>;
  /** The oldest batch, to be sent from memory, while the disk refuses to take it. */
  fallback(): DiskBatch | null;
  /** Gives back to memory what was to be sent from there, for a disk that works again. */
  giveBack(): void;
  /** Oldest first, without what is being written. */
  peek(limit: number): OutgoingRecord[];
  /** Records in memory, without those that are being written. */
  size(): number;
  /** Forgets them, and what is being written. Gives back how many they were. */
  forget(): number;
}

export interface SpillInput {
  memory: Queue;
  disk: DiskQueue;
  /** `consent_epoch` under which the records in memory were recorded. */
  epoch: () => number;
  batchRecords: number;
  batchBytes: number;
  log: Logger;
}

export function createSpill(input: SpillInput): Spill {
  const { memory, disk, epoch, batchRecords, batchBytes, log } = input;
  const firstTime = createOnce();
  let flushing: Promise<void> | undefined;
  let refuses = false;
  let forgets = 0;
  let held: DiskBatch | undefined;

  async function spill(): Promise<void> {
    while (memory.size().records > 0) {
      const before = forgets;
      const records = memory.take(batchRecords, batchBytes);
      const result = await disk.write(records, epoch());
      refuses = !result.ok;
      if (result.ok) continue;
      if (forgets === before) memory.putBack(records);
      const { problem } = result;
      if (firstTime(problem)) {
        log.warn({ problem }, "telemetry cannot be queued on disk and waits in memory only");
      }
      return;
    }
  }

  return {
    flush() {
      flushing ??= spill().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
    settled: async () => flushing,
    fallback() {
      if (!refuses) return null;
      if (held === undefined && memory.size().records > 0) {
        const records = memory.take(batchRecords, batchBytes);
        held = {
          id: randomUUID(),
          records,
          async done() {
            held = undefined;
          },
          async release() {},
        };
      }
      return held ?? null;
    },
    giveBack() {
      if (held !== undefined) memory.putBack(held.records);
      held = undefined;
    },
    peek: (limit) => [...(held?.records ?? []), ...memory.peek(limit)],
    size: () => memory.size().records + (held?.records.length ?? 0),
    forget() {
      forgets += 1;
      const forgotten = memory.purge() + (held?.records.length ?? 0);
      held = undefined;
      return forgotten;
    },
  };
}
