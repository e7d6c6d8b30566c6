import { z } from "zod";
import { spanOf } from "../buckets.ts";
import { appOnly, interval as intervalName, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import type { Machine } from "./machine.ts";
import { intervalOf, NOTHING, volumesOf } from "./volume.ts";

const MINUTES = 60;
const perMinute = z.array(count.nullable());

const reply = z
  .object({
    interval: intervalName,
    rows: z.array(
      z.object({
        start: bucketDay,
        events: count.meta({ description: "Accepted detailed records, by the day of their time." }),
        base: count.meta({ description: "Base records: one an install and day." }),
        refused: count.meta({ description: "Refused records, by the day of receipt." }),
        dropped: count.meta({ description: "Fields left out of accepted records." }),
        complete: z.boolean().meta({
          description: "False while the bucket runs or its data is not all loaded.",
        }),
      }),
    ),
    minutes: z
      .object({
        starts: z.array(z.iso.datetime()),
        accepted: perMinute,
        refused: perMinute,
        dropped: perMinute,
      })
      .nullable()
      .meta({
        description: `The last ${MINUTES} minutes as this collector received them, all apps together, the last one still running; null in a minute before it started. The whole is null for credentials for some apps.`,
      }),
    rateLimited: z.object({ token: count, install: count }).nullable().meta({
      description:
        "Requests answered 429 since this collector started, because the token or one install sent faster than it may. Senders keep what is in them and come again, each time counted anew; nothing of it is refused.",
    }),
    asOf,
  })
  .meta({
    id: "HealthIngest",
    description: "How much came, was refused and was left out.",
    example: {
      interval: "day",
      rows: [
        {
          ...{ start: "2026-11-20", events: 48210, base: 388, refused: 12, dropped: 40 },
          complete: false,
        },
      ],
      minutes: {
        starts: ["2026-11-20T08:11:00.000Z", "2026-11-20T08:12:00.000Z"],
        accepted: [231, 18],
        refused: [0, 0],
        dropped: [2, 0],
      },
      rateLimited: { token: 0, install: 3 },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** How much is coming in. */
export const healthIngest = (machine: Machine | undefined) =>
  question({
    name: "health_ingest",
    path: "/v1/health/ingest",
    tag: "Operations",
    summary: "How much comes in",
    description:
      "Records by day from the store, and by minute as this collector counts them. A range over 400 days is answered by week or month.",
    parameters: z.object({ ...appOnly, ...rangeParameters }),
    reply,
    async answer(_parameters, { ask, app, range, seesAll, now, loadedUntil, asOf }) {
      const interval = intervalOf(range);
      const { buckets, first, until } = spanOf(range, interval, loadedUntil);
      const volumes = await volumesOf(ask, app, interval, first, until);
      return {
        interval,
        rows: buckets.map(({ start, complete }) => ({
          start,
          ...NOTHING,
          ...volumes.get(start),
          complete,
        })),
        minutes: (seesAll && (await machine?.minutes(MINUTES, now))) || null,
        rateLimited: (await machine?.rateLimited(app)) ?? null,
        asOf,
      };
    },
  });
