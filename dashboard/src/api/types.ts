import type { Interval } from "../format/dates.ts";

// The read API's answers, by its own names; the collector publishes the same at /api/openapi.json.

/** Every answer says until when received data is loaded (ISO 8601). */
interface AsOf {
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
}

export interface ActiveInstalls extends AsOf {
  interval: Interval;
  rows: { start: string; installs: number; admitted: number; complete: boolean }[];
}

export interface InstallVersions extends AsOf {
  rows: { version: string; installs: number; share: number }[];
  series: { starts: string[]; versions: { version: string; installs: number[] }[] };
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

export interface Session {
  signedIn: true;
  expiresAt: string;
}
