import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../spool/files.ts";
import type { SpoolLog } from "../spool/options.ts";
import { stateRow } from "./log-table.ts";
import type { StateRow } from "./types.ts";

const NAME = "settings.json";

/**
 * The copy of the settings in the data directory, mode 0600: it lets ingest tokens hold while the
 * store is away at a start. The store decides; a copy that cannot be read is told and left out.
 */
export async function readCopy(directory: string, log: SpoolLog): Promise<StateRow[]> {
  const path = join(directory, NAME);
  try {
    const text = await readFile(path, "utf8");
    await chmod(path, 0o600);
    const { entries } = JSON.parse(text) as { entries: StateRow[] };
    return entries.flatMap((entry) => stateRow(entry) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      log.warn({ err: error, path }, "the copy of the settings cannot be read; the store has them");
    }
    return [];
  }
}

/** Never throws: the store has the settings already. */
export async function writeCopy(
  directory: string,
  entries: StateRow[],
  log: SpoolLog,
): Promise<void> {
  try {
    await replaceFile(directory, NAME, `${JSON.stringify({ version: 1, entries })}\n`);
  } catch (error) {
    log.warn({ err: error, directory }, "the copy of the settings could not be written");
  }
}
