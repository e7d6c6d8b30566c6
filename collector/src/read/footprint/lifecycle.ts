import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import { addDays, bucketStart } from "../days.ts";
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
        new: count.meta({ description: "Active, and first seen in this bucket." }),
        returning: count.meta({ description: "Active in this bucket and in the one before." }),
        resurrected: count.meta({
          description: "Active, not active in the bucket before, but seen earlier.",
        }),
        dormant: count.nullable().meta({
          description:
            "Active in the bucket before, not in this one; null while the bucket is not complete, because who is missing may still come.",
        }),
        complete: z.boolean().meta({
          description: "False while the bucket runs or its data is not all loaded.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "InstallLifecycle",
    description: "Installs of each bucket by what they did before; 0 where there are none.",
    example: {
      interval: "week",
      rows: [
        {
          start: "2026-11-09",
          new: 24,
          returning: 1100,
          resurrected: 31,
          dormant: 40,
          complete: true,
        },
        {
          start: "2026-11-16",
          new: 19,
          returning: 1088,
          resurrected: 12,
          dormant: null,
          complete: false,
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Row {
  start: string;
  installs: number;
  fresh: number;
  returning: number;
  earlier: number;
}

/** `bucket` makes the first day of a day's bucket. Every bucket has its row, or none would be before it. */
const byBucket = (
  members: string,
  where: string,
  bucket: (day: string) => string,
) => `WITH ${members} AS asked
SELECT
  start,
  bitmapCardinality(active) AS installs,
  bitmapAndCardinality(active, fresh_) AS fresh,
  bitmapAndCardinality(active, earlier_) AS returning,
  bitmapCardinality(earlier_) AS earlier
FROM (
  SELECT
    b.start AS start,
    a.active AS active,
    f.fresh AS fresh_,
    groupBitmapMergeState(a.active) OVER (
      ORDER BY b.start ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS earlier_
  FROM (SELECT arrayJoin({starts:Array(Date)}) AS start) AS b
  LEFT JOIN (
    SELECT ${bucket("day")} AS start, bitmapAnd(groupBitmapMergeState(installs), asked) AS active
    FROM active_days
    WHERE app = {app:String} AND day >= {first:Date} AND day < {until:Date}
    GROUP BY start
  ) AS a ON a.start = b.start
  LEFT JOIN (
    SELECT ${bucket("toDate(first_seen)")} AS start, groupBitmapState(number) AS fresh
    FROM installs_flat
    WHERE ${where} AND first_seen >= toDateTime64({first:Date}, 3, 'UTC')
      AND first_seen < toDateTime64({until:Date}, 3, 'UTC')
    GROUP BY start
  ) AS f ON f.start = b.start
)
ORDER BY start`;

export const lifecycle = question({
  name: "installs_lifecycle",
  path: "/v1/installs/lifecycle",
  tag: "Installs",
  summary: "New, returning, resurrected and dormant installs over time",
  description:
    "An install is active in a bucket when it has a base record in it; new, returning and resurrected installs together are all active ones. What is seen first is the first record of either layer: an install that a detailed record spoke of in an earlier bucket comes as resurrected. More than 400 buckets are answered by the next longer interval.",
  parameters: z.object({ ...common, interval: intervalParameter }),
  reply,
  async answer(parameters, context) {
    const { ask, app, asOf } = context;
    const { members, where, params } = population(app, parameters);
    const { interval, buckets, first, until } = fittingSpan(context, parameters.interval);
    const before = bucketStart(addDays(first, -1), interval);
    const rows = await ask<Row>(byBucket(members, where, BUCKET[interval]), {
      ...params,
      ...{ starts: [before, ...buckets.map(({ start }) => start)], first: before, until },
    });
    const found = new Map(rows.map((row) => [row.start, row]));
    return {
      interval,
      rows: buckets.map(({ start, complete }) => {
        const row = found.get(start) ?? { installs: 0, fresh: 0, returning: 0, earlier: 0 };
        return {
          start,
          new: row.fresh,
          returning: row.returning,
          resurrected: row.installs - row.fresh - row.returning,
          dormant: complete ? row.earlier - row.returning : null,
          complete,
        };
      }),
      asOf,
    };
  },
});
