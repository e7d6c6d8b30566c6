import { compareVersions } from "@rollcall/schemas";
import { addDays, type Day, dayCount, dayOf, startOf } from "../days.ts";
import { type InstallFilter, population } from "../population.ts";
import type { Context } from "../question.ts";
import {
  newestFinal,
  type Release,
  type ReleaseSource,
  releaseSettings,
  releasesOf,
} from "../releases.ts";

/** As many releases as a chart has colours. */
export const MOST_RELEASES = 6;
/** Afterwards little moves. */
export const MOST_DAYS = 120;

/** What the installs of a day said, as seen from one release. */
export interface ReleaseDay {
  /** Installs with a base record that day. */
  reporting: number;
  /** Of them, whose version of the day was this release. */
  on: number;
  /** Of them, whose version of the day was this release or a newer version. */
  onOrLater: number;
  complete: boolean;
}

/** One release and its days: the first is that of the release itself. */
export interface ReleaseCurve {
  release: Release;
  days: ReleaseDay[];
}

interface Said {
  day: Day;
  version: string;
  /** Installs that said this version or a newer one. */
  up_to: number;
}

/** Of two versions of one day the newer counts: `order` has the newest first. */
const saidByDay = (members: string) => `WITH ${members} AS population
SELECT
  day,
  app_version AS version,
  groupBitmapMerge(said) OVER (
    PARTITION BY day ORDER BY indexOf({order:Array(String)}, app_version)
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS up_to
FROM (
  SELECT day, app_version, bitmapAnd(groupBitmapMergeState(installs), population) AS said
  FROM version_days
  WHERE app = {app:String} AND has({order:Array(String)}, app_version)
    AND has({days:Array(Date)}, day)
  GROUP BY day, app_version
)
ORDER BY day, indexOf({order:Array(String)}, app_version)`;

const reportingByDay = (members: string) => `WITH ${members} AS population
SELECT day, bitmapAndCardinality(groupBitmapMergeState(installs), population) AS reporting
FROM active_days
WHERE app = {app:String} AND has({days:Array(Date)}, day)
GROUP BY day`;

/**
 * The newest final releases, newest first, each with what installs said from its day on: at most
 * `MOST_DAYS` days later, and up to today.
 *
 * @example
 * const [latest] = await releaseCurves({}, context, settings);
 * latest?.days[7] // { reporting: 1051, on: 420, onOrLater: 431, complete: true }
 */
export async function releaseCurves(
  filter: InstallFilter,
  { ask, app, now, loadedUntil }: Context,
  settings: ReleaseSource,
): Promise<ReleaseCurve[]> {
  const today = dayOf(now);
  const [all, known] = await Promise.all([
    releasesOf(ask, app, releaseSettings(settings, app)),
    ask<{ version: string }>(
      "SELECT DISTINCT app_version AS version FROM version_days WHERE app = {app:String}",
      { app },
    ),
  ]);
  const dated = all.filter(({ known: isDated }) => isDated);
  const releases = newestFinal(dated, today, MOST_RELEASES);
  const oldest = releases.at(-1);
  if (oldest === undefined) return [];

  const daysOf = (release: Release) =>
    Array.from({ length: Math.min(MOST_DAYS + 1, dayCount(release.day, today)) }, (_, later) =>
      addDays(release.day, later),
    );
  const order = known
    .map(({ version }) => version)
    .filter((version) => compareVersions(version, oldest.version) <= 0)
    .sort(compareVersions);
  const { members, params } = population(app, filter);
  const bound = { ...params, order, days: [...new Set(releases.flatMap(daysOf))] };
  const [said, active] = await Promise.all([
    ask<Said>(saidByDay(members), bound),
    ask<{ day: Day; reporting: number }>(reportingByDay(members), bound),
  ]);
  const saidOn = Map.groupBy(said, ({ day }) => day);
  const reportingOn = new Map(active.map(({ day, reporting }) => [day, reporting]));
  return releases.map((release) => ({
    release,
    days: daysOf(release).map((day) => ({
      reporting: reportingOn.get(day) ?? 0,
      ...seenFrom(release.version, saidOn.get(day) ?? []),
      complete: startOf(addDays(day, 1)) <= loadedUntil,
    })),
  }));
}

/** `said` has the newest version first, each with all that is newer. */
function seenFrom(version: string, said: readonly Said[]): { on: number; onOrLater: number } {
  const later = said.filter((row) => compareVersions(row.version, version) < 0).at(-1)?.up_to ?? 0;
  const own = said.find((row) => row.version === version);
  return { on: own === undefined ? 0 : own.up_to - later, onOrLater: own?.up_to ?? later };
}

/** How many trailing days still run or are not all loaded. */
export const incompleteOf = (days: readonly ReleaseDay[]): number =>
  days.filter(({ complete }) => !complete).length;

/** Days since release as a list that every curve fits into. */
export const axisOf = (curves: readonly ReleaseCurve[]): number[] =>
  Array.from({ length: Math.max(0, ...curves.map(({ days }) => days.length)) }, (_, day) => day);
