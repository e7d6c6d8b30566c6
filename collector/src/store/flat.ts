import type { SpoolLog } from "../spool/options.ts";
import { type Settings, type Store, StoreUnreachable } from "./client.ts";
import {
  createFlatStage,
  dropFlat,
  dropFlatStage,
  FLAT_SOURCES,
  FLAT_TABLES,
  fillArrivalsStage,
  fillFlatStage,
  flatStageName,
  replaceFlat,
} from "./flat-sql.ts";

const LIMITS: Settings = {
  max_execution_time: 600,
  max_threads: 1,
  optimize_aggregation_in_order: 1,
  max_block_size: 8192,
};
/** Of the time, at most this part is spent on making rows anew. */
const BUSY_SHARE = 0.06;
/** What making it takes on a quiet machine: on a busy one waiting longer would only make it older. */
const QUIET_MS = 20;
const QUIET_MS_A_ROW = 0.01;
const LOOK_EVERY_MS = 150;
/** Another collector on the same store may have loaded something. */
const LOOK_ANYWAY_MS = 30_000;
const RETRY_MS = 2_000;

interface FlatOptions {
  store: Store;
  /** Names the table in which rows are made. */
  spoolUuid: string;
  /** Until when received data is loaded. */
  loadedUntil(): Date;
  log: Pick<SpoolLog, "warn">;
}

export interface FlatInstalls {
  /** The store has its tables: begin. */
  start(): void;
  /** Rows of `installs` are about to change, or have changed. */
  changed(): void;
  /** Data received before this moment is in `installs_flat`. */
  freshness(): Date;
  /** Makes it anew now, as far as it has changed. Throws what the store throws. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps `installs_flat` in step with `installs`: when that has changed, an app's rows are made anew. A
 * small fleet's are there within about a second; of a million installs it takes seconds, and is done
 * every three minutes or so.
 */
export function createFlatInstalls(options: FlatOptions): FlatInstalls {
  const { store, spoolUuid, loadedUntil, log } = options;
  const stages = FLAT_TABLES.map((table) => ({ table, stage: flatStageName(table, spoolUuid) }));
  const [flatStage, arrivalsStage] = stages.map(({ stage }) => stage) as [string, string];
  /** Parts of `installs` that an app's rows were made from. */
  const made = new Map<string, string>();
  const stopping = new AbortController();
  /** How often something has changed, and how much of that is in the rows. */
  let changes = 1;
  let seen = 0;
  /** Rows of `installs` that were looked at last. */
  let read = 0;
  let until = new Date(0);
  let running: Promise<void> | null = null;
  let refreshing: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let lookedAt = 0;
    while (!stopping.signal.aborted) {
      if (changes === seen && performance.now() - lookedAt < LOOK_ANYWAY_MS) {
        await pause(LOOK_EVERY_MS);
        continue;
      }
      const began = performance.now();
      const done = await refresh().then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof StoreUnreachable)) {
            log.warn({ err: error }, "store: installs_flat could not be made anew; tried again");
          }
          return false;
        },
      );
      lookedAt = performance.now();
      const work = Math.min(lookedAt - began, QUIET_MS + read * QUIET_MS_A_ROW);
      await pause(done ? Math.max(LOOK_EVERY_MS, work / BUSY_SHARE) : RETRY_MS);
    }
  }

  /** One after the other: all use the same stage. */
  function refresh(): Promise<void> {
    refreshing = refreshing.catch(() => {}).then(makeChangedAnew);
    return refreshing;
  }

  async function makeChangedAnew(): Promise<void> {
    const at = changes;
    const loaded = loadedUntil();
    if (made.size === 0) await each(({ stage }) => dropFlatStage(stage));
    read = 0;
    for (const { app, parts, rows } of await store.query<Source>(FLAT_SOURCES)) {
      if (made.get(app) === parts) continue;
      read += rows;
      if (stopping.signal.aborted) return;
      await makeAnew(app);
      made.set(app, parts);
    }
    seen = at;
    until = loaded;
  }

  async function makeAnew(app: string): Promise<void> {
    await each(({ table, stage }) => createFlatStage(table, stage));
    await each(({ stage }) => `TRUNCATE TABLE ${stage}`);
    await store.command(fillFlatStage(flatStage), { params: { app }, settings: LIMITS });
    await store.command(fillArrivalsStage(arrivalsStage, flatStage), { settings: LIMITS });
    for (const { table, stage } of stages) {
      const [made] = await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${stage}`);
      const replace = made?.rows === 0 ? dropFlat(table, app) : replaceFlat(table, stage, app);
      await store.command(replace);
    }
    await each(({ stage }) => `TRUNCATE TABLE ${stage}`);
  }

  async function each(statement: (of: (typeof stages)[number]) => string): Promise<void> {
    for (const of of stages) await store.command(statement(of));
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stopping.signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      stopping.signal.addEventListener("abort", end);
      if (stopping.signal.aborted) end();
    });
  }

  return {
    start() {
      running ??= run();
    },
    changed() {
      changes++;
    },
    freshness() {
      const loaded = loadedUntil();
      return changes === seen || loaded < until ? loaded : until;
    },
    refresh,
    async stop() {
      stopping.abort();
      await running;
      await refreshing.catch(() => {});
    },
  };
}

interface Source {
  app: string;
  parts: string;
  rows: number;
}
