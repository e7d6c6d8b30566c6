import type { Interval } from "../format/dates.ts";
import type { AsOf } from "./shell.ts";

// Answers about detailed usage, for the pages Features, Funnels and Errors.

/** Numbers of one kind of record. */
export interface Amounts {
  count: number;
  installs: number;
  users: number;
}

interface Sharing extends AsOf {
  /** Installs with a detailed record in the range: the denominator. */
  sharingDetailed: number;
}

/** Numbers of users above this are estimates. */
interface Users {
  usersExactTo: number;
}

export interface Events extends Sharing, Users {
  rows: ({ event: string } & Amounts)[];
}

export interface EventTrend extends AsOf {
  interval: Interval;
  starts: string[];
  series: { event: string; counts: number[]; installs: number[]; users: number[] }[];
  /** How many buckets at the end are still filling. */
  incomplete: number;
}

export interface Adoption extends Sharing {
  rows: {
    event: string;
    installs: number;
    /** Of the sharing installs, those whose version has it. */
    of: number;
    since: string | null;
  }[];
}

export type Measure = keyof Amounts;

export interface Slices extends Sharing, Users {
  measure: Measure;
  total: Amounts & { points: number[] | null };
  rows: (Amounts & {
    kind: "value" | "other" | "none";
    value: string;
    points: number[] | null;
  })[];
  /** How many values "other" holds. */
  folded: number;
  interval: Interval | null;
  starts: string[];
  incomplete: number;
}

export interface EventProperties extends AsOf {
  rows: {
    key: string;
    kind: "text" | "number";
    count: number;
    values: { value: string; count: number }[];
    different: number;
    range: { least: number; median: number; most: number } | null;
  }[];
  records: number;
}

export interface PageViews extends Sharing, Users {
  rows: ({ route: string | null } & Amounts)[];
  other: ({ routes: number } & Amounts) | null;
  total: Amounts;
}

export interface Paths extends AsOf {
  event: string;
  direction: "after" | "before";
  total: number;
  /** A tree from the top: each row before those that continue it. */
  rows: { path: string[]; kind: "event" | "end" | "other"; count: number }[];
  /** 1: all users were looked at; n: one in n. */
  sample: number;
  hidden: string[];
}

/** Funnels that the app itself names, their steps in order. */
export interface ListedFunnels extends AsOf {
  rows: { name: string; steps: string[] }[];
}

export interface Funnels extends Sharing {
  join: "install" | "user";
  windowMinutes: number;
  funnels: {
    version: string | null;
    steps: { step: string; event: string; entities: number; medianSeconds: number | null }[];
  }[];
}

/** What told of errors. */
export type ErrorSource = "event" | "span" | "log";

export interface Errors extends Sharing {
  rows: {
    type: string | null;
    installs: number;
    count: number;
    /** Of the records: those that said no install. */
    unattributed: number;
    sources: ErrorSource[];
    events: string[];
    firstVersion: string | null;
    lastVersion: string | null;
    firstDay: string;
    lastDay: string;
  }[];
  total: { installs: number; count: number; unattributed: number; types: number };
  /** Whether spans or logs ever reported an exception. */
  fromSignals: boolean;
  errorFree: number;
  interval: Interval;
  starts: string[];
  /** Affected installs of the first types. */
  series: { type: string | null; installs: number[] }[];
  affected: number[];
  sharing: number[];
  incomplete: number;
}

export interface ErrorVersions extends AsOf {
  rows: {
    version: string | null;
    installs: number;
    /** Sharing installs that ran it. */
    of: number;
    count: number;
    unattributed: number;
    firstDay: string;
    lastDay: string;
  }[];
}

export interface ErrorStacks extends AsOf {
  rows: {
    type: string;
    message: string | null;
    /** Innermost first. */
    frames: { function: string; module: string; line: number }[];
    installs: number;
    count: number;
    unattributed: number;
    sources: ErrorSource[];
    versions: string[];
    firstDay: string;
    lastDay: string;
  }[];
  total: { count: number; stacks: number };
}
