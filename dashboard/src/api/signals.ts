import type { Bucket } from "../format/dates.ts";
import type { AsOf } from "./shell.ts";

// The read API's answers about the app's own traces and metrics, by its own names.

export interface SignalStatus extends AsOf {
  rows: {
    signal: "spans" | "points" | "logs";
    received: number;
    attributed: number;
    last: string | null;
  }[];
  services: { service: string; received: number }[];
}

/** Spans with their durations in milliseconds. */
export interface Timed {
  count: number;
  errors: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export interface SignalRequests extends AsOf {
  total: Timed & { unattributed: number };
  rows: (Timed & { kind: "value" | "other"; service: string; route: string })[];
  foldedRoutes: number;
  versions: (Timed & { kind: "value" | "other"; version: string | null })[];
  interval: Bucket;
  starts: string[];
  series: {
    count: number[];
    errors: number[];
    p50: (number | null)[];
    p95: (number | null)[];
    p99: (number | null)[];
  };
  incomplete: number;
  /** Whether percentiles are exact, or within 1% of it. */
  exact: boolean;
}

export interface SlowestSpans extends AsOf {
  rows: (Timed & {
    service: string;
    name: string;
    kind: string;
    longest: number;
    traceId: string;
    time: string | null;
  })[];
  spans: {
    service: string;
    name: string;
    kind: string;
    version: string | null;
    route: string | null;
    time: string;
    duration: number;
    failed: boolean;
    traceId: string;
    spanId: string;
  }[];
  exact: boolean;
}

/** A trace in the order of a waterfall; times in milliseconds after its begin. */
export interface Trace extends AsOf {
  traceId: string;
  start: string | null;
  duration: number;
  rows: {
    spanId: string;
    depth: number;
    orphan: boolean;
    service: string;
    version: string | null;
    name: string;
    kind: string;
    offset: number;
    duration: number;
    failed: boolean;
    attributes: { key: string; value: string }[];
    events: { name: string; offset: number }[];
  }[];
  spans: number;
}

export interface Metrics extends AsOf {
  rows: {
    metric: string;
    kind: string;
    unit: string;
    points: number;
    series: number;
    last: string;
  }[];
  metrics: number;
}

export type Statistic = "avg" | "min" | "max" | "grown" | "rate" | "p50" | "p95" | "p99";

interface Group {
  kind: "total" | "value" | "other" | "none";
  value: string;
}

export interface Metric extends AsOf {
  metric: string;
  kind: string | null;
  unit: string;
  measure: "value" | "rate" | "level" | "percentiles" | "quantiles";
  by: string | null;
  rows: (Group & { points: number } & Record<Statistic, number | null>)[];
  folded: number;
  attributes: { key: string; values: string[] }[];
  interval: Bucket;
  starts: string[];
  series: (Group & { lines: { name: string; values: (number | null)[] }[] })[];
  incomplete: number;
}
