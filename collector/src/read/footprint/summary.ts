import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

const reply = z
  .object({
    active: z
      .object({ day: count, week: count, month: count })
      .meta({ description: "Heard from in the last 24 hours, 7 × 24 hours, 28 × 24 hours." }),
    total: count.meta({ description: "Every install ever heard from; `admitted` is not applied." }),
    admitted: count.meta({ description: "Of `total`: heartbeats on two distinct days." }),
    pending: count.meta({ description: "Of `total`: not admitted yet." }),
    underADay: count.meta({
      description:
        "Of `active.month`: less than 24 hours between the first record and the last, and first heard of more than a day ago.",
    }),
    new: count.meta({ description: "First heard of in the last 28 × 24 hours." }),
    churned: count.meta({ description: "Last heard of between 56 and 28 × 24 hours ago." }),
    sharingDetailed: count.meta({
      description: "Of `active.month`: with an accepted detailed record in the same 28 days.",
    }),
    asOf,
  })
  .meta({
    id: "InstallSummary",
    description: "How many installs are alive.",
    example: {
      active: { day: 1043, week: 1171, month: 1204 },
      total: 1688,
      admitted: 1657,
      pending: 31,
      underADay: 12,
      new: 96,
      churned: 58,
      sharingDetailed: 457,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Row {
  day: number;
  week: number;
  month: number;
  total: number;
  admitted_: number;
  new: number;
  churned: number;
  sharing: number;
  under_a_day: number;
}

/** Numbers for the tiles. Windows roll (docs/decisions/0004): a heartbeat comes once in 24 hours. */
export const summary = question({
  name: "installs_summary",
  path: "/v1/installs/summary",
  tag: "Installs",
  summary: "Installs alive, new, churned and pending",
  description:
    "Counts of installs in windows that end now; `from` and `to` do not move them. `total`, `admitted` and `pending` count every install that the other filters leave, whatever `admitted` says.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, now, asOf }) {
    const { whereOfAll, params } = population(app, parameters);
    // An aggregate without GROUP BY always has its one row.
    const [found] = (await ask<Row>(
      `WITH
         ({admitted_only:Bool} = false OR admitted) AS asked,
         {now:DateTime64(3, 'UTC')} AS now_,
         last_seen >= now_ - INTERVAL 28 DAY AS in_month
       SELECT
         countIf(asked AND last_seen >= now_ - INTERVAL 1 DAY) AS day,
         countIf(asked AND last_seen >= now_ - INTERVAL 7 DAY) AS week,
         countIf(asked AND in_month) AS month,
         count() AS total,
         countIf(admitted) AS admitted_,
         countIf(asked AND first_seen >= now_ - INTERVAL 28 DAY) AS new,
         countIf(asked AND NOT in_month AND last_seen >= now_ - INTERVAL 56 DAY) AS churned,
         countIf(asked AND in_month AND last_detailed >= now_ - INTERVAL 28 DAY) AS sharing,
         countIf(
           asked AND in_month AND last_seen < first_seen + INTERVAL 1 DAY
             AND first_seen < now_ - INTERVAL 1 DAY
         ) AS under_a_day
       FROM installs_flat
       WHERE ${whereOfAll}`,
      { ...params, now },
    )) as [Row];
    return {
      active: { day: found.day, week: found.week, month: found.month },
      total: found.total,
      admitted: found.admitted_,
      pending: found.total - found.admitted_,
      underADay: found.under_a_day,
      new: found.new,
      churned: found.churned,
      sharingDetailed: found.sharing,
      asOf,
    };
  },
});
