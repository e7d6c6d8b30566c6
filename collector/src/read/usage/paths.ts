import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { type FoundPath, pathTree } from "./path-tree.ts";
import { MOST_STEPS, SESSION_GAP_MS, topPathsSql } from "./paths-sql.ts";
import {
  andKnown,
  DAYS_IN_RANGE,
  eventParameter,
  IN_RANGE,
  isEvent,
  senders,
  whole,
} from "./shared.ts";

/** What is sent without anybody doing anything of note. */
const NOISE = [
  "$pageview",
  "analytics.identify",
  "performance_metric",
  "telemetry.health",
  "telemetry.install",
  "telemetry.update",
];
const MOST_HIDDEN = 100;
const MOST_TOP = 8;
/** More records of the event than this are not all looked at, so that an answer takes about a second. */
const MOST_RECORDS = 300_000;
const HIDE = `at most ${MOST_HIDDEN} event names, as a comma list, or none`;
const SHARE = "a share from 0 to 1, such as 0.2";

const reply = z
  .object({
    event: z.string(),
    direction: z.enum(["after", "before"]),
    total: count.meta({
      description:
        "How often the event came, of users that are known; several times in a row count once.",
    }),
    rows: z
      .array(
        z.object({
          path: z.array(z.string()).meta({
            description:
              "The steps from the event on, the nearest first. The last one is what `count` is about.",
          }),
          kind: z.enum(["event", "end", "other"]).meta({
            description:
              "What the last step is: an event; `end`, nothing more in the session; `other`, all further events together. The last two have no name in `path`.",
          }),
          count: count.meta({ description: "How often." }),
        }),
      )
      .meta({
        description: "A tree, most frequent first, each row before those that continue it.",
      }),
    sample: count.meta({
      description: `1: everything was looked at. n: one in n users was, because the event came more than ${MOST_RECORDS} times; counts are of those.`,
    }),
    hidden: z
      .array(z.string())
      .meta({ description: "Events of the range that were not looked at." }),
    asOf,
  })
  .meta({
    id: "Paths",
    description: "What users did before or after an event.",
    example: {
      event: "timer.stopped",
      direction: "after",
      total: 100,
      rows: [
        { path: ["timer.started"], kind: "event", count: 60 },
        { path: ["timer.started", "timer.stopped"], kind: "event", count: 55 },
        { path: ["timer.started"], kind: "end", count: 5 },
        { path: [], kind: "end", count: 30 },
        { path: [], kind: "other", count: 10 },
      ],
      sample: 1,
      hidden: ["$pageview"],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const paths = question({
  name: "paths",
  path: "/v1/paths",
  tag: "Events",
  summary: "Paths before and after an event",
  description: `The next (or previous) steps of the same user in the same session: two records belong together when at most ${SESSION_GAP_MS / 60_000} minutes pass between them. Hidden events are not looked at; one event several times in a row is one step; a record that comes after the range is not seen. Records of the same millisecond are sorted by name.`,
  parameters: z.object({
    ...common,
    event: eventParameter,
    direction: z
      .enum(["after", "before"], "after or before")
      .default("after")
      .meta({ description: "Which side of the event.", example: "after" }),
    steps: whole(1, MOST_STEPS)
      .default(2)
      .meta({ description: `How many steps, 1 to ${MOST_STEPS}.`, example: "2" }),
    top: whole(1, MOST_TOP)
      .default(5)
      .meta({ description: "How many continuations of each step are told apart.", example: "5" }),
    hide: z
      .string(HIDE)
      .transform((text) => text.split(",").flatMap((name) => name.trim() || []))
      .refine((names) => names.length <= MOST_HIDDEN && names.every((n) => isEvent(n)), HIDE)
      .optional()
      .meta({
        description: `Events that are not looked at, as a comma list; empty for none. Default: ${NOISE.join(", ")}.`,
        example: "$pageview,telemetry.health",
      }),
    hide_above: z
      .string(SHARE)
      .regex(/^(0(\.\d{1,6})?|1(\.0+)?)$/, SHARE)
      .transform(Number)
      .default(1)
      .meta({
        description: "Also hides events that make up more than this share of all records.",
        example: "0.2",
      }),
  }),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { event, direction, steps, top, hide = NOISE, hide_above } = parameters;
    const installs = population(app, parameters);
    const sent = senders(`${DAYS_IN_RANGE} AND event = {event:String}`);
    const records = `${IN_RANGE} AND user != 0 AND user % {sample:UInt16} = 0`;
    const anchors = `${records}${andKnown(installs, sent)}`;
    const known = await ask<{ event: string; records: number }>(
      // Names and sizes alone: of these columns there is a projection.
      `SELECT event, count() AS records FROM events
       WHERE ${IN_RANGE} GROUP BY event ORDER BY event`,
      { app, ...range },
    );
    const all = known.reduce((sum, { records }) => sum + records, 0);
    const hidden = known
      .filter(({ records, ...row }) => hide.includes(row.event) || records > hide_above * all)
      .map((row) => row.event)
      .filter((name) => name !== event);
    const names = known.map((row) => row.event).filter((name) => !hidden.includes(name));
    const came = known.find((row) => row.event === event)?.records ?? 0;
    const sample = Math.max(1, Math.ceil(came / MOST_RECORDS));
    const found = await ask<FoundPath>(topPathsSql(direction, { records, anchors }), {
      ...installs.params,
      ...range,
      ...{ event, names, top, sample, gap_ms: SESSION_GAP_MS },
      places: names.map((_, at) => at + 1),
      anchor: names.indexOf(event) + 1,
    });
    return {
      event,
      direction,
      total: found[0]?.of_all ?? 0,
      rows: pathTree(found, names, steps),
      sample,
      hidden,
      asOf,
    };
  },
});
