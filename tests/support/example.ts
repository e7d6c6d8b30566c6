import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Collector, freePort } from "./collector.ts";
import { waitFor } from "./processes.ts";

/** The example time tracker as a process on 127.0.0.1, with the built client, as a stranger runs it. */
export interface Example {
  url: string;
  /** Holds `timetracker.sqlite` and `installation.json`. */
  dataDir: string;
  pid: number;
  output(): string;
  /** SIGTERM, then waits; a process that does not end in 10 s is killed and the call throws. */
  stop(): Promise<void>;
}

export interface ExampleOptions {
  /** Added to its environment. */
  env?: Record<string, string>;
  /** Kept after `stop()`; without it a temporary one is made and removed. */
  dataDir?: string;
}

const main = fileURLToPath(new URL("../../client/example/time-tracker/main.ts", import.meta.url));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts the app, pointed at a collector, and waits until it answers.
 *
 * @throws Error with the process's whole output when it ends or does not answer within 20 s
 */
export async function startExample(
  { url: endpoint, tokens }: Pick<Collector, "url" | "tokens">,
  options: ExampleOptions = {},
): Promise<Example> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "rollcall-example-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [main], {
    cwd: dataDir,
    // Nothing of the caller's environment but these: a kill switch set there would decide.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TOKEN: tokens.ingest,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exited = once(child, "close").then(() => running.delete(child));

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(patience);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    if (child.signalCode === "SIGKILL") throw new Error(`SIGTERM did not end it:\n${output}`);
  }

  try {
    await waitFor("the example answers", 20_000, async () => {
      if (!running.has(child)) throw new Error("the example ended");
      return fetch(`${url}/privacy`).then(
        async (reply) => {
          await reply.arrayBuffer();
          return reply.ok;
        },
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${output}`);
  }
  return { url, dataDir, pid: child.pid ?? 0, output: () => output, stop };
}
