import { addDays, type Day } from "../read/days.ts";
import { UNKNOWN } from "../read/population.ts";
import type { Ask } from "../read/question.ts";
import type { Params } from "../store/client.ts";
import { FIELDS, type Field, MOST_EVENTS, PAIRS, type Totals } from "./document.ts";
import type { Folded, ValueCounts } from "./fold.ts";

/*
 * The true counts that a document is made from. They are read from the plain rows of installs and the
 * sets of days, of admitted installs only, and leave this folder rounded and folded.
 */

/** More values than this have no row of their own. */
const MOST_READ = 500;

/** The version is the last that was said up to the day; the other fields are those of now. */
const VALUE: Record<Field, string> = {
  app_version: "versions[arrayLastIndex(said -> said <= {day:Date}, version_days)]",
  platform: "platform",
  os_version: "os_version",
  architecture: "architecture",
  locale: "locale",
  timezone: "timezone",
  deployment_type: "deployment_type",
  release_channel: "release_channel",
};

const ADMITTED =
  "SELECT groupBitmapState(number) FROM installs_flat WHERE app = {app:String} AND admitted";
const IN_WINDOW = "app = {app:String} AND day > {before:Date} AND day <= {day:Date}";
/** Installs of the 28 days; an erased one is in the days' sets, and not among the admitted. */
const ACTIVE = `SELECT bitmapAnd(groupBitmapMergeState(installs), (${ADMITTED})) FROM active_days WHERE ${IN_WINDOW}`;

const named = (field: Field) => {
  const value = `toString(${VALUE[field]})`;
  return `if(${value} = '', {unknown:String}, ${value})`;
};

/** Counts for one app and UTC day. Each throws as `Store.query` does. */
export interface Counts {
  totals(): Promise<Totals>;
  byField(): Promise<Record<Field, ValueCounts>>;
  /** Installs by the places of two folded fields, for each of `PAIRS`. */
  byPair(places: Record<Field, Places>): Promise<number[][][]>;
  events(): Promise<[event: string, installs: number][]>;
}

/** To which place each value of a field goes. */
export interface Places {
  /** Values that have a row in the field's own table. */
  all: Folded;
  /** The places: those that the field has in tables of two. */
  narrow: Folded;
}

