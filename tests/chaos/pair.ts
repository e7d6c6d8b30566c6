import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// The engine of the collector, alone: it stands in for a server that two collectors share.
import { superviseEngine } from "../../collector/src/engine/supervise.ts";
import { openStage, type Stage } from "./stage.ts";

export interface Pair {
  stages: [Stage, Stage];
  close(): Promise<void>;
}

/** Two collectors, each with a spool of its own, on one store that neither of them owns. */
export async function openPair(): Promise<Pair> {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-store-"));
  const log = { info: () => {}, warn: () => {}, error: console.error };
  const memoryBytes = 1024 ** 3;
  const engine = await superviseEngine({ directory, memoryBytes, log, lockWaitMs: 5_000 });
  const url = new URL(engine.url);
  url.username = engine.username;
  url.password = engine.password;
  const env = { CLICKHOUSE_URL: url.href };
  // At once, as two replicas of a deployment start: they also race for the migrations.
  const opened = await Promise.allSettled([openStage({ env }), openStage({ env })]);
  const close = async () => {
    for (const stage of opened) if (stage.status === "fulfilled") await stage.value.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const [first, second] = opened;
  if (first.status === "fulfilled" && second.status === "fulfilled") {
    return { stages: [first.value, second.value], close };
  }
  await close();
  throw [first, second].find((stage) => stage.status === "rejected")?.reason;
}
