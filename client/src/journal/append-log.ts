import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type CurrentFileOptions, createCurrentFile } from "./current-file.ts";
import { CURRENT } from "./day-files.ts";

export interface AppendLogOptions extends CurrentFileOptions {
  /** What waits in memory; one batch may come on top. */
  maxBufferBytes: number;
  /** Called when writing begins to fail, with the system's code, and with null when it works again. */
  onProblem(code: string | null): void;
  /** The line that says how many lines were left out, by kind. */
  leftOut(lines: Readonly<Record<LineKind, number>>): string;
}

export type LineKind = "app" | "telemetry";

export interface AppendLog {
  /** Puts one line in the queue. Never waits: what has no room is left out, and counted. */
  append(line: string, kind: LineKind): void;
  /**
   * Writes lines that somebody waits for. `failed`: none will ever be in the file. `in_part`: some
   * are. Never rejects.
   */
  appendNow(lines: string): Promise<"written" | "in_part" | "failed">;
  /** Resolves when everything so far is in the file or has been tried. */
  flush(): Promise<void>;
  /** Lets go of the file. Lines that still come are written, the file is opened for each. */
  close(): Promise<void>;
}

interface Entry {
  text: string;
  bytes: number;
  /** Of a caller that waits. */
  done: ((end: "written" | "in_part" | "failed") => void) | null;
  inPart: boolean;
}

const MAX_WRITE_BYTES = 1024 * 1024;
const RETRY_MS = 1_000;
/** Of the buffer, for the app's own lines: a flood of them leaves room for telemetry's. */
const APP_SHARE = 0.75;
const MAINTAIN_MS = 3_600_000;

/** What still waits when the process ends is written by one listener for all logs. */
const atExit = new Set<() => void>();

/**
 * Appends lines to `app.jsonl` from a bounded buffer, one write at a time. A disk that is full or
 * read-only is tried again each second and with each `appendNow`.
 */
export function createAppendLog(options: AppendLogOptions): AppendLog {
  const file = createCurrentFile(options);
  const maxWriteBytes = Math.min(MAX_WRITE_BYTES, options.maxFileBytes);
  let waiting: Entry[] = [];
  let waitingBytes = 0;
  let lost = { app: 0, telemetry: 0 };
  let problem: string | null = null;
  /** How many of `waiting` are in the write that is under way. */
  let taking = 0;
  let closed = false;
  let running: Promise<void> | null = null;
  /** Somebody wanted a try while one was under way. */
  let again = false;
  let retry: NodeJS.Timeout | null = null;
  const maintenance = setInterval(() => void exclusively(file.maintain), MAINTAIN_MS).unref();
  void exclusively(file.maintain);
  listenForExit();
  atExit.add(writeAtExit);

  function append(line: string, kind: LineKind): void {
    const bytes = Buffer.byteLength(line);
    const room = options.maxBufferBytes * (kind === "app" ? APP_SHARE : 1);
    if (waitingBytes + bytes > room) {
      lost[kind]++;
      return;
    }
    push({ text: line, bytes, done: null, inPart: false });
    if (problem === null) start();
  }

  function appendNow(lines: string): Promise<"written" | "in_part" | "failed"> {
    // Not by its own size: a batch that never fits would never be sent.
    if (waitingBytes >= options.maxBufferBytes) {
      start();
      return Promise.resolve("failed");
    }
    return enqueue(lines);
  }

  function enqueue(lines: string): Promise<"written" | "in_part" | "failed"> {
    return new Promise((done) => {
      push({ text: lines, bytes: Buffer.byteLength(lines), done, inPart: false });
      start();
    });
  }

  function push(entry: Entry): void {
    waiting.push(entry);
    waitingBytes += entry.bytes;
  }

  function start(): void {
    again = running !== null;
    // One turn later: what is logged in one go is written in one go.
    if (running === null) running = Promise.resolve().then(writeAll).finally(next);
  }

  /** The file is looked after by one at a time. */
  async function exclusively(work: () => Promise<void>): Promise<void> {
    while (running !== null) await running;
    running = work()
      .catch(() => {})
      .finally(next);
    await running;
  }

  function next(): void {
    running = null;
    if (again || (waiting.length > 0 && problem === null)) start();
  }

  async function writeAll(): Promise<void> {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    try {
      while (waiting.length > 0) await writeSome();
    } catch (error) {
      giveUpForNow((error as NodeJS.ErrnoException).code ?? "unknown");
    }
    if (closed) await file.close().catch(() => {});
  }

  async function writeSome(): Promise<void> {
    let count = 0;
    for (let bytes = 0; count < waiting.length && bytes < maxWriteBytes; count++) {
      bytes += waiting[count]?.bytes ?? 0;
    }
    const taken = waiting.slice(0, count);
    const bytes = Buffer.from(taken.map((entry) => entry.text).join(""));
    taking = count;
    let whole = bytes.length === 0 ? 0 : await file.write(bytes);
    taking = 0;
    let written = 0;
    for (const entry of taken) {
      if (entry.bytes > whole) {
        entry.inPart ||= whole > 0;
        break;
      }
      whole -= entry.bytes;
      waitingBytes -= entry.bytes;
      written++;
      entry.done?.("written");
    }
    waiting = waiting.slice(written);
    if (bytes.length === 0) return;
    setProblem(null);
    sayWhatWasLost();
  }

  function sayWhatWasLost(): void {
    if (lost.app + lost.telemetry === 0) return;
    const text = options.leftOut(lost);
    const bytes = Buffer.byteLength(text);
    if (waitingBytes + bytes > options.maxBufferBytes) return;
    lost = { app: 0, telemetry: 0 };
    push({ text, bytes, done: null, inPart: false });
  }

  function giveUpForNow(code: string): void {
    // Whoever waits will not send; so the lines that say it must not be written later either.
    for (const entry of waiting) entry.done?.(entry.inPart ? "in_part" : "failed");
    waiting = waiting.filter((entry) => entry.done === null);
    waitingBytes = waiting.reduce((sum, entry) => sum + entry.bytes, 0);
    taking = 0;
    setProblem(code);
    retry ??= setTimeout(start, RETRY_MS).unref();
  }

  function setProblem(code: string | null): void {
    if (code === problem) return;
    problem = code;
    options.onProblem(code);
  }

  function writeAtExit(): void {
    // What is being written at this moment may or may not end up in the file: not again.
    const left = waiting.slice(file.writing() ? taking : 0).filter((entry) => entry.done === null);
    if (left.length === 0) return;
    const text = left.map((entry) => entry.text).join("");
    try {
      appendFileSync(join(options.directory, CURRENT), text, { mode: 0o600 });
    } catch {
      // There is no later.
    }
  }

  return {
    append,
    appendNow,
    flush: async () => {
      if (running !== null || waiting.length > 0) await enqueue("");
    },
    close: async () => {
      closed = true;
      clearInterval(maintenance);
      await enqueue("");
      while (running !== null) await running;
      await file.close();
      if (waiting.length === 0) atExit.delete(writeAtExit);
    },
  };
}

let listening = false;

function listenForExit(): void {
  if (listening) return;
  listening = true;
  process.once("exit", () => {
    for (const write of atExit) write();
  });
}
