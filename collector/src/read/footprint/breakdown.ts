import { z } from "zod";
import { common } from "../parameters.ts";
import { population, UNKNOWN } from "../population.ts";
import { type Context, question } from "../question.ts";
import { asOf, count, share, withShares } from "../reply.ts";

/** Base fields that installs may be grouped by: the names of the columns of `installs_flat`. */
export const BREAKDOWN_FIELDS = [
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
  "app_version",
] as const;
export type BreakdownField = (typeof BREAKDOWN_FIELDS)[number];

const field = z.enum(BREAKDOWN_FIELDS, `one of ${BREAKDOWN_FIELDS.join(", ")}`);
/** The longest answer: shares are of all installs, also where there are more values than this. */
const MOST_ROWS = 400;

/** Installs heard from in the range, by the latest value of one base field, most first. */
export async function installsBy(
  column: BreakdownField,
  parameters: Parameters<typeof population>[1],
  { ask, app, range }: Context,
  most = MOST_ROWS,
): Promise<{ value: string; installs: number; share: number }[]> {
  const { where, params } = population(app, parameters);
  const rows = await ask<{ value: string; installs: number; whole: number }>(
    `WITH (
       SELECT groupBitmapMergeState(installs) FROM active_days
       WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
     ) AS active
     SELECT
       if(${column} = '', {unknown:String}, ${column}) AS value,
       count() AS installs,
       sum(count()) OVER () AS whole
     FROM installs_flat
     WHERE ${where} AND bitmapContains(active, number)
     GROUP BY value
     ORDER BY installs DESC, value
     LIMIT {most:UInt32}`,
    { ...params, ...range, unknown: UNKNOWN, most },
  );
  const whole = rows[0]?.whole ?? 0;
  return withShares(
    rows.map(({ value, installs }) => ({ value, installs })),
    whole,
  );
}

const reply = z
  .object({
    field,
    rows: z.array(z.object({ value: z.string(), installs: count, share })),
    asOf,
  })
  .meta({
    id: "InstallBreakdown",
    description: `Installs by the latest value of a base field, most first, at most ${MOST_ROWS} rows.`,
    example: {
      field: "platform",
      rows: [
        { value: "linux", installs: 903, share: 0.75 },
        { value: "darwin", installs: 301, share: 0.25 },
      ],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const breakdown = question({
  name: "installs_breakdown",
  path: "/v1/installs/breakdown",
  tag: "Installs",
  summary: "Installs by platform, locale and other base fields",
  description:
    'Installs with a base record in the range, grouped by the latest value of one field; "unknown" where they never said.',
  parameters: z.object({
    ...common,
    field: field.meta({ description: "The base field to group by.", example: "platform" }),
  }),
  reply,
  async answer(parameters, context) {
    const rows = await installsBy(parameters.field, parameters, context);
    return { field: parameters.field, rows, asOf: context.asOf };
  },
});
