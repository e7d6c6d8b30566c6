import type { Params } from "../../../collector/src/store/client.ts";

/** One question as a page asks it, beside what answering it would take without sets and flat rows. */
export interface QueryCase {
  name: string;
  path: string;
  /** Of the Overview page, which has the strictest aims. */
  overview: boolean;
  /** Beside the app and `admitted`. */
  parameters: Record<string, string | string[]>;
  /** Bound by `plain` and `reads`, beside `app` and `now`. */
  params: Params;
  /** Columns that cannot be left unread, as statements that do nothing else with them. */
  reads: string[];
  plain?: Plain;
}

/** The query that one would write first, over the rows of records. */
export interface Plain {
  /** Several where an answer has several parts. */
  sql: string[];
  /** What is compared: made of the rows of each statement, and of the answer. */
  ofRows(...parts: Row[][]): unknown;
  ofAnswer(answer: Answer): unknown;
}

export type Row = Record<string, never>;
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape, compared and never used
export type Answer = any;

/** Installs that are admitted, from their heartbeats. */
export const ADMITTED = `(
  SELECT install_id FROM heartbeats WHERE app = {app:String} AND kind = 'heartbeat'
  GROUP BY install_id HAVING min(admission_day) < max(admission_day)
)`;

/** An admitted install's first and last record of either layer, and its latest version. */
export const LIVES = `(
  SELECT install_id, min(time) AS first, max(time) AS last, argMaxIf(app_version, time, app_version != '') AS version
  FROM (
    SELECT install_id, time, app_version FROM heartbeats WHERE app = {app:String}
    UNION ALL
    SELECT install_id, time, app_version FROM events WHERE app = {app:String}
  )
  GROUP BY install_id
)`;

/** A statement that reads columns and does nothing with them. */
export const reading = (columns: string, from: string): string =>
  `SELECT sum(ignore(${columns})) AS nothing FROM ${from}`;

/** Every install's number, for the population of a filter. */
export const READ_MEMBERS = reading("number, admitted", "installs_flat WHERE app = {app:String}");

/** By a row's key columns, so that the order of rows plays no part. */
export function keyed(rows: readonly object[], ...keys: string[]): Record<string, unknown> {
  const entries = rows.map((row) => {
    const cells = Object.entries(row);
    const key = keys.map((name) => String((row as Row)[name] ?? "")).join(" ");
    return [key, Object.fromEntries(cells.filter(([name]) => !keys.includes(name)))] as const;
  });
  return Object.fromEntries(entries);
}
