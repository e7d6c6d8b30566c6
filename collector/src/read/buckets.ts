import { type Bucket, bucketsOf, type Day, type Interval, nextBucket } from "./days.ts";
import type { Range } from "./parameters.ts";

/** SQL for the first day of a day's bucket; the text is chosen here, never taken from a request. */
export const BUCKET: Record<Interval, (day: string) => string> = {
  day: (day) => day,
  week: (day) => `toMonday(${day})`,
  month: (day) => `toStartOfMonth(${day})`,
};

/** The buckets of a chart and the days that they cover: from `first` up to, without, `until`. */
export interface Span {
  buckets: Bucket[];
  first: Day;
  until: Day;
}

export function spanOf({ from, to }: Range, interval: Interval, loadedUntil: Date): Span {
  const buckets = bucketsOf(from, to, interval, loadedUntil);
  const first = buckets[0]?.start ?? from;
  return { buckets, first, until: nextBucket(buckets.at(-1)?.start ?? to, interval) };
}
