import { BUCKET } from "../buckets.ts";
import { type Day, dayCount, type Interval } from "../days.ts";
import type { Range } from "../parameters.ts";
import type { Ask } from "../question.ts";

/** Records of one bucket. */
export interface Volume {
  /** Accepted detailed records, by the UTC day of their time. */
  events: number;
  /** Base records: one an install and day, by the UTC day of their time. */
  base: number;
  /** Refused records, by the UTC day of receipt. */
  refused: number;
  /** Fields left out of accepted records, by the UTC day of receipt. */
  dropped: number;
}

export const NOTHING: Volume = { events: 0, base: 0, refused: 0, dropped: 0 };

/** Points of a series; a longer range is answered by week or month. */
const MOST_POINTS = 400;

/** The shortest buckets that keep a range within the points of a series. */
export function intervalOf({ from, to }: Range): Interval {
  const days = dayCount(from, to);
  if (days <= MOST_POINTS) return "day";
  return days <= MOST_POINTS * 7 ? "week" : "month";
}

/**
 * How many records there were in each bucket from `first` up to, without, `until`. Buckets without any
 * are not in it.
 *
 * @example (await volumesOf(ask, "timetracker", "day", first, until)).get("2026-11-20")?.refused // 3
 */
export async function volumesOf(
  ask: Ask,
  app: string,
  interval: Interval,
  first: Day,
  until: Day,
): Promise<Map<Day, Volume>> {
  const bucket = BUCKET[interval];
  const rows = await ask<{ start: Day } & Volume>(
    `WITH (SELECT groupBitmapState(number) FROM installs_flat WHERE app = {app:String}) AS known
     SELECT
       start,
       sum(events) AS events, sum(base) AS base, sum(refused) AS refused, sum(dropped) AS dropped
     FROM (
       SELECT ${bucket("toDate(time)")} AS start, count() AS events, 0 AS base, 0 AS refused, 0 AS dropped
       FROM events
       WHERE app = {app:String} AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}
       GROUP BY start
       UNION ALL
       SELECT ${bucket("day")} AS start, 0 AS events, sum(installs) AS base, 0 AS refused, 0 AS dropped
       FROM (
         SELECT day, bitmapAndCardinality(groupBitmapMergeState(installs), known) AS installs
         FROM active_days
         WHERE app = {app:String} AND day >= {first:Date} AND day < {until:Date}
         GROUP BY day
       )
       GROUP BY start
       UNION ALL
       SELECT
         ${bucket("day")} AS start, 0 AS events, 0 AS base,
         sumIf(count, outcome = 'refused') AS refused, sumIf(count, outcome = 'dropped') AS dropped
       FROM refusals
       WHERE app = {app:String} AND day >= {first:Date} AND day < {until:Date}
       GROUP BY start
     )
     GROUP BY start`,
    { app, first, until },
  );
  return new Map(rows.map(({ start, ...volume }) => [start, volume]));
}

/** Refused records as a part of all that came; 0 where none came. */
export function refusedShare({ events, base, refused }: Volume): number {
  const all = events + base + refused;
  return all === 0 ? 0 : refused / all;
}
