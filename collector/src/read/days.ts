/** A UTC day as YYYY-MM-DD; such strings sort as the days do. */
export type Day = string;
export type Interval = "day" | "week" | "month";

const DAY_MS = 86_400_000;

/** The UTC day of a moment. */
export const dayOf = (moment: Date): Day => moment.toISOString().slice(0, 10);

/** The first moment of a UTC day. */
export const startOf = (day: Day): Date => new Date(`${day}T00:00:00.000Z`);

/** @example addDays("2026-02-28", 1) // "2026-03-01" */
export const addDays = (day: Day, days: number): Day =>
  dayOf(new Date(startOf(day).getTime() + days * DAY_MS));

/** How many days from the first to the last, both counted. */
export const dayCount = (from: Day, to: Day): number =>
  Math.round((startOf(to).getTime() - startOf(from).getTime()) / DAY_MS) + 1;

/** True for a day that the calendar has, so not for 2026-02-30. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const moment = startOf(text);
  return !Number.isNaN(moment.getTime()) && dayOf(moment) === text;
}

/**
 * The first day of the bucket that holds a day; weeks start on Monday (ISO 8601).
 *
 * @example bucketStart("2026-11-01", "week") // "2026-10-26", for 1 November 2026 is a Sunday
 */
export function bucketStart(day: Day, interval: Interval): Day {
  if (interval === "day") return day;
  if (interval === "month") return `${day.slice(0, 7)}-01`;
  return addDays(day, -((startOf(day).getUTCDay() + 6) % 7));
}

/** The first day after the bucket that starts on `start`. */
export function nextBucket(start: Day, interval: Interval): Day {
  if (interval === "day") return addDays(start, 1);
  if (interval === "week") return addDays(start, 7);
  // Day 1 of a month plus 31 days is always in the next month.
  return bucketStart(addDays(start, 31), "month");
}

/** One bucket of a chart over time. */
export interface Bucket {
  start: Day;
  /** False while it still runs or its data is not all loaded. */
  complete: boolean;
}

/**
 * Every bucket that holds a day of the range, without gaps. The outer ones are whole weeks or months
 * also where the range cuts them: a cut one would look like a drop.
 *
 * @param loadedUntil data received before this moment is in the store
 */
export function bucketsOf(from: Day, to: Day, interval: Interval, loadedUntil: Date): Bucket[] {
  const buckets: Bucket[] = [];
  for (let start = bucketStart(from, interval); start <= to; ) {
    const next = nextBucket(start, interval);
    buckets.push({ start, complete: startOf(next) <= loadedUntil });
    start = next;
  }
  return buckets;
}
