import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, type EngineOptions, superviseEngine } from "./supervise.ts";

/* For the tests of this folder and of `store`: a real engine in a directory of its own. */

export const SILENT = { info() {}, warn() {}, error() {} };

export interface TestEngine {
  engine: Engine;
  directory: string;
  stop(): Promise<void>;
}

export async function startTestEngine(options: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-engine-test-"));
  const engine = await superviseEngine({
    directory,
    memoryBytes: 1024 ** 3,
    log: SILENT,
    lockWaitMs: 5_000,
    ...options,
  });
  return {
    engine,
    directory,
    async stop() {
      await engine.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** False once a process is gone, and for one that is dead but not yet reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, "utf8"));
}

/** Waits until a condition holds; false when it does not within the time. */
export async function eventually(condition: () => boolean, withinMs = 10_000): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}
