import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

export const CURRENT = "app.jsonl";
/** While this is there, a process takes the telemetry lines out of the files. */
export const PURGE_LOCK = "app.jsonl.purging";
const ROTATED = /^app-(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/;
const REWRITTEN = /^app-.*\.jsonl\.purge-/;
const DAY_MS = 86_400_000;
/** A rewrite takes seconds; what is older was left by a process that died. */
const ABANDONED_MS = 3_600_000;

export interface RotatedFile {
  path: string;
  /** YYYY-MM-DD, local, of its first line. */
  day: string;
}

/** Local day of a time in ms since the epoch, `2026-01-31`. Sorts as text. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The rotated files, newest first: `app-2026-01-31.1.jsonl` is newer than `app-2026-01-31.jsonl`. */
export async function rotatedFiles(directory: string): Promise<RotatedFile[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .map((name) => ({ name, match: ROTATED.exec(name) }))
    .flatMap(({ name, match }) =>
      match === null
        ? []
        : [{ path: join(directory, name), day: match[1] as string, part: Number(match[2] ?? 0) }],
    )
    .sort((a, b) => (a.day === b.day ? b.part - a.part : a.day < b.day ? 1 : -1));
}

/**
 * Gives the current file the name of a day. Safe with any number of processes and without a lock:
 * the new name is first made as an empty file that only its maker can have made, so the rename never
 * replaces anything else; and whoever still has the file open goes on writing to the same file under
 * its new name. Two that rotate at once, as at midnight, may leave one short file more.
 *
 * @param inode of the file that is meant: another one was made by a faster process, and stays
 * @throws the system's error; the file keeps its name then
 */
export function rotate(directory: string, day: string, inode: number): void {
  const current = join(directory, CURRENT);
  const target = reserve(directory, day);
  try {
    if (statSync(current).ino === inode) renameSync(current, target);
    else rmSync(target, { force: true });
  } catch (error) {
    rmSync(target, { force: true });
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function reserve(directory: string, day: string): string {
  const parts = readdirSync(directory)
    .map((name) => ROTATED.exec(name))
    .flatMap((match) => (match?.[1] === day ? [Number(match[2] ?? 0)] : []));
  for (let part = Math.max(-1, ...parts) + 1; ; part++) {
    const path = join(directory, part === 0 ? `app-${day}.jsonl` : `app-${day}.${part}.jsonl`);
    try {
      closeSync(openSync(path, "wx", 0o600));
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Local day of the first line of a file of at least one byte. */
export async function firstDay(file: FileHandle): Promise<string> {
  const head = Buffer.alloc(1_024);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const time = /"time":(\d{10,15})\b/.exec(head.toString("latin1", 0, bytesRead))?.[1];
  return dayOf(time === undefined ? (await file.stat()).mtimeMs : Number(time));
}

/** Removes rotated files of more than `keepDays` days ago. What cannot be removed is left. */
export async function sweep(directory: string, keepDays: number, now: number): Promise<void> {
  const oldest = dayOf(now - keepDays * DAY_MS);
  for (const file of await rotatedFiles(directory)) {
    if (file.day < oldest) await rm(file.path, { force: true }).catch(() => {});
  }
  for (const name of await readdir(directory).catch(() => [])) {
    if (!REWRITTEN.test(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS) {
      await rm(path, { force: true }).catch(() => {});
    }
  }
}
