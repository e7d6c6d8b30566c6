import { compareVersions, parseVersion } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";

/** Rows of the answer; the others are added up. */
const MOST_ROWS = 50;
/** Paths that are looked at; an app has at most some hundred. */
const MOST_PATHS = 20_000;

const KINDS = ["upgrade", "downgrade", "unordered"] as const;

const reply = z
  .object({
    rows: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        kind: z.enum(KINDS).meta({
          description:
            "`unordered` where one of the two is a word such as nightly, which is neither newer nor older.",
        }),
        installs: count,
        medianDays: z.number().nonnegative().meta({
          description: "Median of the UTC days from the first of `from` to the first of `to`.",
        }),
      }),
    ),
    other: z
      .object({ paths: count, installs: count })
      .meta({ description: `What is not among the ${MOST_ROWS} rows.` }),
    total: count.meta({ description: "All of them, `other` included." }),
    downgrades: count.meta({ description: "Of `total`: to an older version." }),
    asOf,
  })
  .meta({
    id: "UpgradePaths",
    description: "From which version installs came to which, most first.",
    example: {
      rows: [
        { from: "2.2.0", to: "2.3.0", kind: "upgrade", installs: 311, medianDays: 41 },
        { from: "2.3.1", to: "2.3.0", kind: "downgrade", installs: 7, medianDays: 1.5 },
      ],
      other: { paths: 0, installs: 0 },
      total: 318,
      downgrades: 7,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Path {
  from_: string;
  to_: string;
  installs: number;
  median_days: number;
  whole: number;
}

/**
 * The arrays are in the order in which an install first said its versions: each but the last is joined
 * with the next one.
 */
const paths = (where: string) => `SELECT
  from_, to_,
  count() AS installs,
  quantileExactInclusive(0.5)(till - since) AS median_days,
  sum(count()) OVER () AS whole
FROM (SELECT versions, version_days FROM installs_flat WHERE ${where} AND length(versions) > 1)
ARRAY JOIN
  arrayPopBack(versions) AS from_, arrayPopFront(versions) AS to_,
  arrayPopBack(version_days) AS since, arrayPopFront(version_days) AS till
WHERE till >= {from:Date} AND till <= {to:Date}
GROUP BY from_, to_
ORDER BY installs DESC, from_, to_
LIMIT {most:UInt32}`;

function kindOf(from: string, to: string): (typeof KINDS)[number] {
  if (parseVersion(from) === null || parseVersion(to) === null) return "unordered";
  return compareVersions(from, to) > 0 ? "upgrade" : "downgrade";
}

const sumOf = (rows: readonly { installs: number }[]) =>
  rows.reduce((sum, { installs }) => sum + installs, 0);

export const upgrades = question({
  name: "installs_upgrades",
  path: "/v1/installs/upgrades",
  tag: "Installs",
  summary: "Upgrade paths with counts",
  description:
    "An install changes versions on the first UTC day on which a base record says a version that none said before; `from` is the version that it had said for the first time before that. Going back to a version that it said already is no path. Of several on one day each older version leads to the next newer one. Counted are those whose day is in the range.",
  parameters: z.object(common),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { where, params } = population(app, parameters);
    const found = await ask<Path>(paths(where), { ...params, ...range, most: MOST_PATHS });
    const all = found.map(({ from_, to_, installs, median_days }) => ({
      from: from_,
      to: to_,
      kind: kindOf(from_, to_),
      installs,
      medianDays: median_days,
    }));
    const rows = all.slice(0, MOST_ROWS);
    const total = found[0]?.whole ?? 0;
    return {
      rows,
      other: {
        paths: all.length - rows.length,
        installs: total - sumOf(rows),
      },
      total,
      downgrades: sumOf(all.filter(({ kind }) => kind === "downgrade")),
      asOf,
    };
  },
});
