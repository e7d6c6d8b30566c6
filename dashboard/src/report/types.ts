/** Answers of the collector, as collector/src/published/report.ts makes them. */
export type Field =
  | "app_version"
  | "platform"
  | "os_version"
  | "architecture"
  | "locale"
  | "timezone"
  | "deployment_type"
  | "release_channel";

export interface Breakdown {
  field: Field;
  rows: { value: string; installs: number }[];
  other: number;
  withheld: boolean;
}

export interface Report {
  app: string;
  name: string;
  day: string | null;
  nextAt: string;
  k: number | null;
  rounding: number | null;
  least: number | null;
  charts: string[];
  filters: Partial<Record<Field, string>>;
  totals: {
    day: number;
    week: number;
    month: number;
    new: number;
    churned: number;
    sharing: number;
  } | null;
  installs: number | null;
  active: {
    days: string[];
    month: (number | null)[];
    week: number[] | null;
    day: number[] | null;
  } | null;
  versions: {
    days: string[];
    rows: { version: string | null; installs: (number | null)[] }[];
  } | null;
  breakdowns: Breakdown[];
  events: { event: string; installs: number }[] | null;
}
