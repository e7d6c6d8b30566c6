import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Settings, Store } from "../../store/client.ts";
import { stopWhen } from "../stop-when.ts";
import { FORMATS, WRITING } from "./formats.ts";
import { rowsOf, type Wanted } from "./pages.ts";
import { type ExportTable, selected } from "./tables.ts";

/** Below the engine's working directory, where its own paths start. */
const FOLDER = "exports";
const CHUNK_BYTES = 256 * 1024;
const LOOK_EVERY_MS = 25;
/** The spool's disk is the same one, and acknowledged data goes before exports. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024;
const LOOK_AT_DISK_MS = 1000;

const LIMITS: Settings = {
  max_execution_time: 3600,
  max_threads: 1,
  max_memory_usage: 512 * 1024 * 1024,
  do_not_merge_across_partitions_select_final: 1,
};

/** Writes a whole table as Parquet, which is one file with its index at the end. */
export type ExportParquet = (
  table: ExportTable,
  wanted: Wanted,
  gone: AbortSignal,
) => AsyncGenerator<Buffer>;

/** Not enough room for the file that the engine writes. */
export class DiskFull extends Error {
  override name = "DiskFull";
}

/**
 * Parquet by the embedded engine, which answers a statement as a whole: it writes a file in its own
 * directory, and what is written is sent while it grows. The file has no name any more once it is open,
 * so it is gone with the process that holds it; what a crash in between leaves goes at the next start.
 *
 * @param directory the engine's working directory
 */
export function parquetByFile(store: Store, directory: string): ExportParquet {
  const folder = join(directory, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return async function* (table, wanted, gone) {
    const name = `${randomUUID()}.parquet`;
    const path = join(folder, name);
    const queryId = randomUUID();
    const leaving = new AbortController();
    const ended = stopWhen(AbortSignal.any([gone, leaving.signal]), store, queryId);
    await (await open(path, "wx", 0o600)).close();
    const written = store
      .command(`INSERT INTO FUNCTION file('${FOLDER}/${name}', 'Parquet') ${statement(table)}`, {
        params: { ...wanted },
        settings: { ...LIMITS, ...WRITING, engine_file_truncate_on_insert: 1 },
        queryId,
      })
      .finally(ended);
    // Whoever reads is told; nobody may be reading any more.
    written.catch(() => {});
    try {
      yield* follow(await open(path), written, folder);
    } finally {
      leaving.abort();
      await written.catch(() => {});
      await rm(path, { force: true });
    }
  };
}

/** Parquet of a ClickHouse server, which sends an answer while it makes it. */
export function parquetByStream(store: Store): ExportParquet {
  return async function* (table, wanted, gone) {
    const queryId = randomUUID();
    const ended = stopWhen(gone, store, queryId);
    try {
      yield* store.stream(`${statement(table)} FORMAT ${FORMATS.parquet}`, {
        params: { ...wanted },
        settings: { ...LIMITS, ...WRITING },
        queryId,
      });
    } finally {
      ended();
    }
  };
}

const statement = (table: ExportTable) =>
  `SELECT ${selected(table, "parquet")} FROM (${rowsOf(table, table.where)}) AS t`;

/** What is written to a file until its writer has ended. Throws what the writer throws. */
async function* follow(
  file: FileHandle,
  written: Promise<void>,
  folder: string,
): AsyncGenerator<Buffer> {
  let over = false;
  const end = () => {
    over = true;
  };
  written.then(end, end);
  let position = 0;
  let lookedAt = 0;
  try {
    for (;;) {
      if (performance.now() - lookedAt > LOOK_AT_DISK_MS) {
        const { bavail, bsize } = await statfs(folder);
        if (bavail * bsize < LEAST_FREE_BYTES) throw new DiskFull("no room for an export");
        lookedAt = performance.now();
      }
      const last = over;
      const { bytesRead, buffer } = await file.read({
        buffer: Buffer.allocUnsafe(CHUNK_BYTES),
        position,
      });
      position += bytesRead;
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (last) return await written;
      else await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await file.close();
  }
}
