import type { OutgoingRecord } from "./encode.ts";

/** Records waiting to be sent, bounded by count and by bytes: a dead collector costs no memory. */
export interface Queue {
  /** Adds a record; when that exceeds a bound the oldest go, and are counted. */
  push(record: OutgoingRecord): void;
  /** Takes the oldest records out, at most `records` and about `bytes`; at least one if any. */
  take(records: number, bytes: number): OutgoingRecord[];
  /** The oldest records, without taking them out. */
  peek(records: number): OutgoingRecord[];
  /** Puts a batch back in front after a failed try. What no longer fits is dropped, oldest first. */
  putBack(batch: readonly OutgoingRecord[]): void;
  /** Forgets everything at once. Returns how many records that were. */
  purge(): number;
  size(): { records: number; bytes: number };
  /** Records dropped since start because the queue was full. */
  dropped(): number;
}

/** What a record costs in memory and on the wire besides its texts, roughly. */
const RECORD_OVERHEAD = 48;
const ATTRIBUTE_OVERHEAD = 10;

/**
 * @param limits `records` and `bytes` (estimated, uncompressed)
 *
 * @example
 * const queue = createQueue({ records: 10_000, bytes: 5 * 1024 * 1024 });
 */
export function createQueue(limits: { records: number; bytes: number }): Queue {
  let waiting: { record: OutgoingRecord; bytes: number }[] = [];
  /** Taken entries stay in the array until there are many of them: shifting each is O(n). */
  let head = 0;
  let bytes = 0;
  let dropped = 0;

  const length = () => waiting.length - head;

  function shift(): OutgoingRecord | undefined {
    const entry = waiting[head];
    if (entry === undefined) return undefined;
    head += 1;
    bytes -= entry.bytes;
    if (head > 1_024 && head * 2 > waiting.length) {
      waiting = waiting.slice(head);
      head = 0;
    }
    return entry.record;
  }

  function trim(): void {
    while (length() > limits.records || bytes > limits.bytes) {
      shift();
      dropped += 1;
    }
  }

  return {
    push(record) {
      const cost = estimateBytes(record);
      waiting.push({ record, bytes: cost });
      bytes += cost;
      trim();
    },
    take(records, maxBytes) {
      const batch: OutgoingRecord[] = [];
      let taken = 0;
      while (batch.length < records && length() > 0) {
        const cost = waiting[head]?.bytes ?? 0;
        if (batch.length > 0 && taken + cost > maxBytes) break;
        taken += cost;
        batch.push(shift()!);
      }
      return batch;
    },
    peek: (records) => waiting.slice(head, head + records).map(({ record }) => record),
    putBack(batch) {
      const entries = batch.map((record) => ({ record, bytes: estimateBytes(record) }));
      waiting = entries.concat(waiting.slice(head));
      head = 0;
      for (const entry of entries) bytes += entry.bytes;
      trim();
    },
    purge() {
      const purged = length();
      waiting = [];
      head = 0;
      bytes = 0;
      return purged;
    },
    size: () => ({ records: length(), bytes }),
    dropped: () => dropped,
  };
}

/** About the size of the encoded record. Cheap, because it runs inside `track`. */
function estimateBytes(record: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD + record.eventName.length;
  for (const key in record.attributes) {
    const value = record.attributes[key];
    bytes += key.length + ATTRIBUTE_OVERHEAD + (typeof value === "string" ? value.length : 0);
  }
  return bytes;
}
