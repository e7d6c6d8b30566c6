/*
 * Days as whole numbers since 1970, so that the truth shares no date arithmetic with what it checks.
 */

export const DAY = 86_400_000;

export const dayStart = (day: number): number => day * DAY;
export const dayAt = (time: number): number => Math.floor(time / DAY);
export const textOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
export const dayOfText = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY;

export type Interval = "day" | "week" | "month";

/** The first day of the bucket that a day is in; 1970-01-01 was a Thursday. */
export function bucketOf(day: number, interval: Interval): number {
  if (interval === "day") return day;
  if (interval === "week") return day - ((day + 3) % 7);
  return dayOfText(`${textOf(day).slice(0, 7)}-01`);
}

/** First days of all buckets that have a day from the first to the last. */
export function bucketsOf(from: number, to: number, interval: Interval): number[] {
  const found = new Set<number>();
  for (let day = from; day <= to; day += 1) found.add(bucketOf(day, interval));
  return [...found];
}

/** The first day after a bucket. */
export function endOf(start: number, interval: Interval): number {
  let day = start;
  while (bucketOf(day, interval) === start) day += 1;
  return day;
}

/** Days that a chart over time has: all, or at most 400 at even distances, of which the last is one. */
export function shownDays(from: number, to: number): number[] {
  const step = Math.ceil((to - from + 1) / 400);
  const days: number[] = [];
  for (let day = to; day >= from; day -= step) days.unshift(day);
  return days;
}
