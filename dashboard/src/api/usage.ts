import type { Interval } from "../format/dates.ts";
import type { AsOf } from "./shell.ts";

// Answers about detailed usage, for the pages Features, Funnels and Errors.

export interface Events extends AsOf {
  rows: { event: string; count: number; installs: number; users: number }[];
  sharingDetailed: number;
}

export interface EventTrend extends AsOf {
  interval: Interval;
  starts: string[];
  series: { event: string; counts: number[]; installs: number[] }[];
  /** How many buckets at the end are still filling. */
  incomplete: number;
}
