import { z } from "zod";
import { addDays, bucketsOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";

/** More points than this no chart shows apart. */
const MOST_POINTS = 400;

const reply = z
  .object({
    rows: z.array(
      z.object({
        start: bucketDay,
        day: count.meta({ description: "With a base record on this UTC day." }),
        week: count.meta({ description: "With one in the 7 UTC days that end with it." }),
        month: count.meta({ description: "With one in the 28 UTC days that end with it." }),
        complete: z.boolean().meta({
          description: "False while the day runs or its data is not all loaded.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "RollingInstalls",
    description: `Installs heard from in windows that end with each UTC day. Every day up to ${MOST_POINTS} days, beyond that days at even distances, the last always among them.`,
    example: {
      rows: [
        { start: "2026-11-19", day: 1051, week: 1170, month: 1203, complete: true },
        { start: "2026-11-20", day: 388, week: 1171, month: 1204, complete: false },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Row {
  point: string;
  day_: number;
  week: number;
  month: number;
}

/** Each day's set goes to the up to 28 points whose windows hold it. */
const windows = (members: string) => `WITH ${members} AS asked
SELECT
  point,
  bitmapAndCardinality(groupBitmapMergeStateIf(installs, day = point), asked) AS day_,
  bitmapAndCardinality(groupBitmapMergeStateIf(installs, day > point - 7), asked) AS week,
  bitmapAndCardinality(groupBitmapMergeState(installs), asked) AS month
FROM active_days
ARRAY JOIN arrayFilter(p -> p >= day AND p < day + 28, {points:Array(Date)}) AS point
WHERE app = {app:String} AND day > {before:Date} AND day <= {to:Date}
GROUP BY point`;

export const rolling = question({
  name: "installs_rolling",
  path: "/v1/installs/rolling",
  tag: "Installs",
  summary: "Active installs of the day, 7 and 28 days over time",
  description:
    "Distinct installs with a base record in windows of 1, 7 and 28 UTC days that end with each day of the range; the days before the range that the windows reach into are read, too.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, range, loadedUntil, asOf }) {
    const { members, params } = population(app, parameters);
    const days = bucketsOf(range.from, range.to, "day", loadedUntil);
    const step = Math.ceil(days.length / MOST_POINTS);
    const shown = days.filter((_, index) => (days.length - 1 - index) % step === 0);
    const points = shown.map(({ start }) => start);
    const rows = await ask<Row>(windows(members), {
      ...params,
      ...{ points, before: addDays(points[0] ?? range.from, -28), to: range.to },
    });
    const found = new Map(rows.map((row) => [row.point, row]));
    return {
      rows: shown.map(({ start, complete }) => ({
        start,
        day: found.get(start)?.day_ ?? 0,
        week: found.get(start)?.week ?? 0,
        month: found.get(start)?.month ?? 0,
        complete,
      })),
      asOf,
    };
  },
});
