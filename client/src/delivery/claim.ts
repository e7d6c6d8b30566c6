import { rename, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type BatchName, formatBatchName } from "./batch-name.ts";

/** A claim that its holder has not renewed for so long belongs to a process that died. */
export const CLAIM_MS = 3 * 60_000;

/**
 * Takes a waiting or abandoned file for this process by renaming it: of several that try, one
 * succeeds.
 *
 * @returns its name from now on; null when another process was faster, or the disk refuses
 */
export async function claimFile(
  directory: string,
  name: BatchName,
  me: string,
): Promise<BatchName | null> {
  const held = { ...name, claimedBy: me };
  const path = join(directory, formatBatchName(name));
  try {
    // Before the rename: under its new name it must never look abandoned.
    await touch(path);
    await rename(path, join(directory, formatBatchName(held)));
    return held;
  } catch {
    return null;
  }
}

/** Renews a claim until the returned function is called. Does not keep the process alive. */
export function keepClaim(path: string, claimMs: number): () => void {
  const timer = setInterval(() => void touch(path).catch(() => {}), claimMs / 3).unref();
  return () => clearInterval(timer);
}

/** Whether nobody has touched the file for so long. False for one that is gone. */
export async function isStale(path: string, claimMs: number): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    // A time in the future comes from a clock that was wrong.
    return age > claimMs || age < -claimMs;
  } catch {
    return false;
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
}
