import { compareVersions, parseVersion } from "@rollcall/schemas";
import { appSettings } from "../settings/app-settings.ts";
import type { Settings } from "../settings/types.ts";
import { addDays, type Day } from "./days.ts";
import type { Ask } from "./question.ts";

/** A version that exists, by the maintainer's word or because installs run it. */
export interface Release {
  version: string;
  /** UTC day on which it was released: the listed one, or the first on which enough installs said it. */
  day: Day;
  /** The maintainer listed it. */
  listed: boolean;
  /**
   * False for a version that was in use already when the app's data begins: it was released on `day` or
   * any time before.
   */
  known: boolean;
}

/** What the maintainer says of an app's releases, and how many installs make one. */
export interface ReleaseSettings {
  listed: readonly { version: string; day: Day }[];
  /** A version exists when so many admitted installs have said it, so that a forged one does not. */
  k: number;
}

/** Where questions learn what the maintainer says. */
export type ReleaseSource = Pick<Settings, "get" | "list">;

/**
 * An app's release settings.
 *
 * @example releaseSettings(settings, "timetracker") // { listed: [{ version: "2.3.1", day: "2026-10-02" }], k: 10 }
 */
export function releaseSettings(settings: ReleaseSource, app: string): ReleaseSettings {
  const listed = settings
    .list("release")
    .filter(({ value }) => value.app === app)
    .map(({ value: { version, day } }) => ({ version, day }));
  return { listed, k: appSettings(settings, app).k };
}

/** Of each version the days on which the first and the k-th admitted install first said it. */
const OBSERVED = `SELECT
  version,
  min(day) AS first,
  minIf(day, up_to >= {k:UInt64}) AS released,
  max(up_to) AS installs
FROM (
  SELECT version, day, sum(installs) OVER (
    PARTITION BY version ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS up_to
  FROM version_arrivals
  WHERE app = {app:String}
)
GROUP BY version`;

interface Observed {
  version: string;
  first: Day;
  released: Day;
  installs: number;
}

/**
 * An app's releases, newest first by version; pre-releases are among them.
 *
 * @example await releasesOf(ask, "timetracker", { listed: [], k: 10 })
 * // [{ version: "2.3.1", day: "2026-10-02", listed: false, known: true }, …]
 */
export async function releasesOf(
  ask: Ask,
  app: string,
  { listed, k }: ReleaseSettings,
): Promise<Release[]> {
  const rows = await ask<Observed>(OBSERVED, { app, k });
  const [begin = ""] = rows.map(({ first }) => first).sort();
  const releases = new Map<string, Release>();
  for (const { version, first, released, installs } of rows) {
    if (installs < k) continue;
    // What is said on the first two days of the app's data was out before: nobody knows since when.
    const known = first > addDays(begin, 1);
    releases.set(version, { version, day: released, listed: false, known });
  }
  for (const { version, day } of listed) {
    releases.set(version, { version, day, listed: true, known: true });
  }
  return [...releases.values()].sort((one, other) => compareVersions(one.version, other.version));
}

/** True for a version that is a release of its own: no pre-release, and no word such as "nightly". */
export function isFinal(version: string): boolean {
  return parseVersion(version)?.prerelease === "";
}

/**
 * The newest final releases that are out, newest first. A release that is listed for a later day is
 * not out.
 *
 * @example newestFinal(releases, "2026-11-20", 2).map(({ version }) => version) // ["2.3.1", "2.3.0"]
 */
export function newestFinal(releases: readonly Release[], today: Day, most: number): Release[] {
  return releases.filter(({ version, day }) => isFinal(version) && day <= today).slice(0, most);
}
