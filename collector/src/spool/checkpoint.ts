import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { replaceFile } from "./files.ts";

/**
 * What of the spool is loaded, on disk before a segment is deleted. Segments are loaded in order,
 * so one number says it for all finished ones; of the segment at hand it holds the steps done.
 * Rows can leave a table again (retention, folding, erasure), so the store alone could not say.
 *
 * Lines of `crc number word`: a step, `done`, or `aside` (done, but kept in quarantine: a file of
 * that number that comes back is loaded).
 */
export interface Checkpoint {
  /** False where the file was missing or unreadable: numbers may have been used that nobody knows. */
  known: boolean;
  /** Highest finished segment. */
  highest(): number;
  /** Whether this segment needs no loading. */
  isDone(segment: number): boolean;
  /** Steps of a segment that need no repetition. */
  steps(segment: number): ReadonlySet<string>;
  /** Writes the file anew. */
  save(): Promise<void>;
  /** Both resolve once it is on disk; on a rejection call again. */
  record(segment: number, step: string): Promise<void>;
  finish(segment: number, how: "done" | "aside"): Promise<void>;
  close(): Promise<void>;
}

const NAME = "checkpoint";
const COMPACT_BYTES = 16 * 1024;

export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const text = await readFile(join(directory, NAME), "latin1").catch(() => "");
  let highest = 0;
  let known = false;
  const aside = new Set<number>();
  const steps = new Map<number, Set<string>>();
  for (const line of text.split("\n")) {
    const entry = parseLine(line);
    // A torn last line was never confirmed to anybody.
    if (entry === null) continue;
    known = true;
    apply(entry.segment, entry.word);
  }

  let handle: FileHandle | null = null;
  let size = 0;
  let broken = false;

  function apply(segment: number, word: string): void {
    if (word === "done" || word === "aside") {
      highest = Math.max(highest, segment);
      steps.delete(segment);
      if (word === "aside") aside.add(segment);
      else aside.delete(segment);
    } else {
      const done = steps.get(segment) ?? new Set();
      steps.set(segment, done.add(word));
    }
  }

  async function rewrite(): Promise<void> {
    await close();
    const lines = [formatLine(highest, aside.has(highest) ? "aside" : "done")];
    for (const segment of aside) lines.push(formatLine(segment, "aside"));
    for (const [segment, done] of steps) {
      for (const step of done) lines.push(formatLine(segment, step));
    }
    const content = lines.join("");
    await replaceFile(directory, NAME, content);
    size = content.length;
    broken = false;
  }

  async function append(segment: number, word: string): Promise<void> {
    apply(segment, word);
    if (broken || size > COMPACT_BYTES) return rewrite();
    const line = formatLine(segment, word);
    try {
      handle ??= await open(join(directory, NAME), "a");
      await handle.appendFile(line);
      await handle.datasync();
      size += line.length;
    } catch (error) {
      // An fsync is never tried twice on one file: the next call writes a new one.
      broken = true;
      await close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    const open = handle;
    handle = null;
    await open?.close().catch(() => {});
  }

  return {
    known,
    highest: () => highest,
    isDone: (segment) => segment <= highest && !aside.has(segment),
    steps: (segment) => steps.get(segment) ?? new Set(),
    save: rewrite,
    record: append,
    finish: append,
    close,
  };
}

function formatLine(segment: number, word: string): string {
  const text = `${segment} ${word}`;
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

function parseLine(line: string): { segment: number; word: string } | null {
  const [crc, segment, word] = line.split(" ");
  if (crc === undefined || segment === undefined || word === undefined) return null;
  if (Number.parseInt(crc, 16) !== crc32(`${segment} ${word}`)) return null;
  return { segment: Number(segment), word };
}
