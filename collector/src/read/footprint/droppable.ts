import { compareVersions, parseVersion } from "@rollcall/schemas";
import { z } from "zod";
import { common } from "../parameters.ts";
import { population, UNKNOWN } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count, share } from "../reply.ts";
import { ACTIVE_IN_MONTH } from "./windows.ts";

/** What an app may stop supporting; versions are dropped below one that stays. */
const DROPPABLE_FIELDS = ["app_version", "os_version", "platform", "architecture"] as const;
type Field = (typeof DROPPABLE_FIELDS)[number];

const field = z.enum(DROPPABLE_FIELDS, `one of ${DROPPABLE_FIELDS.join(", ")}`);
/** Rows of the answer: those with the most installs. */
const MOST_ROWS = 200;
/** Values that are looked at; names are capped far below. */
const MOST_VALUES = 20_000;

const reply = z
  .object({
    field,
    rows: z.array(
      z.object({
        platform: z.string().nullable().meta({
          description: "The platform that `value` is an os_version of; null for other fields.",
        }),
        value: z.string(),
        installs: count.meta({ description: "Active installs of this value." }),
        behind: count.meta({
          description:
            "Active installs that are left behind: with an older version where `field` is app_version or os_version (of the same platform), else those of this value.",
        }),
        share: share.meta({ description: "`behind` as a part of `active`, from 0 to 1." }),
      }),
    ),
    unordered: count.meta({
      description: "Of `active`: the value is unknown or no version. They are never in `behind`.",
    }),
    active: count.meta({ description: "Installs heard from in the last 28 × 24 hours." }),
    asOf,
  })
  .meta({
    id: "SafeToDrop",
    description: `How many active installs would be left behind. Versions newest first, those of an operating system below each other by platform; at most ${MOST_ROWS} rows, those with the most installs.`,
    example: {
      field: "app_version",
      rows: [
        { platform: null, value: "2.3.1", installs: 802, behind: 399, share: 0.331 },
        { platform: null, value: "2.1.0", installs: 394, behind: 5, share: 0.004 },
        { platform: null, value: "1.9.4", installs: 5, behind: 0, share: 0 },
      ],
      unordered: 3,
      active: 1204,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Value {
  platform: string;
  value: string;
  installs: number;
}

/** The column is one of DROPPABLE_FIELDS. */
const byValue = (column: Field, where: string) => `SELECT
  ${column === "os_version" ? "platform" : "''"} AS platform_,
  ${column} AS value,
  count() AS installs
FROM installs_flat
WHERE ${where} AND ${ACTIVE_IN_MONTH}
GROUP BY platform_, value
ORDER BY installs DESC, platform_, value
LIMIT {most:UInt32}`;

const sumOf = (values: readonly { installs: number }[]) =>
  values.reduce((sum, { installs }) => sum + installs, 0);

/** Values of one platform, newest first, each with the installs on older ones. */
function floors(values: readonly Value[]): (Value & { behind: number })[] {
  let behind = 0;
  return values
    .toSorted((one, other) => compareVersions(other.value, one.value))
    .map((value) => {
      const floor = { ...value, behind };
      behind += value.installs;
      return floor;
    })
    .reverse();
}

/** The largest of a list, in the order of the list. */
function largest<T extends { installs: number }>(rows: readonly T[]): T[] {
  const kept = new Set(
    rows.toSorted((one, other) => other.installs - one.installs).slice(0, MOST_ROWS),
  );
  return rows.filter((row) => kept.has(row));
}

export const droppable = question({
  name: "installs_droppable",
  path: "/v1/installs/droppable",
  tag: "Installs",
  summary: "What is safe to drop: installs left behind",
  description:
    "Of the installs heard from in the last 28 × 24 hours, by their latest values: how many would be left behind if everything below a version, or one platform or architecture, was supported no more. `from` and `to` move nothing.",
  parameters: z.object({
    ...common,
    field: field.default("app_version").meta({
      description: "What is to be dropped.",
      example: "os_version",
    }),
  }),
  reply,
  async answer(parameters, { ask, app, now, asOf }) {
    const { where, params } = population(app, parameters);
    const found = await ask<{ platform_: string; value: string; installs: number }>(
      byValue(parameters.field, where),
      { ...params, now, most: MOST_VALUES },
    );
    const values = found.map(({ platform_, ...row }) => ({ platform: platform_, ...row }));
    const active = sumOf(values);
    const isFloor = parameters.field === "app_version" || parameters.field === "os_version";
    const known = values.filter(({ value }) =>
      isFloor ? parseVersion(value) !== null : value !== "",
    );
    const rows = isFloor
      ? [...Map.groupBy(known, ({ platform }) => platform).values()]
          .sort((one, other) => sumOf(other) - sumOf(one))
          .flatMap(floors)
      : known.map((value) => ({ ...value, behind: value.installs }));
    return {
      field: parameters.field,
      rows: largest(rows).map(({ platform, value, installs, behind }) => ({
        platform: parameters.field === "os_version" ? platform || UNKNOWN : null,
        value,
        installs,
        behind,
        share: behind / active,
      })),
      unordered: active - sumOf(known),
      active,
      asOf,
    };
  },
});
