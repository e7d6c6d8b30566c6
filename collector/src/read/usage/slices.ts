import type { Params } from "../../store/client.ts";
import { BUCKET } from "../buckets.ts";
import type { Interval } from "../days.ts";
import { type InstallFilter, population } from "../population.ts";
import type { Context } from "../question.ts";
import { type Condition, conditionSql } from "./conditions.ts";
import { IN_RANGE, USERS } from "./shared.ts";
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
  const bound = { ...params, ...range };
  const measure = SQL[slicing.measure];

  const top =
    slicing.by === null
      ? []
      : await ask<{ code: string; different: number }>(
          `SELECT code, count() OVER () AS different
           FROM (SELECT code, ${measure} AS amount ${from(IN_RANGE)} GROUP BY code)
           WHERE code != {none:String}
           ORDER BY amount DESC, code
           LIMIT {top:UInt16}`,
          { ...bound, top: slicing.top, none: NONE },
        );
  const kept = top.map(({ code }) => code);
  const marks = { kept, none: NONE, other: OTHER };
  const [totals, times] = await Promise.all([
    ask<{ slice: string; count: number; installs: number; users: number }>(
      `SELECT ${SLICE} AS slice, count() AS count, groupBitmap(number) AS installs, ${USERS} AS users
       ${from(IN_RANGE)}
       GROUP BY GROUPING SETS ((slice), ())`,
      { ...bound, ...marks },
    ),
    overTime(slicing.interval, measure, from, { ...params, ...marks }, context),
  ]);
  const found = new Map(totals.map(({ slice, ...row }) => [slice, row]));
  const numbers = (slice: string) => ({
    ...(found.get(slice) ?? { count: 0, installs: 0, users: 0 }),
    points: times.points(slice),
  });
  const rest = slicing.by === null ? [] : [OTHER, NONE].filter((slice) => found.has(slice));
  return {
    total: numbers(TOTAL),
    rows: [...kept, ...rest].map((slice) => ({ ...label(slice), ...numbers(slice) })),
    folded: Math.max(0, (top[0]?.different ?? 0) - top.length),
    interval: times.interval,
    starts: times.starts,
    incomplete: times.incomplete,
  };
}

const SLICE =
  "multiIf(has({kept:Array(String)}, code), code, code = {none:String}, code, {other:String})";

function label(slice: string): Pick<Slice, "kind" | "value"> {
  if (slice === NONE) return { kind: "none", value: "" };
  if (slice === OTHER) return { kind: "other", value: "" };
  return { kind: "value", value: slice.slice(VALUE.length) };
}

/** `FROM …` of the records that are asked for, given a condition on their days. */
type From = (days: string) => string;

/** The records with their install's number, so that sets of installs are small and exact. */
function source({ events, conditions, by }: Slicing, filter: InstallFilter, { app }: Context) {
  const { where, params } = population(app, filter);
  const condition = conditionSql(conditions, "where");
  const { ofRecord, ofInstall } = codes(by);
  const from: From = (days) => `
    FROM (
      SELECT toDate(time) AS day, install_id, user${ofRecord} FROM events
      WHERE event IN {events:Array(String)} AND ${days} AND ${condition.text}
    ) AS records
    INNER JOIN (
      SELECT install_id, number${ofInstall} FROM installs_flat WHERE ${where}
    ) AS known USING (install_id)`;
  const property = by !== null && "property" in by ? { property: by.property } : {};
  return { from, params: { ...params, ...condition.params, ...property, events } };
}

/** The column `code`, on the side of the join that knows it. */
function codes(by: By | null): { ofRecord: string; ofInstall: string } {
  const marked = (value: string) => `concat('${VALUE}', ${value})`;
  const column = (name: string) => `, if(${name} = '', '${NONE}', ${marked(name)}) AS code`;
  if (by === null) return { ofRecord: `, '${NONE}' AS code`, ofInstall: "" };
  if ("field" in by) {
    // What a record says of its version is what it happened on; of the rest only the install knows.
    return by.field === "app_version"
      ? { ofRecord: column("app_version"), ofInstall: "" }
      : { ofRecord: "", ofInstall: column(by.field) };
  }
  const key = "{property:String}";
  const value = `multiIf(
        mapContains(properties, ${key}), ${marked(`properties[${key}]`)},
        mapContains(numbers, ${key}), ${marked(`toString(numbers[${key}])`)},
        '${NONE}')`;
  return { ofRecord: `, ${value} AS code`, ofInstall: "" };
}

/** The measure of each slice in each bucket. */
async function overTime(
  interval: Interval | null,
  measure: string,
  from: From,
  bound: Params,
  context: Context,
) {
  if (interval === null)
    return { interval, starts: [], incomplete: 0, points: (_slice: string) => null };
  const span = fittingSpan(context, interval);
  const { first, until, starts, incomplete } = span;
  const rows = await context.ask<{ slice: string; start: string; amount: number }>(
    `SELECT ${SLICE} AS slice, ${BUCKET[span.interval]("day")} AS start, ${measure} AS amount
     ${from("app = {app:String} AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}")}
     GROUP BY GROUPING SETS ((slice, start), (start))`,
    { ...bound, first, until },
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
