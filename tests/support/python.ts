import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where `main.py` of a folder in `tests/interop` can run. */
export interface PythonProgram {
  /** Why it cannot be had here; null when it can. */
  missing: string | null;
  /** The interpreter, in an environment that has what the folder's requirements.txt names. */
  python: string;
  main: string;
}

/** The last line of what a tool said, or that it is not there. */
export function whyMissing(tool: string, error: unknown): string {
  const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === "ENOENT") return `${tool} is not installed`;
  return `${tool} could not: ${stderr?.trim().split("\n").at(-1) ?? code}`;
}

/** Makes the environment of `tests/interop/<name>` in `.cache`, once for each list of packages. */
export async function pythonProgram(name: string): Promise<PythonProgram> {
  const folder = join(root, "tests/interop", name);
  const environment = join(root, ".cache", name);
  const python = join(environment, "bin/python");
  const requirements = join(folder, "requirements.txt");
  const list = readFileSync(requirements, "utf8");
  const installed = join(environment, "installed.txt");
  const missing = await (async () => {
    if (existsSync(installed) && readFileSync(installed, "utf8") === list) return null;
    try {
      await run("python3", ["-m", "venv", "--clear", environment], { timeout: 120_000 });
      const from = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
      const args = ["-m", "pip", "install", ...from, "-r", requirements];
      await run(python, args, { timeout: 240_000 });
      writeFileSync(installed, list);
      return null;
    } catch (error) {
      return whyMissing("Python", error);
    }
  })();
  return { missing, python, main: join(folder, "main.py") };
}
