import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { errorRecords } from "./error-records.ts";
import { errorParameters, errorType, unattributed } from "./error-shared.ts";
import { DAYS_IN_RANGE, IN_RANGE, JOINED, senders } from "./shared.ts";

const MOST_ROWS = 200;

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
        count: count.meta({ description: "Records, those that said no install included." }),
        unattributed,
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
          unattributed: 0,
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
    type: errorType,
  }),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const whose = population(app, parameters);
    const { members, params } = whose;
    const { event, property, type } = parameters;
    const told = await errorRecords(ask, app, whose);
    const rows = await ask<{
      version: string;
      installs: number;
      of: number;
      count: number;
      unattributed: number;
      first_day: string;
      last_day: string;
    }>(
      `WITH ${members} AS population, bitmapAnd(${senders(DAYS_IN_RANGE, told.days)}, population) AS sharing
       SELECT
         version, bitmapCardinality(hit) AS installs, count, unattributed,
         bitmapOrCardinality(hit, bitmapAnd(ran, sharing)) AS of,
         first_day, last_day
       FROM (
         SELECT
           app_version AS version, ${told.numbers} AS hit, count() AS count,
           ${told.unattributed} AS unattributed, min(day) AS first_day, max(day) AS last_day
         ${told.from({
           ...{ records: IN_RANGE, days: DAYS_IN_RANGE },
           ...(type !== undefined && { type: " = {type:String}" }),
         })}
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
        .map(({ version, installs, of, count, unattributed, first_day, last_day }) => ({
          version: version === "" ? null : version,
          ...{ installs, of, count, unattributed },
          ...{ firstDay: first_day, lastDay: last_day },
        })),
      asOf,
    };
  },
});
