import { z } from "zod";
import { spanOf } from "../buckets.ts";
import { appOnly, interval as intervalName, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { senders, versionsOf } from "./versions-of.ts";
import { intervalOf, NOTHING, refusedShare, type Volume, volumesOf } from "./volume.ts";

const MOST_ROWS = 150;

const share = z.number().min(0).max(1).meta({
  description: "Refused records as a part of all that came: accepted and refused.",
});

const reply = z
  .object({
    rows: z.array(
      z.object({
        outcome: z.enum(["dropped", "refused"]).meta({
          description:
            "`refused`: the whole record. `dropped`: one field of a record that was kept.",
        }),
        reason: z.string(),
        event: z.string(),
        field: z.string().meta({ description: "The field at fault, or an empty string." }),
        count,
        versions: senders,
        firstDay: z.string().meta({ description: "First UTC day of receipt in the range." }),
        lastDay: z.string(),
      }),
    ),
    groups: count.meta({ description: "How many rows there are in all." }),
    total: z.object({
      accepted: count.meta({
        description: "Detailed records, and base records by install and day.",
      }),
      refused: count,
      dropped: count.meta({ description: "Fields." }),
      refusedShare: share,
    }),
    interval: intervalName,
    series: z.object({
      starts: z.array(bucketDay),
      refused: z.array(count),
      dropped: z.array(count),
      refusedShare: z.array(share),
    }),
    incomplete: count.meta({ description: "Buckets at the end that are still filling." }),
    asOf,
  })
  .meta({
    id: "Refusals",
    description: `What was not kept and why, most first, at most ${MOST_ROWS} rows. Names and counts, never values.`,
    example: {
      rows: [
        {
          ...{ outcome: "dropped", reason: "field_name_pii", event: "timer.started" },
          ...{ field: "user_email", count: 12, versions: [{ version: "5.11.0", count: 12 }] },
          ...{ firstDay: "2026-11-19", lastDay: "2026-11-20" },
        },
        {
          ...{ outcome: "refused", reason: "install_id_missing", event: "auth.login", field: "" },
          ...{ count: 3, versions: [{ version: "", count: 3 }] },
          ...{ firstDay: "2026-11-20", lastDay: "2026-11-20" },
        },
      ],
      groups: 2,
      total: { accepted: 2997, refused: 3, dropped: 12, refusedShare: 0.001 },
      interval: "day",
      series: {
        ...{ starts: ["2026-11-19", "2026-11-20"], refused: [0, 3], dropped: [4, 8] },
        refusedShare: [0, 0.002],
      },
      incomplete: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const refusals = question({
  name: "refusals",
  path: "/v1/refusals",
  tag: "Operations",
  summary: "Refused records and dropped fields",
  description:
    "By the UTC day of receipt, with the versions that send them. Filters by install do not apply: a refused record may name none. A range over 400 days has its series by week or month.",
  parameters: z.object({ ...appOnly, ...rangeParameters }),
  reply,
  async answer(_parameters, { ask, app, range, loadedUntil, asOf }) {
    const interval = intervalOf(range);
    const { buckets, first, until } = spanOf(range, interval, loadedUntil);
    const [rows, volumes] = await Promise.all([
      ask<Row>(ROWS, { app, ...range, most: MOST_ROWS }),
      volumesOf(ask, app, interval, first, until),
    ]);
    const series = buckets.map(({ start }) => volumes.get(start) ?? NOTHING);
    const all = series.reduce(sum, NOTHING);
    return {
      rows: rows.map(({ groups: _, ...row }) => row),
      groups: rows[0]?.groups ?? 0,
      total: {
        accepted: all.events + all.base,
        refused: all.refused,
        dropped: all.dropped,
        refusedShare: refusedShare(all),
      },
      interval,
      series: {
        starts: buckets.map(({ start }) => start),
        refused: series.map(({ refused }) => refused),
        dropped: series.map(({ dropped }) => dropped),
        refusedShare: series.map(refusedShare),
      },
      incomplete: buckets.filter(({ complete }) => !complete).length,
      asOf,
    };
  },
});

const ROWS = `
  SELECT
    outcome, reason, event, field, sum(sent) AS count,
    ${versionsOf("app_version", "sent")} AS versions,
    toString(min(first)) AS firstDay, toString(max(last)) AS lastDay,
    count() OVER () AS groups
  FROM (
    SELECT outcome, reason, event, field, app_version, sum(count) AS sent, min(day) AS first, max(day) AS last
    FROM refusals
    WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
    GROUP BY outcome, reason, event, field, app_version
  )
  GROUP BY outcome, reason, event, field
  ORDER BY count DESC, outcome, reason, event, field
  LIMIT {most:UInt32}`;

type Row = z.input<typeof reply>["rows"][number] & { groups: number };

const sum = (a: Volume, b: Volume): Volume => ({
  events: a.events + b.events,
  base: a.base + b.base,
  refused: a.refused + b.refused,
  dropped: a.dropped + b.dropped,
});
