import { z } from "zod";
import { addDays, dayOf, startOf } from "../days.ts";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { type Context, question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { countSharing } from "./events.ts";
import { funnelSql } from "./funnel-sql.ts";
import { andKnown, DAYS_IN_RANGE, senders, sharingDetailed, whole } from "./shared.ts";
import { type Step, stepsParameter } from "./steps.ts";

const MINUTE_MS = 60_000;
const LONGEST_WINDOW_MINUTES = 30 * 24 * 60;
const DEFAULT_WINDOW_MINUTES = 7 * 24 * 60;
const COMPARED = "two versions, as a comma list";

const reply = z
  .object({
    join: z.enum(["install", "user"]),
    windowMinutes: count,
    funnels: z.array(
      z.object({
        version: z.string().nullable().meta({ description: "null where none are compared." }),
        steps: z.array(
          z.object({
            step: z.string().meta({ description: "As it was asked for." }),
            event: z.string(),
            entities: count.meta({ description: "Installs or users that got so far." }),
            ofPrevious: z.number().nullable().meta({
              description:
                "Part of those of the step before; null for the first step, and of none.",
            }),
            ofFirst: z.number().nullable().meta({
              description: "Part of those of the first step; null of none.",
            }),
            medianSeconds: z.number().nullable().meta({
              description: "From the step before to this one, in the runs that count.",
            }),
          }),
        ),
      }),
    ),
    sharingDetailed,
    asOf,
  })
  .meta({
    id: "Funnels",
    description: "How far installs or users get through ordered steps.",
    example: {
      join: "user",
      windowMinutes: 60,
      funnels: [
        {
          version: null,
          steps: [
            {
              step: "timer.started",
              event: "timer.started",
              entities: 902,
              ofPrevious: null,
              ofFirst: 1,
              medianSeconds: null,
            },
            {
              step: "timer.stopped;duration_seconds>60",
              event: "timer.stopped",
              entities: 811,
              ofPrevious: 0.8991,
              ofFirst: 0.8991,
              medianSeconds: 1811.5,
            },
          ],
        },
      ],
      sharingDetailed: 457,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const funnels = question({
  name: "funnels",
  path: "/v1/funnels",
  tag: "Events",
  summary: "Funnels",
  description: `How many installs or users took the steps in this order, whatever else they did in between. Every record of the first step in the range begins a run; the last step reached has to follow within the window, and may lie after the range. Of each install or user the run counts that got furthest; of several, the one that got there first, and of those the one that began last. Records of the same millisecond are taken in the order of the steps; one record is never two steps. With \`compare\`, only records that the version sent are looked at, once for each.`,
  parameters: z.object({
    ...common,
    step: stepsParameter,
    window: whole(1, LONGEST_WINDOW_MINUTES)
      .default(DEFAULT_WINDOW_MINUTES)
      .meta({
        description: `Minutes from the first step to the last, 1 to ${LONGEST_WINDOW_MINUTES} (30 days). Default: 7 days.`,
        example: "60",
      }),
    join: z.enum(["install", "user"], "install or user").default("user").meta({
      description:
        "Who takes the steps. Users are known by a keyed hash; records that name none are left out.",
      example: "user",
    }),
    compare: z
      .string(COMPARED)
      .transform((text) => [
        ...new Set(
          text
            .split(",")
            .map((version) => version.trim())
            .filter((version) => version !== ""),
        ),
      ])
      .refine(
        (versions) => versions.length === 2 && versions.every((v) => v.length <= 40),
        COMPARED,
      )
      .optional()
      .meta({ description: `Compare ${COMPARED}.`, example: "2.3.0,2.3.1" }),
  }),
  reply,
  async answer(parameters, context) {
    const { join, window: windowMinutes, compare } = parameters;
    const [sharing, ...funnels] = await Promise.all([
      countSharing(parameters, context),
      ...(compare ?? [null]).map(async (version) => ({
        version,
        steps: await walk({ ...parameters, steps: parameters.step, variant: version }, context),
      })),
    ]);
    return { join, windowMinutes, funnels, sharingDetailed: sharing, asOf: context.asOf };
  },
});

type Filter = Parameters<typeof population>[1];
interface Walk extends Filter {
  steps: Step[];
  window: number;
  join: "install" | "user";
  /** Only records that this version sent; null: all. */
  variant: string | null;
}

/** One funnel's numbers. */
async function walk(asked: Walk, { ask, app, range }: Context) {
  const { steps, join, variant } = asked;
  const installs = population(app, asked);
  // Whoever never took the first step took none.
  const first = senders(`${DAYS_IN_RANGE} AND event = {step0:String}`);
  const windowMs = asked.window * MINUTE_MS;
  const until = startOf(addDays(range.to, 1)).getTime();
  const records = [
    "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {last:Date}",
    join === "user" ? " AND user != 0" : "",
    variant === null ? "" : " AND app_version = {variant:String}",
    andKnown(installs, first),
  ].join("");
  const funnel = funnelSql(steps, join === "user" ? "user" : "install_id", records);
  const numbers = steps.flatMap((_, at) => {
    const level = at + 1;
    const reached = `countIf(level >= ${level}) AS entities_${level}`;
    if (at === 0) return reached;
    return [
      reached,
      `quantileExactInclusiveIf(0.5)(times[${level}] - times[${at}], level >= ${level}) AS median_${level}`,
    ];
  });
  const [row = {}] = await ask<Record<string, number | null>>(
    `SELECT ${numbers.join(", ")} FROM (${funnel.text})`,
    {
      ...installs.params,
      ...funnel.params,
      ...range,
      last: dayOf(new Date(until - 1 + windowMs)),
      until_ms: until,
      window_ms: windowMs,
      ...(variant !== null && { variant }),
    },
  );
  const entities = steps.map((_, at) => row[`entities_${at + 1}`] ?? 0);
  return steps.map(({ event, text }, at) => {
    const median = row[`median_${at + 1}`] ?? null;
    return {
      step: text,
      event,
      entities: entities[at] ?? 0,
      ofPrevious: at === 0 ? null : part(entities[at], entities[at - 1]),
      ofFirst: part(entities[at], entities[0]),
      medianSeconds: median === null || entities[at] === 0 ? null : median / 1000,
    };
  });
}

const part = (some = 0, whole = 0) => (whole === 0 ? null : some / whole);