export function createCounts(ask: Ask, app: string, day: Day): Counts {
  const window = { app, day, before: addDays(day, -28), unknown: UNKNOWN };
  return {
    async totals() {
      const params = { ...window, week: addDays(day, -7), earlier: addDays(day, -56) };
      const [[active], [detailed], [fresh]] = await Promise.all([
        ask<Pick<Totals, "day" | "week" | "month" | "churned">>(
          `WITH
             (${ADMITTED}) AS population,
             groupBitmapMergeStateIf(installs, at > {before:Date}) AS in_window
           SELECT
             bitmapAndCardinality(groupBitmapMergeStateIf(installs, at = {day:Date}), population) AS day,
             bitmapAndCardinality(groupBitmapMergeStateIf(installs, at > {week:Date}), population) AS week,
             bitmapAndCardinality(in_window, population) AS month,
             bitmapAndCardinality(
               bitmapAndnot(groupBitmapMergeStateIf(installs, at <= {before:Date}), in_window), population) AS churned
           FROM (
             SELECT day AS at, installs FROM active_days
             WHERE app = {app:String} AND day > {earlier:Date} AND day <= {day:Date}
           )`,
          params,
        ),
        ask<{ sharing: number }>(
          `WITH (${ACTIVE}) AS active
           SELECT bitmapAndCardinality(groupBitmapMergeState(installs), active) AS sharing
           FROM event_days WHERE ${IN_WINDOW}`,
          params,
        ),
        ask<{ new: number }>(
          `SELECT count() AS new FROM installs_flat
           WHERE app = {app:String} AND admitted
             AND toDate(first_seen) > {before:Date} AND toDate(first_seen) <= {day:Date}`,
          params,
        ),
      ]);
      const nobody = { day: 0, week: 0, month: 0, churned: 0 };
      return {
        ...(active ?? nobody),
        new: fresh?.new ?? 0,
        sharing: detailed?.sharing ?? 0,
      };
    },

    async byField() {
      const values = FIELDS.map((field, at) => `(${at}, ${named(field)})`);
      // One pass over the rows, each of which gives as many as there are fields.
      const rows = await ask<{ field: number; value: string; installs: number; whole: number }>(
        `WITH (${ACTIVE}) AS active
         SELECT said.1 AS field, said.2 AS value, count() AS installs, sum(count()) OVER (PARTITION BY field) AS whole
         FROM (
           SELECT arrayJoin([${values.join(", ")}]) AS said FROM installs_flat
           WHERE app = {app:String} AND admitted AND bitmapContains(active, number)
         )
         GROUP BY field, value ORDER BY installs DESC, value LIMIT ${MOST_READ} BY field`,
        window,
      );
      const counts = FIELDS.map((field, at) => {
        const own = rows.filter((row) => row.field === at);
        const largest = new Map(own.map(({ value, installs }) => [value, installs]));
        return [field, { largest, whole: own[0]?.whole ?? 0 }] as [Field, ValueCounts];
      });
      return Object.fromEntries(counts) as Record<Field, ValueCounts>;
    },

    async byPair(places) {
      const at = (field: Field) => `at_${FIELDS.indexOf(field)}`;
      const columns = FIELDS.map((field) => `${placeSql(field, at(field))} AS ${at(field)}`);
      const cells = PAIRS.map(([a, b], pair) => `(${pair}, ${at(a)}, ${at(b)})`);
      const rows = await ask<{ pair: number; first: number; second: number; installs: number }>(
        `WITH (${ACTIVE}) AS active
         SELECT cell.1 AS pair, cell.2 AS first, cell.3 AS second, count() AS installs
         FROM (
           SELECT arrayJoin([${cells.join(", ")}]) AS cell FROM (
             SELECT ${columns.join(", ")} FROM installs_flat
             WHERE app = {app:String} AND admitted AND bitmapContains(active, number)
           )
         )
         GROUP BY pair, first, second`,
        Object.assign({}, window, ...FIELDS.map((field) => placeParams(at(field), places[field]))),
      );
      const tables = PAIRS.map(([a, b]) =>
        places[a].narrow.installs.map(() => places[b].narrow.installs.map(() => 0)),
      );
      for (const { pair, first, second, installs } of rows) {
        const line = tables[pair]?.[first];
        if (line?.[second] !== undefined) line[second] = installs;
      }
      return tables;
    },

    async events() {
      const rows = await ask<{ event: string; installs: number }>(
        `WITH (${ACTIVE}) AS active
         SELECT event, bitmapAndCardinality(groupBitmapMergeState(installs), active) AS installs
         FROM event_days WHERE ${IN_WINDOW}
         GROUP BY event ORDER BY installs DESC, event LIMIT ${MOST_EVENTS}`,
        window,
      );
      return rows.map(({ event, installs }) => [event, installs]);
    },
  };
}

/** The place of a field's value; `name` stands before the names of what is bound. */
const placeSql = (field: Field, name: string) =>
  `transform(${named(field)}, {${name}:Array(String)}, {${name}_to:Array(UInt8)}, toUInt8({${name}_else:UInt8}))`;

function placeParams(name: string, { all, narrow }: Places): Params {
  // ClickHouse translates from no empty array; no value is this word.
  const values = all.shown.length === 0 ? ["\u0000"] : all.shown;
  const last = narrow.shown.length;
  return {
    [name]: values,
    [`${name}_to`]: values.map((_, place) => Math.min(place, last)),
    [`${name}_else`]: narrow.elsewhere,
  };
}
