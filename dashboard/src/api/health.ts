import type { Interval } from "../format/dates.ts";
import type { AsOf } from "./shell.ts";

// Answers about the collector itself, for the Data health page.

export interface HealthIngest extends AsOf {
  interval: Interval;
  rows: {
    start: string;
    events: number;
    base: number;
    refused: number;
    dropped: number;
    complete: boolean;
  }[];
  /** The last hour, all apps together; null in a minute before the collector started. */
  minutes: {
    starts: string[];
    accepted: (number | null)[];
    refused: (number | null)[];
    dropped: (number | null)[];
  } | null;
  /** Requests of the app answered 429 since the collector started. */
  rateLimited: { token: number; install: number } | null;
}

/** Versions that send most of something. */
export type Senders = { version: string; count: number }[];

export interface Refusals extends AsOf {
  rows: {
    outcome: "dropped" | "refused";
    reason: string;
    event: string;
    field: string;
    count: number;
    versions: Senders;
    firstDay: string;
    lastDay: string;
  }[];
  /** How many rows there are in all. */
  groups: number;
  total: { accepted: number; refused: number; dropped: number; refusedShare: number };
  interval: Interval;
  series: { starts: string[]; refused: number[]; dropped: number[]; refusedShare: number[] };
  incomplete: number;
}

export interface Unlisted extends AsOf {
  rows: { event: string; count: number; versions: Senders; firstDay: string; lastDay: string }[];
  groups: number;
}

export interface HealthSystem extends AsOf {
  /** Storage by table, largest first. */
  rows: {
    table: string;
    rows: number;
    bytes: number;
    parts: number;
    oldest: string | null;
    newest: string | null;
  }[];
  machine: Machine | null;
}

export interface Machine {
  startedAt: string;
  spool: {
    bytes: number;
    segments: number;
    oldestAgeSeconds: number;
    accepting: boolean;
    reason: string;
  };
  loader: {
    failures: number;
    lastError: string;
    lastStoredAt: string | null;
    lagSeconds: number;
    retries: number;
    quarantined: number;
  };
  /** Null with a ClickHouse server. */
  engine: {
    state: string;
    memoryBytes: number | null;
    limitBytes: number;
    restarts: number;
  } | null;
  disk: { freeBytes: number; totalBytes: number };
}

export interface Arrivals extends AsOf {
  interval: Interval;
  rows: { start: string; new: number; pending: number; complete: boolean }[];
  hours: { starts: string[]; new: number[]; pending: number[] };
  pending: number;
  flood: {
    last24h: number;
    median: number;
    threshold: number;
    budget: number | null;
    /** By the ingest token of the first base record, most first; `id` "": not known. */
    tokens: {
      id: string;
      name: string;
      last24h: number;
      budget: number | null;
      over: boolean;
    }[];
    flooding: boolean;
  };
}

export interface HealthAlerts extends AsOf {
  rows: {
    rule: string;
    title: string;
    state: "ok" | "firing" | "unknown";
    since: string | null;
    text: string;
  }[];
}
