import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import { common, interval as intervalName, intervalParameter } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { fittingSpan } from "../usage/span.ts";

const reply = z
  .object({
    interval: intervalName,
    rows: z.array(
      z.object({
        start: bucketDay,
        installs: count,
        admitted: count.meta({ description: "Of `installs`: admitted by now." }),
        complete: z.boolean().meta({
          description: "False while the bucket runs or its data is not all loaded.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "ActiveInstalls",
    description: "Installs heard from in each bucket; a bucket without any is there with 0.",
    example: {
      interval: "day",
      rows: [
        { start: "2026-11-19", installs: 1051, admitted: 1043, complete: true },
        { start: "2026-11-20", installs: 388, admitted: 385, complete: false },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const active = question({
  name: "installs_active",
  path: "/v1/installs/active",
  tag: "Installs",
  summary: "Active installs over time",
  description:
    "Distinct installs with a base record in each UTC day, week or month. More than 400 buckets are answered by the next longer interval.",
  parameters: z.object({ ...common, interval: intervalParameter }),
  reply,
  async answer(parameters, context) {
    const { ask, app, asOf } = context;
    const { members, whereOfAll, params } = population(app, parameters);
    const { interval, buckets, first, until } = fittingSpan(context, parameters.interval);
    const rows = await ask<{ start: string; installs: number; admitted: number }>(
      `WITH
         ${members} AS asked,
         (SELECT groupBitmapState(number) FROM installs_flat WHERE ${whereOfAll} AND admitted) AS admitted_
       SELECT
         start,
         bitmapAndCardinality(active, asked) AS installs,
         bitmapAndCardinality(active, admitted_) AS admitted
       FROM (
         SELECT ${BUCKET[interval]("day")} AS start, groupBitmapMergeState(installs) AS active
         FROM active_days
         WHERE app = {app:String} AND day >= {first:Date} AND day < {until:Date}
         GROUP BY start
       )`,
      { ...params, first, until },
    );
    const found = new Map(rows.map((row) => [row.start, row]));
    return {
      interval,
      rows: buckets.map(({ start, complete }) => ({
        start,
        installs: found.get(start)?.installs ?? 0,
        admitted: found.get(start)?.admitted ?? 0,
        complete,
      })),
      asOf,
    };
  },
});
