import { HAS_VALUE, METRIC_TABLES, type MetricKind, SENDER } from "./metric-tables.ts";
import { POINTS_BETWEEN } from "./shared.ts";

/*
 * Each statement gives rows of a group and a bucket. `{from}` lies a day before `{first}`: points that
 * count up from their sender's start are held against the one before, which may be older than the range.
 */

/** OTLP's AGGREGATION_TEMPORALITY_CUMULATIVE; in a delta each point stands for itself. */
const CUMULATIVE = 2;

/** Finer exponential buckets than sixteenths of a doubling are put together: 4% apart is fine enough. */
const FINEST_SCALE = 4;

/** What the points of a metric are narrowed to and grouped by. */
export interface PointsSql {
  where: string;
  /** SQL for a point's group, as text. */
  group: string;
  /** SQL for the start of a point's bucket. */
  start: string;
}

const from = (kind: MetricKind, { where }: PointsSql, join = "") =>
  `FROM ${METRIC_TABLES[kind]} ${join} WHERE ${where} AND ${POINTS_BETWEEN} AND ${HAS_VALUE}`;
const keys = ({ group, start }: PointsSql) => `${group} AS code, ${start} AS start`;
const DRAWN = "time >= {first:DateTime('UTC')}";

/** Values that stand for themselves. */
export const gaugeSql = (points: PointsSql) => `
  SELECT ${keys(points)}, count() AS points, sum(Value) AS total, min(Value) AS least, max(Value) AS most
  ${from("gauge", points)} AND isFinite(Value) AND TimeUnix >= {first:DateTime('UTC')}
  GROUP BY code, start`;

/**
 * How much a value grew since the sender's point before. Counting begins anew with another start; a
 * value that falls without one does so, too. Of the first point that is known nothing is counted that
 * may be older than the day before the range.
 *
 * @param nothing SQL for no growth
 * @param fell SQL for whether the value is lower than `before`
 * @param difference SQL for `value - before`
 */
const grown = (nothing: string, fell: string, difference: string) => `multiIf(
    temporality != ${CUMULATIVE}, value,
    nth = 1, if(began >= {from:DateTime('UTC')}, value, ${nothing}),
    ${fell}, value,
    ${difference})`;

const series = (also = "") => `cityHash64(${SENDER}, StartTimeUnix${also}) AS series`;
const NTH = "row_number() OVER (PARTITION BY series ORDER BY TimeUnix) AS nth";
const POINT = "TimeUnix AS time, StartTimeUnix AS began, AggregationTemporality AS temporality";
/** The sender's point before; of the first one nothing. */
const before = (column: string) =>
  `lagInFrame(${column}, 1) OVER (PARTITION BY series ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before`;

/** Counts that grow. */
export const sumSql = (points: PointsSql) => `
  SELECT code, start, count() AS points, sum(${grown("0", "value < before", "value - before")}) AS grown
  FROM (
    SELECT *, ${before("value")}
    FROM (SELECT ${keys(points)}, ${POINT}, ${series()}, ${NTH}, Value AS value ${from("sum", points)} AND isFinite(Value))
  )
  WHERE ${DRAWN}
  GROUP BY code, start`;

/**
 * Counts that go up and down, as levels: each sender's mean in the bucket, added up. One that started
 * again is still the same one here.
 */
export const levelSql = (points: PointsSql) => `
  SELECT code, start, sum(amount) AS points, sum(level) AS level
  FROM (
    SELECT ${keys(points)}, cityHash64(${SENDER}) AS series, count() AS amount, avg(Value) AS level
    ${from("sum", points)} AND isFinite(Value) AND TimeUnix >= {first:DateTime('UTC')}
    GROUP BY code, start, series
  )
  GROUP BY code, start`;

/*
 * Lists of buckets are long, so each is read once a bucket of the chart: what counts up says it all with
 * its last point there. Only between those is a fall without another start seen.
 */
const LAST = "ORDER BY TimeUnix DESC LIMIT 1 BY series, start";
const only = (points: PointsSql, temporality: "=" | "!="): PointsSql => ({
  ...points,
  where: `${points.where} AND AggregationTemporality ${temporality} ${CUMULATIVE}`,
});
const NTH_KEPT = "row_number() OVER (PARTITION BY series ORDER BY time) AS nth";
const DELTA_DRAWN = "TimeUnix >= {first:DateTime('UTC')}";
const PAIRS = "value, arrayResize(before, length(value))";

