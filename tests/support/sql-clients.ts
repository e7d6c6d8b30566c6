import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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

/** The last line of what a tool said, or that it is not there. */
function why(tool: string, error: unknown): string {
  const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === "ENOENT") return `${tool} is not installed`;
  return `${tool} could not: ${stderr?.trim().split("\n").at(-1) ?? code}`;
}

/** clickhouse-go, the driver of Grafana's ClickHouse plugin, built with the machine's Go. */
export async function clickhouseGo(): Promise<SqlProgram> {
  mkdirSync(cache, { recursive: true });
  const binary = join(cache, "clickhouse-go");
  const cwd = join(root, "tests/interop/clickhouse-go");
  const missing = await run("go", ["build", "-o", binary, "."], { cwd, timeout: 480_000 }).then(
    () => null,
    (error: unknown) => why("Go", error),
  );
  return program(missing, binary);
}

/** Python's clickhouse-connect in an environment of its own, made once for each list of packages. */
export async function clickhouseConnect(): Promise<SqlProgram> {
  const folder = join(root, "tests/interop/clickhouse-connect");
  const environment = join(cache, "clickhouse-connect");
  const python = join(environment, "bin/python");
  const list = readFileSync(join(folder, "requirements.txt"), "utf8");
  const installed = join(environment, "installed.txt");
  const missing = await (async () => {
    if (existsSync(installed) && readFileSync(installed, "utf8") === list) return null;
    try {
      await run("python3", ["-m", "venv", "--clear", environment], { timeout: 120_000 });
      const from = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
      const args = ["-m", "pip", "install", ...from, "-r", join(folder, "requirements.txt")];
      await run(python, args, { timeout: 240_000 });
      writeFileSync(installed, list);
      return null;
    } catch (error) {
      return why("Python", error);
    }
  })();
  return program(missing, python, [join(folder, "main.py")]);
}

/** Whether curl is on the path. */
export const curlMissing = (): Promise<string | null> =>
  run("curl", ["--version"]).then(
    () => null,
    (error: unknown) => why("curl", error),
  );

/** What curl prints. */
export async function curl(...args: string[]): Promise<string> {
  return (await run("curl", ["--silent", "--show-error", "--max-time", "60", ...args])).stdout;
}
