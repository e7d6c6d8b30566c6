import { cpSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseBatchName } from "../../client/src/delivery/batch-name.ts";
import { type Example, startExample } from "../support/example.ts";
import { cpuSeconds, residentBytes } from "../support/processes.ts";
import { ROUND_REQUESTS, type UsageResult, type UsageTask } from "./client-overhead-load.ts";
import type { Seed } from "./client-overhead-seed.ts";
import { percentile } from "./measure.ts";

/** One way to run the app. */
export interface Side {
  name: string;
  /** Where nothing answers. */
  collector: string;
  env: Record<string, string>;
  /** Whether it records events. */
  records: boolean;
}

export interface Run {
  sides: Side[];
  seed: Seed;
  /** Where its apps keep their data. */
  directory: string;
  load: { ask(task: UsageTask): Promise<UsageResult> };
  slices: number;
}

/** What one process showed. */
export interface Figures {
  /** In the order in which the sides took turns: the same place is about the same moment. */
  slices: Slice[];
  /** CPU milliseconds for a request. */
  cpu: number;
  residentMB: number;
}

export interface Slice {
  /** Milliseconds from a request to its answer. */
  p50: number;
  p95: number;
  requestsPerSecond: number;
}

interface App {
  side: Side;
  example: Example;
  slices: Slice[];
  cpuSeconds: number;
}

/** Of each person in a slice. */
const ROUNDS = 20;

/**
 * Starts each side anew, for two equal processes differ by how they came to lie in memory, and lets
 * them take turns slice by slice, so that what else the machine does falls on all alike.
 */
export async function runSides(run: Run): Promise<Record<string, Figures>> {
  const { sides, seed, load, slices } = run;
  const apps = await Promise.all(sides.map((side) => startApp(side, run)));
  // The first ones only warm up.
  for (let slice = -slices; slice < slices; slice += 1) {
    const first = (slice + slices) % apps.length;
    for (const app of [...apps.slice(first), ...apps.slice(0, first)]) {
      const { url, pid } = app.example;
      const before = cpuSeconds(pid);
      const port = Number(new URL(url).port);
      const used = await load.ask({ port, people: seed.people, rounds: ROUNDS });
      if (slice < 0) continue;
      app.cpuSeconds += cpuSeconds(pid) - before;
      app.slices.push({
        p50: percentile(used.milliseconds, 50),
        p95: percentile(used.milliseconds, 95),
        requestsPerSecond: used.milliseconds.length / used.seconds,
      });
    }
  }
  const sliceRequests = ROUNDS * ROUND_REQUESTS * seed.people.length;
  const figures = apps.map(({ side, example, slices: measured, cpuSeconds: seconds }) => {
    const cpu = (seconds * 1_000) / (slices * sliceRequests);
    const residentMB = residentBytes(example.pid) / 1e6;
    return [side.name, { slices: measured, cpu, residentMB }];
  });
  await Promise.all(apps.map(({ example }) => example.stop()));
  for (const app of apps) checkRecorded(app, 2 * slices * sliceRequests);
  return Object.fromEntries(figures);
}

async function startApp(side: Side, { seed, directory }: Run): Promise<App> {
  const dataDir = join(directory, side.name);
  cpSync(seed.dataDir, dataDir, { recursive: true });
  const tokens = { ingest: "unused", backfill: "", unattributed: "", learning: "", admin: "" };
  const example = await startExample({ url: side.collector, tokens }, { dataDir, env: side.env });
  return { side, example, slices: [], cpuSeconds: 0 };
}

/** The events of all requests wait on disk, or none does: each side did what it is measured for. */
function checkRecorded({ side, example }: App, requests: number): void {
  const files = readdirSync(example.dataDir, { recursive: true, encoding: "utf8" });
  const waiting = files.reduce(
    (sum, file) => sum + (parseBatchName(basename(file))?.records ?? 0),
    0,
  );
  // One more is of the page that showed that the app is up.
  const expected = side.records ? requests + 1 : 0;
  if (waiting === expected) return;
  throw new Error(`${side.name}: ${waiting} events wait on disk, expected ${expected}`);
}
