import { randomBytes } from "node:crypto";

/**
 * What the name of a queue file says, so that nothing need be opened to count, to choose or to
 * forget:
 *
 * `<ms>-<sequence>-<process>-<epoch>-<records>-<bytes>-<new|tried>.jsonl`
 *
 * The first two sort by age. While a process sends a file it is called `….jsonl.<process>.claim`.
 */
export interface BatchName {
  /** Milliseconds since the epoch, when the file was begun. */
  time: number;
  sequence: number;
  /** Tells the processes of the install apart, across containers too. */
  process: string;
  /** `consent_epoch` under which the records were recorded. */
  epoch: number;
  records: number;
  bytes: number;
  /** Once it was on its way somebody has written down its content: nothing is added any more. */
  tried: boolean;
  /** Who holds it; null while it waits. */
  claimedBy: string | null;
}

const SHAPE =
  /^(\d{13})-(\d{6})-([0-9a-z]+)-(\d{1,16})-(\d{1,9})-(\d{1,12})-(new|tried)\.jsonl(?:\.([0-9a-z]+)\.claim)?$/;

/** Null for a file that is none of ours. */
export function parseBatchName(file: string): BatchName | null {
  const found = SHAPE.exec(file);
  if (found === null) return null;
  return {
    time: Number(found[1]),
    sequence: Number(found[2]),
    process: found[3]!,
    epoch: Number(found[4]),
    records: Number(found[5]),
    bytes: Number(found[6]),
    tried: found[7] === "tried",
    claimedBy: found[8] ?? null,
  };
}

/**
 * @example
 * formatBatchName({ time: 1794567890123, sequence: 7, process: "p1", epoch: 0, records: 12, bytes: 4096, tried: false, claimedBy: null });
 * // "1794567890123-000007-p1-0-12-4096-new.jsonl"
 */
export function formatBatchName(name: BatchName): string {
  const time = String(name.time).padStart(13, "0");
  const sequence = String(name.sequence % 1_000_000).padStart(6, "0");
  const state = name.tried ? "tried" : "new";
  const file = `${time}-${sequence}-${name.process}-${name.epoch}-${name.records}-${name.bytes}-${state}.jsonl`;
  return name.claimedBy === null ? file : `${file}.${name.claimedBy}.claim`;
}

/** Names a batch in the journal: the same in each process and at each try. */
export function batchId(name: BatchName): string {
  return `${name.time}-${name.sequence}-${name.process}-${name.records}`;
}

/** Containers that share a volume often share their process id as well. */
export function processPart(): string {
  return `${process.pid.toString(36)}x${randomBytes(5).toString("hex")}`;
}
