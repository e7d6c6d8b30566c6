import { compareVersions } from "@rollcall/schemas";
import { z } from "zod";
import { bucketsOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population, UNKNOWN } from "../population.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count, share } from "../reply.ts";
import { installsBy } from "./breakdown.ts";

/** More bands than this cannot be told apart in a chart. */
const MOST_VERSIONS = 7;
const OTHER = "Other";
/** The longest table; the chart beside it is in the same answer. */
const MOST_ROWS = 200;
/** More points than this no chart shows apart. */
const MOST_POINTS = 400;

const reply = z
  .object({
    rows: z.array(z.object({ version: z.string(), installs: count, share })).meta({
      description: `Installs heard from in the range by their latest version, most first, at most ${MOST_ROWS} rows.`,
    }),
    series: z
      .object({
        starts: z.array(bucketDay),
        versions: z.array(z.object({ version: z.string(), installs: z.array(count) })),
      })
      .meta({
        description: `Installs of UTC days by the version they said that day: the ${MOST_VERSIONS} versions with the largest share on any one of them, largest first, then "${OTHER}" where there are more. Every day up to ${MOST_POINTS} days, beyond that days at even distances.`,
      }),
    asOf,
  })
  .meta({
    id: "InstallVersions",
    description: "Which versions installs run, now and over time.",
    example: {
      rows: [
        { version: "2.3.1", installs: 802, share: 0.67 },
        { version: "2.3.0", installs: 402, share: 0.33 },
      ],
      series: {
        starts: ["2026-11-19", "2026-11-20"],
        versions: [
          { version: "2.3.1", installs: [701, 260] },
          { version: "2.3.0", installs: [350, 128] },
        ],
      },
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface DayRow {
  start: string;
  version: string;
  installs: number;
}

/**
 * One list of installs a version, 0 where a day has no row. The versions that had the largest share
 * on any one day have a band of their own, so that a release shows in its time, old or new.
 */
function series(starts: string[], rows: DayRow[]) {
  const totals = new Map<string, number>();
  for (const { start, installs } of rows) totals.set(start, (totals.get(start) ?? 0) + installs);
  const peaks = new Map<string, number>();
  for (const { start, version, installs } of rows) {
    const share = installs / (totals.get(start) ?? installs);
    peaks.set(version, Math.max(peaks.get(version) ?? 0, share));
  }
  const bands = [...peaks]
    .sort(([a, peakOfA], [b, peakOfB]) => peakOfB - peakOfA || (a < b ? -1 : 1))
    .slice(0, MOST_VERSIONS)
    .map(([version]) => version);

  const place = new Map(starts.map((start, index) => [start, index]));
  const lists = new Map(bands.map((version) => [version, new Array(starts.length).fill(0)]));
  for (const { start, version, installs } of rows) {
    const band = lists.has(version) ? version : OTHER;
    const list = lists.get(band) ?? new Array<number>(starts.length).fill(0);
    lists.set(band, list);
    list[place.get(start) ?? 0] += installs;
  }
  return [...lists].map(([version, installs]) => ({ version, installs }));
}

/**
 * An install that said two versions on a day counts with the newer: `up_to` are the installs that said
 * this version or a newer one.
 */
const byDay = (members: string) => `WITH ${members} AS population
SELECT
  day AS start,
  if(app_version = '', {unknown:String}, app_version) AS version,
  groupBitmapMerge(said) OVER (
    PARTITION BY day ORDER BY indexOf({order:Array(String)}, app_version)
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS up_to
FROM (
  SELECT day, app_version, bitmapAnd(groupBitmapMergeState(installs), population) AS said
  FROM version_days
  WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
    AND dateDiff('day', day, {to:Date}) % {step:UInt16} = 0
  GROUP BY day, app_version
)
ORDER BY start, indexOf({order:Array(String)}, app_version)`;

/** Installs of each version alone, from those of it and all newer ones of the day; none without any. */
function apart(rows: (Omit<DayRow, "installs"> & { up_to: number })[]): DayRow[] {
  return rows.flatMap(({ start, version, up_to }, index) => {
    const newer = rows[index - 1];
    const installs = up_to - (newer?.start === start ? newer.up_to : 0);
    return installs === 0 ? [] : [{ start, version, installs }];
  });
}

export const versions = question({
  name: "installs_versions",
  path: "/v1/installs/versions",
  tag: "Installs",
  summary: "Version adoption",
  description: 'Installs by version, "unknown" where an install never said.',
  parameters: z.object(common),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, loadedUntil, asOf } = context;
    const { members, params } = population(app, parameters);
    const starts = bucketsOf(range.from, range.to, "day", loadedUntil).map(({ start }) => start);
    const step = Math.ceil(starts.length / MOST_POINTS);
    // The last day is always among them: it is the one that is compared with "now".
    const days = starts.filter((_, day) => (starts.length - 1 - day) % step === 0);
    const [rows, said] = await Promise.all([
      installsBy("app_version", parameters, context, MOST_ROWS),
      ask<{ version: string }>(
        `SELECT DISTINCT app_version AS version FROM version_days
         WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}`,
        { app, ...range },
      ).then((known) => {
        const order = known.map(({ version }) => version).sort(compareVersions);
        const bound = { ...params, ...range, step, order, unknown: UNKNOWN };
        return ask<Omit<DayRow, "installs"> & { up_to: number }>(byDay(members), bound).then(apart);
      }),
    ]);
    return {
      rows: rows.map(({ value, ...row }) => ({ version: value, ...row })),
      series: { starts: days, versions: series(days, said) },
      asOf,
    };
  },
});
