import { z } from "zod";
import { BUCKET } from "../buckets.ts";
import { addDays, startOf } from "../days.ts";
import type { Context } from "../question.ts";
import { fittingSpan } from "../usage/span.ts";

/** More hours than this no chart shows apart. */
const MOST_HOURS = 400;
const HOUR_MS = 3_600_000;

export const signalInterval = z.enum(["hour", "day", "week", "month"], "hour, day, week or month");
export type SignalInterval = z.output<typeof signalInterval>;

export const signalIntervalParameter = signalInterval.default("day").meta({
  description: `Length of a bucket: hours, UTC days, weeks from Monday, or months. Hours of a range over ${MOST_HOURS} of them are answered by day. The outer buckets are whole even where the range cuts them.`,
  example: "day",
});

export const bucketStart = z.string().meta({
  description: "First UTC day of the bucket, or the first moment of its hour.",
  example: "2026-11-01",
});

/** The buckets of a chart of signals. */
export interface SignalSpan {
  interval: SignalInterval;
  starts: string[];
  /** Seconds of each that data is known of: the one still filling is shorter. */
  seconds: number[];
  /** How many at the end still run or are not all loaded. */
  incomplete: number;
  /** What they cover: from `first` up to, without, `until`. */
  first: Date;
  until: Date;
}

/**
 * The buckets of a chart: of hours where those are asked for and not too many, else of days and longer.
 *
 * @example signalSpan(context, "hour").starts // ["2026-11-20T00:00:00.000Z", …]
 */
export function signalSpan(
  context: Pick<Context, "range" | "loadedUntil" | "now">,
  asked: SignalInterval,
): SignalSpan {
  const hours = asked === "hour" ? hoursOf(context) : [];
  const { loadedUntil } = context;
  if (hours.length > 0 && hours.length <= MOST_HOURS) {
    const last = hours.at(-1) as number;
    return {
      interval: "hour",
      starts: hours.map((hour) => new Date(hour).toISOString()),
      seconds: hours.map((hour) => known(hour, hour + HOUR_MS, loadedUntil)),
      incomplete: hours.filter((hour) => hour + HOUR_MS > loadedUntil.getTime()).length,
      first: new Date(hours[0] as number),
      until: new Date(last + HOUR_MS),
    };
  }
  const span = fittingSpan(context, asked === "hour" ? "day" : asked);
  const ends = [...span.starts.slice(1), span.until].map((day) => startOf(day).getTime());
  return {
    interval: span.interval,
    starts: span.starts,
    seconds: span.starts.map((day, at) =>
      known(startOf(day).getTime(), ends[at] as number, loadedUntil),
    ),
    incomplete: span.incomplete,
    first: startOf(span.first),
    until: startOf(span.until),
  };
}

/** The hours of the range that have begun. */
function hoursOf({ range, now }: Pick<Context, "range" | "now">): number[] {
  const from = startOf(range.from).getTime();
  const until = Math.min(startOf(addDays(range.to, 1)).getTime(), now.getTime() + 1);
  const count = Math.ceil((until - from) / HOUR_MS);
  return Array.from({ length: Math.max(0, count) }, (_, at) => from + at * HOUR_MS);
}

const known = (start: number, end: number, loadedUntil: Date): number =>
  Math.max(1, (Math.min(end, loadedUntil.getTime()) - start) / 1000);

/** SQL for the start of a moment's bucket, as `starts` has it; the text is chosen here. */
export function bucketOf(interval: SignalInterval, time: string): string {
  if (interval === "hour") {
    return `formatDateTime(toStartOfHour(${time}, 'UTC'), '%Y-%m-%dT%H:00:00.000Z', 'UTC')`;
  }
  return `toString(${BUCKET[interval](`toDate(${time}, 'UTC')`)})`;
}

/** The moments of a range of days: from `from` up to, without, `until`. */
export const momentsOf = ({ from, to }: Context["range"]) => ({
  from: startOf(from),
  until: startOf(addDays(to, 1)),
});
