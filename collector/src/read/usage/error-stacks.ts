import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { NOBODYS } from "./error-records.ts";
import { type ErrorSource, errorType, sources, unattributed } from "./error-shared.ts";
import { JOINED } from "./shared.ts";

const MOST_ROWS = 10;
const MOST_VERSIONS = 1000;

const reply = z
  .object({
    rows: z.array(
      z.object({
        type: z.string().meta({ description: "The class of the exception." }),
        message: z.string().nullable().meta({
          description:
            "One that the app's catalogue lists; null for all others: they are not kept.",
        }),
        frames: z
          .array(
            z.object({
              function: z.string(),
              module: z
                .string()
                .meta({ description: "The app's part of a path; ? for any other." }),
              line: z.int().nonnegative(),
            }),
          )
          .meta({ description: "Innermost first; empty where no stack was said." }),
        installs: count.meta({ description: "Distinct installs it happened on." }),
        count: count.meta({ description: "Exceptions, those that said no install included." }),
        unattributed,
        sources,
        versions: z.array(z.string()).meta({ description: "Those it happened on, newest first." }),
        firstDay: bucketDay.meta({ description: "UTC day of its first one in the range." }),
        lastDay: bucketDay,
      }),
    ),
    total: z.object({ count, stacks: count }),
    asOf,
  })
  .meta({
    id: "ErrorStacks",
    description: "Where exceptions were thrown; the most frequent first.",
    example: {
      rows: [
        {
          ...{ type: "OperationalError", message: null },
          frames: [
            { function: "save", module: "src/entries.ts", line: 88 },
            { function: "stop", module: "src/timer.ts", line: 31 },
          ],
          ...{ installs: 24, count: 97, unattributed: 3, sources: ["event", "span"] },
          ...{ versions: ["2.3.1", "2.3.0"], firstDay: "2026-11-03", lastDay: "2026-11-20" },
        },
      ],
      total: { count: 97, stacks: 1 },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface StackRow {
  type: string;
  message: string;
  stack: string;
  installs: number;
  count: number;
  unattributed: number;
  sources: ErrorSource[];
  versions: string[];
  first_day: string;
  last_day: string;
  total: [number, number];
}

export const errorStacks = question({
  name: "errors_stacks",
  path: "/v1/errors/stacks",
  tag: "Events",
  summary: "Stacks of an exception",
  description: `The ${MOST_ROWS} most frequent stacks of a class of exceptions, of events, spans and logs: functions, modules and lines, nothing else. Exceptions that said no known install count, unless a filter asks for a field.`,
  parameters: z.object({ ...common, type: errorType }),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { params, where, byField } = population(app, parameters);
    const { type } = parameters;
    const exceptions = (whose: string) => `
      FROM exceptions
      WHERE app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}
        AND ${whose}${type === undefined ? "" : " AND type = {type:String}"}`;
    const columns = "type, message, stack, source, app_version, toDate(time) AS day";
    const rows = await ask<StackRow>(
      `SELECT
         type, message, stack, groupBitmapIf(number, NOT nobodys) AS installs, count() AS count,
         countIf(nobodys) AS unattributed, arraySort(groupUniqArray(source)) AS sources,
         groupUniqArray(${MOST_VERSIONS})(app_version) AS versions,
         min(day) AS first_day, max(day) AS last_day,
         (sum(count()) OVER (), count() OVER ()) AS total
       FROM (
         SELECT type, message, stack, source, app_version, day, number, false AS nobodys
         FROM (
           SELECT ${columns}, assumeNotNull(install_id) AS install_id ${exceptions("install_id IS NOT NULL")}
         ) AS told
         INNER JOIN (
           SELECT install_id, number FROM installs_flat
           WHERE ${where} AND install_id IN (SELECT assumeNotNull(install_id) ${exceptions("install_id IS NOT NULL")})
         ) AS known USING (install_id)
         UNION ALL
         SELECT ${columns}, toUInt32(0) AS number, true AS nobodys
         ${exceptions(byField ? "false" : NOBODYS)}
       )
       GROUP BY type, message, stack
       ORDER BY count DESC, installs DESC, type, stack, message
       LIMIT {most:UInt16}
       ${JOINED}`,
      { ...params, ...range, most: MOST_ROWS, ...(type !== undefined && { type }) },
    );
    const [all, stacks] = rows[0]?.total ?? [0, 0];
    return {
      rows: rows.map((row) => ({
        ...{ type: row.type, message: row.message || null, frames: framesOf(row.stack) },
        ...{ installs: row.installs, count: row.count, unattributed: row.unattributed },
        sources: row.sources,
        versions: row.versions.filter((version) => version !== "").sort(compareVersions),
        ...{ firstDay: row.first_day, lastDay: row.last_day },
      })),
      total: { count: all, stacks },
      asOf,
    };
  },
});

/** As `reduceStack` writes them: `at save (src/entries.ts:88:12)`. */
const FRAME = /^at (.+) \((.+?):(\d+)(?::\d+)?\)$/;

function framesOf(stack: string) {
  return stack.split("\n").flatMap((row) => {
    const [, name, module, line] = FRAME.exec(row) ?? [];
    if (name === undefined || module === undefined) return [];
    return [{ function: name, module, line: Number(line) }];
  });
}
