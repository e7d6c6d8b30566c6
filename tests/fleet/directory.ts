import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { FleetOptions } from "./options.ts";

/** What a person is told in one line. */
export class FleetError extends Error {}

/** In the directory of a fleet, so that a later run knows that nobody else's data is in it. */
const MARK = "fleet.json";
/** What a collector keeps of records. Tokens and catalogues stay. */
const RECORDS = ["engine", "spool"];
/** What may stand in a directory before the first record. */
const HARMLESS = /^(collector\.lock.*|secrets\.json|catalogues|lost\+found)$/;
const MIB = 1024 ** 2;

/**
 * Empties a data directory of records, when they may go.
 *
 * @param force they may go also where no fleet is in it
 * @throws FleetError where they may not
 */
export function clearDirectory(directory: string, force: boolean): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const found = readdirSync(directory).filter((name) => !HARMLESS.test(name));
  if (found.length > 0 && !found.includes(MARK) && !force) {
    throw new FleetError(
      `--data: found ${directory} with ${found.slice(0, 3).join(", ")} in it, allowed is an empty directory or one that this command made (--force deletes the engine and the spool in it)`,
    );
  }
  for (const name of [...RECORDS, MARK])
    rmSync(join(directory, name), { recursive: true, force: true });
}

/** Written first and again at the end: a run that was stopped leaves `complete: false`. */
export function markDirectory(
  directory: string,
  options: FleetOptions,
  complete: boolean,
  rows: Record<string, number> = {},
): void {
  const { until, cut, ...rest } = options;
  const mark = {
    ...rest,
    until: new Date(until).toISOString().slice(0, 10),
    cut: new Date(cut).toISOString(),
    complete,
    rows,
  };
  writeFileSync(join(directory, MARK), `${JSON.stringify(mark, null, 2)}\n`);
}

/**
 * Bytes that a fleet takes while it is made, about; measured at three sizes. Most of it are parts that
 * were merged into others: a quarter stays.
 */
export function bytesNeeded({ installs, days, events }: FleetOptions): number {
  return 400 * MIB + events * 150 + installs * (1500 + days * 8);
}

/** @throws FleetError where the disk has less than it takes */
export async function checkDisk(directory: string, options: FleetOptions): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const [free, needed] = [bavail * bsize, bytesNeeded(options)];
  if (free >= needed) return;
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new FleetError(
    `${directory}: found ${gb(free)} free, needed are about ${gb(needed)}; ask for fewer --events or --installs`,
  );
}
