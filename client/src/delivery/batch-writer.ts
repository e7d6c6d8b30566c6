import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BatchName, formatBatchName } from "./batch-name.ts";
import { claimFile } from "./claim.ts";

/** Records on their way into a file. */
export interface NewBatch {
  text: string;
  bytes: number;
  records: number;
  epoch: number;
}

/** Writes this process's files of a queue. */
export interface BatchWriter {
  /**
   * Makes a file, or adds to the one that was made last while nobody has touched it: a quiet app
   * without network would otherwise fill its queue with tiny files.
   *
   * @returns the file as it is called now
   * @throws the system's error (`ENOSPC`, `EACCES`, …); what was there before is unharmed
   */
  write(batch: NewBatch): Promise<BatchName>;
  /** The last file is gone. */
  forget(): void;
}

export interface BatchWriterInput {
  directory: string;
  /** Names this process in files. */
  me: string;
  batchRecords: number;
}

const MAX_BATCH_BYTES = 1024 * 1024;

export function createBatchWriter(input: BatchWriterInput): BatchWriter {
  const { directory, me, batchRecords } = input;
  const pathOf = (name: BatchName): string => join(directory, formatBatchName(name));
  let sequence = 0;
  let last: BatchName | null = null;

  async function create(batch: NewBatch): Promise<BatchName> {
    const { text, bytes, records, epoch } = batch;
    sequence += 1;
    const own = { time: Date.now(), sequence, process: me, tried: false, claimedBy: null };
    const name = { ...own, epoch, records, bytes };
    const temporary = `${pathOf(name)}.tmp`;
    try {
      await writeFile(temporary, text, { flag: "wx", mode: 0o600 });
      await rename(temporary, pathOf(name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    return name;
  }

  /** Null when the last file has no room, or another process holds it. */
  async function append(batch: NewBatch): Promise<BatchName | null> {
    const file = last;
    last = null;
    if (file === null || file.epoch !== batch.epoch) return null;
    const records = file.records + batch.records;
    const bytes = file.bytes + batch.bytes;
    if (records > batchRecords || bytes > MAX_BATCH_BYTES) return null;
    const held = await claimFile(directory, file, me);
    if (held === null) return null;
    const grown = { ...file, records, bytes };
    try {
      await appendFile(pathOf(held), batch.text);
      await rename(pathOf(held), pathOf(grown));
    } catch (error) {
      // Half a line may stand at its end: nothing may be added any more.
      await rename(pathOf(held), pathOf({ ...held, tried: true, claimedBy: null })).catch(() => {});
      throw error;
    }
    return grown;
  }

  return {
    async write(batch) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      last = (await append(batch)) ?? (await create(batch));
      return last;
    },
    forget() {
      last = null;
    },
  };
}
