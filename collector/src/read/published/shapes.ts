import { z } from "zod";
import { FIELDS, type Field } from "../../published/document.ts";
import { CHARTS, conditionsProblem } from "../../published/report.ts";
import type { Conditions } from "../../published/select.ts";
import { count } from "../reply.ts";

/*
 * What restricted readers ask and are answered, for every door: the API, the public page, share links.
 */

const day = z.string().meta({ description: "A published UTC day.", example: "2026-11-19" });
const published = count.nullable().meta({
  description:
    "A rounded count; null where it is withheld: fewer installs than `least`, nobody, or a group that is not among the largest of its fields.",
});

const VALUE = "a value of at most 200 characters";
const value = z.string(VALUE).min(1, VALUE).max(200, VALUE);

export const CHARTS_ALLOWED = `a list of ${CHARTS.join(", ")}`;
export const charts = z
  .array(z.enum(CHARTS), CHARTS_ALLOWED)
  .max(CHARTS.length, CHARTS_ALLOWED)
  .transform((given) => CHARTS.filter((chart) => given.includes(chart)));

/** One optional parameter a field; how many may be given is checked by `conditionsOf`. */
export const filterParameters = Object.fromEntries(
  FIELDS.map((field) => [
    field,
    value.optional().meta({
      description: `Only installs with this ${field}. Two of these at most, one of them app_version, platform, deployment_type or release_channel.`,
    }),
  ]),
) as Record<Field, z.ZodOptional<z.ZodString>>;

export const filters = z
  .partialRecord(z.enum(FIELDS), value)
  .meta({ description: "Values by field, of two fields at most.", example: { platform: "linux" } });

/**
 * The conditions among parameters or filters, in the order of the fields.
 *
 * @returns a sentence in words where they cannot be answered
 */
export function conditionsOf(
  given: { [field in Field]?: string | undefined },
): Conditions | string {
  const conditions = FIELDS.flatMap((field): [Field, string][] => {
    const wanted = given[field];
    return wanted === undefined ? [] : [[field, wanted]];
  });
  const problem = conditionsProblem(conditions);
  if (problem === null) return conditions;
  return `filters: found ${conditions.map(([field]) => field).join(", ")}, allowed is ${problem}.`;
}

export const breakdown = z.object({
  field: z.enum(FIELDS),
  rows: z.array(z.object({ value: z.string(), installs: count })),
  other: count.meta({ description: "All other values together; 0 where there is no such row." }),
  withheld: z.boolean().meta({
    description: "True where installs may be missing: counts that are too small have no row.",
  }),
});

const totals = z.object({
  day: count.meta({ description: "Active on the day." }),
  week: count.meta({ description: "Active in the 7 days that end with it." }),
  month: count.meta({ description: "Active in the 28 days that end with it." }),
  new: count.meta({ description: "First seen in those 28 days." }),
  churned: count.meta({ description: "Active in the 28 days before those, and not since." }),
  sharing: count.meta({ description: "Of `month`: with a detailed record in the same days." }),
});

export const report = z
  .object({
    app: z.string(),
    name: z.string(),
    day: day
      .nullable()
      .meta({ description: "The last day in it; null: nothing is published yet." }),
    nextAt: z.iso.datetime().meta({ description: "The next day is published soon after this." }),
    k: count.nullable().meta({ description: "No group of fewer installs is in the answer." }),
    rounding: count.nullable().meta({ description: "Counts are multiples of this." }),
    least: count.nullable().meta({
      description:
        "Groups of fewer installs may be withheld; those with fewer than `k` always are.",
    }),
    charts: z.array(z.enum(CHARTS)),
    filters: z.partialRecord(z.enum(FIELDS), z.string()),
    totals: totals.nullable().meta({ description: "Of the whole app; null under filters." }),
    installs: published,
    active: z
      .object({
        days: z.array(day),
        month: z.array(published),
        week: z.array(count).nullable(),
        day: z.array(count).nullable(),
      })
      .nullable(),
    versions: z
      .object({
        days: z.array(day),
        rows: z.array(
          z.object({
            version: z.string().nullable().meta({ description: "null: all other versions." }),
            installs: z.array(published),
          }),
        ),
      })
      .nullable(),
    breakdowns: z.array(breakdown),
    events: z
      .array(z.object({ event: z.string(), installs: count }))
      .nullable()
      .meta({ description: "Installs that sent it in 28 days, of `totals.sharing`." }),
  })
  .meta({
    id: "Report",
    description:
      "Rounded counts of admitted installs, by UTC day. A published day never changes. The public page's JSON and those of share links have the same shape.",
    example: {
      app: "timetracker",
      name: "Time tracker",
      day: "2026-11-19",
      nextAt: "2026-11-21T02:00:00.000Z",
      k: 10,
      rounding: 5,
      least: 15,
      charts: ["summary", "active", "platform"],
      filters: {},
      totals: { day: 1045, week: 1170, month: 1205, new: 95, churned: 60, sharing: 455 },
      installs: 1205,
      active: { days: ["2026-11-19"], month: [1205], week: [1170], day: [1045] },
      versions: null,
      breakdowns: [
        {
          field: "platform",
          rows: [
            { value: "linux", installs: 900 },
            { value: "darwin", installs: 305 },
          ],
          other: 0,
          withheld: false,
        },
      ],
      events: null,
    },
  });
