import { z } from "zod";
import { common } from "../parameters.ts";
import { population } from "../population.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { andKnown, DAYS_IN_RANGE, eventParameter, IN_RANGE, senders } from "./shared.ts";

const MOST_KEYS = 100;
const MOST_VALUES = 50;
/** Up to so many different values of a key each is counted exactly; a closed set has at most 500. */
const EXACT_VALUES = 1000;

const reply = z
  .object({
    rows: z.array(
      z.object({
        key: z.string(),
        kind: z.enum(["text", "number"]).meta({
          description: "`text`: words, ids, booleans and versions. `number`: what can be compared.",
        }),
        count: count.meta({ description: "Records with this key." }),
        values: z.array(z.object({ value: z.string(), count })).meta({
          description: `Of text: its values, most frequent first, at most ${MOST_VALUES}.`,
        }),
        different: count.meta({
          description: `Different values. Above ${EXACT_VALUES} this and the values' counts are estimates.`,
        }),
        range: z
          .object({ least: z.number(), median: z.number(), most: z.number() })
          .nullable()
          .meta({ description: "Of numbers; null for text." }),
      }),
    ),
    records: count.meta({ description: "Records of the event." }),
    asOf,
  })
  .meta({
    id: "EventProperties",
    description: "Which properties an event's records have, and which values.",
    example: {
      rows: [
        {
          key: "auth_method",
          kind: "text",
          count: 1200,
          values: [
            { value: "local", count: 900 },
            { value: "oidc", count: 300 },
          ],
          different: 2,
          range: null,
        },
        {
          key: "duration_seconds",
          kind: "number",
          count: 1180,
          values: [],
          different: 811,
          range: { least: 1, median: 61.5, most: 36000 },
        },
      ],
      records: 1221,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const properties = question({
  name: "events_properties",
  path: "/v1/events/properties",
  tag: "Events",
  summary: "An event's properties and their values",
  description: "What an event can be broken down and filtered by, for the range's records.",
  parameters: z.object({ ...common, event: eventParameter }),
  reply,
  async answer({ event, ...filter }, { ask, app, range, asOf }) {
    const installs = population(app, filter);
    const sent = senders(`${DAYS_IN_RANGE} AND event = {event:String}`);
    const bound = { ...installs.params, ...range, event, most: MOST_KEYS };
    const records = `FROM events WHERE ${IN_RANGE} AND event = {event:String}${andKnown(installs, sent)}`;
    const [texts, numbers, [whole]] = await Promise.all([
      ask<{ key: string; count: number; different: number; top: [string, number][] }>(
        `SELECT
           key, count() AS count, uniq(text) AS different,
           arrayMap(
             found -> (found.1, found.2),
             arraySlice(
               arraySort(
                 found -> (-toInt64(found.2), found.1),
                 approx_top_k(${EXACT_VALUES}, ${4 * EXACT_VALUES})(text)),
               1, ${MOST_VALUES})) AS top
         FROM (SELECT properties ${records})
         ARRAY JOIN mapKeys(properties) AS key, mapValues(properties) AS text
         GROUP BY key
         ORDER BY key
         LIMIT {most:UInt16}`,
        bound,
      ),
      ask<{
        key: string;
        count: number;
        different: number;
        least: number;
        median: number;
        most: number;
      }>(
        `SELECT
           key, count() AS count, uniq(number) AS different,
           min(number) AS least, quantileExactInclusive(0.5)(number) AS median, max(number) AS most
         FROM (SELECT numbers ${records})
         ARRAY JOIN mapKeys(numbers) AS key, mapValues(numbers) AS number
         GROUP BY key
         ORDER BY key
         LIMIT {most:UInt16}`,
        bound,
      ),
      ask<{ records: number }>(`SELECT count() AS records ${records}`, bound),
    ]);
    return {
      rows: [
        ...texts.map(({ key, count, different, top }) => ({
          ...{ key, kind: "text" as const, count, different, range: null },
          values: top.map(([value, count]) => ({ value, count })),
        })),
        ...numbers.map(({ key, count, different, least, median, most }) => ({
          ...{ key, kind: "number" as const, count, different, values: [] },
          range: { least, median, most },
        })),
      ].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)),
      records: whole?.records ?? 0,
      asOf,
    };
  },
});
