import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

export interface DataDirectoryLock {
  release(): Promise<void>;
}

const RETRY_MS = 100;
const SQLITE_BUSY = 5;

/**
 * Exclusive use of a data directory by one collector, spool included. The lock is a kernel lock
 * on `collector.lock` (SQLite's, which is the one file lock that Node carries): it ends with the
 * process however that ends, needs no clean-up, and holds between containers that share the
 * directory.
 * @param waitMs how long to wait for another collector to end.
 * @param onWait called once when it has to wait, so that a person is not left to guess.
 * @throws Error of one line when the directory is still in use then, or cannot be locked at all.
 * @example const lock = await acquireDataDirectory("data", 15_000);
 */
export async function acquireDataDirectory(
  directory: string,
  waitMs: number,
  onWait: () => void = () => {},
): Promise<DataDirectoryLock> {
  const path = join(resolve(directory), "collector.lock");
  mkdirSync(resolve(directory), { recursive: true, mode: 0o700 });
  const deadline = Date.now() + waitMs;
  for (let waiting = false; ; waiting = true) {
    const held = tryLock(path);
    if (held !== null) {
      return {
        async release() {
          if (held.isOpen) held.close();
        },
      };
    }
    if (!waiting && waitMs > 0) onWait();
    if (Date.now() >= deadline) {
      const waited = Math.round(waitMs / 1000);
      throw new Error(
        `the data directory ${directory} is used by another collector (waited ${waited} s)`,
      );
    }
    await sleep(Math.min(RETRY_MS, Math.max(1, deadline - Date.now())));
  }
}

function tryLock(path: string): DatabaseSync | null {
  let file: DatabaseSync | null = null;
  try {
    file = new DatabaseSync(path);
    // Nothing is ever written: the transaction exists for its lock.
    file.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot lock ${path}: ${reason}`);
  }
}
