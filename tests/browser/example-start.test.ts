import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { descendants, isRunning, waitFor } from "../support/processes.ts";

const start = fileURLToPath(new URL("../../client/example/time-tracker/start.ts", import.meta.url));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rollcall-start-"));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [start], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, exited: once(child, "close"), output: () => output };
}

test("`npm run example` starts the app and a collector, and Ctrl-C ends both", async () => {
  const { child, exited, output } = run({ PORT: "0" });
  await waitFor("both are ready", 30_000, () => output().includes("Ctrl-C stops everything."));
  const [app = ""] = /http:\/\/127\.0\.0\.1:\d+$/m.exec(output()) ?? [];
  const [dashboard = ""] = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(output()) ?? [];
  expect((await fetch(`${app}/setup`)).status).toBe(200);
  expect((await fetch(`${new URL(dashboard).origin}/readyz`)).status).toBe(200);

  const started = descendants(child.pid ?? 0);
  expect(started.length).toBeGreaterThanOrEqual(2);
  child.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  expect(started.filter(isRunning)).toEqual([]);
});

test("`npm run example` takes a collector that runs already, and says what is wrong with one", async () => {
  const given = run({ PORT: "0", ROLLCALL_EXAMPLE_COLLECTOR: "http://127.0.0.1:9,some-token" });
  await waitFor("the app is ready", 30_000, () => given.output().includes("Ctrl-C stops"));
  expect(given.output()).not.toContain("some-token");
  given.child.kill("SIGTERM");
  expect(await given.exited).toEqual([0, null]);

  const wrong = run({ PORT: "0", ROLLCALL_EXAMPLE_COLLECTOR: "some-token" });
  expect(await wrong.exited).toEqual([1, null]);
  expect(wrong.output()).toContain("ROLLCALL_EXAMPLE_COLLECTOR");
  expect(wrong.output()).not.toContain("some-token");
});
