import type { Catalogue } from "@rollcall/schemas";
import type { Params, Settings, Store } from "../../collector/src/store/client.ts";
import { updateInstallsFromEvents, updateInstallsFromHeartbeats } from "../../collector/src/store/load-sql.ts";
import { chunksOf, idBounds, type Month, monthsOf, wholeFleet } from "./chunks.ts";
import type { Fleet } from "./fleet.ts";
import { storeRefusals } from "./refusals.ts";
import { COUNT_EVENTS, eventParams, INSERT_EVENTS, SUM_BUSY } from "./sql-events.ts";
import {
  type Chunk,
  COUNT_HEARTBEATS,
  chunkParams,
  fleetParams,
  INSERT_HEARTBEATS,
  spoolOf,
} from "./sql-heartbeats.ts";
import { dropModel, storeModel } from "./sql-model.ts";
import { compileSteps, type StepTable } from "./steps.ts";

export interface GenerateOptions {
  store: Store;
  fleet: Fleet;
  catalogue: Catalogue;
  /** Rows of one insert, about: the engine holds them all. */
  chunkRows: number;
  /** Statements at once. */
  lanes: number;
  /** Whether each month's parts are merged into one, as a collector's are after a while. */
  merge: boolean;
  onProgress(phase: string, done: number, whole: number): void;
  /** Throws where it makes no sense to go on. */
  check(): void;
}

/** One part in each partition, and nothing left out because it looks like something else. */
const ONE_BLOCK: Settings = {
  async_insert: 0,
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  insert_deduplicate: 0,
};
/** Lanes are what runs in parallel; the lists of slots make texts long. */
const COMMON: Settings = {
  max_threads: 1,
  max_block_size: 4096,
  max_query_size: 16_000_000,
  max_parser_depth: 10_000,
  query_plan_join_swap_table: "false",
};
/** The share of asked events that may be missing or too many before sessions are scaled again. */
const TOLERANCE = 0.002;
const ONE = 1n << 32n;
/** Installs of which the events of a large fleet are estimated. */
const SAMPLE = 12_000;

export async function generate(options: GenerateOptions): Promise<void> {
  const { store, fleet, catalogue, onProgress } = options;
  const steps = compileSteps(catalogue);
  await storeModel(store, fleet, steps, (stored) => onProgress("installs", stored, fleet.installs));
  await storeHeartbeats(options);
  await storeEvents(options, steps);
  await storeInstalls(options);
  await storeRefusals(store, fleet, catalogue);
  await dropModel(store);
  if (options.merge) await mergeParts(options);
}

async function storeHeartbeats(options: GenerateOptions): Promise<void> {
  const { store, fleet } = options;
  const rowsOf = (month: Month) =>
    count(store, COUNT_HEARTBEATS, { ...fleetParams(fleet), ...chunkParams(inMonth(month)) });
  await byMonth(options, "heartbeats", rowsOf, (chunk) =>
    store.command(INSERT_HEARTBEATS, {
      params: { ...fleetParams(fleet), ...chunkParams(chunk) },
      settings: { ...COMMON, ...ONE_BLOCK },
    }),
  );
}

async function storeEvents(options: GenerateOptions, steps: StepTable): Promise<void> {
  const { store, fleet } = options;
  const busyIn = (chunk: Chunk, every = 1) =>
    bigCount(store, SUM_BUSY, { ...paramsOf(0n), ...chunkParams(chunk), every });
  const paramsOf = (scale: bigint, every = 1): Params => ({
    ...fleetParams(fleet),
    ...eventParams(fleet, steps, scale),
    every,
  });
  const whole = wholeFleet(fleet);
  const busy = await busyIn(whole);
  if (busy === 0n) return;
  const every = Math.max(1, Math.floor(fleet.installs / SAMPLE));
  const sampled = every === 1 ? busy : await busyIn(whole, every);
  const wanted = (fleet.events * Number(sampled)) / Number(busy);
  let scale = BigInt(Math.max(1, Math.round((Number(ONE) * fleet.events) / 4 / Number(busy))));
  for (let round = 0; round < 4; round += 1) {
    const rows = await count(store, COUNT_EVENTS, {
      ...paramsOf(scale, every),
      ...chunkParams(whole),
    });
    if (rows === 0 || Math.abs(rows / wanted - 1) < TOLERANCE) break;
    scale = BigInt(Math.max(1, Math.round(Number(scale) * (wanted / rows))));
  }
  const rowsOf = async (month: Month) =>
    Number((BigInt(fleet.events) * (await busyIn(inMonth(month)))) / busy);
  await byMonth(options, "events", rowsOf, (chunk) =>
    store.command(INSERT_EVENTS, {
      params: { ...paramsOf(scale), ...chunkParams(chunk) },
      settings: { ...COMMON, ...ONE_BLOCK },
    }),
  );
}

