import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { superviseEngine } from "../../collector/src/engine/supervise.ts";
import { createStore, type Store } from "../../collector/src/store/client.ts";
import { type BuildOptions, buildFleet } from "./build.ts";
import { DAY, midnight } from "./options.ts";

/* For the tests of this folder. */

/** A small fleet up to yesterday: one of a fixed day would grow older than the store keeps. */
export function smallFleet(over: Partial<BuildOptions> = {}): BuildOptions {
  const until = midnight(Date.now()) - DAY;
  return {
    ...{ app: "timetracker", seed: 3, installs: 300, days: 60, events: 10_000 },
    ...{ until, cut: until + DAY - 1, directory: "", force: false, merge: false },
    ...over,
  };
}

/** An empty directory that `remove` deletes. */
export function temporary(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "rollcall-fleet-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What a new fleet's store answers; nothing is left of it. */
export async function builtFleet<T>(
  options: BuildOptions,
  ask: (store: Store) => Promise<T>,
): Promise<T> {
  const { path, remove } = temporary();
  try {
    await buildFleet({ ...options, directory: path });
    const opened = await openFleet(path);
    return await ask(opened.store).finally(opened.close);
  } finally {
    remove();
  }
}

export interface OpenFleet {
  store: Store;
  close(): Promise<void>;
}

/** The engine of a data directory, without a collector. */
export async function openFleet(directory: string): Promise<OpenFleet> {
  const engine = await superviseEngine({
    directory: join(directory, "engine"),
    memoryBytes: 1024 ** 3,
    log: { info() {}, warn() {}, error() {} },
    lockWaitMs: 5_000,
  });
  const store = createStore({ engine });
  return {
    store,
    async close() {
      await store.close();
      await engine.stop();
    },
  };
}
