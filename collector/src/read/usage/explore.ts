import { z } from "zod";
import { common, interval, intervalParameter } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, bucketDay, count } from "../reply.ts";
import { where } from "./conditions.ts";
import { countSharing } from "./events.ts";
import { eventParameter, sharingDetailed, USERS_EXACT_TO, usersExactTo, whole } from "./shared.ts";
import { type By, INSTALL_FIELDS, MEASURES, slices } from "./slices.ts";

const MOST_VALUES = 50;
/** An answer over time holds up to 400 points a row. */
const MOST_LINES = 10;
const PROPERTY = "the key of a property, such as auth_method";

const amounts = { count, installs: count, users: count };
const points = z.array(count).nullable().meta({
  description: "The measure in each bucket of `starts`; null where `over` is total.",
});

const reply = z
  .object({
    measure: z.enum(MEASURES),
    total: z.object({ ...amounts, points }),
    rows: z.array(
      z.object({
        kind: z.enum(["value", "none", "other"]).meta({
          description:
            "`value`: one value. `other`: all further values together. `none`: records that do not say.",
        }),
        value: z.string().meta({ description: "Empty for `other` and `none`." }),
        ...amounts,
        points,
      }),
    ),
    folded: count.meta({ description: "How many values are in `other`." }),
    interval: interval.nullable(),
    starts: z.array(bucketDay),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    sharingDetailed,
    usersExactTo,
    asOf,
  })
  .meta({
    id: "EventSlices",
    description:
      "Records of an event that meet the conditions, by one property or field: most first by the measure, then `other`, then `none`.",
    example: {
      measure: "count",
      total: { count: 1221, installs: 431, users: 902, points: null },
      rows: [
        { kind: "value", value: "local", count: 900, installs: 400, users: 700, points: null },
        { kind: "other", value: "", count: 321, installs: 120, users: 260, points: null },
      ],
      folded: 3,
      interval: null,
      starts: [],
      incomplete: 0,
      sharingDetailed: 457,
      usersExactTo: 65536,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const explore = question({
  name: "events_explore",
  path: "/v1/events/explore",
  tag: "Events",
  summary: "One event, broken down and filtered",
  description:
    "Counts records, installs and users of one event, by the values of a property of it (`property`) or of a field of the install (`field`; `app_version` is the version that the record says). Where both are given, the property counts.",
  parameters: z.object({
    ...common,
    event: eventParameter,
    where,
    measure: z
      .enum(MEASURES, "count, installs or users")
      .default("count")
      .meta({ description: "What rows are ordered by and drawn over time.", example: "count" }),
    property: z
      .string(PROPERTY)
      .regex(/^[a-z][a-z0-9_.]{0,63}$/, PROPERTY)
      .optional()
      .meta({ description: "A property to break down by.", example: "auth_method" }),
    field: z
      .enum(INSTALL_FIELDS, `one of ${INSTALL_FIELDS.join(", ")}`)
      .optional()
      .meta({ description: "A field to break down by.", example: "platform" }),
    over: z
      .enum(["total", "time"], "total or time")
      .default("total")
      .meta({
        description: `\`time\`: also the measure in each bucket, of at most ${MOST_LINES} values.`,
        example: "total",
      }),
    interval: intervalParameter,
    top: whole(1, MOST_VALUES)
      .default(10)
      .meta({ description: "How many values are told apart.", example: "10" }),
  }),
  reply,
  async answer(parameters, context) {
    const { event, where, measure, over, top } = parameters;
    const [sliced, sharing] = await Promise.all([
      slices(
        {
          events: [event],
          conditions: where,
          by: byOf(parameters),
          measure,
          top: over === "time" ? Math.min(top, MOST_LINES) : top,
          interval: over === "time" ? parameters.interval : null,
        },
        parameters,
        context,
      ),
      countSharing(parameters, context),
    ]);
    return {
      measure,
      ...sliced,
      sharingDetailed: sharing,
      usersExactTo: USERS_EXACT_TO,
      asOf: context.asOf,
    };
  },
});

function byOf({
  property,
  field,
}: {
  property?: string | undefined;
  field?: (typeof INSTALL_FIELDS)[number] | undefined;
}): By | null {
  if (property !== undefined) return { property };
  return field === undefined ? null : { field };
}