/** Buckets of explicit bounds; with other bounds a sender counts anew. */
export const histogramSql = (points: PointsSql) => `
  SELECT code, start, bounds, sumForEach(${grown(
    "emptyArrayInt64()",
    `arrayExists((now, then) -> now < then, ${PAIRS})`,
    `arrayMap((now, then) -> now - then, ${PAIRS})`,
  )}) AS counts
  FROM (
    SELECT *, ${NTH_KEPT}, ${before("value")}
    FROM (
      SELECT
        ${keys(points)}, ${POINT}, ${series(", ExplicitBounds")},
        ExplicitBounds AS bounds, arrayMap(held -> toInt64(held), BucketCounts) AS value
      ${from("histogram", only(points, "="))}
      ${LAST}
    )
  )
  WHERE ${DRAWN}
  GROUP BY code, start, bounds
  UNION ALL
  SELECT
    ${keys(points)}, ExplicitBounds AS bounds, sumForEach(arrayMap(held -> toInt64(held), BucketCounts)) AS counts
  ${from("histogram", only(points, "!="))} AND ${DELTA_DRAWN}
  GROUP BY code, start, bounds`;

/** Apart by so much stand the cells below zero, at it and above it. */
export const SIGN_APART = 2 ** 20;

/** SQL for the cells of one side, at the scale `coarsest`. */
const cells = (side: "Positive" | "Negative", sign: 1 | -1) =>
  `arrayMap(nth -> toInt32(${sign * SIGN_APART}) + toInt32(floor((${side}Offset + nth - 1) / exp2(Scale - coarsest))), arrayEnumerate(${side}BucketCounts))`;
const CELLS = `arrayConcat(${cells("Positive", 1)}, [toInt32(0)], ${cells("Negative", -1)})`;
const COUNTS =
  "arrayMap(held -> toInt64(held), arrayConcat(PositiveBucketCounts, [ZeroCount], NegativeBucketCounts))";
const EXPONENTIAL =
  "Scale, ZeroCount, PositiveOffset, PositiveBucketCounts, NegativeOffset, NegativeBucketCounts";

/**
 * Exponential buckets: of a sender all at its coarsest scale, to which finer ones fit exactly. A cell is
 * its place, moved by its sign's SIGN_APART; a point's are a pair of lists, of cells and of counts.
 */
export const exponentialSql = (points: PointsSql) => `
  SELECT code, start, coarsest AS scale, sumMap(pair.1, pair.2) AS filled
  FROM (
    SELECT code, start, time, coarsest, ${grown(
      "([]::Array(Int32), []::Array(Int64))",
      "arrayExists(difference -> difference < 0, mapSubtract(value, before).2)",
      "mapSubtract(value, before)",
    )} AS pair
    FROM (
      SELECT *, ${before("value")}
      FROM (
        SELECT
          code, start, time, began, temporality, series, nth, coarsest,
          arrayReduce('sumMap', [${CELLS}], [${COUNTS}]) AS value
        FROM (
          SELECT *, ${NTH_KEPT}, least(min(Scale) OVER (PARTITION BY series), ${FINEST_SCALE}) AS coarsest
          FROM (
            SELECT ${keys(points)}, ${POINT}, ${series()}, ${EXPONENTIAL}
            ${from("exp_histogram", only(points, "="))}
            ${LAST}
          )
        )
      )
    )
  )
  WHERE ${DRAWN}
  GROUP BY code, start, scale
  UNION ALL
  SELECT code, start, coarsest AS scale, sumMap(${CELLS}, ${COUNTS}) AS filled
  FROM (
    SELECT ${keys(points)}, least(Scale, ${FINEST_SCALE}) AS coarsest, ${EXPONENTIAL}
    ${from("exp_histogram", only(points, "!="))} AND ${DELTA_DRAWN}
  )
  GROUP BY code, start, scale`;

const QUANTILES =
  "ARRAY JOIN ValueAtQuantiles.Quantile AS quantile, ValueAtQuantiles.Value AS value";

/** Quantiles that the senders worked out themselves: nothing but their mean can be made of them. */
export const summarySql = (points: PointsSql) => `
  SELECT ${keys(points)}, quantile, count() AS points, sum(value) AS total
  ${from("summary", points, QUANTILES)} AND isFinite(value) AND TimeUnix >= {first:DateTime('UTC')}
  GROUP BY code, start, quantile`;
