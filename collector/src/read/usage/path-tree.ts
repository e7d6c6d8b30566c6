/** A sequence that `topPathsSql` found: places in the list of names, 0 where the session was over. */
export interface FoundPath {
  first: number;
  second: number;
  third: number;
  times: number;
  of_first: number;
  of_second: number;
  of_all: number;
}

/** One continuation of a path. */
export interface PathRow {
  path: string[];
  kind: "event" | "end" | "other";
  count: number;
}

/**
 * Sequences as a tree, written down from the top: each row before those that continue it, the most
 * frequent first, what is not among the most frequent last as `other`.
 *
 * @param found in the order of the statement: by the count of the first step, then of the second, …
 * @param steps how deep the tree goes, 1 to 3
 */
export function pathTree(
  found: readonly FoundPath[],
  names: readonly string[],
  steps: number,
): PathRow[] {
  const levels = [
    { place: (row: FoundPath) => row.first, count: (row: FoundPath) => row.of_first },
    { place: (row: FoundPath) => row.second, count: (row: FoundPath) => row.of_second },
    { place: (row: FoundPath) => row.third, count: (row: FoundPath) => row.times },
  ].slice(0, steps);

  const below = (rows: readonly FoundPath[], whole: number, path: string[]): PathRow[] => {
    const level = levels[path.length];
    if (level === undefined) return [];
    const places = [...new Set(rows.map(level.place))];
    let told = 0;
    const children = places.flatMap((place) => {
      const same = rows.filter((row) => level.place(row) === place);
      const count = same[0] === undefined ? 0 : level.count(same[0]);
      told += count;
      if (place === 0) return [{ path, kind: "end" as const, count }];
      const onward = [...path, names[place - 1] ?? ""];
      return [{ path: onward, kind: "event" as const, count }, ...below(same, count, onward)];
    });
    const other = whole - told;
    return other > 0 ? [...children, { path, kind: "other", count: other }] : children;
  };
  return below(found, found[0]?.of_all ?? 0, []);
}
