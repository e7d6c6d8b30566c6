import { z } from "zod";
import { BUCKET, spanOf } from "../buckets.ts";
import {
  common,
  eventsParameter,
  interval as intervalName,
  intervalParameter,
} from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";

const reply = z
  .object({
    interval: intervalName,
    starts: z.array(bucketDay),
    series: z.array(
      z.object({ event: z.string(), counts: z.array(count), installs: z.array(count) }),
    ),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    asOf,
  })
  .meta({
    id: "EventTrend",
    description:
      "Records and distinct installs of each event in each bucket, 0 where there are none.",
    example: {
      interval: "day",
      starts: ["2026-11-19", "2026-11-20"],
      series: [{ event: "timer.started", counts: [1811, 604], installs: [402, 171] }],
      incomplete: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Row {
  event: string;
  start: string;
  count: number;
  installs: number;
}

export const trend = question({
  name: "events_trend",
  path: "/v1/events/trend",
  tag: "Events",
  summary: "Events over time",
  description:
    "At most six events of the detailed layer, in the order in which they were asked for.",
  parameters: z.object({ ...common, event: eventsParameter, interval: intervalParameter }),
  reply,
  async answer(parameters, { ask, app, range, loadedUntil, asOf }) {
    const { event: names, interval } = parameters;
    const { andInstall, params } = population(app, parameters);
    const { buckets, first, until } = spanOf(range, interval, loadedUntil);
    const rows = await ask<Row>(
      `SELECT
         event, ${BUCKET[interval]("toDate(time)")} AS start, count() AS count, uniq(install_id) AS installs
       FROM events
       WHERE app = {app:String} AND has({names:Array(String)}, event)
         AND toDate(time) >= {first:Date} AND toDate(time) < {until:Date}${andInstall}
       GROUP BY event, start`,
      { ...params, names, first, until },
    );
    const place = new Map(buckets.map(({ start }, index) => [start, index]));
    const series = new Map(
      names.map((event) => [
        event,
        { event, counts: buckets.map(() => 0), installs: buckets.map(() => 0) },
      ]),
    );
    for (const row of rows) {
      const line = series.get(row.event);
      const index = place.get(row.start);
      if (line === undefined || index === undefined) continue;
      line.counts[index] = row.count;
      line.installs[index] = row.installs;
    }
    const complete = buckets.filter((bucket) => bucket.complete).length;
    return {
      interval,
      starts: buckets.map(({ start }) => start),
      series: [...series.values()],
      incomplete: buckets.length - complete,
      asOf,
    };
  },
});
