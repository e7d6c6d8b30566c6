import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Secrets } from "./identity.ts";
import type { FromEngine, ToEngine } from "./messages.ts";

/** One run of the engine process. */
export interface EngineChild {
  pid: number;
  url: string;
  secrets: Secrets;
  /** Statements that ran when it last told. */
  running(): number;
  rssBytes(): number;
  /** Resolves when the process is gone, with how it ended. */
  exited: Promise<string>;
  /** Asks it to finish what runs and end. */
  stop(): void;
  kill(): void;
}

export type ChildStart =
  | { ok: true; child: EngineChild }
  | { ok: false; locked: boolean; message: string };

export interface ChildOptions {
  directory: string;
  memoryBytes: number;
  /** What chDB writes to stderr, a line at a time. */
  onLine: (line: string) => void;
}

const PROGRAM = fileURLToPath(new URL("./process.ts", import.meta.url));

/** libuv's pool: 11 running statements, cancels beside them, and room for files. */
const THREADS = "20";

/** Few arenas, and memory given back soon: beside a collector that is worth more than peak speed. */
const ALLOCATOR = "narenas:2,dirty_decay_ms:200,muzzy_decay_ms:0";

/** The only variables that the engine sees: the collector's secrets are in others. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH"];

/** Starts the engine process once and waits until it answers or has given up. */
export function startChild(options: ChildOptions): Promise<ChildStart> {
  const env: NodeJS.ProcessEnv = {
    UV_THREADPOOL_SIZE: THREADS,
    TZ: "UTC",
    JE_MALLOC_CONF: ALLOCATOR,
  };
  for (const name of PASSED_ON) if (process.env[name]) env[name] = process.env[name];
  const process_ = fork(PROGRAM, [], {
    // Paths that the engine gives chDB are relative to here.
    cwd: options.directory,
    env,
    // The engine imports no workspace package by name, and a test runner's own flags would break it.
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const secrets: Secrets = {
    password: randomBytes(24).toString("base64url"),
    readerPassword: randomBytes(24).toString("base64url"),
  };
  const send = (message: ToEngine): void => void process_.send?.(message, () => {});
  const { directory, memoryBytes } = options;
  send({ type: "start", directory, memoryBytes, secrets });

  let lastLine = "";
  let running = 0;
  let rssBytes = 0;
  readLines(process_, (line) => {
    lastLine = line;
    options.onLine(line);
  });
  const exited = new Promise<string>((resolve) => {
    process_.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
    process_.once("error", (error) => resolve(error.message));
  });
  const kill = (): void => void process_.kill("SIGKILL");

  return new Promise((resolve) => {
    const fail = (message: string): void => {
      const reason = lastLine || message;
      const locked = /Code: 76\b/.test(reason) || /Cannot lock file/.test(reason);
      resolve({ ok: false, locked, message: reason });
    };
    void exited.then((how) => fail(`the process ended (${how})`));
    process_.on("message", (message: FromEngine) => {
      if (message.type === "status") ({ running, rssBytes } = message);
      else if (message.type === "failed") {
        // What chDB wrote to stderr says more, and may arrive after the message.
        setTimeout(kill, 50);
        void exited.then(() => fail(message.message));
      } else {
        const child: EngineChild = {
          pid: process_.pid ?? 0,
          url: `http://127.0.0.1:${message.port}`,
          secrets,
          running: () => running,
          rssBytes: () => rssBytes,
          exited,
          stop: () => send({ type: "stop" }),
          kill,
        };
        resolve({ ok: true, child });
      }
    });
  });
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  let rest = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(0, 10_000);
    for (const line of lines) if (line.trim() !== "") onLine(line.trim());
  });
}
