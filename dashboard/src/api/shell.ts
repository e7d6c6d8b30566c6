import type { Interval } from "../format/dates.ts";

// The read API's answers that the frame itself asks for, by its own names; the collector publishes
// all of them at /api/openapi.json. Each area of pages has its own file beside this one.

/** Every answer says until when received data is loaded (ISO 8601). */
export interface AsOf {
  asOf: string;
}

export interface Apps extends AsOf {
  rows: {
    app: string;
    mode: "catalogue" | "learning";
    installs: number;
    lastReceivedAt: string | null;
  }[];
}

/** Counts of installs; the windows roll back from now and do not follow the range. */
export interface InstallsSummary extends AsOf {
  active: { day: number; week: number; month: number };
  total: number;
  admitted: number;
  pending: number;
  new: number;
  churned: number;
  sharingDetailed: number;
  /** Of `total`: last seen less than a day after first seen. */
  underADay: number;
  /** The same, 28 days earlier. */
  previous: { month: number; new: number; churned: number };
  /** Of `active.month`: on the older of these releases or anything newer. */
  latest: { releases: string[]; installs: number };
  /** Of `sharingDetailed`: without an error in the same 28 days. */
  withoutError: number;
}

export type BreakdownField =
  | "platform"
  | "os_version"
  | "architecture"
  | "locale"
  | "timezone"
  | "deployment_type"
  | "release_channel"
  | "app_version";

export interface Breakdown extends AsOf {
  field: BreakdownField;
  rows: { value: string; installs: number; share: number }[];
}

export interface ActiveInstalls extends AsOf {
  interval: Interval;
  rows: { start: string; installs: number; admitted: number; complete: boolean }[];
}

export interface Session {
  signedIn: true;
  /** Who; in parentheses where it is no user. */
  name: string;
  role: "administrator" | "viewer";
  /** What the credentials allow; the dashboard needs "read". */
  scopes: string[];
  apps: string[] | null;
  expiresAt: string | null;
}

/** What charts mark; newest version first. */
export interface Releases extends AsOf {
  rows: {
    version: string;
    day: string;
    listed: boolean;
    /** False where it was in use already when the app's data begins: `day` is no day of release. */
    known: boolean;
    note: string | null;
  }[];
}

export interface Annotations extends AsOf {
  rows: { id: string; day: string; text: string }[];
}
