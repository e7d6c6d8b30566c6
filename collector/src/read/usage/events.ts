import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

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
    sharingDetailed: count.meta({
      description:
        "Installs with an accepted detailed record in the range: the denominator of every share of installs that use something.",
    }),
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
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const events = question({
  name: "events",
  path: "/v1/events",
  tag: "Events",
  summary: "Events by count, installs and users",
  description:
    "Events of the detailed layer in the range; base records are counted by the questions about installs. Distinct counts are exact to about 65,000 and within 1% above.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { andInstall, params } = population(app, parameters);
    const [rows, [sharing]] = await Promise.all([
      ask<{ event: string; count: number; installs: number; users: number }>(
        // uniq() and not uniqExact(): the projection by_day holds its states.
        `SELECT event, count() AS count, uniq(install_id) AS installs, uniqIf(user, user != 0) AS users
         FROM events
         WHERE app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}${andInstall}
         GROUP BY event
         ORDER BY count DESC, event
         LIMIT {most:UInt32}`,
        { ...params, ...range, most: MOST_ROWS },
      ),
      ask<{ installs: number }>(
        `SELECT uniq(install_id) AS installs
         FROM events
         WHERE app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}${andInstall}`,
        { ...params, ...range },
      ),
    ]);
    return { rows, sharingDetailed: sharing?.installs ?? 0, asOf };
  },
});
