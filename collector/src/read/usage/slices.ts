import type { Params } from "../../store/client.ts";
import { BUCKET } from "../buckets.ts";
import type { Interval } from "../days.ts";
import { type InstallFilter, population } from "../population.ts";
import type { Context } from "../question.ts";
import { type Condition, conditionSql } from "./conditions.ts";
import { DAYS_IN_RANGE, IN_RANGE, JOINED, knownInstalls, senders, USERS } from "./shared.ts";
import { fittingSpan } from "./span.ts";

export const MEASURES = ["count", "installs", "users"] as const;
export type Measure = (typeof MEASURES)[number];

/** What records are grouped by: one of their properties, or a field of their install. */
export type By = { property: string } | { field: InstallField };

/** Base fields of an install; `app_version` is what the record itself says. */
export const INSTALL_FIELDS = [
  "app_version",
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
] as const;
export type InstallField = (typeof INSTALL_FIELDS)[number];

export interface Slicing {
  events: readonly string[];
  conditions: readonly Condition[];
  /** null: the total alone. */
  by: By | null;
  measure: Measure;
  /** How many values are told apart. */
  top: number;
  /** null: without points over time. */
  interval: Interval | null;
}

/** One value's records in the range. */
export interface Slice {
  /** `value`: one value. `none`: records without it. `other`: all other values together. */
  kind: "value" | "none" | "other";
  /** The value; "" for `none` and `other`. */
  value: string;
  count: number;
  installs: number;
  users: number;
  /** The measure in each bucket; null where no interval was asked for. */
  points: number[] | null;
}

export interface Slices {
  total: Omit<Slice, "kind" | "value">;
  /** By the measure, most first; then `other`, then `none`, each where there is any. */
  rows: Slice[];
  /** How many values are in `other`. */
  folded: number;
  interval: Interval | null;
  starts: string[];
  incomplete: number;
}

/*
 * What a record is grouped under, as one text: "" stands for the total (what GROUPING SETS leaves
 * out is empty), so every value has a mark in front.
 */
const TOTAL = "";
const NONE = "-";
const OTHER = "+";
const VALUE = "=";

const SQL: Record<Measure, string> = {
  count: "count()",
  installs: "groupBitmap(number)",
  users: USERS,
};

/** The same of one value, beside its sets. */
const AMOUNT: Record<Measure, string> = {
  count: "records",
  installs: "bitmapCardinality(senders)",
  users: "finalizeAggregation(people)",
};

/**
 * Records of some events that meet conditions, by the values of one property or field. Installs and
 * users of `other` are counted anew: one that has several values counts once.
 *
 * @example await slices({ events: ["auth.login"], conditions: [], by: { property: "auth_method" }, measure: "count", top: 5, interval: null }, parameters, context)
 */
export async function slices(
  slicing: Slicing,
  filter: InstallFilter,
  context: Context,
): Promise<Slices> {
  const { ask, range } = context;
  const { from, params } = source(slicing, filter, context);
  const totals = await ask<{
    slice: string;
    count: number;
    installs: number;
    users: number;
    different: number;
  }>(
    // One pass over the records: the rest is put together from each value's sets.
    `SELECT
       slice, sum(records) AS count, groupBitmapMerge(senders) AS installs, uniqMerge(people) AS users,
       count() AS different
     FROM (
       SELECT
         records, senders, people,
         multiIf(code = {none:String}, code, place <= {top:UInt16}, code, {other:String}) AS slice
       FROM (
         SELECT
           *,
           row_number() OVER (PARTITION BY code = {none:String} ORDER BY amount DESC, code) AS place
         FROM (
           SELECT
             if(raw = '', {none:String}, concat({value:String}, raw)) AS code, count() AS records, groupBitmapState(number) AS senders,
             uniqStateIf(user, user != 0) AS people, ${AMOUNT[slicing.measure]} AS amount
           ${from(IN_RANGE, DAYS_IN_RANGE)}
           GROUP BY raw
         )
       )
     )
     GROUP BY GROUPING SETS ((slice), ())
     ${JOINED}`,
    { ...params, ...range, top: slicing.top, none: NONE, other: OTHER, value: VALUE },
  );
  const found = new Map(totals.map(({ slice, ...row }) => [slice, row]));
  const kept = totals
    .filter(({ slice }) => slice.startsWith(VALUE))
    .sort((a, b) => b[slicing.measure] - a[slicing.measure] || (a.slice < b.slice ? -1 : 1))
    .map(({ slice }) => slice);
  const rest = slicing.by === null ? [] : [OTHER, NONE].filter((slice) => found.has(slice));
  const times = await overTime(
    slicing,
    from,
    { ...params, kept: kept.map((slice) => slice.slice(VALUE.length)) },
    context,
  );
  const numbers = (slice: string) => {
    const { count, installs, users } = found.get(slice) ?? { count: 0, installs: 0, users: 0 };
    return { count, installs, users, points: times.points(slice) };
  };
  return {
    total: numbers(TOTAL),
    rows: [...kept, ...rest].map((slice) => ({ ...label(slice), ...numbers(slice) })),
    folded: found.get(OTHER)?.different ?? 0,
    interval: times.interval,
    starts: times.starts,
    incomplete: times.incomplete,
  };
}

