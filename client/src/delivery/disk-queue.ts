import { readdirSync, rmSync } from "node:fs";
import { readdir, readFile, rename, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { WithheldReason } from "../journal/types.ts";
import { createOnce, type Logger } from "../log.ts";
import { formatBatch, parseBatch } from "./batch-file.ts";
import {
  type BatchName,
  batchId,
  formatBatchName,
  parseBatchName,
  processPart,
} from "./batch-name.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { CLAIM_MS, claimFile, isStale, keepClaim } from "./claim.ts";
import type { OutgoingRecord } from "./encode.ts";
import type { SinkName } from "./types.ts";

/**
 * Batches that wait for one destination, a file each, shared by the processes of the install. A
 * batch that a process holds when it dies is taken over by another and may then arrive twice, with
 * the same `log.record.uid`.
 *
 * Files are written without fsync. What a write returned survives the end of the process, `kill -9`
 * included; a power failure may cost the last seconds, and telemetry is not worth more wear of the
 * host's disk. A file that this left damaged is noticed, counted and removed.
 */
export interface DiskQueue {
  /** Adds records as a file, or to this process's last one. When the cap is reached the oldest go. */
  write(records: readonly OutgoingRecord[], epoch: number): Promise<WriteResult>;
  /** Claims and reads the oldest batch of that epoch; batches of an older one are deleted. */
  take(epoch: number): Promise<DiskBatch | null>;
  /** Reads the oldest records without claiming them. */
  peek(limit: number, epoch: number): Promise<OutgoingRecord[]>;
  /** Of all processes. Bytes in whole blocks, as files take them up. */
  size(): { records: number; bytes: number };
  /**
   * Deletes everything before it returns, other processes' files included; with `keepEpoch` only
   * what was recorded under another. Gives back how many records that were.
   */
  purge(keepEpoch?: number): number;
}

/** `problem` is the system's error code. */
export type WriteResult = { ok: true } | { ok: false; problem: string };

export interface DiskBatch {
  /** The same in each process and at each try. */
  id: string;
  records: readonly OutgoingRecord[];
  /** It was delivered, or never will be. */
  done(): Promise<void>;
  /** Puts it back for a later try, by whichever process. */
  release(): Promise<void>;
}

export interface DiskQueueInput {
  directory: string;
  /** In whole blocks of 4 KiB, which is what a small file takes up. */
  maxBytes: number;
  batchRecords: number;
  /** Default three minutes. */
  claimMs?: number | undefined;
  /** Called with each number of records that will never be sent. */
  lost: (reason: WithheldReason, records: number) => void;
  log: Logger;
}

const BLOCK_BYTES = 4_096;
/** Two look-ups more, because a write of this process can land between reading and deleting. */
const PURGE_ROUNDS = 3;
/** A file that is claimed while somebody looks has another name by then. */
const PEEK_LOOKS = 3;

const cost = (bytes: number): number => Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "unknown";

export function createDiskQueue(input: DiskQueueInput): DiskQueue {
  const { directory, maxBytes, batchRecords, lost, log, claimMs = CLAIM_MS } = input;
  const me = processPart();
  const firstTime = createOnce();
  const pathOf = (name: BatchName): string => join(directory, formatBatchName(name));
  const writer = createBatchWriter({ directory, me, batchRecords });
  let purges = 0;
  /** Records that are being written at this moment. */
  let pending = 0;
  /** What the last look into the directory found, oldest first: a long backlog is listed once. */
  let listed: BatchName[] = [];

  async function list(): Promise<BatchName[]> {
    const names: BatchName[] = [];
    for (const file of (await readdirIfThere(directory)).sort()) {
      const name = parseBatchName(file);
      if (name !== null) names.push(name);
      else if (file.endsWith(".tmp") && (await isStale(join(directory, file), claimMs))) {
        await rm(join(directory, file), { force: true });
      }
    }
    return names;
  }

  async function write(records: readonly OutgoingRecord[], epoch: number): Promise<WriteResult> {
    const before = purges;
    const text = formatBatch(records);
    const bytes = Buffer.byteLength(text);
    pending = records.length;
    try {
      if (await makeRoom(cost(bytes))) {
        const name = await writer.write({ text, bytes, records: records.length, epoch });
        // It landed after the purge that counted it.
        if (purges !== before) await rm(pathOf(name), { force: true });
      } else {
        lost("queue_full", records.length);
      }
      return { ok: true };
    } catch (error) {
      // Whoever purged meanwhile took the file away.
      return purges === before ? { ok: false, problem: codeOf(error) } : { ok: true };
    } finally {
      if (purges !== before) writer.forget();
      pending = 0;
    }
  }

  /** Drops the oldest until so many bytes fit. False when they never will. */
  async function makeRoom(bytes: number): Promise<boolean> {
    const names = await list();
    let used = names.reduce((sum, name) => sum + cost(name.bytes), bytes);
    for (const name of names) {
      if (used <= maxBytes) return true;
      if (name.claimedBy !== null) continue;
      used -= cost(name.bytes);
      if (await removed(pathOf(name))) lost("queue_full", name.records);
    }
    return used <= maxBytes;
  }

  async function take(epoch: number): Promise<DiskBatch | null> {
    let fresh = false;
    for (;;) {
      if (listed.length === 0 && !fresh) {
        listed = await list();
        fresh = true;
      }
      const name = listed.shift();
      if (name === undefined) return null;
      if (await forgotten(name, epoch)) continue;
      if (name.claimedBy !== null && !(await isStale(pathOf(name), claimMs))) continue;
      const held = await claimFile(directory, name, me);
      const batch = held === null ? null : await open(held);
      if (batch !== null) return batch;
    }
  }

  /** Whether it was recorded under another consent. A newer one is another process's to know. */
  async function forgotten(name: BatchName, epoch: number): Promise<boolean> {
    if (name.epoch === epoch) return false;
    if (name.epoch > epoch && !(await isStale(pathOf(name), claimMs))) return true;
    if (await removed(pathOf(name))) lost("opt_out", name.records);
    return true;
  }

  async function open(held: BatchName): Promise<DiskBatch | null> {
    const path = pathOf(held);
    const text = await readFile(path, "utf8").catch(() => "");
    const records = parseBatch(text, held.records);
    if (records === null) {
      if (await removed(path)) damaged(held.records);
      return null;
    }
    const stop = keepClaim(path, claimMs);
    return {
      id: batchId(held),
      records,
      async done() {
        stop();
        await rm(path, { force: true }).catch(() => {});
      },
      async release() {
        stop();
        // What waits longest is tried first.
        listed = [];
        await rename(path, pathOf({ ...held, tried: true, claimedBy: null })).catch(() => {});
      },
    };
  }

  function damaged(records: number): void {
    lost("damaged", records);
    if (firstTime("damaged"))
      log.warn({ records }, "a damaged file of queued telemetry was removed");
  }

  function purge(keepEpoch?: number): number {
    purges += 1;
    listed = [];
    writer.forget();
    let purged = pending;
    pending = 0;
    try {
      for (let round = 0; round < PURGE_ROUNDS; round += 1) {
        for (const file of readdirSync(directory)) {
          const name = parseBatchName(file);
          if (name !== null && name.epoch === keepEpoch) continue;
          rmSync(join(directory, file), { force: true });
          purged += name?.records ?? 0;
        }
      }
    } catch (error) {
      const problem = codeOf(error);
      if (problem !== "ENOENT" && firstTime(`purge ${problem}`)) {
        log.error({ problem }, "queued telemetry could not be deleted; it will not be sent");
      }
    }
    return purged;
  }

  function size(): { records: number; bytes: number } {
    const sum = { records: pending, bytes: 0 };
    for (const file of filesIfThere(directory)) {
      const name = parseBatchName(file);
      if (name === null) continue;
      sum.records += name.records;
      sum.bytes += cost(name.bytes);
    }
    return sum;
  }

  async function peek(limit: number, epoch: number): Promise<OutgoingRecord[]> {
    let records: OutgoingRecord[] = [];
    for (let look = 0; look < PEEK_LOOKS; look += 1) {
      records = [];
      let moved = false;
      for (const name of await list()) {
        if (records.length >= limit) break;
        if (name.epoch !== epoch) continue;
        const text = await readFile(pathOf(name), "utf8").catch(() => null);
        moved ||= text === null;
        records.push(...(parseBatch(text ?? "", name.records) ?? []));
      }
      if (!moved) break;
    }
    return records.slice(0, limit);
  }

  return { write, take, peek, size, purge };
}

/** Where the batches for a destination wait. */
export function queueDirectory(dataDir: string, sink: SinkName): string {
  return join(dataDir, "queue", sink);
}

/**
 * Deletes what waits for destinations that are configured no more.
 *
 * @returns how many records that were
 */
export function forgetQueues(dataDir: string, keep: readonly SinkName[]): number {
  let forgotten = 0;
  for (const sink of ["maintainer", "own"] as const) {
    if (keep.includes(sink)) continue;
    const directory = queueDirectory(dataDir, sink);
    for (const file of filesIfThere(directory)) forgotten += parseBatchName(file)?.records ?? 0;
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Without a destination it is not sent either.
    }
  }
  return forgotten;
}

/** Of several processes that delete a file, one is told that it did, and counts its records. */
async function removed(path: string): Promise<boolean> {
  try {
    // Not `rm`, which reports success also where somebody else renamed the file first.
    await unlink(path);
    return true;
  } catch {
    return false;
  }
}

function filesIfThere(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

async function readdirIfThere(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
