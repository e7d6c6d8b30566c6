import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonProgram, whyMissing } from "./python.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache");

/** A program that asks the SQL endpoint with another language's driver and prints one JSON object. */
export interface SqlProgram {
  /** Why it cannot be had here; null when it can. */
  missing: string | null;
  run(...args: string[]): Promise<Record<string, unknown>>;
}

function program(missing: string | null, file: string, first: string[] = []): SqlProgram {
  return {
    missing,
    async run(...args) {
      const { stdout } = await run(file, [...first, ...args], { timeout: 90_000 });
      return JSON.parse(stdout) as Record<string, unknown>;
    },
  };
}

/** clickhouse-go, the driver of Grafana's ClickHouse plugin, built with the machine's Go. */
export async function clickhouseGo(): Promise<SqlProgram> {
  mkdirSync(cache, { recursive: true });
  const binary = join(cache, "clickhouse-go");
  const cwd = join(root, "tests/interop/clickhouse-go");
  const missing = await run("go", ["build", "-o", binary, "."], { cwd, timeout: 480_000 }).then(
    () => null,
    (error: unknown) => whyMissing("Go", error),
  );
  return program(missing, binary);
}

/** Python's clickhouse-connect in an environment of its own. */
export async function clickhouseConnect(): Promise<SqlProgram> {
  const { missing, python, main } = await pythonProgram("clickhouse-connect");
  return program(missing, python, [main]);
}

/** Whether curl is on the path. */
export const curlMissing = (): Promise<string | null> =>
  run("curl", ["--version"]).then(
    () => null,
    (error: unknown) => whyMissing("curl", error),
  );

/** What curl prints. */
export async function curl(...args: string[]): Promise<string> {
  return (await run("curl", ["--silent", "--show-error", "--max-time", "60", ...args])).stdout;
}
