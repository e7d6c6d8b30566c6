import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { errorParameters, TYPE } from "./error-shared.ts";
import { DAYS_IN_RANGE, IN_RANGE, JOINED, knownInstalls, SHARING, senders } from "./shared.ts";

const MOST_ROWS = 200;
const TYPE_ALLOWED = "a type of at most 200 characters; empty for errors that say none";

const reply = z
  .object({
    rows: z.array(
      z.object({
        version: z.string().nullable().meta({ description: "null where none was said." }),
        installs: count.meta({ description: "Distinct installs it happened on." }),
        of: count.meta({
          description:
            "Installs that share detailed in the range and said this version in it, those it happened on included.",
        }),
        count: count.meta({ description: "Records." }),
        firstDay: bucketDay.meta({ description: "UTC day of its first record in the range." }),
        lastDay: bucketDay,
      }),
    ),
    asOf,
  })
  .meta({
    id: "ErrorVersions",
    description: "One type of error by the version it happened on, newest first.",
    example: {
      rows: [
        {
          version: "2.3.1",
          installs: 24,
          of: 260,
          count: 97,
          firstDay: "2026-11-03",
          lastDay: "2026-11-20",
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const errorVersions = question({
  name: "errors_versions",
  path: "/v1/errors/versions",
  tag: "Events",
  summary: "An error by version",
  description: `Which versions a type of error happens on, at most ${MOST_ROWS} of them: on how many of the installs that ran them.`,
  parameters: z.object({
    ...common,
    ...errorParameters,
    type: z.string(TYPE_ALLOWED).max(200, TYPE_ALLOWED).optional().meta({
      description: "The type; empty for errors that say none. Without it: all errors.",
      example: "database",
    }),
  }),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { members, params, where } = population(app, parameters);
    const { event, property, type } = parameters;
    const rows = await ask<{
      version: string;
      installs: number;
      of: number;
      count: number;
      first_day: string;
      last_day: string;
    }>(
      `WITH ${members} AS population, bitmapAnd(${SHARING}, population) AS sharing
       SELECT
         version, bitmapCardinality(hit) AS installs, count,
         bitmapOrCardinality(hit, bitmapAnd(ran, sharing)) AS of,
         first_day, last_day
       FROM (
         SELECT
           app_version AS version, groupBitmapState(number) AS hit, count() AS count,
           min(day) AS first_day, max(day) AS last_day
         FROM (
           SELECT install_id, toDate(time) AS day, app_version FROM events
           WHERE ${IN_RANGE} AND event IN {names:Array(String)}${type === undefined ? "" : ` AND ${TYPE} = {type:String}`}
         ) AS records
         INNER JOIN (${knownInstalls("install_id, number", where, senders(`${DAYS_IN_RANGE} AND event IN {names:Array(String)}`))}) AS known USING (install_id)
         GROUP BY version
       ) AS hits
       LEFT JOIN (
         SELECT app_version AS version, groupBitmapMergeState(installs) AS ran
         FROM version_days WHERE ${DAYS_IN_RANGE} GROUP BY version
       ) AS runs USING (version)
       ORDER BY installs DESC
       LIMIT {most:UInt16}
       ${JOINED}`,
      {
        ...{ ...params, ...range, names: event, property, most: MOST_ROWS },
        ...(type !== undefined && { type }),
      },
    );
    return {
      rows: rows
        .sort((one, other) => compareVersions(one.version, other.version))
        .map(({ version, installs, of, count, first_day, last_day }) => ({
          version: version === "" ? null : version,
          ...{ installs, of, count },
          ...{ firstDay: first_day, lastDay: last_day },
        })),
      asOf,
    };
  },
});
