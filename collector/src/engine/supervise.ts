import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChildStart, type EngineChild, startChild } from "./child.ts";
import { watchHealth } from "./health.ts";
import { OWNER_USERNAME, READER_USERNAME } from "./identity.ts";

export interface EngineOptions {
  /** chDB's directory; made when absent. */
  directory: string;
  /** Ceiling on what the engine may hold in memory. */
  memoryBytes: number;
  log: EngineLog;
  /** How long to wait for another process to give the directory up. */
  lockWaitMs: number;
  /** Called after each restart, when the engine answers again. */
  onRestart?: () => void;
}

/** The part of a pino logger that is used. */
export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type EngineState = "starting" | "ready" | "restarting" | "stopped";

/** The embedded ClickHouse in its child process. Address and passwords change with each restart. */
export interface Engine {
  /** `http://127.0.0.1:<port>`; of the last run while there is none. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The identity whose statements only read, within limits. */
  readonly readerUsername: string;
  readonly readerPassword: string;
  state(): EngineState;
  /** Resident memory of the child as it last told, or null while there is none. */
  rssBytes(): number | null;
  pid(): number | null;
  /** Lets running statements finish (up to a deadline), then ends the child. */
  stop(): Promise<void>;
}

const RETRY_LOCK_MS = 250;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;
/** A run this long was a good one: the next restart starts without delay again. */
const GOOD_RUN_MS = 60_000;
/** A little more than the child gives itself. */
const STOP_DEADLINE_MS = 12_000;

/**
 * Starts the engine process and keeps it running until `stop`.
 * @throws Error of one line when the first start fails; later failures are retried and logged.
 * @example
 * const engine = await superviseEngine({ directory: "data/engine", memoryBytes: 1e9, log, lockWaitMs: 15_000 });
 */
export async function superviseEngine(options: EngineOptions): Promise<Engine> {
  const { log } = options;
  const directory = resolve(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const start = (): Promise<ChildStart> =>
    startChild({
      directory,
      memoryBytes: options.memoryBytes,
      onLine: (line) => log.warn({ engine: line }, "engine wrote to stderr"),
    });

  let state: EngineState = "starting";
  let child = await firstChild(start, directory, options.lockWaitMs);
  let alive = true;
  let stopHealth = watchHealth(child, log);
  let supervising: Promise<void> = Promise.resolve();
  const stopped = new AbortController();
  state = "ready";
  log.info({ pid: child.pid, url: child.url }, "engine started");
  supervising = supervise();

  async function supervise(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!stopped.signal.aborted) {
      const startedAt = Date.now();
      const how = await child.exited;
      alive = false;
      stopHealth();
      if (stopped.signal.aborted) return;
      state = "restarting";
      log.error({ pid: child.pid, how }, "engine ended, restarting it");
      if (Date.now() - startedAt > GOOD_RUN_MS) backoffMs = FIRST_BACKOFF_MS;
      for (let up = false; !up; ) {
        await sleep(backoffMs, undefined, { signal: stopped.signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
        if (stopped.signal.aborted) return;
        const started = await start();
        if (started.ok) {
          child = started.child;
          up = true;
        } else log.error({ reason: started.message }, "engine did not start, trying again");
      }
      alive = true;
      if (stopped.signal.aborted) return void (await end());
      stopHealth = watchHealth(child, log);
      state = "ready";
      log.info({ pid: child.pid, url: child.url }, "engine restarted");
      options.onRestart?.();
    }
  }

  async function end(): Promise<void> {
    if (!alive) return;
    stopHealth();
    child.stop();
    const deadline = setTimeout(child.kill, STOP_DEADLINE_MS);
    await child.exited;
    alive = false;
    clearTimeout(deadline);
  }

  return {
    get url() {
      return child.url;
    },
    username: OWNER_USERNAME,
    get password() {
      return child.secrets.password;
    },
    readerUsername: READER_USERNAME,
    get readerPassword() {
      return child.secrets.readerPassword;
    },
    state: () => state,
    rssBytes: () => (alive ? child.rssBytes() : null),
    pid: () => (alive ? child.pid : null),
    async stop() {
      if (state !== "stopped") {
        state = "stopped";
        stopped.abort();
        await end();
      }
      await supervising;
    },
  };
}

async function firstChild(
  start: () => Promise<ChildStart>,
  directory: string,
  lockWaitMs: number,
): Promise<EngineChild> {
  const deadline = Date.now() + lockWaitMs;
  for (;;) {
    const started = await start();
    if (started.ok) return started.child;
    if (!started.locked) throw new Error(`the engine did not start: ${started.message}`);
    if (Date.now() >= deadline) {
      const waited = Math.round(lockWaitMs / 1000);
      throw new Error(
        `the engine directory ${directory} is used by another process (waited ${waited} s)`,
      );
    }
    await sleep(Math.min(RETRY_LOCK_MS, Math.max(0, deadline - Date.now())));
  }
}
