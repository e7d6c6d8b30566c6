/**
 * Turns counts into shares that add up to one, bucket by bucket; a bucket without any install has
 * no shares (null), which the chart shows as a gap and not as zero.
 * @param counts one list a series, all of the same length
 */
export function toShares(counts: readonly number[][]): (number | null)[][] {
  const totals = (counts[0] ?? []).map((_, at) =>
    counts.reduce((sum, series) => sum + (series[at] ?? 0), 0),
  );
  return counts.map((series) =>
    series.map((value, at) => (totals[at] ? value / (totals[at] as number) : null)),
  );
}

/**
 * Running sums for a stacked area. The first series lies at the bottom; the answer keeps the order,
 * so series n reaches from sum n-1 to sum n.
 */
export function toSums(shares: readonly (number | null)[][]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const [index, series] of shares.entries()) {
    const below = sums[index - 1];
    sums.push(series.map((value, at) => (value === null ? null : value + (below?.[at] ?? 0))));
  }
  return sums;
}

/**
 * The far ends of stacked bars: positive values stand on one another upwards from zero, negative ones
 * downwards, each in the order of the series.
 * @example toEnds([[3], [-2], [4]]) // [[3], [-2], [7]]
 */
export function toEnds(values: readonly (number | null)[][]): (number | null)[][] {
  const up: number[] = [];
  const down: number[] = [];
  return values.map((series) =>
    series.map((value, at) => {
      if (value === null) return null;
      const side = value < 0 ? down : up;
      side[at] = (side[at] ?? 0) + value;
      return side[at];
    }),
  );
}
