import type { Params, Store } from "../../collector/src/store/client.ts";
import {
  updateInstallsFromEvents,
  updateInstallsFromHeartbeats,
} from "../../collector/src/store/load-sql.ts";
import type { Catalogue } from "../../schemas/src/index.ts";
import {
  type Chunk,
  chunkParams,
  chunksOf,
  fleetParams,
  idBounds,
  type Month,
  monthsOf,
  wholeMonth,
} from "./chunks.ts";
import { count, INSERT } from "./count.ts";
import type { Fleet } from "./fleet.ts";
import { inLanes } from "./lanes.ts";
import { storeRefusals } from "./refusals.ts";
import { findScale } from "./scale.ts";
import { storeFlatInstalls, storeSets } from "./sets.ts";
import { INSERT_EVENTS } from "./sql-events.ts";
import { COUNT_HEARTBEATS, INSERT_HEARTBEATS, WITHIN } from "./sql-heartbeats.ts";
import { dropModel, storeModel } from "./sql-model.ts";
import { compileSteps } from "./steps.ts";

export interface GenerateOptions {
  /** With all tables and no rows. */
  store: Store;
  fleet: Fleet;
  /** Of the fleet's app. */
  catalogue: Catalogue;
  /** Rows of one insert, about; the engine holds all of them. Changes nothing in what is stored. */
  chunkRows: number;
  /** Statements at once. */
  lanes: number;
  /** Merges each month's parts into one, as a collector's are after a while. */
  merge: boolean;
  /** Throws to end the work between two statements. */
  onProgress(phase: string, done: number, whole: number): void;
}

/** More rounds than any fleet has partitions: whatever is left then, the engine merges some day. */
const MOST_MERGES = 200;
const LARGE = ["events", "heartbeats"];
/** Tables that are merged at the end, where that is asked for. */
const MERGED = [
  ...LARGE,
  ...["installs", "install_numbers", "active_days", "version_days", "event_days"],
];
/** An install has several events in a month: so many chunks of them have as many installs as one. */
const EVENTS_A_STATE = 3;

/**
 * Fills a store with a fleet. Where it throws, the store holds a part of one.
 *
 * Installs are made by JavaScript, where a model can be read and a truth be counted without SQL; their
 * rows by the engine, from the model and hashes of where a row is. Rows written by JavaScript as
 * Native blocks took as long, but every try of `findScale` would have to make them all.
 */
export async function generate(options: GenerateOptions): Promise<void> {
  const { store, fleet, catalogue, onProgress } = options;
  // Merged at the end: in the meantime the processors are for inserts. Parts of `installs` are merged
  // as they come, because a merge of a hundred of them would not fit the engine's memory.
  for (const table of LARGE) await store.command(`SYSTEM STOP MERGES ${table}`);
  await storeModel(store, fleet, compileSteps(catalogue), (done) =>
    onProgress("model of the installs", done, fleet.installs),
  );
  await storeHeartbeats(options);
  await storeEvents(options);
  await storeInstalls(options);
  await storeSets(store, fleet, lanesOf(options, "sets of installs"));
  await storeRefusals(store, fleet, catalogue);
  await dropModel(store);
  for (const table of LARGE) await store.command(`SYSTEM START MERGES ${table}`);
  if (options.merge) await mergeParts(options);
  // Made of few parts it takes the least memory.
  await storeFlatInstalls(store, fleet);
}

async function storeHeartbeats(options: GenerateOptions): Promise<void> {
  const { store } = options;
  const common = fleetParams(options.fleet);
  await byMonth(options, "heartbeats", {
    expected: (month) => count(store, COUNT_HEARTBEATS, { ...common, ...chunkParams(month) }),
    insert: (chunk) => insert(store, INSERT_HEARTBEATS, { ...common, ...chunkParams(chunk) }),
  });
}

async function storeEvents(options: GenerateOptions): Promise<void> {
  const { store, fleet } = options;
  const scale = await findScale(store, fleet, compileSteps(options.catalogue));
  if (scale === null) return;
  await byMonth(options, "events", {
    expected: scale.expected,
    insert: (chunk) => insert(store, INSERT_EVENTS, { ...scale.params, ...chunkParams(chunk) }),
  });
}

