import type { Checkpoint } from "./checkpoint.ts";
import type { SealedSegment } from "./directory.ts";
import type { SpoolFiles } from "./files.ts";
import type { Quarantine, SetAside } from "./quarantine.ts";
import type { Spool } from "./types.ts";

export interface SpoolOptions {
  /** Made where absent. One process at a time may have it open. */
  directory: string;
  /** Bytes of acknowledged data that may wait; beyond them senders get 503. */
  maxBytes: number;
  log: SpoolLog;
  /** A segment is closed for loading at this age or size. @default 1000 ms, 8 MiB, 250,000 rows */
  sealAfterMs?: number;
  sealBytes?: number;
  sealRows?: number;
  /** Memory for rows that wait for the running flush. @default 32 MiB */
  maxBatchBytes?: number;
  /** Free disk below which nothing is taken, so that the store can still work. @default 64 MiB */
  minFreeBytes?: number;
  /** Called for each thing that was set aside, for the metrics. */
  onSetAside?: (aside: SetAside) => void;
  /** Called after each commit, for the metrics. */
  onCommit?: (commit: {
    rows: number;
    milliseconds: number;
    outcome: "committed" | "failed";
  }) => void;
  /** Unix milliseconds. */
  now?: () => number;
  files?: SpoolFiles;
}

/** The part of a pino logger that is used. */
export interface SpoolLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The spool as the loader sees it. */
export interface LoadableSpool extends Spool {
  /** Random, made with the directory: with a segment's number it names a batch of rows for ever. */
  uuid: string;
  directory: string;
  checkpoint: Checkpoint;
  quarantine: Quarantine;
  /** The oldest closed segment; waits for one, null once the signal is aborted. */
  next(signal: AbortSignal): Promise<SealedSegment | null>;
  /** Closes the open segment now, so that the loader takes it. Gives the last segment's number. */
  seal(): Promise<number>;
  /** Whether a closed segment of this or a lower number is not finished yet. */
  isWaiting(upTo: number): boolean;
  /** Deletes a segment that is finished in the checkpoint. */
  remove(segment: SealedSegment): Promise<void>;
  /** Moves a whole segment to quarantine instead. */
  setAside(segment: SealedSegment, what: SetAside["what"], reason: string): Promise<void>;
  report(aside: SetAside): void;
  /** When the oldest data that is not removed yet was received; null while there is none. */
  oldestMs(): number | null;
}
