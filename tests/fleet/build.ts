import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../collector/src/config.ts";
import { superviseEngine } from "../../collector/src/engine/supervise.ts";
import { acquireDataDirectory } from "../../collector/src/lock.ts";
import { createStore, type Store } from "../../collector/src/store/client.ts";
import { migrate } from "../../collector/src/store/migrate.ts";
import { type Catalogue, parseCatalogue } from "../../schemas/src/index.ts";
import { count } from "./count.ts";
import { checkDisk, clearDirectory, FleetError, markDirectory } from "./directory.ts";
import { createFleet } from "./fleet.ts";
import { generate } from "./generate.ts";
import type { FleetOptions } from "./options.ts";

export interface BuildOptions extends FleetOptions {
  /** A collector's data directory. */
  directory: string;
  force: boolean;
  merge: boolean;
  /** @default 500,000: two such blocks and their sorting fit the engine's memory */
  chunkRows?: number;
  /** Ends the work between two statements. */
  signal?: AbortSignal;
  onProgress?(phase: string, done: number, whole: number): void;
}

export interface Built {
  /** By table. */
  rows: Record<string, number>;
  seconds: number;
  bytes: number;
  /** Most memory that the engine was seen to have. */
  engineBytes: number;
}

const CHUNK_ROWS = 500_000;
const TABLES = ["events", "heartbeats", "installs_latest", "refusals"];
/** More lanes than this the engine's memory does not hold, however many processors there are. */
const MOST_LANES = 2;
const WATCH_MS = 100;
/** What was merged away is still on the disk, for some minutes. */
const BYTES = "SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE active";

/**
 * Makes a data directory with a fleet in it, as a collector would have it.
 *
 * @throws FleetError with one line for the person at the shell
 */
export async function buildFleet(options: BuildOptions): Promise<Built> {
  const began = performance.now();
  const { directory, onProgress = () => {} } = options;
  const catalogue = catalogueOf(options.app);
  const lock = await acquireDataDirectory(directory, 0).catch((error: Error) => {
    throw new FleetError(error.message);
  });
  try {
    clearDirectory(directory, options.force);
    const fleetOptions = optionsOf(options);
    await checkDisk(directory, fleetOptions);
    markDirectory(directory, fleetOptions, false);

    const engine = await startEngine(directory);
    try {
      await migrate(engine.store);
      await generate({
        store: engine.store,
        fleet: createFleet(fleetOptions),
        catalogue,
        chunkRows: options.chunkRows ?? CHUNK_ROWS,
        lanes: Math.min(MOST_LANES, availableParallelism()),
        merge: options.merge,
        onProgress(...progress) {
          if (options.signal?.aborted)
            throw new FleetError("stopped; the directory is not complete");
          engine.check();
          onProgress(...progress);
        },
      });
      const rows = await rowsOf(engine.store);
      const bytes = await count(engine.store, BYTES);
      markDirectory(directory, fleetOptions, true, rows);
      await engine.stop();
      const seconds = (performance.now() - began) / 1000;
      return { rows, seconds, bytes, engineBytes: engine.mostBytes() };
    } finally {
      await engine.stop();
    }
  } finally {
    await lock.release();
  }
}

/** The embedded engine with the memory that a collector's has; a restart would lose statements. */
async function startEngine(directory: string) {
  let last = "";
  let restarted = false;
  const keep = (fields: object, message: string) => {
    last = `${message} ${JSON.stringify(fields)}`;
  };
  const engine = await superviseEngine({
    directory: join(directory, "engine"),
    memoryBytes: loadConfig(process.env).engineMemoryBytes,
    log: { info() {}, warn: keep, error: keep },
    lockWaitMs: 0,
    onRestart: () => {
      restarted = true;
    },
  }).catch((error: Error) => {
    throw new FleetError(error.message);
  });
  const store = createStore({ engine });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, engine.rssBytes() ?? 0);
  }, WATCH_MS);
  return {
    store,
    mostBytes: () => most,
    check() {
      if (restarted) throw new FleetError(`the engine ended under way: ${last}`);
    },
    async stop() {
      clearInterval(watch);
      await store.close();
      await engine.stop();
    },
  };
}

async function rowsOf(store: Store): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const table of TABLES) {
    rows[table.replace("_latest", "")] = await count(store, `SELECT count() AS n FROM ${table}`);
  }
  return rows;
}

function optionsOf(options: BuildOptions): FleetOptions {
  const { app, seed, installs, days, events, until, cut } = options;
  return { app, seed, installs, days, events, until, cut };
}

/** The catalogue that ships for an app: what its installs may send. */
export function catalogueOf(app: string): Catalogue {
  const path = new URL(`../../schemas/catalogues/${app}.json`, import.meta.url);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new FleetError(
      `--app: found "${app}", allowed is an app with a file in schemas/catalogues`,
    );
  }
  const parsed = parseCatalogue(JSON.parse(text));
  if (!parsed.ok) throw new FleetError(`${path.pathname}: ${parsed.problems[0]}`);
  return parsed.catalogue;
}
