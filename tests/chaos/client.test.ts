import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { count, loaded, sql } from "../support/api.ts";
import { type Collector, startCollector, UNBOUNDED } from "../support/collector.ts";

/** `ROLLCALL_KILLS=200 npx vitest run tests/chaos/client.test.ts` kills longer. */
const KILLS = Number(process.env.ROLLCALL_KILLS ?? 12);
/** Longer than the app honours a dead process's claim on a batch. */
const PATIENCE_MS = 20_000;

let collector: Collector;
const dataDir = mkdtempSync(join(tmpdir(), "rollcall-killed-"));
beforeAll(async () => {
  collector = await startCollector({ env: UNBOUNDED });
}, 60_000);
afterAll(async () => {
  await collector?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

function startApp(extra: Record<string, string>) {
  const child = spawn(
    process.execPath,
    ["--conditions=rollcall-source", fileURLToPath(new URL("app.ts", import.meta.url))],
    {
      env: {
        PATH: process.env.PATH,
        APP_DATA: dataDir,
        APP_ENDPOINT: collector.url,
        APP_TOKEN: collector.tokens.learning,
        ...extra,
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return { child, output: () => output, exited: once(child, "exit") };
}

test(`an app that is killed ${KILLS} times counts once, and so does each of its events`, {
  timeout: 120_000 + KILLS * 3_000 + PATIENCE_MS,
}, async () => {
  let next = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const app = startApp({ APP_FROM: String(next) });
    // Every third time while it starts, else well into writing and sending.
    if (kill % 3 > 0) await once(app.child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 800));
    app.child.kill("SIGKILL");
    await app.exited;
    const numbers = app.output().match(/^\d+$/gm)?.map(Number) ?? [];
    next = Math.max(next, (numbers.at(-1) ?? next - 1) + 1) + 5;
    const left = readdirSync(dataDir);
    expect(left.filter((name) => name.includes("corrupt"))).toEqual([]);
    if (left.includes("installation.json")) {
      JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
    }
  }
  const last = startApp({ APP_LAST: String(PATIENCE_MS) });
  await last.exited;
  const said = last.output().trim().split("\n");
  const { left, installId } = JSON.parse(said.at(-1)!) as { left: number; installId: string };
  expect(left, said.join("\n")).toBe(0);
  await loaded(collector);

  const installs = await sql(collector, "SELECT DISTINCT install_id FROM heartbeats");
  expect(installs).toEqual([{ install_id: installId }]);
  const firstSeen = "SELECT count() FROM heartbeats WHERE kind = 'first_seen'";
  expect(await count(collector, firstSeen)).toBeLessThanOrEqual(1);
  expect(await count(collector, "SELECT count() FROM events")).toBeGreaterThan(KILLS * 20);
  const doubled = "SELECT count() - uniqExact(properties['project_id']) FROM events";
  expect(await count(collector, doubled)).toBe(0);
});
