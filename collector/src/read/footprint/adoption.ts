import { z } from "zod";
import { common } from "../parameters.ts";
import { question } from "../question.ts";
import type { ReleaseSource } from "../releases.ts";
import { asOf, count } from "../reply.ts";
import { axisOf, incompleteOf, MOST_DAYS, MOST_RELEASES, releaseCurves } from "./release-days.ts";

/** Fields of a release's curve that `lag` has, too. */
export const curve = {
  version: z.string(),
  released: z.string().meta({
    description: "UTC day of the release, the first of its points.",
    example: "2026-11-02",
  }),
  listed: z.boolean().meta({ description: "Whether the maintainer listed the release." }),
};
export const reporting = z.array(count.nullable()).meta({
  description: "Installs with a base record that day: the denominator. null for a day to come.",
});
export const incomplete = count.meta({
  description: "How many of the last points that are not null still fill.",
});
export const axis = z.array(count).meta({ description: "Days since the release." });

const reply = z
  .object({
    days: axis,
    series: z.array(
      z.object({
        ...curve,
        installs: z.array(count.nullable()).meta({
          description: "Of `reporting`: the newest version that they said that day is this one.",
        }),
        reporting,
        incomplete,
      }),
    ),
    asOf,
  })
  .meta({
    id: "ReleaseAdoption",
    description: `Installs on each of the ${MOST_RELEASES} newest final releases by days since it, newest release first.`,
    example: {
      days: [0, 1, 2],
      series: [
        {
          ...{ version: "2.3.1", released: "2026-11-19", listed: true },
          ...{ installs: [52, 60, null], reporting: [1051, 388, null], incomplete: 1 },
        },
        {
          ...{ version: "2.3.0", released: "2026-10-02", listed: false },
          ...{ installs: [12, 204, 330], reporting: [998, 1003, 1001], incomplete: 0 },
        },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

/** A list in which days to come are null. */
export const filled = <T>(axis: readonly number[], values: readonly T[]): (T | null)[] =>
  axis.map((day) => values[day] ?? null);

export const adoption = (settings: ReleaseSource) =>
  question({
    name: "installs_adoption",
    path: "/v1/installs/adoption",
    tag: "Installs",
    summary: "Adoption of releases by days since release",
    description: `For each of the ${MOST_RELEASES} newest final releases: of the installs that reported on each UTC day, from the day of the release to ${MOST_DAYS} days later, those on it. \`from\` and \`to\` move nothing. A release is what the maintainer listed, or what enough admitted installs have said.`,
    parameters: z.object(common),
    reply,
    async answer(parameters, context) {
      const curves = await releaseCurves(parameters, context, settings);
      const days = axisOf(curves);
      return {
        days,
        series: curves.map(({ release, days: points }) => ({
          version: release.version,
          released: release.day,
          listed: release.listed,
          installs: filled(
            days,
            points.map(({ on }) => on),
          ),
          reporting: filled(
            days,
            points.map(({ reporting }) => reporting),
          ),
          incomplete: incompleteOf(points),
        })),
        asOf: context.asOf,
      };
    },
  });
