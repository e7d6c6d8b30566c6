import { z } from "zod";
import { installsBy } from "./breakdown.ts";
import { bucketsOf } from "./days.ts";
import { common } from "./parameters.ts";
import { population, UNKNOWN } from "./population.ts";
import { question } from "./question.ts";
import { asOf, bucketDay, count, share } from "./reply.ts";

/** More bands than this cannot be told apart in a chart. */
const MOST_VERSIONS = 7;
const OTHER = "Other";

const reply = z
  .object({
    rows: z.array(z.object({ version: z.string(), installs: count, share })).meta({
      description: "Installs heard from in the range by their latest version, most first.",
    }),
    series: z
      .object({
        starts: z.array(bucketDay),
        versions: z.array(z.object({ version: z.string(), installs: z.array(count) })),
      })
      .meta({
        description: `Installs of each UTC day by the version they said that day: the ${MOST_VERSIONS} versions most seen in the range, then "${OTHER}" where there are more.`,
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

/** Turns rows into one list of numbers a version, with a 0 for every day that has no row. */
function series(starts: string[], rows: DayRow[]) {
  const place = new Map(starts.map((start, index) => [start, index]));
  const lists = new Map<string, number[]>();
  for (const { start, version, installs } of rows) {
    const list = lists.get(version) ?? new Array<number>(starts.length).fill(0);
    lists.set(version, list);
    const index = place.get(start);
    if (index !== undefined) list[index] = (list[index] ?? 0) + installs;
  }
  const weight = (list: number[]) => list.reduce((sum, installs) => sum + installs, 0);
  const ranked = [...lists]
    .map(([version, installs]) => ({ version, installs }))
    .sort((a, b) => weight(b.installs) - weight(a.installs) || (a.version < b.version ? -1 : 1));
  const rest = ranked.slice(MOST_VERSIONS);
  if (rest.length === 0) return ranked;
  const other = starts.map((_, day) =>
    rest.reduce((sum, row) => sum + (row.installs[day] ?? 0), 0),
  );
  return [...ranked.slice(0, MOST_VERSIONS), { version: OTHER, installs: other }];
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
    const { andInstall, params } = population(app, parameters);
    const [rows, days] = await Promise.all([
      installsBy("app_version", parameters, context),
      ask<DayRow>(
        // FINAL: of the records of one install and day the last received counts, merged or not yet.
        `SELECT
           day AS start, if(app_version = '', {unknown:String}, app_version) AS version, count() AS installs
         FROM heartbeats FINAL
         WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}${andInstall}
         GROUP BY start, version`,
        { ...params, ...range, unknown: UNKNOWN },
      ),
    ]);
    const starts = bucketsOf(range.from, range.to, "day", loadedUntil).map(({ start }) => start);
    return {
      rows: rows.map(({ value, ...row }) => ({ version: value, ...row })),
      series: { starts, versions: series(starts, days) },
      asOf,
    };
  },
});
