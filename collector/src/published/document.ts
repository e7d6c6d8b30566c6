import type { Day } from "../read/days.ts";

/** Base fields that installs are counted by. */
export const FIELDS = [
  "app_version",
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
] as const;
export type Field = (typeof FIELDS)[number];

/** Fields that may be combined with every other field. */
const MAIN: readonly Field[] = ["app_version", "platform", "deployment_type", "release_channel"];

/** Every pair of fields that is counted together, each in the order of `FIELDS`. */
export const PAIRS: readonly (readonly [Field, Field])[] = FIELDS.flatMap((a, at) =>
  FIELDS.slice(at + 1)
    .filter((b) => MAIN.includes(a) || MAIN.includes(b))
    .map((b) => [a, b] as const),
);

/** Values of a field that have a count of their own; the others are in Other. */
export const MOST_VALUES = 50;
/** The same where two fields are combined. */
export const MOST_VALUES_OF_PAIR = 12;
export const MOST_EVENTS = 100;

/** Counts over a whole app: they are rounded, and never suppressed. */
export interface Totals {
  /** With a base record on the day. */
  day: number;
  /** In the 7 days that end with it. */
  week: number;
  /** In the 28 days that end with it. */
  month: number;
  /** First seen in those 28 days. */
  new: number;
  /** Active in the 28 days before those, and not since. */
  churned: number;
  /** Of `month`: with a detailed record in the same days. */
  sharing: number;
}

/** Installs of the 28 days by one field, most first. */
export interface FieldTable {
  rows: [value: string, installs: number][];
  /** All values that have no row, together; 0 where there is no such row. */
  other: number;
}

/** Installs of the 28 days by two fields. */
export interface PairTable {
  /** Values of the first and of the second field; the place after the last one is Other. */
  values: [string[], string[]];
  /** Places in the two lists, and installs. A cell that is not here is withheld, or nobody's. */
  cells: [first: number, second: number, installs: number][];
}

/** What restricted readers get of one app and UTC day. Nothing in it is about fewer than `k` installs. */
export interface PublishedDocument {
  version: 1;
  app: string;
  day: Day;
  /** No group of fewer installs than this is in the document. */
  k: number;
  /** Every count is a multiple of this. */
  rounding: number;
  totals: Totals;
  /** Null where too few installs are active to say anything but totals. */
  fields: Record<Field, FieldTable> | null;
  /** By `a,b` with the names of two fields, as in `PAIRS`. */
  pairs: Record<string, PairTable>;
  /** Installs that sent each event in the 28 days, most first. */
  events: [event: string, installs: number][];
}
