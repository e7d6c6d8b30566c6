import { type Span, spanOf } from "../buckets.ts";
import type { Interval } from "../days.ts";
import type { Context } from "../question.ts";

/** More points than this no chart shows apart. */
const MOST_POINTS = 400;
const LONGER: Record<Interval, Interval | null> = { day: "week", week: "month", month: null };

/**
 * The buckets of a chart; where the range makes too many of the asked length, of the next longer one.
 *
 * @example fittingSpan(context, "day").interval // "week" for a range of two years
 */
export function fittingSpan(
  { range, loadedUntil }: Pick<Context, "range" | "loadedUntil">,
  asked: Interval,
): Span & { interval: Interval; starts: string[]; incomplete: number } {
  let interval = asked;
  let span = spanOf(range, interval, loadedUntil);
  for (let longer = LONGER[asked]; span.buckets.length > MOST_POINTS && longer !== null; ) {
    interval = longer;
    span = spanOf(range, interval, loadedUntil);
    longer = LONGER[interval];
  }
  return {
    ...span,
    interval,
    starts: span.buckets.map(({ start }) => start),
    incomplete: span.buckets.filter(({ complete }) => !complete).length,
  };
}
