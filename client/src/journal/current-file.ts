import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { CURRENT, dayOf, firstDay, rotate, sweep } from "./day-files.ts";
import { survived } from "./purge.ts";

export interface CurrentFileOptions {
  directory: string;
  keepDays: number;
  maxFileBytes: number;
  now(): number;
}

export interface CurrentFile {
  /**
   * Writes whole lines at the end of `app.jsonl`, rotated before where that is due.
   *
   * @returns how many bytes are in the file as whole lines; fewer than given when the disk took no more
   * @throws the system's error when nothing could be written
   */
  write(lines: Buffer): Promise<number>;
  /** Whether the system has been given lines that may be in the file already. */
  writing(): boolean;
  /** Rotates a file of an earlier day and removes those that are too old, also when nothing is written. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

/** A file system whose inode numbers change at every look would never show the same file twice. */
const MAX_LOOKS = 5;
const ROTATE_AGAIN_MS = 60_000;
const LINE_END = 0x0a;

/**
 * The file that is written now. Every process appends (`O_APPEND`) whole lines in one write, which
 * a local file system keeps apart. Before each write the name is looked up again: when another
 * process has rotated, the file that is open is no longer the one of that name. A write that was
 * under way during a rotation ends in the rotated file, where the readers find it.
 */
export function createCurrentFile(options: CurrentFileOptions): CurrentFile {
  const { directory, now } = options;
  const path = join(directory, CURRENT);
  let opened: { handle: FileHandle; inode: number; day: string } | null = null;
  let rotateFrom = 0;
  /** The last line in the file has no end: the next write begins with one. */
  let cutOff = false;
  let writing = false;

  async function write(lines: Buffer): Promise<number> {
    for (;;) {
      const handle = await current(lines.length);
      const lead = cutOff ? 1 : 0;
      const bytes = cutOff ? Buffer.concat([Buffer.from("\n"), lines]) : lines;
      const bytesWritten = await put(handle, bytes);
      if (bytesWritten === null) continue;
      cutOff = bytes[bytesWritten - 1] !== LINE_END;
      const whole = cutOff ? bytes.lastIndexOf(LINE_END, bytesWritten - 1) + 1 : bytesWritten;
      return Math.max(0, whole - lead);
    }
  }

  /** Null when the file was replaced meanwhile without these bytes. */
  async function put(handle: FileHandle, bytes: Buffer): Promise<number | null> {
    writing = true;
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten === 0) throw Object.assign(new Error("nothing written"), { code: "EIO" });
      return (await survived(directory, handle, bytes.subarray(0, bytesWritten)))
        ? bytesWritten
        : null;
    } finally {
      writing = false;
    }
  }

  /** The open file of the name, which has room for so many bytes more. */
  async function current(bytes: number): Promise<FileHandle> {
    for (let looks = 0; ; looks++) {
      const found = await stat(path).catch(absent);
      if (opened === null || (found?.ino !== opened.inode && looks < MAX_LOOKS)) await reopen();
      else if (found === null || looks >= MAX_LOOKS || !rotateIfDue(found.size, bytes)) {
        return opened.handle;
      }
    }
  }

  async function reopen(): Promise<void> {
    await close();
    const handle = await openOrMake();
    try {
      const { size, ino } = await handle.stat();
      const day = size === 0 ? dayOf(now()) : await firstDay(handle);
      cutOff = size > 0 && !(await endsWithLineEnd(handle, size));
      opened = { handle, inode: ino, day };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async function openOrMake(): Promise<FileHandle> {
    try {
      return await open(path, "a+", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return open(path, "a+", 0o600);
    }
  }

  function rotateIfDue(size: number, bytes: number): boolean {
    if (opened === null || size === 0 || now() < rotateFrom) return false;
    const full = size + bytes > options.maxFileBytes;
    if (!full && opened.day >= dayOf(now())) return false;
    try {
      rotate(directory, opened.day, opened.inode);
    } catch {
      // A file that grows too long is better than a log that stops.
      rotateFrom = now() + ROTATE_AGAIN_MS;
      return false;
    }
    void sweep(directory, options.keepDays, now());
    return true;
  }

  async function maintain(): Promise<void> {
    if ((await stat(path).catch(absent)) !== null) await current(0);
    await sweep(directory, options.keepDays, now());
  }

  async function close(): Promise<void> {
    const handle = opened?.handle;
    opened = null;
    await handle?.close();
  }

  return { write, writing: () => writing, maintain, close };
}

async function endsWithLineEnd(handle: FileHandle, size: number): Promise<boolean> {
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === LINE_END;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
  throw error;
}
