import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { type Context, question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import {
  andKnown,
  DAYS_IN_RANGE,
  IN_RANGE,
  SHARING,
  sharingDetailed,
  USERS,
  USERS_EXACT_TO,
  usersExactTo,
} from "./shared.ts";

/** Event names are capped at 1,000 an app where they are received. */
const MOST_ROWS = 1000;

const reply = z
  .object({
    rows: z.array(
      z.object({
        event: z.string(),
        count: count.meta({ description: "Accepted records." }),
        installs: count.meta({ description: "Distinct installs that sent it." }),
        users: count.meta({ description: "Distinct users; records that name none do not count." }),
      }),
    ),
    sharingDetailed,
    usersExactTo,
    asOf,
  })
  .meta({
    id: "Events",
    description: "Events of the detailed layer, most records first.",
    example: {
      rows: [
        { event: "timer.started", count: 48211, installs: 431, users: 1902 },
        { event: "report.exported", count: 912, installs: 187, users: 240 },
      ],
      sharingDetailed: 457,
      usersExactTo: 65536,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** How many installs that a filter leaves sent a detailed record in the range. */
export async function countSharing(
  filter: Parameters<typeof population>[1],
  { ask, app, range }: Pick<Context, "ask" | "app" | "range">,
): Promise<number> {
  const { members, params } = population(app, filter);
  const [row] = await ask<{ installs: number }>(
    `SELECT bitmapAndCardinality(${SHARING}, ${members}) AS installs`,
    { ...params, ...range },
  );
  return row?.installs ?? 0;
}

export const events = question({
  name: "events",
  path: "/v1/events",
  tag: "Events",
  summary: "Events by count, installs and users",
  description:
    "Events of the detailed layer in the range; base records are counted by the questions about installs. Installs are counted exactly.",
  parameters: z.object(common),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, asOf } = context;
    const installsAsked = population(app, parameters);
    const { members, params } = installsAsked;
    const [rows, installs] = await Promise.all([
      ask<{ event: string; count: number; users: number }>(
        `SELECT event, count() AS count, ${USERS} AS users
         FROM events
         WHERE ${IN_RANGE}${andKnown(installsAsked, SHARING)}
         GROUP BY event
         ORDER BY count DESC, event
         LIMIT {most:UInt32}`,
        { ...params, ...range, most: MOST_ROWS },
      ),
      ask<{ event: string; installs: number; sharing: number }>(
        `WITH ${members} AS population
         SELECT
           event, bitmapAndCardinality(sent, population) AS installs,
           bitmapAndCardinality(groupBitmapMergeState(sent) OVER (), population) AS sharing
         FROM (
           SELECT event, groupBitmapMergeState(installs) AS sent FROM event_days
           WHERE ${DAYS_IN_RANGE}
           GROUP BY event
         )`,
        { ...params, ...range },
      ),
    ]);
    const installsOf = new Map(installs.map((row) => [row.event, row.installs]));
    return {
      rows: rows.map(({ event, count, users }) => ({
        event,
        count,
        installs: installsOf.get(event) ?? 0,
        users,
      })),
      sharingDetailed: installs[0]?.sharing ?? 0,
      usersExactTo: USERS_EXACT_TO,
      asOf,
    };
  },
});
