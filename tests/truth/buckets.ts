import { bucketOf, bucketsOf, endOf, type Interval, textOf } from "./calendar.ts";
import { fitting, isOver, type Span } from "./over-time.ts";

/** Buckets of a chart of usage: whole ones, also where the range cuts them. */
export function bucketsIn({ from, to, asOf }: Span, wanted: Interval) {
  const interval = fitting(wanted, from, to);
  const firsts = bucketsOf(from, to, interval);
  return {
    ...{ interval, starts: firsts.map(textOf) },
    incomplete: firsts.filter((start) => !isOver(endOf(start, interval), asOf)).length,
    /** What is counted in each bucket. */
    each: <T extends { day: number }>(
      rows: readonly T[],
      count: (own: T[]) => number,
    ): number[] => {
      const byBucket = Map.groupBy(rows, ({ day }) => bucketOf(day, interval));
      return firsts.map((start) => count(byBucket.get(start) ?? []));
    },
  };
}
