import { z } from "zod";
import { appOnly, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { senders, versionsOf } from "./versions-of.ts";

const MOST_ROWS = 200;

const reply = z
  .object({
    rows: z.array(
      z.object({
        event: z.string(),
        count,
        versions: senders,
        firstDay: z.string().meta({ description: "First UTC day of receipt in the range." }),
        lastDay: z.string(),
      }),
    ),
    groups: count.meta({ description: "How many events there are in all." }),
    asOf,
  })
  .meta({
    id: "Unlisted",
    description: `Events that were refused because the catalogue does not list them, most first, at most ${MOST_ROWS}.`,
    example: {
      rows: [
        {
          ...{ event: "timer.paused", count: 812 },
          versions: [{ version: "5.11.0", count: 812 }],
          ...{ firstDay: "2026-11-12", lastDay: "2026-11-20" },
        },
      ],
      groups: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const unlisted = question({
  name: "health_unlisted",
  path: "/v1/health/unlisted",
  tag: "Operations",
  summary: "Events that the catalogue does not list",
  description: "By the UTC day of receipt, with the versions that send them.",
  parameters: z.object({ ...appOnly, ...rangeParameters }),
  reply,
  async answer(_parameters, { ask, app, range, asOf }) {
    const rows = await ask<Row>(
      `SELECT
         event, sum(sent) AS count,
         ${versionsOf("app_version", "sent")} AS versions,
         toString(min(first)) AS firstDay, toString(max(last)) AS lastDay,
         count() OVER () AS groups
       FROM (
         SELECT event, app_version, sum(count) AS sent, min(day) AS first, max(day) AS last
         FROM refusals
         WHERE
           app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
           AND outcome = 'refused' AND reason = 'event_unlisted'
         GROUP BY event, app_version
       )
       GROUP BY event
       ORDER BY count DESC, event
       LIMIT {most:UInt32}`,
      { app, ...range, most: MOST_ROWS },
    );
    return {
      rows: rows.map(({ groups: _, ...row }) => row),
      groups: rows[0]?.groups ?? 0,
      asOf,
    };
  },
});

type Row = z.input<typeof reply>["rows"][number] & { groups: number };
