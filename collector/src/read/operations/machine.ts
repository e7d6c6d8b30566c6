import { statfs } from "node:fs/promises";
import type { Counter } from "prom-client";
import type { Engine } from "../../engine/supervise.ts";
import type { Metrics } from "../../metrics.ts";
import type { Spool, SpoolState } from "../../spool/types.ts";
import type { Loader, LoaderState } from "../../store/load.ts";
import { createMinutes, type Minutes } from "./minutes.ts";

/** What the machine around the store says of itself: spool, loader, engine, disk, ingest rate. */
export interface Machine {
  startedAt: Date;
  spool(): SpoolState;
  loader(): LoaderState;
  /** Null with a ClickHouse server in place of the embedded engine. */
  engine(): EngineFigures | null;
  /** Since the start of this process. */
  counts(): Promise<{ retries: number; quarantined: number; engineRestarts: number }>;
  /** Requests of an app that were answered 429 since the start, by whose rate they were over. */
  rateLimited(app: string): Promise<{ token: number; install: number }>;
  /** When the store last took a segment; null before the first. */
  lastStoredAt(): Promise<Date | null>;
  /** Of the file system that holds the data directory. */
  disk(): Promise<{ freeBytes: number; totalBytes: number }>;
  minutes(count: number, now: Date): Promise<Minutes>;
  start(): void;
  stop(): void;
}

export interface EngineFigures {
  state: string;
  /** Resident memory; null while it is not running. */
  memoryBytes: number | null;
  limitBytes: number;
}

interface MachineParts {
  spool: Pick<Spool, "state">;
  loader: Pick<Loader, "state">;
  engine: Pick<Engine, "state" | "rssBytes"> | null;
  engineMemoryBytes: number;
  metrics: Metrics;
  dataDir: string;
}

/** Gathers what other parts know, for the data health page. */
export function createMachine(parts: MachineParts): Machine {
  const { spool, loader, engine, metrics } = parts;
  const minutes = createMinutes(async () => ({
    accepted: await total(metrics.ingestRecords, { result: "accepted" }),
    refused: await total(metrics.ingestRecords, { result: "refused" }),
    dropped: await total(metrics.ingestDroppedFields),
  }));
  return {
    startedAt: new Date(),
    spool: () => spool.state(),
    loader: () => loader.state(),
    engine: () =>
      engine && {
        state: engine.state(),
        memoryBytes: engine.rssBytes(),
        limitBytes: parts.engineMemoryBytes,
      },
    counts: async () => ({
      retries: await total(metrics.storeRetries),
      quarantined: await total(metrics.storeQuarantined),
      engineRestarts: await total(metrics.engineRestarts),
    }),
    rateLimited: async (app) => ({
      token: await total(metrics.ingestLimited, { app, by: "token" }),
      install: await total(metrics.ingestLimited, { app, by: "install" }),
    }),
    async lastStoredAt() {
      const [value] = (await metrics.storeLastSuccess.get()).values;
      return value && value.value > 0 ? new Date(value.value * 1000) : null;
    },
    async disk() {
      const { bavail, blocks, bsize } = await statfs(parts.dataDir);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    minutes: minutes.last,
    start: minutes.start,
    stop: minutes.stop,
  };
}

/** The sum of a counter over its labels, or over those that have these values. */
async function total(
  counter: Counter<string>,
  labels: Record<string, string> = {},
): Promise<number> {
  const { values } = await counter.get();
  return values
    .filter((value) => Object.entries(labels).every(([name, word]) => value.labels[name] === word))
    .reduce((sum, value) => sum + value.value, 0);
}
