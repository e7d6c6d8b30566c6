import { compareVersions, parseVersion } from "@rollcall/schemas";
import { z } from "zod";
import { type Day, dayCount, dayOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import {
  newestFinal,
  type Release,
  type ReleaseSource,
  releaseSettings,
  releasesOf,
} from "../releases.ts";
import { asOf, count, share } from "../reply.ts";
import { whole } from "../usage/shared.ts";
import { ACTIVE_IN_MONTH } from "./windows.ts";

/** Rows of the answer; the others are added up. */
const MOST_ROWS = 50;

const reply = z
  .object({
    days: count,
    rows: z.array(
      z.object({
        version: z.string(),
        installs: count,
        share: share.meta({ description: "Part of `active`, from 0 to 1." }),
        medianDays: z.number().nonnegative().meta({
          description: "Median of the UTC days that they have been on it.",
        }),
        newest: z.string().meta({ description: "The newest final release: what they could take." }),
      }),
    ),
    other: z
      .object({ versions: count, installs: count })
      .meta({ description: `What is not among the ${MOST_ROWS} rows.` }),
    total: count.meta({ description: "All stuck installs, `other` included." }),
    active: count.meta({ description: "Installs heard from in the last 28 × 24 hours." }),
    asOf,
  })
  .meta({
    id: "StuckInstalls",
    description: "Active installs that stay on an old version, newest version first.",
    example: {
      days: 90,
      rows: [
        { version: "2.1.0", installs: 40, share: 0.033, medianDays: 160, newest: "2.3.1" },
        { version: "1.9.4", installs: 12, share: 0.01, medianDays: 402.5, newest: "2.3.1" },
      ],
      other: { versions: 0, installs: 0 },
      total: 52,
      active: 1204,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Row {
  version: string;
  active: number;
  stayed: number;
  median_days: number | null;
}

/** Who went back to a version is on it since the last version that was new to it, at the longest. */
const byVersion = (where: string) => `WITH
  dateDiff('day', arrayMax(version_days), {today:Date}) AS days_on_it,
  has(versions, app_version) AND days_on_it > {days:UInt16} AS has_stayed
SELECT
  app_version AS version,
  count() AS active,
  countIf(has_stayed) AS stayed,
  quantileExactInclusiveIf(0.5)(days_on_it, has_stayed) AS median_days
FROM installs_flat
WHERE ${where} AND ${ACTIVE_IN_MONTH}
GROUP BY version`;

/** Whether a final release that is newer than a version has been out for so many days. */
function isBehind(version: string, releases: readonly Release[], today: Day, days: number) {
  if (parseVersion(version) === null) return false;
  return releases.some(
    (release) =>
      compareVersions(release.version, version) < 0 && dayCount(release.day, today) - 1 >= days,
  );
}

export const stuck = (settings: ReleaseSource) =>
  question({
    name: "installs_stuck",
    path: "/v1/installs/stuck",
    tag: "Installs",
    summary: "Installs that stay on an old version",
    description:
      "Installs heard from in the last 28 × 24 hours that said their version for the first time more than `days` UTC days ago, while a newer final release has been out for at least `days` days. Who went back to a version counts from the first day of the last version that was new to it. `from` and `to` move nothing.",
    parameters: z.object({
      ...common,
      days: whole(1, 3650).default(90).meta({
        description: "How long on one version makes an install stuck.",
        example: "90",
      }),
    }),
    reply,
    async answer(parameters, { ask, app, now, asOf }) {
      const { days } = parameters;
      const { where, params } = population(app, parameters);
      const today = dayOf(now);
      const [found, releases] = await Promise.all([
        ask<Row>(byVersion(where), { ...params, now, today, days }),
        releasesOf(ask, app, releaseSettings(settings, app)),
      ]);
      const final = newestFinal(releases, today, releases.length);
      const newest = final[0]?.version ?? "";
      const active = found.reduce((sum, row) => sum + row.active, 0);
      const all = found
        .filter(({ version, stayed }) => stayed > 0 && isBehind(version, final, today, days))
        .map(({ version, stayed, median_days }) => ({
          version,
          installs: stayed,
          share: stayed / active,
          medianDays: median_days ?? 0,
          newest,
        }))
        .sort((one, other) => other.installs - one.installs);
      const sum = (rows: typeof all) => rows.reduce((so, { installs }) => so + installs, 0);
      const [rows, others] = [all.slice(0, MOST_ROWS), all.slice(MOST_ROWS)];
      return {
        days,
        rows: rows.sort((one, other) => compareVersions(one.version, other.version)),
        other: { versions: others.length, installs: sum(others) },
        total: sum(all),
        active,
        asOf,
      };
    },
  });
