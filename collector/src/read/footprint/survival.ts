import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { wholeDaysSince } from "./windows.ts";

/** A year: daily at first, where most installs end, then weekly. */
const DAYS = [
  ...Array.from({ length: 28 }, (_, day) => day),
  ...Array.from({ length: 49 }, (_, week) => 28 + 7 * week),
];
const LAST = DAYS.at(-1) ?? 0;
/** Below this a share says little. */
const FEW = 30;

const reply = z
  .object({
    rows: z.array(
      z.object({
        days: count.meta({ description: "Days of 24 hours since the first record." }),
        alive: count.meta({ description: "Of `installs`: heard of that long after, or longer." }),
        installs: count.meta({
          description: "First heard of at least `days` + 1 days ago: the denominator.",
        }),
        few: z.boolean().meta({ description: `Whether \`installs\` is under ${FEW}.` }),
      }),
    ),
    asOf,
  })
  .meta({
    id: "InstallSurvival",
    description: "How long installs live; points without any install are left out.",
    example: {
      rows: [
        { days: 0, alive: 1601, installs: 1601, few: false },
        { days: 364, alive: 9, installs: 22, few: true },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/**
 * Counts installs by whole days of two lengths at once: how long each could have lived until now, and
 * how long it did. A heartbeat comes once in 24 hours, so the last day could not show anything yet.
 */
const byDays = (where: string) => `SELECT length.1 AS kind, length.2 AS days, count() AS installs
FROM (
  SELECT
    ${wholeDaysSince("first_seen")} - 1 AS possible,
    intDiv(dateDiff('millisecond', first_seen, last_seen), 86400000) AS lived
  FROM installs_flat
  WHERE ${where} AND first_seen <= {now:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
)
ARRAY JOIN [
  ('possible', least(possible, {last:Int64})), ('lived', least(possible, lived, {last:Int64}))
] AS length
GROUP BY kind, days`;

export const survival = question({
  name: "installs_survival",
  path: "/v1/installs/survival",
  tag: "Installs",
  summary: "Share of installs still alive by days since first seen",
  description:
    "Every install that the filters leave, whenever it was first heard of; `from` and `to` move nothing. An install is alive at a day when it was heard of that long after its first record or later. It counts from a day later on, because heartbeats come once in 24 hours and who is due is not gone.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, now, asOf }) {
    const { where, params } = population(app, parameters);
    const found = await ask<{ kind: "possible" | "lived"; days: number; installs: number }>(
      byDays(where),
      { ...params, now, last: LAST },
    );
    const atLeast = (kind: "possible" | "lived", least: number) =>
      found
        .filter((row) => row.kind === kind && row.days >= least)
        .reduce((sum, { installs }) => sum + installs, 0);
    const rows = DAYS.map((days) => {
      const installs = atLeast("possible", days);
      return { days, alive: atLeast("lived", days), installs, few: installs < FEW };
    });
    return { rows: rows.filter(({ installs }) => installs > 0), asOf };
  },
});
