import { z } from "zod";
import { cohortRows, MOST_WEEKS, mondays } from "../cohorts.ts";
import { addDays, bucketStart, dayOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

const reply = z
  .object({
    weeks: count.meta({ description: "How many weeks every row has." }),
    rows: z.array(
      z.object({
        start: z
          .string()
          .meta({ description: "Monday of the cohort's week.", example: "2026-11-02" }),
        size: count.meta({ description: "Installs first seen in that week." }),
        complete: z.boolean().meta({
          description: "False while the cohort's week runs or its data is not all loaded.",
        }),
        counts: z.array(count.nullable()).meta({
          description:
            "Of them, those with a base record in that week, one week later, and so on; null for a week that is not over.",
        }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "InstallRetention",
    description: "Installs by the week they were first seen in, and how many came back.",
    example: {
      weeks: 3,
      rows: [
        { start: "2026-11-02", size: 40, complete: true, counts: [40, 31, null] },
        { start: "2026-11-09", size: 38, complete: true, counts: [37, null, null] },
        { start: "2026-11-16", size: 22, complete: false, counts: [null, null, null] },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Cohort {
  start: string;
  size: number;
}
interface Cell {
  start: string;
  week: string;
  installs: number;
}

/** Installs of the cohorts; takes `{first:Date}` and `{until:Date}`. */
const cohorts = (
  where: string,
  columns: string,
) => `SELECT toMonday(toDate(first_seen)) AS start, ${columns}
FROM installs_flat
WHERE ${where} AND first_seen >= toDateTime64({first:Date}, 3, 'UTC')
  AND first_seen < toDateTime64({until:Date}, 3, 'UTC')
GROUP BY start`;

const cells = (where: string) => `SELECT
  c.start AS start, w.week AS week, bitmapAndCardinality(c.members, w.active) AS installs
FROM (${cohorts(where, "groupBitmapState(number) AS members")}) AS c
CROSS JOIN (
  SELECT toMonday(day) AS week, groupBitmapMergeState(installs) AS active
  FROM active_days
  WHERE app = {app:String} AND day >= {first:Date} AND day < {over:Date}
  GROUP BY week
) AS w
WHERE w.week >= c.start AND w.week < c.start + {days:UInt16}`;

export const retention = question({
  name: "installs_retention",
  path: "/v1/installs/retention",
  tag: "Installs",
  summary: "Retention by the week of first sight",
  description: `Weeks from Monday, UTC: the installs first seen in each week of the range (the latest ${MOST_WEEKS} of them), and how many of them had a base record in each of the up to ${MOST_WEEKS} weeks from then on, also after \`to\`.`,
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, range, now, loadedUntil, asOf }) {
    const { where, params } = population(app, parameters);
    const newest = bucketStart(range.to, "week");
    const oldest = bucketStart(range.from, "week");
    const limit = addDays(newest, -7 * (MOST_WEEKS - 1));
    const first = oldest < limit ? limit : oldest;
    const weeks = Math.min(MOST_WEEKS, mondays(first, bucketStart(dayOf(now), "week")).length);
    // Only whole weeks are counted.
    const over = bucketStart(dayOf(loadedUntil), "week");
    const bound = {
      ...params,
      ...{ first, until: addDays(newest, 7), over, days: 7 * weeks },
    };
    const [sizes, counted] = await Promise.all([
      ask<Cohort>(cohorts(where, "count() AS size"), bound),
      ask<Cell>(cells(where), bound),
    ]);
    const sizeOf = new Map(sizes.map(({ start, size }) => [start, size]));
    const countOf = new Map(counted.map((cell) => [`${cell.start} ${cell.week}`, cell.installs]));
    const triangle = { sizes: sizeOf, installs: countOf };
    return {
      weeks,
      rows: cohortRows(mondays(first, newest), weeks, loadedUntil, triangle),
      asOf,
    };
  },
});
