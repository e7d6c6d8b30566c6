/** So many values that lie evenly between two bounds; all at one place where these are the same. */
export interface Cell {
  lower: number;
  upper: number;
  count: number;
}

/**
 * A bucket of an explicit histogram. One that is open below begins at 0, or has all its values at its
 * bound where that is below 0; one that is open above has them at its bound, as Prometheus does.
 *
 * @param lower null: open
 * @example cellOf(null, 5, 3) // { lower: 0, upper: 5, count: 3 }
 */
export function cellOf(lower: number | null, upper: number | null, count: number): Cell {
  if (lower === null && upper === null) return { lower: 0, upper: 0, count };
  if (upper === null) return { lower: lower as number, upper: lower as number, count };
  return { lower: lower ?? Math.min(0, upper), upper, count };
}

/**
 * A bucket of an exponential histogram: of the base 2^(2^-scale), from base^at to base^(at + 1).
 *
 * @param sign 0: the values at zero
 */
export function exponentialCell(scale: number, sign: number, at: number, count: number): Cell {
  // A place that no number has is the sender's mistake: the answer stays a number.
  const bound = (power: number) => Math.min(Number.MAX_VALUE, 2 ** (power * 2 ** -scale));
  if (sign === 0) return { lower: 0, upper: 0, count };
  if (sign > 0) return { lower: bound(at), upper: bound(at + 1), count };
  return { lower: -bound(at + 1), upper: -bound(at), count };
}

/**
 * Percentiles of values of which only the buckets are known. Buckets may overlap: senders may cut
 * theirs each in its own way.
 *
 * @param levels between 0 and 1, ascending
 * @returns null for each where there is no value
 * @example percentilesOfCells([{ lower: 0, upper: 10, count: 4 }], [0.5]) // [5]
 */
export function percentilesOfCells(
  cells: readonly Cell[],
  levels: readonly number[],
): (number | null)[] {
  const filled = cells.filter(({ count }) => count > 0).sort((a, b) => a.lower - b.lower);
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return levels.map(() => null);
  const edges = [...new Set(filled.flatMap(({ lower, upper }) => [lower, upper]))];
  edges.sort((a, b) => a - b);
  const found: number[] = [];
  let below = 0;
  let next = 0;
  let open: Cell[] = [];
  /** Answers the levels that lie in a stretch with so many values. */
  const pass = (from: number, to: number, held: number) => {
    for (let level = levels[found.length]; level !== undefined; level = levels[found.length]) {
      const inside = level * total - below;
      if (inside > held * (1 + 1e-12)) break;
      found.push(held === 0 ? to : from + (to - from) * Math.min(1, Math.max(0, inside / held)));
    }
    below += held;
  };
  for (const [at, edge] of edges.entries()) {
    let here = 0;
    while (next < filled.length && (filled[next] as Cell).lower === edge) {
      const cell = filled[next++] as Cell;
      if (cell.upper === edge) here += cell.count;
      else open.push(cell);
    }
    if (here > 0) pass(edge, edge, here);
    const end = edges[at + 1];
    if (end === undefined) break;
    open = open.filter(({ upper }) => upper > edge);
    const width = end - edge;
    const held = open.reduce(
      (sum, { lower, upper, count }) => sum + (count * width) / (upper - lower),
      0,
    );
    if (held > 0) pass(edge, end, held);
  }
  const last = edges.at(-1) as number;
  return levels.map((_, at) => found[at] ?? last);
}
