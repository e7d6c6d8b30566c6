import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** A holder that has not let go after this long has died: its work takes milliseconds. */
const LOCK_STALE_MS = 2_000;
const LOCK_WAIT_MS = 3_000;
const LOCK_POLL_MS = 2;

/**
 * Replaces a file so that a crash at any moment leaves either the old or the new content: temporary
 * file, fsync, rename, fsync of the directory. The file is readable by its owner only.
 *
 * @param mayReplace asked last of all: on a disk that is slow to sync, somebody else may have taken over
 * @throws the system's error (`ENOSPC`, `EACCES`, …); the old file is untouched then
 */
export function replaceFile(
  path: string,
  content: string,
  mayReplace: () => boolean = () => true,
): void {
  const temporary = `${path}.tmp-${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!mayReplace()) throw new Error(`${path} was taken over by another process`);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  // Windows cannot open a directory and makes renames durable by itself.
  if (process.platform === "win32") return;
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Runs `work` while this process alone holds `path`, an exclusive lock file beside the data.
 * Read-change-write by two processes would otherwise undo a refusal that one of them recorded.
 * Waits a few seconds at most; takes over the lock of a holder that died.
 *
 * @param work is given how to ask whether the lock is still this process's: one that was stopped for
 *   seconds, as a machine that sleeps is, looks dead to the others
 * @throws when the lock is not free in time or cannot be made, and whatever `work` throws
 */
export function withFileLock<T>(path: string, work: (isHeld: () => boolean) => T): T {
  const owner = `${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + LOCK_WAIT_MS;
  while (!tryLock(path, owner)) {
    removeStale(path);
    if (Date.now() > deadline) throw new Error(`${path} is held by another process`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
  const isHeld = () => readOwner(path) === owner;
  try {
    return work(isHeld);
  } finally {
    if (isHeld()) rmSync(path, { force: true });
  }
}

function tryLock(path: string, owner: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(file, owner);
    return true;
  } catch (error) {
    // A full disk takes the name and not the content; everybody would wait for a holder that is none.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function removeStale(path: string): void {
  const held = statSync(path, { throwIfNoEntry: false });
  // One from the future was made while the clock was wrong.
  if (held === undefined || Math.abs(Date.now() - held.mtimeMs) < LOCK_STALE_MS) return;
  // Moved away first: of two processes that see the same stale lock, one moves it.
  const aside = `${path}.stale-${randomUUID().slice(0, 8)}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else was faster.
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
