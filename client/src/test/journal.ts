import type { SendResult } from "../delivery/transport.ts";
import type { Journal, JournalItem, WithheldReason } from "../journal/types.ts";

/** A journal in memory: what delivery says to it, in order. */
export interface MemoryJournal extends Journal {
  lines: JournalLine[];
  /** While false nothing can be written down. */
  writable(now: boolean): void;
  /** All records that will never be sent, by reason. */
  lost(): Partial<Record<WithheldReason, number>>;
}

export type JournalLine =
  | { what: "sending"; sink: string; batch: string; items: readonly JournalItem[] }
  | { what: "outcome"; sink: string; batch: string; result: SendResult }
  | { what: "withheld"; reason: WithheldReason; records: number };

export function createMemoryJournal(): MemoryJournal {
  const lines: JournalLine[] = [];
  let works = true;
  return {
    lines,
    writable(now) {
      works = now;
    },
    lost() {
      const sums: Partial<Record<WithheldReason, number>> = {};
      for (const line of lines) {
        if (line.what === "withheld") {
          sums[line.reason] = (sums[line.reason] ?? 0) + line.records;
        }
      }
      return sums;
    },
    async sending(sink, batch, items) {
      if (works) lines.push({ what: "sending", sink, batch, items });
      return works;
    },
    outcome: (sink, batch, result) => void lines.push({ what: "outcome", sink, batch, result }),
    withheld: (reason, records) => void lines.push({ what: "withheld", reason, records }),
    held: () => {},
    refused: () => {},
    event: () => {},
    readSent: async () => [],
    readUnsent: async () => [],
    purge: async () => {},
    flush: async () => {},
    close: async () => {},
    problem: () => (works ? null : "EROFS"),
  };
}
