import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import { common, interval as intervalName, intervalParameter } from "../parameters.ts";
import { population } from "../population.ts";
import { type Context, question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { errorParameters, TYPE } from "./error-shared.ts";
import {
  DAYS_IN_RANGE,
  IN_RANGE,
  JOINED,
  knownInstalls,
  SHARING,
  senders,
  sharingDetailed,
} from "./shared.ts";
import { fittingSpan } from "./span.ts";
import { numbered } from "./versions.ts";

const MOST_ROWS = 100;
const MOST_LINES = 6;
const MOST_VERSIONS = 1000;

const reply = z
  .object({
    rows: z.array(
      z.object({
        type: z.string().nullable().meta({ description: "null for errors that say no type." }),
        installs: count.meta({ description: "Distinct installs it happened on." }),
        count: count.meta({ description: "Records." }),
        events: z.array(z.string()),
        firstVersion: z.string().nullable().meta({
          description:
            "The lowest version it ever happened on, as far back as records are kept; null where none was said.",
        }),
        lastVersion: z.string().nullable().meta({ description: "The highest, likewise." }),
        firstDay: bucketDay.meta({ description: "UTC day of its first record in the range." }),
        lastDay: bucketDay,
      }),
    ),
    total: z.object({ installs: count, count, types: count }),
    sharingDetailed,
    errorFree: count.meta({ description: "Of `sharingDetailed`: installs without any error." }),
    interval: intervalName,
    starts: z.array(bucketDay),
    series: z
      .array(z.object({ type: z.string().nullable(), installs: z.array(count) }))
      .meta({ description: `Affected installs in each bucket, of the first ${MOST_LINES} rows.` }),
    affected: z.array(count).meta({ description: "Installs with any error in each bucket." }),
    sharing: z.array(count).meta({ description: "Installs that share detailed in each bucket." }),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    asOf,
  })
  .meta({
    id: "Errors",
    description: "Errors by type; those first that happened on most installs.",
    example: {
      rows: [
        {
          type: "database",
          installs: 31,
          count: 118,
          events: ["error_occurred", "system.error"],
          firstVersion: "2.3.0",
          lastVersion: "2.3.1",
          firstDay: "2026-11-03",
          lastDay: "2026-11-20",
        },
      ],
      total: { installs: 31, count: 118, types: 1 },
      sharingDetailed: 457,
      errorFree: 426,
      interval: "day",
      starts: ["2026-11-19", "2026-11-20"],
      series: [{ type: "database", installs: [4, 1] }],
      affected: [4, 1],
      sharing: [402, 171],
      incomplete: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface TypeRow {
  type: string;
  installs: number;
  count: number;
  events: string[];
  first_day: string;
  last_day: string;
  types: number;
}

export const errors = question({
  name: "errors",
  path: "/v1/errors",
  tag: "Events",
  summary: "Errors by type",
  description:
    "What the app reports as errors, by their type: ranked by the installs it happened on, because one install in trouble can send any number of records.",
  parameters: z.object({ ...common, ...errorParameters, interval: intervalParameter }),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, asOf } = context;
    const { members, params, where } = population(app, parameters);
    const { interval, starts, first, until, incomplete } = fittingSpan(
      context,
      parameters.interval,
    );
    const bound = {
      ...{ ...params, ...range, first, until },
      ...{ names: parameters.event, property: parameters.property },
    };
    const records = (ofRecords: string, ofDays: string) => `
      FROM (
        SELECT event, install_id, toDate(time) AS day, app_version, ${TYPE} AS type
        FROM events WHERE event IN {names:Array(String)} AND ${ofRecords}
      ) AS records
      INNER JOIN (${knownInstalls("install_id, number", where, senders(`${ofDays} AND event IN {names:Array(String)}`))}) AS known USING (install_id)`;
    const [rows, [whole], days] = await Promise.all([
      ask<TypeRow>(
        `SELECT
           type, groupBitmap(number) AS installs, count() AS count,
           arraySort(groupUniqArray(event)) AS events,
           min(day) AS first_day, max(day) AS last_day,
           count() OVER () AS types
         ${records(IN_RANGE, DAYS_IN_RANGE)}
         GROUP BY type
         ORDER BY installs DESC, count DESC, type
         LIMIT {most:UInt16}
         ${JOINED}`,
        { ...bound, most: MOST_ROWS },
      ),
      ask<{ sharing: number; affected: number; count: number }>(
        `WITH ${members} AS population, bitmapAnd(${SHARING}, population) AS sharers
         SELECT
           bitmapCardinality(sharers) AS sharing,
           bitmapAndCardinality(sharers, ${senders(`${DAYS_IN_RANGE} AND event IN {names:Array(String)}`)}) AS affected,
           (SELECT count() ${records(IN_RANGE, DAYS_IN_RANGE)}) AS count
         ${JOINED}`,
        bound,
      ),
      perBucket(members, interval, bound, context),
    ]);
    const told = rows.slice(0, MOST_LINES).map(({ type }) => type);
    const [lines, versions] = await Promise.all([
      ask<{ type: string; start: string; installs: number }>(
        `SELECT type, ${BUCKET[interval]("day")} AS start, groupBitmap(number) AS installs
         ${records(
           "app = {app:String} AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}",
           "app = {app:String} AND day >= {first:Date} AND day < {until:Date}",
         )}
         WHERE type IN {told:Array(String)}
         GROUP BY type, start
         ${JOINED}`,
        { ...bound, told },
      ),
      // Of all days: the table is sorted by event, and errors are few of the records.
      ask<{ type: string; versions: string[] }>(
        `SELECT type, groupUniqArray(${MOST_VERSIONS})(app_version) AS versions
         ${records("app = {app:String}", "app = {app:String}")}
         WHERE type IN {types:Array(String)}
         GROUP BY type
         ${JOINED}`,
        { ...bound, types: rows.map(({ type }) => type) },
      ),
    ]);
    const versionsOf = new Map(versions.map((row) => [row.type, row.versions]));
    return {
      rows: rows.map((row) => ({
        type: row.type === "" ? null : row.type,
        installs: row.installs,
        count: row.count,
        events: row.events,
        ...endsOf(versionsOf.get(row.type) ?? []),
        firstDay: row.first_day,
        lastDay: row.last_day,
      })),
      total: {
        installs: whole?.affected ?? 0,
        count: whole?.count ?? 0,
        types: rows[0]?.types ?? 0,
      },
      sharingDetailed: whole?.sharing ?? 0,
      errorFree: (whole?.sharing ?? 0) - (whole?.affected ?? 0),
      interval,
      starts,
      series: told.map((type) => ({
        type: type === "" ? null : type,
        installs: starts.map(
          (start) =>
            lines.find((line) => line.type === type && line.start === start)?.installs ?? 0,
        ),
      })),
      affected: starts.map((start) => days.get(start)?.affected ?? 0),
      sharing: starts.map((start) => days.get(start)?.sharing ?? 0),
      incomplete,
      asOf,
    };
  },
});

/** Installs that share detailed, and of them those with an error, in each bucket. */
async function perBucket(
  members: string,
  interval: z.output<typeof intervalName>,
  bound: Parameters<Context["ask"]>[1],
  { ask }: Pick<Context, "ask">,
) {
  const rows = await ask<{ start: string; sharing: number; affected: number }>(
    `WITH ${members} AS population
     SELECT
       ${BUCKET[interval]("day")} AS start,
       bitmapAndCardinality(groupBitmapMergeState(installs), population) AS sharing,
       bitmapAndCardinality(groupBitmapMergeStateIf(installs, event IN {names:Array(String)}), population) AS affected
     FROM event_days
     WHERE app = {app:String} AND day >= {first:Date} AND day < {until:Date}
     GROUP BY start`,
    bound,
  );
  return new Map(rows.map((row) => [row.start, row]));
}

function endsOf(versions: string[]) {
  const named = numbered(versions).sort(compareVersions);
  return { firstVersion: named.at(-1) ?? null, lastVersion: named[0] ?? null };
}
