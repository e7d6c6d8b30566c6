import { addDays, type Day, dayCount, startOf } from "./days.ts";

/** A triangle of half a year is what still can be read. */
export const MOST_WEEKS = 26;

/** What was counted of weekly cohorts: a size by Monday, and installs by "Monday week". */
export interface Counted {
  sizes: ReadonlyMap<Day, number>;
  installs: ReadonlyMap<string, number>;
}

/** One cohort: how many it was, and how many of them came in its own week, one week later, and so on. */
export interface CohortRow {
  start: Day;
  size: number;
  complete: boolean;
  counts: (number | null)[];
}

/** Mondays from the first to the last, both included. */
export const mondays = (first: Day, last: Day): Day[] =>
  Array.from({ length: (dayCount(first, last) + 6) / 7 }, (_, week) => addDays(first, 7 * week));

/** A row for each Monday, each with as many weeks; null where a week is not over and loaded. */
export function cohortRows(
  starts: readonly Day[],
  weeks: number,
  loadedUntil: Date,
  { sizes, installs }: Counted,
): CohortRow[] {
  const isOver = (week: Day) => startOf(addDays(week, 7)) <= loadedUntil;
  return starts.map((start) => ({
    start,
    size: sizes.get(start) ?? 0,
    complete: isOver(start),
    counts: Array.from({ length: weeks }, (_, later) => {
      const week = addDays(start, 7 * later);
      return isOver(week) ? (installs.get(`${start} ${week}`) ?? 0) : null;
    }),
  }));
}
