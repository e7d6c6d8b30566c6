import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { loadConfig } from "../../../collector/src/config.ts";
import { superviseEngine } from "../../../collector/src/engine/supervise.ts";
import { ADMIN, startApi } from "../../../collector/src/read/testing.ts";
import { createStore, type Params, type Store } from "../../../collector/src/store/client.ts";
import { createFlatInstalls } from "../../../collector/src/store/flat.ts";
import { migrate } from "../../../collector/src/store/migrate.ts";
import { cpuSeconds } from "../../support/processes.ts";
import type { BenchFleet } from "./fleets.ts";

/** Where questions are asked, as a dashboard does. */
export interface Door {
  url: string;
  /** Of the administrator. */
  token: string;
  /** What the engine's process has taken of all processors until now, in milliseconds. */
  processorMs(): number;
}

/** The read API over HTTP in front of a fleet, at the moment at which the fleet ends. */
export interface Stage extends Door {
  /** Runs a statement past the read API, with the threads that a question has. */
  query<T>(sql: string, params: Params): Promise<T[]>;
  close(): Promise<void>;
}

/** As `ask.ts` has it; beyond the engine's memory a statement goes to the disk. */
const SETTINGS = {
  max_threads: 2,
  max_bytes_before_external_group_by: 250_000_000,
  max_bytes_before_external_sort: 250_000_000,
  do_not_merge_across_partitions_select_final: 1,
};
const UNBOUNDED = { perMinute: 1e9, burst: 1e9 };

export async function openStage({ directory, cut }: BenchFleet): Promise<Stage> {
  const engine = await superviseEngine({
    directory: join(directory, "engine"),
    memoryBytes: loadConfig({}).engineMemoryBytes,
    log: { info() {}, warn: console.error, error: console.error },
    lockWaitMs: 5_000,
  });
  const store = createStore({ engine });
  await migrate(store);
  await makeFlat(store, cut);
  const api = await startApi(store, { loadedUntil: cut, now: () => cut, bounds: UNBOUNDED });
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: ADMIN,
    processorMs: () => 1000 * cpuSeconds(engine.pid() ?? 0),
    query: (sql, params) => store.query(sql, params, { settings: SETTINGS }),
    async close() {
      await api.close();
      await store.close();
      await engine.stop();
    },
  };
}

/** A fleet of an older version was made without it. */
async function makeFlat(store: Store, cut: Date): Promise<void> {
  const rows = await store.query("SELECT 1 FROM installs_flat LIMIT 1");
  if (rows.length > 0) return;
  const spoolUuid = "00000000-0000-4000-8000-0000000000f1";
  await createFlatInstalls({
    ...{ store, spoolUuid, loadedUntil: () => cut },
    log: { warn() {} },
  }).refresh();
}
