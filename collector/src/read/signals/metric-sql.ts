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
  ${from("gauge", points)} AND TimeUnix >= {first:DateTime('UTC')}
  GROUP BY code, start`;

/**
 * How much a value grew since the sender's point before. Counting begins anew with another start; a
 * value that falls without one does so, too. Of the first point that is known nothing is counted that
 * may be older than the day before the range.
 */
const GROWN = `multiIf(
    temporality != ${CUMULATIVE}, value,
    nth = 1, if(began >= {from:DateTime('UTC')}, value, 0),
    value >= before, value - before,
    value)`;

const SERIES = `cityHash64(${SENDER}, StartTimeUnix) AS series`;
const NTH = "row_number() OVER (PARTITION BY series ORDER BY TimeUnix) AS nth";
const POINT = `TimeUnix AS time, StartTimeUnix AS began, AggregationTemporality AS temporality, ${SERIES}, ${NTH}`;
/** The same cell of the sender's point before; 0 where that had nothing in it. */
const before = (cell: string) =>
  `lagInFrame(value, 1) OVER (PARTITION BY series${cell} ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before`;

/** Counts that grow. */
export const sumSql = (points: PointsSql) => `
  SELECT code, start, count() AS points, sum(${GROWN}) AS grown
  FROM (
    SELECT *, ${before("")} FROM (SELECT ${keys(points)}, ${POINT}, Value AS value ${from("sum", points)})
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
    ${from("sum", points)} AND TimeUnix >= {first:DateTime('UTC')}
    GROUP BY code, start, series
  )
  GROUP BY code, start`;

const HISTOGRAM_CELLS = `
  arrayResize(arrayConcat([-inf], ExplicitBounds), length(BucketCounts)) AS lowers,
  arrayResize(arrayConcat(ExplicitBounds, [inf]), length(BucketCounts)) AS uppers`;

/** Buckets of explicit bounds; an open end is null. */
export const histogramSql = (points: PointsSql) => `
  SELECT code, start, lower, upper, sum(${GROWN}) AS grown
  FROM (
    SELECT *, ${before(", lower, upper")}
    FROM (
      SELECT code, start, time, began, temporality, series, nth, lower, upper, toInt64(held) AS value
      FROM (SELECT ${keys(points)}, ${POINT}, BucketCounts, ${HISTOGRAM_CELLS} ${from("histogram", points)})
      ARRAY JOIN BucketCounts AS held, lowers AS lower, uppers AS upper
      WHERE held > 0
    )
  )
  WHERE ${DRAWN}
  GROUP BY code, start, lower, upper
  HAVING grown > 0`;

const places = (offset: string, counts: string) =>
  `arrayMap(nth -> ${offset} + nth - 1, arrayEnumerate(${counts}))`;

/** Exponential buckets: of a sender all at its coarsest scale, to which finer ones fit exactly. */
export const exponentialSql = (points: PointsSql) => `
  SELECT code, start, scale, sign, at, sum(${GROWN}) AS grown
  FROM (
    SELECT *, ${before(", sign, at")}
    FROM (
      SELECT
        code, start, time, began, temporality, series, nth, coarsest AS scale, sign,
        if(sign = 0, 0, toInt32(floor(place / exp2(own - coarsest)))) AS at, toInt64(sum(held)) AS value
      FROM (
        SELECT
          ${keys(points)}, ${POINT}, Scale AS own, least(min(Scale) OVER (PARTITION BY series), ${FINEST_SCALE}) AS coarsest,
          arrayConcat(PositiveBucketCounts, [ZeroCount], NegativeBucketCounts) AS counts,
          arrayConcat(
            ${places("PositiveOffset", "PositiveBucketCounts")}, [0], ${places("NegativeOffset", "NegativeBucketCounts")}
          ) AS all_places,
          arrayConcat(
            arrayResize([]::Array(Int8), length(PositiveBucketCounts), 1), [0],
            arrayResize([]::Array(Int8), length(NegativeBucketCounts), -1)
          ) AS signs
        ${from("exp_histogram", points)}
      )
      ARRAY JOIN counts AS held, all_places AS place, signs AS sign
      WHERE held > 0
      GROUP BY code, start, time, began, temporality, series, nth, scale, sign, at
    )
  )
  WHERE ${DRAWN}
  GROUP BY code, start, scale, sign, at
  HAVING grown > 0`;

const QUANTILES =
  "ARRAY JOIN ValueAtQuantiles.Quantile AS quantile, ValueAtQuantiles.Value AS value";

/** Quantiles that the senders worked out themselves: nothing but their mean can be made of them. */
export const summarySql = (points: PointsSql) => `
  SELECT ${keys(points)}, quantile, count() AS points, sum(value) AS total
  ${from("summary", points, QUANTILES)} AND TimeUnix >= {first:DateTime('UTC')}
  GROUP BY code, start, quantile`;
