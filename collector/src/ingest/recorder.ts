import type { DecisionTable, DropReason } from "@rollcall/schemas";
import type { Batch, Spool } from "../spool/types.ts";
import type { Sender } from "./authenticate.ts";
import type { Format } from "./framing.ts";
import type { DecodeFault } from "./otlp/limits.ts";
import type { Problem } from "./problem.ts";
import type { IngestRates } from "./rates.ts";
import { createTally, type Tally } from "./tally.ts";

/** What one signal's recorder is made of. */
export interface SignalRecorderDeps {
  tables: (app: string) => DecisionTable;
  userHashKey: Buffer;
}

export interface RecorderDeps extends SignalRecorderDeps {
  spool: Spool;
  rates: IngestRates;
  now: () => number;
}

/** One request while its records are read. */
export interface Recording {
  batch: Batch;
  tally: Tally;
  sender: Sender;
  /** Unix milliseconds. */
  receivedMs: number;
}

/** How the records of one signal are read, and what becomes of each. */
export interface SignalRecorder<Incoming> {
  /** Rewritten for every record: one object serves all. */
  incoming: Incoming;
  decoders: Record<
    Format,
    (body: Buffer, into: Incoming, onRecord: (record: Incoming) => void) => DecodeFault | null
  >;
  /** Enforces one record and appends its rows. */
  into(recording: Recording): (record: Incoming) => void;
}

/** A request whose rows are in the batch of the next commit, not yet on disk. */
interface RecordedRequest {
  batch: Batch;
  tally: Tally;
}

/** Decodes, enforces and appends one request's records; all of them or, on a problem, none. */
export type Recorder = (body: Buffer, format: Format, sender: Sender) => RecordedRequest | Problem;

/** @returns what turns the bodies of one signal into rows */
export function createRecorder<Incoming>(
  { spool, rates, now }: RecorderDeps,
  { incoming, decoders, into }: SignalRecorder<Incoming>,
): Recorder {
  return (body, format, sender) => {
    const batch = spool.open();
    if (batch === null) return { fault: "spool_unavailable", description: spool.state().reason };
    const receivedMs = now();
    const tally = createTally(sender.app, receivedMs);
    batch.mark();
    let complete = false;
    try {
      const onRecord = into({ batch, tally, sender, receivedMs });
      const fault = decoders[format](body, incoming, onRecord);
      if (fault !== null) return fault;
      const limited = rates.take(sender, tally);
      if (limited !== null) return limited;
      complete = true;
    } finally {
      if (!complete) batch.rewind();
    }
    for (const count of tally.counts) batch.countRefusal(count);
    return { batch, tally };
  };
}

/** Fields that were left out of one record, by name: the first `dropped` entries of both lists. */
interface Drops {
  droppedFields: string[];
  droppedReasons: DropReason[];
  dropped: number;
}

/** Counts what was left out of an accepted record. */
export function recordDrops(tally: Tally, drops: Drops, event: string, version: string): void {
  for (let at = 0; at < drops.dropped; at++) {
    const reason = drops.droppedReasons[at] as DropReason;
    tally.drop(reason, event, drops.droppedFields[at] as string, version);
  }
}
