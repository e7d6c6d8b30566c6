import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { addDays, dayOf } from "../days.ts";
import { ERROR_EVENTS } from "../error-events.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { newestFinal, type ReleaseSource, releaseSettings, releasesOf } from "../releases.ts";
import { asOf, count } from "../reply.ts";
import { ACTIVE_IN_MONTH } from "./windows.ts";

const reply = z
  .object({
    active: z
      .object({ day: count, week: count, month: count })
      .meta({ description: "Heard from in the last 24 hours, 7 × 24 hours, 28 × 24 hours." }),
    total: count.meta({ description: "Every install ever heard from; `admitted` is not applied." }),
    admitted: count.meta({ description: "Of `total`: heartbeats on two distinct days." }),
    pending: count.meta({ description: "Of `total`: not admitted yet." }),
    underADay: count.meta({
      description:
        "Of `active.month`: less than 24 hours between the first record and the last, and first heard of more than a day ago.",
    }),
    new: count.meta({ description: "First heard of in the last 28 × 24 hours." }),
    churned: count.meta({ description: "Last heard of between 56 and 28 × 24 hours ago." }),
    sharingDetailed: count.meta({
      description: "Of `active.month`: with an accepted detailed record in the same 28 days.",
    }),
    withoutError: count.meta({
      description: `Of \`sharingDetailed\`: with none of ${ERROR_EVENTS.join(", ")} on a UTC day of these 28 days, the one in which they begin included.`,
    }),
    latest: z.object({ releases: z.array(z.string()), installs: count }).meta({
      description:
        "`releases`: the newest final release and the one before, as far as there are any. `installs`: of `active.month`, those whose version is the older of the two or newer.",
    }),
    previous: z.object({ month: count, new: count, churned: count }).meta({
      description:
        "The same 28 days earlier. `month`: with a base record in the 28 UTC days that end 28 days before today. `new`: first heard of between 56 and 28 × 24 hours ago. `churned`: with a base record in the 28 UTC days before those of `month`, and none in those.",
    }),
    asOf,
  })
  .meta({
    id: "InstallSummary",
    description: "How many installs are alive.",
    example: {
      active: { day: 1043, week: 1171, month: 1204 },
      total: 1688,
      admitted: 1657,
      pending: 31,
      underADay: 12,
      new: 96,
      churned: 58,
      sharingDetailed: 457,
      withoutError: 431,
      latest: { releases: ["2.3.1", "2.3.0"], installs: 1010 },
      previous: { month: 1180, new: 88, churned: 61 },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

const COUNTED = [
  "day",
  "week",
  "month",
  "total",
  "admitted_",
  "new_",
  "previous_new",
  "churned",
  "sharing",
  "without_error",
  "under_a_day",
] as const;
type Counts = Record<(typeof COUNTED)[number], number>;

/** One pass over all installs; by version, because only JavaScript knows the order of versions. */
const byVersion = (whereOfAll: string) => `WITH
  (
    SELECT groupBitmapMergeState(installs) FROM event_days
    WHERE app = {app:String} AND has({errors:Array(String)}, event)
      AND day >= toDate({now:DateTime64(3, 'UTC')} - INTERVAL 28 DAY)
  ) AS failed,
  ({admitted_only:Bool} = false OR admitted) AS asked,
  {now:DateTime64(3, 'UTC')} AS now_,
  ${ACTIVE_IN_MONTH} AS in_month,
  asked AND in_month AND ifNull(last_detailed >= now_ - INTERVAL 28 DAY, false) AS is_sharing
SELECT
  app_version AS version,
  countIf(asked AND last_seen >= now_ - INTERVAL 1 DAY) AS day,
  countIf(asked AND last_seen >= now_ - INTERVAL 7 DAY) AS week,
  countIf(asked AND in_month) AS month,
  count() AS total,
  countIf(admitted) AS admitted_,
  countIf(asked AND first_seen >= now_ - INTERVAL 28 DAY) AS new_,
  countIf(
    asked AND first_seen >= now_ - INTERVAL 56 DAY AND first_seen < now_ - INTERVAL 28 DAY
  ) AS previous_new,
  countIf(asked AND NOT in_month AND last_seen >= now_ - INTERVAL 56 DAY) AS churned,
  countIf(is_sharing) AS sharing,
  countIf(is_sharing AND NOT bitmapContains(failed, number)) AS without_error,
  countIf(
    asked AND in_month AND last_seen < first_seen + INTERVAL 1 DAY
      AND first_seen < now_ - INTERVAL 1 DAY
  ) AS under_a_day
FROM installs_flat
WHERE ${whereOfAll}
GROUP BY version`;

/** Who was active when cannot be told from the last record, so it is read from the days. */
const before = (members: string) => `WITH ${members} AS asked
SELECT
  bitmapAndCardinality(month_, asked) AS month,
  bitmapAndCardinality(bitmapAndnot(earlier, month_), asked) AS churned
FROM (
  SELECT
    groupBitmapMergeStateIf(installs, day >= {first:Date}) AS month_,
    groupBitmapMergeStateIf(installs, day < {first:Date}) AS earlier
  FROM active_days
  WHERE app = {app:String} AND day >= {earliest:Date} AND day <= {last:Date}
)`;

/** Numbers for the tiles. Windows roll (docs/decisions/0004): a heartbeat comes once in 24 hours. */
export const summary = (settings: ReleaseSource) =>
  question({
    name: "installs_summary",
    path: "/v1/installs/summary",
    tag: "Installs",
    summary: "Installs alive, new, churned and pending",
    description:
      "Counts of installs in windows that end now; `from` and `to` do not move them. `total`, `admitted` and `pending` count every install that the other filters leave, whatever `admitted` says.",
    parameters: z.object(common),
    reply,
    async answer(parameters, { ask, app, now, asOf }) {
      const { members, whereOfAll, params } = population(app, parameters);
      const today = dayOf(now);
      const [versions, [previous], releases] = await Promise.all([
        ask<Counts & { version: string }>(byVersion(whereOfAll), {
          ...params,
          ...{ now, errors: [...ERROR_EVENTS] },
        }),
        // An aggregate without GROUP BY always has its one row.
        ask(before(members), {
          ...params,
          ...{
            earliest: addDays(today, -83),
            first: addDays(today, -55),
            last: addDays(today, -28),
          },
        }) as Promise<[{ month: number; churned: number }]>,
        releasesOf(ask, app, releaseSettings(settings, app)),
      ]);
      const found = sumOf(versions);
      const latest = newestFinal(releases, today, 2).map(({ version }) => version);
      return {
        active: { day: found.day, week: found.week, month: found.month },
        total: found.total,
        admitted: found.admitted_,
        pending: found.total - found.admitted_,
        underADay: found.under_a_day,
        new: found.new_,
        churned: found.churned,
        sharingDetailed: found.sharing,
        withoutError: found.without_error,
        latest: { releases: latest, installs: onOrAbove(latest.at(-1), versions) },
        previous: { month: previous.month, new: found.previous_new, churned: previous.churned },
        asOf,
      };
    },
  });

function sumOf(rows: readonly Counts[]): Counts {
  const sum = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
  for (const row of rows) for (const name of COUNTED) sum[name] += row[name];
  return sum;
}

/** Active installs on a version or on a newer one. */
function onOrAbove(floor: string | undefined, rows: readonly (Counts & { version: string })[]) {
  if (floor === undefined) return 0;
  return rows
    .filter(({ version }) => compareVersions(version, floor) <= 0)
    .reduce((sum, { month }) => sum + month, 0);
}
