import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startChild } from "./child.ts";
import { watchHealth } from "./health.ts";
import { SILENT } from "./testing.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "rollcall-health-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("watchHealth", () => {
  it("leaves an engine alone that answers, and kills one that hangs", async () => {
    const started = await startChild({ directory, memoryBytes: 1e9, onLine: () => {} });
    if (!started.ok) throw new Error(started.message);
    const { child } = started;
    const patience = { everyMs: 100, idleMs: 1_500, busyMs: 60_000 };
    const stopWatching = watchHealth(child, SILENT, patience);
    const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, "alive"));
    expect(await Promise.race([child.exited, later(2_500)])).toBe("alive");
    process.kill(child.pid, "SIGSTOP");
    expect(await Promise.race([child.exited, later(8_000)])).toBe("SIGKILL");
    stopWatching();
  });
});
