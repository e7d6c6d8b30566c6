import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import {
  common,
  eventsParameter,
  interval as intervalName,
  intervalParameter,
} from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { andKnown, senders, USERS, USERS_EXACT_TO, usersExactTo } from "./shared.ts";
import { fittingSpan } from "./span.ts";

const reply = z
  .object({
    interval: intervalName,
    starts: z.array(bucketDay),
    series: z.array(
      z.object({
        event: z.string(),
        counts: z.array(count),
        installs: z.array(count),
        users: z.array(count),
      }),
    ),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    usersExactTo,
    asOf,
  })
  .meta({
    id: "EventTrend",
    description:
      "Records, distinct installs and distinct users of each event in each bucket, 0 where there are none. Of a range that makes more than 400 buckets, `interval` is the next longer one.",
    example: {
      interval: "day",
      starts: ["2026-11-19", "2026-11-20"],
      series: [
        { event: "timer.started", counts: [1811, 604], installs: [402, 171], users: [911, 320] },
      ],
      incomplete: 1,
      usersExactTo: 65536,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const trend = question({
  name: "events_trend",
  path: "/v1/events/trend",
  tag: "Events",
  summary: "Events over time",
  description:
    "At most six events of the detailed layer, in the order in which they were asked for.",
  parameters: z.object({ ...common, event: eventsParameter, interval: intervalParameter }),
  reply,
  async answer(parameters, context) {
    const { ask, app, asOf } = context;
    const names = parameters.event;
    const installsAsked = population(app, parameters);
    const { members, params } = installsAsked;
    const { starts, first, until, interval, incomplete } = fittingSpan(
      context,
      parameters.interval,
    );
    const bound = { ...params, names, first, until };
    const days =
      "app = {app:String} AND event IN {names:Array(String)} AND day >= {first:Date} AND day < {until:Date}";
    const [records, installs] = await Promise.all([
      ask<{ event: string; start: string; count: number; users: number }>(
        `SELECT event, ${BUCKET[interval]("toDate(time)")} AS start, count() AS count, ${USERS} AS users
         FROM events
         WHERE app = {app:String} AND event IN {names:Array(String)}
           AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}${andKnown(installsAsked, senders(days))}
         GROUP BY event, start`,
        bound,
      ),
      ask<{ event: string; start: string; installs: number }>(
        `WITH ${members} AS population
         SELECT
           event, ${BUCKET[interval]("day")} AS start,
           bitmapAndCardinality(groupBitmapMergeState(installs), population) AS installs
         FROM event_days
         WHERE ${days}
         GROUP BY event, start`,
        bound,
      ),
    ]);
    const place = new Map(starts.map((start, index) => [start, index]));
    const line = <T extends { event: string; start: string }>(
      rows: T[],
      event: string,
      value: (row: T) => number,
    ): number[] => {
      const values = starts.map(() => 0);
      for (const row of rows) {
        const index = place.get(row.start);
        if (row.event === event && index !== undefined) values[index] = value(row);
      }
      return values;
    };
    return {
      interval,
      starts,
      series: names.map((event) => ({
        event,
        counts: line(records, event, (row) => row.count),
        installs: line(installs, event, (row) => row.installs),
        users: line(records, event, (row) => row.users),
      })),
      incomplete,
      usersExactTo: USERS_EXACT_TO,
      asOf,
    };
  },
});
