import { z } from "zod";
import type { Params } from "../../store/client.ts";
import { type Context, question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { attributesOf, keptValues, VALUE_OF, type Value } from "./metric-attributes.ts";
import { createLines, type Lines, linesOf, MEASURES, type Measure } from "./metric-lines.ts";
import {
  exponentialSql,
  gaugeSql,
  histogramSql,
  levelSql,
  type PointsSql,
  SIGN_APART,
  summarySql,
  sumSql,
} from "./metric-sql.ts";
import { METRIC_KINDS, type MetricKind, unionOfMetrics } from "./metric-tables.ts";
import { type Cell, cellOf, exponentialCell } from "./percentile.ts";
import { POINTS_BETWEEN, signalCondition, signalParameters } from "./shared.ts";
import {
  bucketOf,
  bucketStart,
  momentsOf,
  signalInterval,
  signalIntervalParameter,
  signalSpan,
} from "./span.ts";

const MOST_GROUPS = 10;
const DAY_MS = 86_400_000;
const MOST_CONDITIONS = 5;
const CONDITION = /^([A-Za-z][\w.-]{0,99})=(.{1,400})$/s;
const NAME = "the name of a metric";
const KEY = "the key of an attribute, such as http.route";
const CONDITIONS = `up to ${MOST_CONDITIONS} conditions such as http.route=/projects/{id}`;

const kindOfRow = z.enum(["total", "value", "none", "other"]).meta({
  description:
    "`total`: all points. With `by` also `value`: those with one value; `other`: all further values together; `none`: those without the attribute.",
});
const statistic = z.number().nullable();

const reply = z
  .object({
    metric: z.string(),
    kind: z.enum(METRIC_KINDS).nullable().meta({ description: "null where there is no point." }),
    unit: z.string(),
    measure: z.enum(MEASURES).meta({
      description:
        "What `series` says. `value`: mean, least and greatest of a gauge. `rate`: how much a sum grew in each bucket, and a second. `level`: a sum that goes up and down, added up over its senders. `percentiles`: of a histogram, worked out from its buckets. `quantiles`: the mean of what senders of a summary said.",
    }),
    by: z.string().nullable(),
    rows: z
      .array(
        z.object({
          kind: kindOfRow,
          value: z.string(),
          points: count,
          avg: statistic,
          min: statistic,
          max: statistic,
          grown: statistic,
          rate: statistic.meta({ description: "A second." }),
          p50: statistic,
          p95: statistic,
          p99: statistic,
        }),
      )
      .meta({ description: "Over all buckets; what a measure does not have is null." }),
    folded: count.meta({ description: "How many values are in `other`." }),
    attributes: z
      .array(z.object({ key: z.string(), values: z.array(z.string()) }))
      .meta({ description: "What can be broken down by and asked for, most points first." }),
    interval: signalInterval,
    starts: z.array(bucketStart),
    seconds: z.array(z.number()).meta({ description: "How long each bucket is known of." }),
    series: z.array(
      z.object({
        kind: kindOfRow,
        value: z.string(),
        lines: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
      }),
    ),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    asOf,
  })
  .meta({
    id: "Metric",
    description: "One metric over time.",
    example: {
      metric: "http.server.active_requests",
      kind: "gauge",
      unit: "{request}",
      measure: "value",
      by: null,
      rows: [
        {
          ...{ kind: "total", value: "", points: 48, avg: 2.1, min: 0, max: 9 },
          ...{ grown: null, rate: null, p50: null, p95: null, p99: null },
        },
      ],
      folded: 0,
      attributes: [{ key: "http.request.method", values: ["GET", "POST"] }],
      interval: "day",
      starts: ["2026-11-19", "2026-11-20"],
      seconds: [86400, 29524],
      series: [
        {
          ...{ kind: "total", value: "" },
          lines: [
            { name: "avg", values: [2.2, 1.9] },
            { name: "min", values: [0, 0] },
            { name: "max", values: [9, 7] },
          ],
        },
      ],
      incomplete: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

const where = z
  .union([z.string(), z.array(z.string())], CONDITIONS)
  .refine((given) => conditionsOf(given) !== null, CONDITIONS)
  .transform((given) => conditionsOf(given) ?? [])
  .default([])
  .meta({
    description:
      "Only points whose attributes are so, as `key=value`; repeat it. Of one key any of the values, of several keys each must hold.",
    example: "http.request.method=GET",
  });

/** Reads conditions; null where one cannot be read or there are too many. */
function conditionsOf(given: string | string[]): [key: string, values: string[]][] | null {
  const values = new Map<string, string[]>();
  for (const text of [given].flat()) {
    const [, key, value] = CONDITION.exec(text) ?? [];
    if (key === undefined || value === undefined) return null;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values.size > MOST_CONDITIONS ? null : [...values];
}

export const signalMetric = question({
  name: "signal_metric",
  path: "/v1/signals/metric",
  tag: "Signals",
  summary: "One metric over time",
  description:
    "Points of all senders together or by one attribute. Sums that count up from their sender's start are held against its point before, up to a day before the range; a restart begins anew. Senders that cannot be told apart are as one.",
  parameters: z.object({
    ...signalParameters,
    metric: z
      .string(NAME)
      .min(1, NAME)
      .max(200, NAME)
      .meta({ description: "Its name.", example: "http.server.active_requests" }),
    kind: z.enum(METRIC_KINDS, METRIC_KINDS.join(", ")).optional().meta({
      description: "Of a name that came as several kinds; else the one with most points.",
      example: "gauge",
    }),
    unit: z.string("a unit in UCUM").max(60, "a unit in UCUM").optional().meta({
      description: "Of a name that came in several units; else the one with most points.",
      example: "{request}",
    }),
    by: z
      .string(KEY)
      .regex(/^[A-Za-z][\w.-]{0,99}$/, KEY)
      .optional()
      .meta({
        description: "Attribute of the points, or of their resource, to break down by.",
        example: "http.request.method",
      }),
    top: z.coerce
      .number(`a whole number from 1 to ${MOST_GROUPS}`)
      .int(`a whole number from 1 to ${MOST_GROUPS}`)
      .min(1, `a whole number from 1 to ${MOST_GROUPS}`)
      .max(MOST_GROUPS, `a whole number from 1 to ${MOST_GROUPS}`)
      .default(5)
      .meta({ description: "How many values are told apart.", example: 5 }),
    where,
    interval: signalIntervalParameter,
  }),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, asOf } = context;
    const span = signalSpan(context, parameters.interval);
    const narrowed = signalCondition(app, parameters);
    const params: Params = { ...narrowed.params, metric: parameters.metric };
    const ofMetric = `${narrowed.where} AND MetricName = {metric:String}`;
    const frame = {
      ...{ metric: parameters.metric, by: parameters.by ?? null, asOf },
      ...{ interval: span.interval, starts: span.starts, seconds: span.seconds },
      incomplete: span.incomplete,
    };
    const chosen = await choose(parameters, { where: ofMetric, params }, context);
    if (chosen === null) {
      const nothing = { rows: [], folded: 0, attributes: [], series: [] };
      return { ...frame, ...nothing, kind: null, unit: "", measure: "value" as const };
    }
    const { kind, unit, measure } = chosen;
    const ofKind = `${ofMetric} AND MetricUnit = {unit:String}${chosen.where}`;
    const bound: Params = { ...params, unit };
    const attributes = await attributesOf(ask, kind, ofKind, { ...bound, ...momentsOf(range) });
    const conditions = parameters.where.map(([key, values], at) => {
      bound[`key${at}`] = key;
      bound[`values${at}`] = values;
      return ` AND has({values${at}:Array(String)}, ${VALUE_OF(`{key${at}:String}`)})`;
    });
    const points = `${ofKind}${conditions.join("")}`;
    const drawn: Params = { ...bound, from: span.first, until: span.until };
    const { by, top } = parameters;
    const group = by === undefined ? "''" : VALUE_OF("{by:String}");
    if (by !== undefined) drawn.by = by;
    const values = await keptValues(ask, kind, { where: points, group }, drawn);
    const lines = await ask<Row>(
      SQL[measure === "level" ? "level" : kind]({
        where: points,
        group,
        start: bucketOf(span.interval, "TimeUnix"),
      }),
      {
        ...drawn,
        first: span.first,
        from: new Date(span.first.getTime() - DAY_MS),
      },
    );
    const placeOf = new Map(span.starts.map((start, at) => [start, at]));
    const made = groupsOf(by === undefined ? null : values, top).map((group) => {
      const gathered = createLines(measure, span.starts.length);
      for (const row of lines) {
        if (group.holds(row.code)) gather(gathered, row, placeOf.get(row.start));
      }
      return { group, ...linesOf(gathered, span.seconds) };
    });
    return {
      ...frame,
      ...{ kind, unit, measure, attributes },
      folded: Math.max(0, values.filter(({ value }) => value !== "").length - top),
      rows: made.map(({ group, overall }) => ({
        ...{ kind: group.kind, value: group.value, points: pointsOf(group, values) },
        ...NO_STATISTICS,
        ...overall,
      })),
      series: made.map(({ group, lines }) => ({ kind: group.kind, value: group.value, lines })),
    };
  },
});

const NO_STATISTICS = {
  ...{ avg: null, min: null, max: null, grown: null, rate: null },
  ...{ p50: null, p95: null, p99: null },
};

/** A row of any of the statements; each has some of these. */
interface Row {
  code: string;
  start: string;
  points?: number;
  /** null: more than a number holds. */
  total?: number | null;
  least?: number;
  most?: number;
  grown?: number;
  level?: number;
  bounds?: number[];
  counts?: number[];
  scale?: number;
  filled?: [cells: number[], counts: number[]];
  quantile?: number;
}

const SQL: Record<MetricKind | "level", (points: PointsSql) => string> = {
  gauge: gaugeSql,
  sum: sumSql,
  level: levelSql,
  histogram: histogramSql,
  exp_histogram: exponentialSql,
  summary: summarySql,
};

/** Which of the kinds and units of a name is meant, and what can be said of it. */
async function choose(
  asked: { kind?: MetricKind | undefined; unit?: string | undefined },
  { where, params }: { where: string; params: Params },
  { ask, range }: Pick<Context, "ask" | "range">,
): Promise<{ kind: MetricKind; unit: string; measure: Measure; where: string } | null> {
  const found = await ask<{ kind: MetricKind; unit: string; level: boolean; points: number }>(
    unionOfMetrics(
      (kind) =>
        `MetricUnit AS unit, toBool(${kind === "sum" ? "AggregationTemporality = 2 AND NOT IsMonotonic" : "false"}) AS level, count() AS points`,
      `${where} AND ${POINTS_BETWEEN} GROUP BY unit, level`,
    ),
    { ...params, ...momentsOf(range) },
  );
  const [first] = found
    .filter(({ kind, unit }) => (asked.kind ?? kind) === kind && (asked.unit ?? unit) === unit)
    .sort((a, b) => b.points - a.points);
  if (first === undefined) return null;
  const { kind, unit, level } = first;
  const goesDown = "(AggregationTemporality = 2 AND NOT IsMonotonic)";
  const own = kind === "sum" ? ` AND ${level ? "" : "NOT "}${goesDown}` : "";
  return { kind, unit, measure: level ? "level" : MEASURE_OF[kind], where: own };
}

const MEASURE_OF: Record<MetricKind, Measure> = {
  gauge: "value",
  sum: "rate",
  histogram: "percentiles",
  exp_histogram: "percentiles",
  summary: "quantiles",
};

interface Group {
  kind: z.output<typeof kindOfRow>;
  value: string;
  holds(code: string): boolean;
}

/** All points, and where they are broken down the leading values, the others and what says none. */
function groupsOf(values: Value[] | null, top: number): Group[] {
  const total: Group = { kind: "total", value: "", holds: () => true };
  if (values === null) return [total];
  const named = values.flatMap(({ value }) => (value === "" ? [] : [value]));
  const kept = new Set(named.slice(0, top));
  const groups: Group[] = [...kept].map((value) => ({
    ...{ kind: "value", value },
    holds: (code) => code === value,
  }));
  if (named.length > top) {
    const holds = (code: string) => code !== "" && !kept.has(code);
    groups.push({ kind: "other", value: "", holds });
  }
  if (values.some(({ value }) => value === "")) {
    groups.push({ kind: "none", value: "", holds: (code) => code === "" });
  }
  return [total, ...groups];
}

const pointsOf = ({ holds }: Group, values: Value[]): number =>
  values.reduce((sum, { value, points }) => sum + (holds(value) ? points : 0), 0);

/** The buckets of a row of histograms. */
function cellsOf({ bounds, counts, scale = 0, filled }: Row): Cell[] {
  if (bounds !== undefined && counts !== undefined) {
    return counts.map((held, at) => cellOf(bounds[at - 1] ?? null, bounds[at] ?? null, held));
  }
  const [places, held] = filled ?? [[], []];
  return places.map((place, at) => {
    const sign = Math.round(place / SIGN_APART);
    return exponentialCell(scale, sign, place - sign * SIGN_APART, held[at] ?? 0);
  });
}

/** Adds one row to the lines of a group. */
function gather({ buckets }: Lines, row: Row, at: number | undefined): void {
  const line = at === undefined ? undefined : buckets[at];
  if (line === undefined) return;
  line.points += row.points ?? 0;
  line.sum += row.total === null ? Number.NaN : (row.total ?? 0);
  line.least = Math.min(line.least, row.least ?? Number.POSITIVE_INFINITY);
  line.most = Math.max(line.most, row.most ?? Number.NEGATIVE_INFINITY);
  line.grown += row.grown ?? 0;
  line.level += row.level ?? 0;
  line.cells.push(...cellsOf(row));
  if (row.quantile !== undefined) {
    const said = line.quantiles.get(row.quantile) ?? { points: 0, sum: 0 };
    said.points += row.points ?? 0;
    said.sum += row.total ?? Number.NaN;
    line.quantiles.set(row.quantile, said);
  }
}
