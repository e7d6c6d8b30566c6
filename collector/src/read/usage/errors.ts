import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import { common, interval as intervalName, intervalParameter } from "../parameters.ts";
import { population } from "../population.ts";
import { type Context, question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { type ErrorRecords, errorRecords } from "./error-records.ts";
import {
  type ErrorSource,
  errorParameters,
  fromSignals,
  sources,
  unattributed,
} from "./error-shared.ts";
import { DAYS_IN_RANGE, IN_RANGE, JOINED, senders } from "./shared.ts";
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
        count: count.meta({ description: "Records, those that said no install included." }),
        unattributed,
        sources,
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
    total: z.object({ installs: count, count, unattributed, types: count }),
    fromSignals,
    sharingDetailed: count.meta({
      description:
        "Installs with an accepted detailed record, or an exception of a span or a log, in the range.",
    }),
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
          ...{ count: 118, unattributed: 0, sources: ["event"] },
          events: ["error_occurred", "system.error"],
          firstVersion: "2.3.0",
          lastVersion: "2.3.1",
          firstDay: "2026-11-03",
          lastDay: "2026-11-20",
        },
      ],
      total: { installs: 31, count: 118, unattributed: 0, types: 1 },
      fromSignals: false,
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
  unattributed: number;
  sources: ErrorSource[];
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
    "What the app reports as errors, by their type, and exceptions that spans and logs report, by their class: ranked by the installs it happened on, because one install in trouble can send any number of records. Exceptions that said no install count as records and in no number of installs; where a filter asks for a field they are left out.",
  parameters: z.object({ ...common, ...errorParameters, interval: intervalParameter }),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, asOf } = context;
    const whose = population(app, parameters);
    const { members, params } = whose;
    const told = await errorRecords(ask, app, whose);
    const { interval, starts, first, until, incomplete } = fittingSpan(
      context,
      parameters.interval,
    );
    const bound = {
      ...{ ...params, ...range, first, until },
      ...{ names: parameters.event, property: parameters.property },
    };
    const inRange = told.from({ records: IN_RANGE, days: DAYS_IN_RANGE });
    const [rows, [whole], days] = await Promise.all([
      ask<TypeRow>(
        `SELECT
           type, bitmapCardinality(${told.numbers}) AS installs, count() AS count,
           ${told.unattributed} AS unattributed, ${told.sources} AS sources,
           arraySort(arrayFilter(name -> name != '', groupUniqArray(event))) AS events,
           min(day) AS first_day, max(day) AS last_day,
           count() OVER () AS types
         ${inRange}
         GROUP BY type
         ORDER BY installs DESC, count DESC, type
         LIMIT {most:UInt16}
         ${JOINED}`,
        { ...bound, most: MOST_ROWS },
      ),
      ask<{ sharing: number; affected: number; counts: [number, number] }>(
        `WITH ${members} AS population, bitmapAnd(${senders(DAYS_IN_RANGE, told.days)}, population) AS sharers
         SELECT
           bitmapCardinality(sharers) AS sharing,
           bitmapAndCardinality(sharers, ${senders(`${DAYS_IN_RANGE} AND ${told.isError}`, told.days)}) AS affected,
           (SELECT (count(), ${told.unattributed}) ${inRange}) AS counts
         ${JOINED}`,
        bound,
      ),
      perBucket(told, members, interval, bound, context),
    ]);
    const drawn = rows.slice(0, MOST_LINES).map(({ type }) => type);
    const [lines, versions] = await Promise.all([
      ask<{ type: string; start: string; installs: number }>(
        `SELECT type, ${BUCKET[interval]("day")} AS start, bitmapCardinality(${told.numbers}) AS installs
         ${told.from({
           records:
             "app = {app:String} AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}",
           days: "app = {app:String} AND day >= {first:Date} AND day < {until:Date}",
         })}
         WHERE type IN {drawn:Array(String)}
         GROUP BY type, start
         ${JOINED}`,
        { ...bound, drawn },
      ),
      // Of all days: the table is sorted by event, and errors are few of the records.
      ask<{ type: string; versions: string[] }>(
        `SELECT type, groupUniqArray(${MOST_VERSIONS})(app_version) AS versions
         ${told.from({ records: "app = {app:String}", days: "app = {app:String}" })}
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
        unattributed: row.unattributed,
        sources: row.sources,
        events: row.events,
        ...endsOf(versionsOf.get(row.type) ?? []),
        firstDay: row.first_day,
        lastDay: row.last_day,
      })),
      total: {
        installs: whole?.affected ?? 0,
        count: whole?.counts[0] ?? 0,
        unattributed: whole?.counts[1] ?? 0,
        types: rows[0]?.types ?? 0,
      },
      fromSignals: told.fromSignals,
      sharingDetailed: whole?.sharing ?? 0,
      errorFree: (whole?.sharing ?? 0) - (whole?.affected ?? 0),
      interval,
      starts,
      series: drawn.map((type) => ({
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
  { days, isError }: ErrorRecords,
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
       bitmapAndCardinality(groupBitmapMergeStateIf(installs, ${isError}), population) AS affected
     FROM ${days}
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
