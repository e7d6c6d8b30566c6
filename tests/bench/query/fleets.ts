import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildFleet } from "../../fleet/build.ts";
import { DAY, midnight } from "../../fleet/options.ts";

/** How large a fleet is, and what making it takes on two processors. */
const SIZES = {
  "1k": { installs: 1_000, events: 100_000, takes: "seconds and 0.1 GB" },
  "10k": { installs: 10_000, events: 1_000_000, takes: "half a minute and 0.2 GB" },
  "100k": { installs: 100_000, events: 10_000_000, takes: "two minutes and 1 GB" },
  "1m": {
    installs: 1_000_000,
    events: 100_000_000,
    takes: "15 minutes and 20 GB, of which 5 stay",
  },
} as const;
export type Size = keyof typeof SIZES;
export const ALL_SIZES = Object.keys(SIZES) as Size[];

/** A data directory that holds a fleet, which a benchmark may change. */
export interface BenchFleet {
  size: Size;
  directory: string;
  app: string;
  /** Detailed records. */
  events: number;
  /** Nothing in it is later. */
  cut: Date;
  /** Deletes it; the fleet that it was copied from stays. */
  remove(): void;
}

/**
 * A copy of the fleet of a size, which is made where it is missing.
 *
 * @param given where there is one already; else one is kept in `.cache/fleet-<size>`
 */
export async function fleetOf(size: Size, given: string | undefined): Promise<BenchFleet> {
  const kept = resolve(given ?? join(".cache", `fleet-${size}`));
  if (!isComplete(kept)) await make(size, kept);
  const directory = `${kept}-bench-${process.pid}`;
  // Hard links: parts of tables are never written again, so that a copy costs nothing.
  await promisify(execFile)("cp", ["-al", kept, directory]);
  const { app, cut, rows } = markOf(kept);
  return {
    ...{ size, directory, app, cut: new Date(cut), events: rows.events ?? 0 },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function make(size: Size, directory: string): Promise<void> {
  const { installs, events, takes } = SIZES[size];
  console.error(`Making a fleet of ${size} installs in ${directory}: this takes ${takes}.`);
  const now = Date.now();
  await buildFleet({
    ...{ app: "timetracker", seed: 1, installs, events, days: 365 },
    ...{ until: midnight(now), cut: Math.min(now, midnight(now) + DAY - 1) },
    ...{ directory, force: false, merge: true },
  });
}

interface Mark {
  app: string;
  cut: string;
  complete: boolean;
  rows: Record<string, number>;
}

const markOf = (directory: string): Mark =>
  JSON.parse(readFileSync(join(directory, "fleet.json"), "utf8"));

const isComplete = (directory: string) =>
  existsSync(join(directory, "fleet.json")) && markOf(directory).complete;