/** By the loader's own statements, with the rows that are stored standing for its stage. */
async function storeInstalls(options: GenerateOptions): Promise<void> {
  const { store, fleet, chunkRows } = options;
  const beats = await count(store, "SELECT count() AS rows FROM heartbeats", {});
  const bounds = await idBounds(store, fleet, Math.ceil(beats / chunkRows));
  const chunks = chunksOf(inMonth({ month: 0, from: 0, until: 0 }), bounds);
  const months = monthsOf(fleet).map(({ month }) => month);
  const jobs = [
    ...chunks.map(({ first, last }) => ({
      stage: `(SELECT * FROM heartbeats WHERE app = {app:String}
        AND ({first:String} = '' OR install_id >= toUUIDOrZero({first:String}))
        AND ({last:String} = '' OR install_id < toUUIDOrZero({last:String})))`,
      statement: updateInstallsFromHeartbeats,
      params: { first, last },
    })),
    ...months.map((month) => ({
      stage: "(SELECT * FROM events WHERE toYYYYMM(time) = {month:UInt32})",
      statement: updateInstallsFromEvents,
      params: { month },
    })),
  ];
  await inLanes(options, "install states", jobs, async ({ stage, statement, params }) => {
    const common = { ...params, app: fleet.app };
    const rows = await count(store, `SELECT count() AS rows FROM ${stage}`, common);
    await store.command(statement(stage), {
      params: { ...common, rows },
      settings: { ...COMMON, ...ONE_BLOCK, max_block_size: 65_536 },
    });
  });
}

async function mergeParts(options: GenerateOptions): Promise<void> {
  const { store } = options;
  const parts = await store.query<{ table: string; partition: string }>(
    `SELECT DISTINCT table, partition_id AS partition FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('events', 'heartbeats', 'installs')
     ORDER BY table, partition`,
  );
  await inLanes({ ...options, lanes: 1 }, "merges", parts, ({ table, partition }) =>
    store.command(`OPTIMIZE TABLE ${table} PARTITION ID '${partition}' FINAL`, {
      settings: { optimize_skip_merged_partitions: 1 },
    }),
  );
}

/** Inserts a table's rows month by month, in chunks of about as many rows each. */
async function byMonth(
  options: GenerateOptions,
  phase: string,
  rowsOf: (month: Month) => Promise<number>,
  insert: (chunk: Chunk) => Promise<void>,
): Promise<void> {
  const chunks: Chunk[] = [];
  for (const month of monthsOf(options.fleet)) {
    const parts = Math.ceil((await rowsOf(month)) / options.chunkRows);
    chunks.push(...chunksOf(month, await idBounds(options.store, options.fleet, parts)));
  }
  await inLanes(options, phase, chunks, insert);
}

/** Works through a list, as many at once as there are lanes. The first failure ends all lanes. */
async function inLanes<T>(
  { lanes, onProgress, check }: Pick<GenerateOptions, "lanes" | "onProgress" | "check">,
  phase: string,
  list: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let done = 0;
  let failed = false;
  onProgress(phase, 0, list.length);
  const lane = async () => {
    while (next < list.length && !failed) {
      const item = list[next++]!;
      try {
        check();
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
      onProgress(phase, ++done, list.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const inMonth = (month: Month): Chunk => ({ first: "", last: "", ...month });

async function count(store: Store, sql: string, params: Params): Promise<number> {
  return Number(await bigCount(store, sql, params));
}

async function bigCount(store: Store, sql: string, params: Params): Promise<bigint> {
  const [row] = await store.query<Record<string, string | number>>(
    `SELECT toString(n) AS n FROM (${sql.replace(/ AS (rows|busy)\b/, " AS n")})`,
    params,
    { settings: { ...COMMON, max_threads: 2 } },
  );
  return BigInt(row?.n ?? 0);
}
void spoolOf;