function label(slice: string): Pick<Slice, "kind" | "value"> {
  if (slice === NONE) return { kind: "none", value: "" };
  if (slice === OTHER) return { kind: "other", value: "" };
  return { kind: "value", value: slice.slice(VALUE.length) };
}

/**
 * `FROM …` of the records that are asked for.
 *
 * @param records condition on `events` that says of which days
 * @param days the same on `event_days`
 */
type From = (records: string, days: string) => string;

/**
 * The records with a number of their install, so that sets of installs are small and exact. It counts
 * those of this statement alone: of numbers without gaps a set is made in a third less time.
 */
function source({ events, conditions, by }: Slicing, filter: InstallFilter, { app }: Context) {
  const { where, params } = population(app, filter);
  const condition = conditionSql(conditions, "where");
  const { ofRecord, ofInstall } = values(by);
  const from: From = (records, days) => `
    FROM (
      SELECT toDate(time) AS day, install_id, user${ofRecord} FROM events
      WHERE event IN {events:Array(String)} AND ${records} AND ${condition.text}
    ) AS records
    INNER JOIN (
      SELECT *, toUInt32(rowNumberInAllBlocks()) AS number FROM (
        ${knownInstalls(`install_id${ofInstall}`, where, senders(`${days} AND event IN {events:Array(String)}`))}
      )
    ) AS known USING (install_id)`;
  const property = by !== null && "property" in by ? { property: by.property } : {};
  return { from, params: { ...params, ...condition.params, ...property, events } };
}

/** The column `raw`, on the side of the join that knows it: the value as text, "" for none. */
function values(by: By | null): { ofRecord: string; ofInstall: string } {
  if (by === null) return { ofRecord: ", '' AS raw", ofInstall: "" };
  if ("field" in by) {
    // What a record says of its version is what it happened on; of the rest only the install knows.
    return by.field === "app_version"
      ? { ofRecord: ", app_version AS raw", ofInstall: "" }
      : { ofRecord: "", ofInstall: `, ${by.field} AS raw` };
  }
  // The same as below, from a column of its own.
  if (by.property === "pathname") return { ofRecord: ", pathname AS raw", ofInstall: "" };
  const key = "{property:String}";
  // No value that is kept is empty text; one look into the map costs as much as all the rest.
  const value = `multiIf(
        properties[${key}] != '', properties[${key}],
        mapContains(numbers, ${key}), toString(numbers[${key}]),
        '')`;
  return { ofRecord: `, ${value} AS raw`, ofInstall: "" };
}

/** The measure of each slice in each bucket. */
async function overTime(
  { interval, measure }: Slicing,
  from: From,
  bound: Params,
  context: Context,
) {
  if (interval === null)
    return { interval, starts: [], incomplete: 0, points: (_slice: string) => null };
  const span = fittingSpan(context, interval);
  const { first, until, starts, incomplete } = span;
  const rows = await context.ask<{ slice: string; start: string; amount: number }>(
    `SELECT
       multiIf(raw = '', {none:String}, has({kept:Array(String)}, raw), concat({value:String}, raw), {other:String}) AS slice,
       ${BUCKET[span.interval]("day")} AS start, ${SQL[measure]} AS amount
     ${from(
       "app = {app:String} AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}",
       "app = {app:String} AND day >= {first:Date} AND day < {until:Date}",
     )}
     GROUP BY GROUPING SETS ((slice, start), (start))
     ${JOINED}`,
    { ...bound, first, until, none: NONE, other: OTHER, value: VALUE },
  );
  const place = new Map(starts.map((start, index) => [start, index]));
  const lines = new Map<string, number[]>();
  for (const { slice, start, amount } of rows) {
    const line = lines.get(slice) ?? starts.map(() => 0);
    line[place.get(start) ?? 0] = amount;
    lines.set(slice, line);
  }
  return {
    interval: span.interval,
    starts,
    incomplete,
    points: (slice: string): number[] | null => lines.get(slice) ?? starts.map(() => 0),
  };
}
