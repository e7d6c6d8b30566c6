import { join } from "node:path";
import { type Engine, superviseEngine } from "../engine/supervise.ts";
import type { LoadableSpool } from "../spool/spool.ts";
import { silent, temporaryDirectory } from "../spool/testing.ts";
import { createStore, type Store } from "./client.ts";
import { installTables } from "./install-tables.ts";
import { createLoader } from "./load.ts";
import { migrate } from "./migrate.ts";

export interface TestStore {
  store: Store;
  engine: Engine;
  /** A place for spools; removed at the end. */
  directory: string;
  close(): Promise<void>;
}

/** How many rows an install has in each table, as an export and a receipt say it: none where nothing is said. */
export const rowsByTable = (some: Record<string, number>): Record<string, number> => ({
  ...Object.fromEntries(installTables.map(({ name }) => [name, 0])),
  ...some,
});

/** Loads until the step of that place, where the loader stands still for ever, as a dead one does. */
export function loadUntil(spool: LoadableSpool, store: Store, place: number): Promise<string> {
  let seen = 0;
  return new Promise((resolve) => {
    const onStep = (step: string) => {
      if (seen++ < place) return;
      resolve(step);
      return new Promise<void>(() => {});
    };
    createLoader({ spool, store, log: silent, onStep }).start();
  });
}

/** A real embedded store with all tables, in a directory of its own. */
export async function openTestStore(): Promise<TestStore> {
  const directory = await temporaryDirectory();
  const engine = await superviseEngine({
    directory: join(directory.path, "engine"),
    memoryBytes: 1024 ** 3,
    log: silent,
    lockWaitMs: 5000,
  });
  const store = createStore({ engine });
  await migrate(store);
  return {
    store,
    engine,
    directory: directory.path,
    async close() {
      await store.close();
      await engine.stop();
      await directory.remove();
    },
  };
}
