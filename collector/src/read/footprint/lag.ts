import { z } from "zod";
import { common } from "../parameters.ts";
import { question } from "../question.ts";
import type { ReleaseSource } from "../releases.ts";
import { asOf, count } from "../reply.ts";
import { axis, curve, filled, incomplete, reporting } from "./adoption.ts";
import {
  axisOf,
  incompleteOf,
  MOST_DAYS,
  MOST_RELEASES,
  type ReleaseCurve,
  releaseCurves,
} from "./release-days.ts";

const reply = z
  .object({
    days: axis,
    latest: z
      .object({
        ...curve,
        installs: z.array(count.nullable()).meta({
          description: "Of `reporting`: on this release or on a newer version.",
        }),
        reporting,
        incomplete,
      })
      .nullable()
      .meta({ description: "The newest final release; null where there is none." }),
    median: z.array(z.number().min(0).max(1).nullable()).meta({
      description: `Median over the ${MOST_RELEASES} newest final releases of the share of installs on that release or later; null where none has a complete day with installs.`,
    }),
    releases: z.array(count).meta({ description: "How many releases each `median` is of." }),
    asOf,
  })
  .meta({
    id: "UpgradeLag",
    description: "How fast installs come to a release or pass it, by days since the release.",
    example: {
      days: [0, 1, 2],
      latest: {
        ...{ version: "2.3.1", released: "2026-11-19", listed: true },
        ...{ installs: [52, 61, null], reporting: [1051, 388, null], incomplete: 1 },
      },
      median: [0.04, 0.21, 0.33],
      releases: [6, 5, 5],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** Shares of installs on a release or later, of the releases that have a complete day so long after. */
const sharesAt = (day: number, curves: readonly ReleaseCurve[]): number[] =>
  curves.flatMap(({ days }) => {
    const point = days[day];
    if (point === undefined || !point.complete || point.reporting === 0) return [];
    return [point.onOrLater / point.reporting];
  });

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export const lag = (settings: ReleaseSource) =>
  question({
    name: "installs_lag",
    path: "/v1/installs/lag",
    tag: "Installs",
    summary: "Upgrade lag: installs on a release or later by days since it",
    description: `Of the installs that reported on each UTC day, from the day of a release to ${MOST_DAYS} days later, those on it or on a newer version: for the newest final release, and the median over the last ${MOST_RELEASES}. \`from\` and \`to\` move nothing.`,
    parameters: z.object(common),
    reply,
    async answer(parameters, context) {
      const curves = await releaseCurves(parameters, context, settings);
      const days = axisOf(curves);
      const shares = days.map((day) => sharesAt(day, curves));
      const [newest] = curves;
      return {
        days,
        latest:
          newest === undefined
            ? null
            : {
                version: newest.release.version,
                released: newest.release.day,
                listed: newest.release.listed,
                installs: filled(
                  days,
                  newest.days.map(({ onOrLater }) => onOrLater),
                ),
                reporting: filled(
                  days,
                  newest.days.map(({ reporting }) => reporting),
                ),
                incomplete: incompleteOf(newest.days),
              },
        median: shares.map(medianOf),
        releases: shares.map(({ length }) => length),
        asOf: context.asOf,
      };
    },
  });
