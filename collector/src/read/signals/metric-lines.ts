import { type Cell, percentilesOfCells } from "./percentile.ts";

export const MEASURES = ["value", "rate", "level", "percentiles", "quantiles"] as const;
export type Measure = (typeof MEASURES)[number];

const LEVELS = [0.5, 0.95, 0.99] as const;

/** What is known of one bucket; each measure uses its own part of it. */
export interface Line {
  points: number;
  sum: number;
  least: number;
  most: number;
  grown: number;
  level: number;
  cells: Cell[];
  /** Sums of what senders said, by the quantile. */
  quantiles: Map<number, { points: number; sum: number }>;
}

export interface Lines {
  measure: Measure;
  buckets: Line[];
}

const nothing = (): Line => ({
  ...{ points: 0, sum: 0, grown: 0, level: 0, cells: [], quantiles: new Map() },
  ...{ least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY },
});

export const createLines = (measure: Measure, buckets: number): Lines => ({
  measure,
  buckets: Array.from({ length: buckets }, nothing),
});

/** Named numbers of a bucket, or of all; null where nothing is known. */
type Statistics = Record<string, number | null>;

/**
 * The lines of a chart and the same over all buckets.
 *
 * @param seconds how long each bucket is known of
 */
export function linesOf({ measure, buckets }: Lines, seconds: readonly number[]) {
  const quantiles = [...new Set(buckets.flatMap((bucket) => [...bucket.quantiles.keys()]))].sort();
  const names = measure === "quantiles" ? quantiles.map(String) : NAMES[measure];
  const each = buckets.map((bucket, at) =>
    STATISTICS[measure](bucket, seconds[at] ?? 1, quantiles),
  );
  const all = buckets.reduce(together, nothing());
  const length = seconds.reduce((sum, value) => sum + value, 0);
  return {
    lines: names.map((name) => ({ name, values: each.map((bucket) => finite(bucket[name])) })),
    overall: measure === "quantiles" ? {} : finiteOnly(overallOf(measure, all, length, each)),
  };
}

/** Sums of the largest numbers are none. */
const finite = (value: number | null | undefined): number | null =>
  Number.isFinite(value) ? (value as number) : null;
const finiteOnly = (statistics: Statistics): Statistics =>
  Object.fromEntries(Object.entries(statistics).map(([name, value]) => [name, finite(value)]));

const NAMES = {
  value: ["avg", "min", "max"],
  rate: ["rate", "grown"],
  level: ["avg"],
  percentiles: ["p50", "p95", "p99", "grown", "rate"],
} as const;

const STATISTICS: Record<
  Measure,
  (bucket: Line, seconds: number, quantiles: number[]) => Statistics
> = {
  value: (bucket) =>
    bucket.points === 0
      ? {}
      : { avg: bucket.sum / bucket.points, min: bucket.least, max: bucket.most },
  rate: (bucket, seconds) =>
    bucket.points === 0 ? {} : { grown: bucket.grown, rate: bucket.grown / seconds },
  level: (bucket) => (bucket.points === 0 ? {} : { avg: bucket.level }),
  percentiles: (bucket, seconds) => {
    const [p50 = null, p95 = null, p99 = null] = percentilesOfCells(bucket.cells, LEVELS);
    const grown = bucket.cells.reduce((sum, { count }) => sum + count, 0);
    return { p50, p95, p99, grown, rate: grown / seconds };
  },
  quantiles: (bucket, _seconds, quantiles) =>
    Object.fromEntries(
      quantiles.map((quantile) => {
        const said = bucket.quantiles.get(quantile);
        return [String(quantile), said === undefined ? null : said.sum / said.points];
      }),
    ),
};

function overallOf(measure: Measure, all: Line, seconds: number, each: Statistics[]): Statistics {
  if (measure !== "level") return STATISTICS[measure](all, seconds, []);
  // Levels of different times do not add up: their mean, lowest and highest are what can be said.
  const levels = each.flatMap(({ avg }) => (avg == null ? [] : [avg]));
  if (levels.length === 0) return {};
  const avg = levels.reduce((sum, value) => sum + value, 0) / levels.length;
  return { avg, min: Math.min(...levels), max: Math.max(...levels) };
}

function together(a: Line, b: Line): Line {
  return {
    points: a.points + b.points,
    sum: a.sum + b.sum,
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
    grown: a.grown + b.grown,
    level: a.level + b.level,
    cells: [...a.cells, ...b.cells],
    quantiles: a.quantiles,
  };
}
