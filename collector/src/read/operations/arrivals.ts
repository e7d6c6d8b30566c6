import { z } from "zod";
import type { BudgetsOf } from "../../settings/token-budgets.ts";
import { BUCKET, spanOf } from "../buckets.ts";
import { startOf } from "../days.ts";
import { appOnly, interval as intervalName, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { floodOf, type TokenArrivals } from "./flood.ts";
import { intervalOf } from "./volume.ts";

const HOURS = 48;
const HOUR_MS = 3_600_000;
const MOST_TOKENS = 20;

const tokens = z.array(
  z.object({
    id: z.string().meta({
      description: "As the settings list it; empty for installs whose token is not known.",
    }),
    name: z.string().meta({ description: "What people call it; never the token." }),
    last24h: count.meta({ description: "Installs it brought first in the last 24 hours." }),
    budget: count.nullable().meta({ description: "Its own, or else the app's; null: none." }),
    over: z.boolean().meta({ description: "Whether it brought more than its budget." }),
  }),
);

const reply = z
  .object({
    interval: intervalName,
    rows: z.array(
      z.object({
        start: bucketDay,
        new: count.meta({
          description: "Installs first heard from in it, admitted by now or not.",
        }),
        pending: count.meta({ description: "Of them, those not admitted by now." }),
        complete: z.boolean().meta({
          description: "False while the bucket runs or its data is not all loaded.",
        }),
      }),
    ),
    hours: z
      .object({ starts: z.array(z.iso.datetime()), new: z.array(count), pending: z.array(count) })
      .meta({ description: `The last ${HOURS} hours, the last one still running.` }),
    pending: count.meta({ description: "All installs that are not admitted, of whatever age." }),
    flood: z
      .object({
        last24h: count.meta({
          description:
            "Installs first received in the last 24 hours, whatever time their records say; without those of tokens that may send the past and have no budget of their own.",
        }),
        unbudgeted: count.meta({ description: "Of them, those by tokens without a budget." }),
        median: z.number().nonnegative().meta({
          description: "Median of the new installs of the 28 complete UTC days before today.",
        }),
        threshold: count.meta({
          description:
            "Of tokens without a budget: together, more than so many in 24 hours are a flood.",
        }),
        budget: count.nullable().meta({
          description: "The app's, for each ingest token that has none of its own.",
        }),
        tokens: tokens.meta({
          description: `By the ingest token of an install's first base record, most first; at most ${MOST_TOKENS}, and none over its budget is left out for one that is not.`,
        }),
        flooding: z.boolean().meta({
          description:
            "A token is over its budget, or those without one are together over the threshold.",
        }),
      })
      .meta({ description: "Whether more installs arrive than is allowed or usual." }),
    asOf,
  })
  .meta({
    id: "HealthArrivals",
    description: "Installs by when they were first heard from.",
    example: {
      interval: "day",
      rows: [
        { start: "2026-11-19", new: 21, pending: 2, complete: true },
        { start: "2026-11-20", new: 8, pending: 8, complete: false },
      ],
      hours: {
        starts: ["2026-11-20T07:00:00.000Z", "2026-11-20T08:00:00.000Z"],
        new: [2, 1],
        pending: [2, 1],
      },
      pending: 31,
      flood: {
        ...{ last24h: 24, unbudgeted: 0, median: 19, threshold: 95, budget: 100 },
        tokens: [
          {
            ...{ id: "0f8fad5b-d9cb-469f-a165-70867728950e", name: "build server" },
            ...{ last24h: 24, budget: 100, over: false },
          },
        ],
        flooding: false,
      },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/**
 * New installs, and whether they are a flood.
 *
 * @param budgetsOf the most new installs a day that each ingest token of an app may bring
 */
export const arrivals = (budgetsOf: BudgetsOf) =>
  question({
    name: "health_arrivals",
    path: "/v1/health/arrivals",
    tag: "Operations",
    summary: "New and pending installs",
    description:
      "By the UTC day of the first record. Ingest tokens are public, so a flood of new installs may be forged; it moves no chart that shows admitted installs. A range over 400 days is answered by week or month.",
    parameters: z.object({ ...appOnly, ...rangeParameters }),
    reply,
    async answer(_parameters, { ask, app, range, now, loadedUntil, asOf }) {
      const interval = intervalOf(range);
      const { buckets, first, until } = spanOf(range, interval, loadedUntil);
      const lastHour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
      const firstHour = new Date(lastHour - (HOURS - 1) * HOUR_MS);
      const days = await ask<{ start: string; new: number; pending: number }>(
        `SELECT toString(${BUCKET[interval]("toDate(first_seen)")}) AS start, count() AS new, countIf(NOT admitted) AS pending
         FROM installs_flat
         WHERE app = {app:String} AND first_seen >= {first:DateTime64(3)} AND first_seen < {until:DateTime64(3)}
         GROUP BY start`,
        { app, first: startOf(first), until: startOf(until) },
      );
      const hours = await ask<{ hour: number; new: number; pending: number }>(
        `SELECT toUnixTimestamp(toStartOfHour(first_seen)) AS hour, count() AS new, countIf(NOT admitted) AS pending
         FROM installs_flat
         WHERE app = {app:String} AND first_seen >= {first:DateTime64(3)} AND first_seen <= {now:DateTime64(3)}
         GROUP BY hour`,
        { app, first: firstHour, now },
      );
      const [all] = await ask<{ pending: number }>(
        "SELECT countIf(NOT admitted) AS pending FROM installs_flat WHERE app = {app:String}",
        { app },
      );
      const flood = await floodOf(ask, app, now, { budgets: budgetsOf(app) });
      const byDay = new Map(days.map((row) => [row.start, row]));
      const byHour = new Map(hours.map((row) => [row.hour * 1000, row]));
      const starts = Array.from({ length: HOURS }, (_, at) => firstHour.getTime() + at * HOUR_MS);
      return {
        interval,
        rows: buckets.map(({ start, complete }) => ({
          start,
          new: byDay.get(start)?.new ?? 0,
          pending: byDay.get(start)?.pending ?? 0,
          complete,
        })),
        hours: {
          starts: starts.map((start) => new Date(start).toISOString()),
          new: starts.map((start) => byHour.get(start)?.new ?? 0),
          pending: starts.map((start) => byHour.get(start)?.pending ?? 0),
        },
        pending: all?.pending ?? 0,
        flood: { ...flood, tokens: shown(flood.tokens) },
        asOf,
      };
    },
  });

/** Of many, none that is over its budget is cut away before one that is not. */
function shown(all: TokenArrivals[]): TokenArrivals[] {
  const worstFirst = [...all].sort((a, b) => Number(b.over) - Number(a.over));
  const chosen = new Set(worstFirst.slice(0, MOST_TOKENS));
  return all.filter((token) => chosen.has(token));
}
