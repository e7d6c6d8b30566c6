import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { CURRENT, dayOf, rotatedFiles } from "./day-files.ts";
import { type ParsedLine, parseTelemetryLine, TELEMETRY_MARK } from "./lines.ts";

export interface ReadBackwards {
  directory: string;
  /** Milliseconds since the epoch: older lines are left out. */
  since: number;
  /** How many bytes are looked at, at most. */
  maxBytes: number;
  /** Called when that was not enough. */
  onCut: (bytes: number) => void;
}

const CHUNK_BYTES = 256 * 1024;
/** No line of ours is longer; a longer one of the app's is passed over. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const DAY_MS = 86_400_000;
const LINE_END = 0x0a;

/**
 * The lines about telemetry, newest first, a few at a time: whoever has enough stops, and the rest
 * is not read. Damaged lines and the app's own are left out.
 */
export async function* readBackwards(options: ReadBackwards): AsyncGenerator<ParsedLine[]> {
  let left = options.maxBytes;
  // A line of a day can stand in the file of the day before, when it was written at midnight.
  const oldest = dayOf(options.since - DAY_MS);
  // The current file is opened before the others are listed: none is missed that is rotated now.
  const current = await openFile(join(options.directory, CURRENT));
  const inode = current === null ? null : (await current.stat()).ino;
  try {
    if (current !== null) yield* readFile(current);
    for (const { path, day } of await rotatedFiles(options.directory)) {
      if (day < oldest || left <= 0) break;
      const file = await openFile(path);
      if (file === null) continue;
      try {
        if ((await file.stat()).ino !== inode) yield* readFile(file);
      } finally {
        await file.close();
      }
    }
  } finally {
    await current?.close();
  }
  if (left <= 0) options.onCut(options.maxBytes - left);

  async function* readFile(file: FileHandle): AsyncGenerator<ParsedLine[]> {
    for await (const lines of backwards(file)) {
      const parsed = lines.filter((line): line is ParsedLine => line.time >= options.since);
      if (parsed.length > 0) yield parsed;
      if (left <= 0) return;
    }
  }

  async function* backwards(file: FileHandle): AsyncGenerator<ParsedLine[]> {
    let position = (await file.stat()).size;
    /** The end of a line whose beginning has not been read yet; null within one that is too long. */
    let rest: Buffer | null = Buffer.alloc(0);
    while (position > 0 && left > 0) {
      const length = Math.min(CHUNK_BYTES, position);
      position -= length;
      left -= length;
      const chunk = Buffer.alloc(length);
      await file.read(chunk, 0, length, position);
      // Of a line that is too long, what is left goes too.
      let data: Buffer = rest === null ? chunk.subarray(0, chunk.lastIndexOf(LINE_END) + 1) : chunk;
      if (rest !== null && rest.length > 0) data = Buffer.concat([chunk, rest]);
      const first = position === 0 ? 0 : data.indexOf(LINE_END) + 1;
      if (first === 0 && position > 0) {
        rest = rest === null || data.length > MAX_LINE_BYTES ? null : data;
        continue;
      }
      rest = data.subarray(0, first);
      yield linesOf(data.subarray(first));
    }
  }
}

/** Newest first. Most of a log is the app's own: it is not even made into text. */
function linesOf(data: Buffer): ParsedLine[] {
  const lines: ParsedLine[] = [];
  let end = data.length;
  for (
    let mark = data.lastIndexOf(TELEMETRY_MARK);
    mark !== -1 && end > 0;
    mark = end > 0 ? data.lastIndexOf(TELEMETRY_MARK, end - 1) : -1
  ) {
    const start = mark === 0 ? 0 : data.lastIndexOf(LINE_END, mark) + 1;
    const next = data.indexOf(LINE_END, mark);
    const parsed = parseTelemetryLine(data.toString("utf8", start, next === -1 ? end : next));
    if (parsed !== null && parsed !== "damaged") lines.push(parsed);
    end = start;
  }
  return lines;
}

async function openFile(path: string): Promise<FileHandle | null> {
  return open(path, "r").catch(() => null);
}
