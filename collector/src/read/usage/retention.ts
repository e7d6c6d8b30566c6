import { z } from "zod";
import { cohortRows, MOST_WEEKS, mondays } from "../cohorts.ts";
import { addDays, bucketStart, dayOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { eventParameter } from "./shared.ts";

const reply = z
  .object({
    weeks: count.meta({ description: "How many weeks every row has." }),
    rows: z.array(
      z.object({
        start: bucketDay,
        size: count.meta({ description: "Installs that sent the event for the first time." }),
        complete: z.boolean().meta({
          description: "False while the cohort's week runs or its data is not all loaded.",
        }),
        counts: z.array(count.nullable()).meta({
          description:
            "Of them, those seen in that week, one week later, and so on; null for a week that is not over.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "EventRetention",
    description: "Installs by the week of their first use of an event, and how many came back.",
    example: {
      weeks: 2,
      rows: [
        { start: "2026-11-02", size: 40, complete: true, counts: [40, 31] },
        { start: "2026-11-09", size: 38, complete: true, counts: [38, null] },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const eventRetention = question({
  name: "retention_event",
  path: "/v1/retention/event",
  tag: "Events",
  summary: "Retention by first use of an event",
  description: `Weeks from Monday, UTC: the installs that sent the event for the first time in each week of the range (the latest ${MOST_WEEKS} of them), of all that is stored, and how many of them were seen in each of the up to ${MOST_WEEKS} weeks from then on, also after \`to\`.`,
  parameters: z.object({
    ...common,
    event: eventParameter,
    returning: z.enum(["base", "event"], "base or event").default("base").meta({
      description:
        "`base`: seen means a base record of that week. `event`: the same event in that week.",
      example: "base",
    }),
  }),
  reply,
  async answer(parameters, { ask, app, range, now, loadedUntil, asOf }) {
    const { event, returning } = parameters;
    const { members, params } = population(app, parameters);
    const last = bucketStart(range.to, "week");
    const limit = addDays(last, -7 * (MOST_WEEKS - 1));
    const oldest = bucketStart(range.from, "week");
    const first = oldest < limit ? limit : oldest;
    const starts = mondays(first, bucketStart(dayOf(now), "week"));
    const weeks = Math.min(MOST_WEEKS, starts.length);
    const seen = {
      base: "active_days WHERE app = {app:String}",
      event: "event_days WHERE app = {app:String} AND event = {event:String}",
    }[returning];
    const rows = await ask<{ start: string; week: string; size: number; installs: number }>(
      `WITH ${members} AS population
       SELECT
         cohorts.start AS start, weeks.week AS week,
         bitmapCardinality(fresh) AS size,
         bitmapAndCardinality(fresh, weeks.seen) AS installs
       FROM (
         SELECT start, bitmapAndnot(bitmapAnd(used, population), before) AS fresh
         FROM (
           SELECT
             start, used,
             groupBitmapMergeState(used) OVER (ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
           FROM (
             SELECT toMonday(day) AS start, groupBitmapMergeState(installs) AS used
             FROM event_days
             WHERE app = {app:String} AND event = {event:String} AND day <= {last:Date} + 6
             GROUP BY start
           )
         )
         WHERE start >= {first:Date}
       ) AS cohorts
       CROSS JOIN (
         SELECT week, seen
         FROM (SELECT arrayJoin({starts:Array(Date)}) AS week) AS all
         LEFT JOIN (
           SELECT toMonday(day) AS week, groupBitmapMergeState(installs) AS seen
           FROM ${seen} AND day >= {first:Date}
           GROUP BY week
         ) AS some USING (week)
       ) AS weeks
       WHERE weeks.week >= cohorts.start AND weeks.week < cohorts.start + {days:UInt16}`,
      { ...params, event, first, last, starts, days: 7 * weeks },
    );
    const sizes = new Map(rows.map(({ start, size }) => [start, size]));
    const found = new Map(rows.map(({ start, week, installs }) => [`${start} ${week}`, installs]));
    const triangle = { sizes, installs: found };
    return {
      weeks,
      rows: cohortRows(mondays(first, last), weeks, loadedUntil, triangle),
      asOf,
    };
  },
});
