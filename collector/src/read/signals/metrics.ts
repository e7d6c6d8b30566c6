import { z } from "zod";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { METRIC_KINDS, type MetricKind, SENDER, unionOfMetrics } from "./metric-tables.ts";
import { POINTS_BETWEEN, signalCondition, signalParameters } from "./shared.ts";
import { momentsOf } from "./span.ts";

const MOST_METRICS = 500;

const reply = z
  .object({
    rows: z.array(
      z.object({
        metric: z.string(),
        kind: z.enum(METRIC_KINDS),
        unit: z.string().meta({ description: "In UCUM; empty where it is not known." }),
        points: count,
        series: count.meta({
          description: "Senders and attributes that can be told apart, about.",
        }),
        last: z.iso.datetime().meta({ description: "Time of its last point." }),
      }),
    ),
    metrics: count.meta({ description: `All of them; \`rows\` has ${MOST_METRICS} at most.` }),
    asOf,
  })
  .meta({
    id: "Metrics",
    description: "Metrics that were received, by name.",
    example: {
      rows: [
        {
          ...{ metric: "http.server.request.duration", kind: "histogram", unit: "s" },
          ...{ points: 2016, series: 14, last: "2026-11-20T08:11:30.000Z" },
        },
      ],
      metrics: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

export const signalMetrics = question({
  name: "signal_metrics",
  path: "/v1/signals/metrics",
  tag: "Signals",
  summary: "Metrics",
  description: "A metric that came as two kinds or in two units is two rows.",
  parameters: z.object(signalParameters),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { where, params } = signalCondition(app, parameters);
    const rows = await ask<{
      metric: string;
      kind: MetricKind;
      unit: string;
      points: number;
      series: number;
      last: number;
      all: number;
    }>(
      `SELECT
         metric, kind, unit, sum(amount) AS points, uniqMerge(senders) AS series,
         toUnixTimestamp(max(latest)) AS last, count() OVER () AS all
       FROM (${unionOfMetrics(
         () =>
           `MetricName AS metric, MetricUnit AS unit, count() AS amount, uniqState(cityHash64(${SENDER})) AS senders, max(TimeUnix) AS latest`,
         `${where} AND ${POINTS_BETWEEN} GROUP BY metric, unit`,
       )})
       GROUP BY metric, kind, unit
       ORDER BY metric, kind, unit
       LIMIT ${MOST_METRICS}`,
      { ...params, ...momentsOf(range) },
    );
    return {
      rows: rows.map(({ all: _, last, ...row }) => ({
        ...row,
        last: new Date(last * 1000).toISOString(),
      })),
      metrics: rows[0]?.all ?? 0,
      asOf,
    };
  },
});
