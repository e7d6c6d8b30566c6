import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CURRENT, firstDay, PURGE_LOCK, rotate, rotatedFiles } from "./day-files.ts";
import { type Lines, parseTelemetryLine, TELEMETRY_MARK } from "./lines.ts";
import { alive, holdPurgeLock, purgeOver } from "./purge-lock.ts";

const CHUNK_BYTES = 256 * 1024;
/** More than all processes together write between two looks. */
const TAIL_BYTES = 16 * 1024 * 1024;
const LINE_END = 0x0a;
/** How a mark at the end of a purged file reads: no line of the app's own begins like this. */
const PURGED = /\n\{"level":30,"time":\d+,"pid":\d+,"telemetry":\{"what":"purged"/g;

/**
 * Takes every line about telemetry out of all files of the log; the app's own lines stay. Other
 * processes may write at the same time: none of the app's lines is lost or doubled by it.
 *
 * How: `app.jsonl` gets a rotated name first, because only `app.jsonl` is ever renamed by others.
 * Each file then gets a mark at its end. What stands before the mark is copied without the telemetry
 * lines into a new file, which takes the old one's name; what a process that still had the old file
 * open wrote behind the mark, that process writes again (`survived`).
 *
 * Its limit: what another process still has in memory at this moment is written after it. A line that
 * another process writes in the instant of the replacement can be lost on a file system that does
 * not count links (some network ones), or when the purging process stood still for 15 s just then.
 *
 * @throws the system's error; the files that it had not come to are as they were
 */
export async function purgeTelemetry(directory: string, lines: Lines): Promise<void> {
  const release = await holdPurgeLock(join(directory, PURGE_LOCK));
  try {
    await rotateCurrent(directory);
    for (const file of await rotatedFiles(directory)) {
      const old = await open(file.path, "a+").catch(ignoreAbsent);
      if (old === null) continue;
      try {
        await purgeFile(old, file.path, lines);
      } finally {
        await old.close();
      }
    }
  } finally {
    await release();
  }
}

async function rotateCurrent(directory: string): Promise<void> {
  const current = await open(join(directory, CURRENT), "r").catch(ignoreAbsent);
  if (current === null) return;
  try {
    const { size, ino } = await current.stat();
    if (size > 0) rotate(directory, await firstDay(current), ino);
  } finally {
    await current.close();
  }
}

async function purgeFile(old: FileHandle, path: string, lines: Lines): Promise<void> {
  if (!(await holdsTelemetry(old))) return;
  const id = randomUUID();
  // A line end first: the file may have been cut off in a line.
  await old.appendFile(`\n${lines.telemetry({ what: "purged", id })}`);
  const temporary = `${path}.purge-${process.pid}-${id.slice(0, 8)}`;
  try {
    const kept = await copyOwnLines(old, temporary, `"what":"purged","id":"${id}"`);
    // The link count of the old file is 0 after either: that is what `survived` looks at.
    await (kept === 0 ? rm(path, { force: true }) : rename(temporary, path));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function holdsTelemetry(file: FileHandle): Promise<boolean> {
  for await (const line of forwards(file)) {
    if (line.includes(TELEMETRY_MARK) && isTelemetry(line)) return true;
  }
  return false;
}

/** Up to the line with the mark. Returns how many bytes were kept. */
async function copyOwnLines(old: FileHandle, target: string, mark: string): Promise<number> {
  const copy = await open(target, "wx", 0o600);
  let kept = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const put = async () => {
    await copy.appendFile(Buffer.concat(waiting));
    kept += waitingBytes;
    waiting = [];
    waitingBytes = 0;
  };
  try {
    for await (const line of forwards(old)) {
      const telemetry = line.includes(TELEMETRY_MARK) && isTelemetry(line);
      if (telemetry && line.includes(mark)) break;
      if (telemetry || line.length <= 1) continue;
      waiting.push(line);
      waitingBytes += line.length;
      if (waitingBytes >= CHUNK_BYTES) await put();
    }
    await put();
    await copy.sync();
  } finally {
    await copy.close();
  }
  return kept;
}

/** A damaged line goes too: what it holds is a part of one of ours, or worth nothing. */
const isTelemetry = (line: Buffer): boolean => parseTelemetryLine(line.toString("utf8")) !== null;

/** Lines with their ends; the last one may have none. */
async function* forwards(file: FileHandle): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer[] = [];
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const read = Buffer.from(chunk.subarray(0, bytesRead));
    let start = 0;
    for (let end = read.indexOf(LINE_END); end !== -1; end = read.indexOf(LINE_END, start)) {
      yield Buffer.concat([...rest, read.subarray(start, end + 1)]);
      rest = [];
      start = end + 1;
    }
    if (start < read.length) rest.push(read.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/**
 * Whether bytes that were just written are in a file that has a name, or were copied out of it. A
 * purge or somebody's `rm` can take the name away between a look and a write.
 *
 * @param file open for reading too
 * @param bytes what was written last by this process
 */
export async function survived(
  directory: string,
  file: FileHandle,
  bytes: Buffer,
): Promise<boolean> {
  const lock = join(directory, PURGE_LOCK);
  // In this order: a purge holds the lock until the old file has lost its name.
  if (!(await alive(lock)) && (await file.stat()).nlink > 0) return true;
  await purgeOver(lock);
  const { nlink, size } = await file.stat();
  if (nlink > 0) return true;
  const start = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - start);
  const { bytesRead } = await file.read(tail, 0, tail.length, start);
  const marks = [...tail.toString("latin1", 0, bytesRead).matchAll(PURGED)];
  const mark = marks.at(-1);
  return mark !== undefined && tail.indexOf(bytes, mark.index) === -1;
}

function ignoreAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
