import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { descendants, isRunning, waitFor } from "./processes.ts";

export interface Tokens {
  /** For the app `timetracker`, which has a catalogue. */
  ingest: string;
  /** For the same app, with the right to send the past. */
  backfill: string;
  /** For the same app, with the right to send what says no install, as stock SDKs do. */
  unattributed: string;
  /** For the app `sandbox`, which has none and so is in learning mode. */
  learning: string;
  admin: string;
}

export interface StartOptions {
  /** Added to the environment; a name with `undefined` is left out. */
  env?: Record<string, string | undefined>;
  /** Kept after `stop()`; without it a temporary one is made and removed. */
  dataDir?: string;
  /** Kept over restarts when given; else a free one is taken. */
  port?: number;
  /** In a process group of its own, which a Ctrl-C in the terminal does not reach. */
  detached?: boolean;
  /** Put in front of the command, such as `["strace", "-f"]`. */
  wrapper?: string[];
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A real collector process on 127.0.0.1. */
export interface Collector {
  url: string;
  port: number;
  tokens: Tokens;
  dataDir: string;
  pid: number;
  /** Everything it wrote to stdout and stderr so far. */
  output(): string;
  lines(): string[];
  enginePids(): number[];
  exited: Promise<Exit>;
  /** SIGTERM, then waits; a process that does not end in 20 s is killed and the call throws. */
  stop(): Promise<Exit>;
  /** SIGKILL, as a crash would be. The data directory stays when it was given. */
  kill(): Promise<void>;
}

/** Made anew in each process, so that nobody can guess the way into a running demo. */
export const TOKENS: Tokens = {
  ingest: randomBytes(16).toString("hex"),
  backfill: randomBytes(16).toString("hex"),
  unattributed: randomBytes(16).toString("hex"),
  learning: randomBytes(16).toString("hex"),
  admin: randomBytes(16).toString("hex"),
};

/** Environment for a load that no fleet of one token, or no one install, would be. */
export const UNBOUNDED = { ROLLCALL_TOKEN_RATE: "0", ROLLCALL_INSTALL_RATE: "0" };

const root = fileURLToPath(new URL("../..", import.meta.url));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts the collector and returns at once, ready or not. */
export async function spawnCollector(options: StartOptions = {}): Promise<Collector> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rollcall-"));
  const port = options.port ?? (await freePort());
  const command = [
    ...(options.wrapper ?? []),
    process.execPath,
    "--conditions=rollcall-source",
    join(root, "collector/src/main.ts"),
  ];
  const child = spawn(command[0]!, command.slice(1), {
    // Not the project's directory: nothing of the caller's working directory may matter.
    cwd: dataDir,
    env: environment({ ROLLCALL_DATA_DIR: dataDir, ROLLCALL_PORT: String(port), ...options.env }),
    stdio: ["ignore", "pipe", "pipe"],
    detached: options.detached ?? false,
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "close").then(([code, signal]): Exit => {
    running.delete(child);
    return { code, signal };
  });
  const pid = child.pid ?? 0;
  const finish = async (signal: NodeJS.Signals, patience: number) => {
    const engines = descendants(pid);
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    const exit = await exited;
    clearTimeout(timer);
    await waitFor("the engine ends with its collector", 10_000, () => !engines.some(isRunning));
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    return exit;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    tokens: TOKENS,
    dataDir,
    pid,
    output: () => output,
    lines: () => output.split("\n").filter((line) => line !== ""),
    enginePids: () => descendants(pid),
    exited,
    async stop() {
      const exit = await finish("SIGTERM", 20_000);
      if (exit.signal === "SIGKILL") throw new Error(`SIGTERM did not end it:\n${output}`);
      return exit;
    },
    async kill() {
      await finish("SIGKILL", 20_000);
    },
  };
}

/**
 * Starts the collector with the tests' tokens and waits until `/readyz` answers 200.
 *
 * @throws Error with the process's whole output when it ends or is not ready after 20 s
 */
export async function startCollector(options: StartOptions = {}): Promise<Collector> {
  const collector = await spawnCollector(options);
  let ended = false;
  void collector.exited.then(() => {
    ended = true;
  });
  try {
    await waitFor("/readyz answers 200", 20_000, async () => {
      if (ended) throw new Error("the collector ended");
      return fetch(`${collector.url}/readyz`).then(
        async (reply) => {
          await reply.arrayBuffer();
          return reply.status === 200;
        },
        () => false,
      );
    });
  } catch (error) {
    await collector.kill();
    throw new Error(`${(error as Error).message}\n${collector.output()}`);
  }
  return collector;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function environment(over: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const all: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TZ: process.env.TZ,
    CLICKHOUSE_URL: process.env.CLICKHOUSE_URL,
    ROLLCALL_INGEST_TOKENS: [
      `timetracker:${TOKENS.ingest}`,
      `timetracker:${TOKENS.backfill}:backfill`,
      `timetracker:${TOKENS.unattributed}:unattributed`,
      `sandbox:${TOKENS.learning}`,
    ].join(","),
    ROLLCALL_ADMIN_TOKEN: TOKENS.admin,
    ...over,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