/** By the loader's own statements, for which the stored rows are what its stage is. */
async function storeInstalls(options: GenerateOptions): Promise<void> {
  const { store } = options;
  const stages = [...(await heartbeatStages(options)), ...(await eventStages(options))];
  const work = async ({ stage, update, params }: Stage) => {
    const rows = await count(store, `SELECT count() AS n FROM ${stage}`, params);
    if (rows > 0) await insert(store, update(stage), { ...params, rows });
  };
  await inLanes(stages, work, lanesOf(options, "install states"));
}

interface Stage {
  stage: string;
  update(stage: string): string;
  params: Params;
}

async function heartbeatStages({ store, fleet, chunkRows }: GenerateOptions): Promise<Stage[]> {
  const rows = await count(store, "SELECT count() AS n FROM heartbeats");
  const bounds = await idBounds(store, fleet, Math.ceil(rows / chunkRows));
  return chunksOf({ month: 0, from: 0, until: 0 }, bounds).map(({ first, last }) => ({
    stage: `(SELECT * FROM heartbeats WHERE app = {app:String} AND ${WITHIN})`,
    update: updateInstallsFromHeartbeats,
    params: { app: fleet.app, first, last },
  }));
}

/** By month, which is a part of the disk, and by install, because each takes memory while it is added up. */
async function eventStages({ store, chunkRows }: GenerateOptions): Promise<Stage[]> {
  const months = await store.query<{ month: number; rows: number }>(
    "SELECT toYYYYMM(time) AS month, count() AS rows FROM events GROUP BY month ORDER BY month",
  );
  return months.flatMap(({ month, rows }) => {
    const parts = Math.ceil(rows / (EVENTS_A_STATE * chunkRows));
    return Array.from({ length: parts }, (_, part) => ({
      stage: `(SELECT * FROM events
        WHERE toYYYYMM(time) = {month:UInt32} AND cityHash64(install_id) % {parts:UInt32} = {part:UInt32})`,
      update: updateInstallsFromEvents,
      params: { month, parts, part },
    }));
  });
}

/** The engine merges some partitions by itself meanwhile; for those in its hands a statement waits. */
async function mergeParts({ store, onProgress }: GenerateOptions): Promise<void> {
  const partitions = () =>
    store.query<{ table: string; id: string; parts: number }>(
      `SELECT table, partition_id AS id, count() AS parts FROM system.parts
       WHERE active AND database = currentDatabase() AND has({merged:Array(String)}, table)
       GROUP BY table, id ORDER BY table, id`,
      { merged: MERGED },
    );
  for (let round = 0; round < MOST_MERGES; round += 1) {
    const all = await partitions();
    const split = all.filter(({ parts }) => parts > 1);
    onProgress("merges", all.length - split.length, all.length);
    if (split.length === 0) return;
    const { table, id } = split[0]!;
    await store.command(`OPTIMIZE TABLE ${table} PARTITION ID '${id}' FINAL`);
  }
}

/** A table's rows month by month, in chunks of about as many rows each. */
async function byMonth(
  options: GenerateOptions,
  phase: string,
  table: {
    expected(month: Chunk): Promise<number>;
    insert(chunk: Chunk): Promise<void>;
  },
): Promise<void> {
  const { store, fleet, chunkRows } = options;
  const chunks: Chunk[] = [];
  const cut = async (month: Month) => {
    const parts = Math.ceil((await table.expected(wholeMonth(month))) / chunkRows);
    chunks.push(...chunksOf(month, await idBounds(store, fleet, parts)));
  };
  for (const month of monthsOf(fleet)) await cut(month);
  await inLanes(chunks, table.insert, lanesOf(options, phase));
}

function lanesOf({ lanes, onProgress }: GenerateOptions, phase: string) {
  return { lanes, onDone: (done: number, whole: number) => onProgress(phase, done, whole) };
}

function insert(store: Store, sql: string, params: Params): Promise<void> {
  return store.command(sql, { params, settings: INSERT });
}
