import type { Interval } from "../format/dates.ts";
import type { AsOf } from "./shell.ts";

// Answers about installs, for the pages Overview, Installs, Versions, Environments and Retention.
// Counts, and shares between 0 and 1; null is "not yet".

export interface RollingInstalls extends AsOf {
  /** Active on the UTC day, and in the 7 and 28 days that end with it. */
  rows: { start: string; day: number; week: number; month: number; complete: boolean }[];
}

export interface Lifecycle extends AsOf {
  interval: Interval;
  rows: {
    start: string;
    new: number;
    returning: number;
    resurrected: number;
    /** Who is missing may still come: null while the bucket fills. */
    dormant: number | null;
    complete: boolean;
  }[];
}

export interface InstallVersions extends AsOf {
  rows: { version: string; installs: number; share: number }[];
  series: { starts: string[]; versions: { version: string; installs: number[] }[] };
}

/** A release day by day since it came out: who was on it, of those who reported. */
interface ReleaseDays {
  version: string;
  /** The UTC day. */
  released: string;
  /** By the maintainer; otherwise the day on which enough installs had said it. */
  listed: boolean;
  installs: (number | null)[];
  reporting: (number | null)[];
  /** How many of its last days still fill. */
  incomplete: number;
}

export interface Adoption extends AsOf {
  days: number[];
  series: ReleaseDays[];
}

export interface UpgradeLag extends AsOf {
  days: number[];
  /** On that release or a later one. */
  latest: ReleaseDays | null;
  /** Over the last six releases. */
  median: (number | null)[];
  /** How many releases each median is of. */
  releases: number[];
}

export interface Upgrades extends AsOf {
  rows: {
    from: string;
    to: string;
    kind: "upgrade" | "downgrade" | "unordered";
    installs: number;
    /** On the version before. */
    medianDays: number;
  }[];
  other: { paths: number; installs: number };
  total: number;
  downgrades: number;
}

export interface StuckInstalls extends AsOf {
  days: number;
  rows: {
    version: string;
    installs: number;
    share: number;
    medianDays: number;
    newest: string;
  }[];
  other: { versions: number; installs: number };
  total: number;
  active: number;
}

export const DROPPABLE_FIELDS = ["app_version", "os_version", "platform", "architecture"] as const;
export type DroppableField = (typeof DROPPABLE_FIELDS)[number];

export interface Droppable extends AsOf {
  field: DroppableField;
  rows: {
    platform: string | null;
    value: string;
    installs: number;
    /** Who would be left behind: older than `value`, or with it where values have no order. */
    behind: number;
    share: number;
  }[];
  unordered: number;
  active: number;
}

export interface InstallAge extends AsOf {
  rows: {
    bin: AgeBin;
    fromDays: number;
    untilDays: number | null;
    installs: number;
    share: number;
  }[];
  active: number;
}

export type AgeBin =
  | "under_1_day"
  | "1_to_7_days"
  | "1_to_4_weeks"
  | "1_to_3_months"
  | "3_to_6_months"
  | "6_to_12_months"
  | "1_to_2_years"
  | "over_2_years";

export interface Survival extends AsOf {
  rows: { days: number; alive: number; installs: number; few: boolean }[];
}

/** Weekly cohorts: how many of each come back in week 0, 1, 2, … */
export interface Retention extends AsOf {
  weeks: number;
  rows: { start: string; size: number; complete: boolean; counts: (number | null)[] }[];
}
