import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./collector.ts";
import { waitFor } from "./processes.ts";

/** A real OpenTelemetry Collector that prints what it receives. */
export interface Otelcol {
  endpoint: string;
  /** Everything it printed so far: each record with its attributes. */
  output(): string;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const binary = join(root, ".cache", "otelcol");

/**
 * Builds the collector of `tests/interop/otelcol` with the machine's Go, once.
 *
 * @returns null when it is there, otherwise why it cannot be had
 */
export async function buildOtelcol(): Promise<string | null> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  try {
    await promisify(execFile)("go", ["build", "-o", binary, "."], {
      cwd: join(root, "tests/interop/otelcol"),
      timeout: 480_000,
    });
    return null;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") return "Go is not installed";
    return `Go could not build it: ${stderr?.trim().split("\n").at(-1) ?? code}`;
  }
}

export async function startOtelcol(): Promise<Otelcol> {
  const address = `127.0.0.1:${await freePort()}`;
  const pipeline = { receivers: ["otlp"], exporters: ["debug"] };
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: address } } } },
    exporters: { debug: { verbosity: "detailed" } },
    service: {
      telemetry: { metrics: { level: "none" } },
      pipelines: { logs: pipeline, traces: pipeline, metrics: pipeline },
    },
  };
  const child = spawn(binary, ["--config", `yaml:${JSON.stringify(config)}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "close");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  await waitFor("the OpenTelemetry Collector is ready", 20_000, () =>
    output.includes("Everything is ready"),
  );
  return {
    endpoint: `http://${address}`,
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
