import { bucketOf, bucketsOf, dayAt, endOf, type Interval, shownDays, textOf } from "./calendar.ts";
import type { Life } from "./lives.ts";

/* What is true of days, weeks and months, by walking over all installs. */

export interface Span {
  /** UTC days, both included. */
  from: number;
  to: number;
  /** Until when received data is in the answers; Unix milliseconds. */
  asOf: number;
}

export const isOver = (end: number, asOf: number) => end * 86_400_000 <= asOf;
const seen = ({ days }: Life, from: number, until: number) =>
  [...days].some((day) => day >= from && day < until);
const countSeen = (lives: readonly Life[], from: number, until: number) =>
  lives.filter((life) => seen(life, from, until)).length;

/** More than 400 buckets are answered by the next longer interval. */
export function fitting(asked: Interval, from: number, to: number): Interval {
  const fits = bucketsOf(from, to, asked).length <= 400;
  return fits || asked === "month" ? asked : fitting(asked === "day" ? "week" : "month", from, to);
}

export function activeOf(
  all: readonly Life[],
  asked: readonly Life[],
  { from, to, asOf }: Span,
  wanted: Interval,
) {
  const interval = fitting(wanted, from, to);
  const admitted = all.filter((life) => life.admitted);
  const rows = bucketsOf(from, to, interval).map((start) => {
    const end = endOf(start, interval);
    return {
      start: textOf(start),
      installs: countSeen(asked, start, end),
      admitted: countSeen(admitted, start, end),
      complete: isOver(end, asOf),
    };
  });
  return { interval, rows };
}

export function rollingOf(asked: readonly Life[], { from, to, asOf }: Span) {
  const rows = shownDays(from, to).map((day) => ({
    start: textOf(day),
    day: countSeen(asked, day, day + 1),
    week: countSeen(asked, day - 6, day + 1),
    month: countSeen(asked, day - 27, day + 1),
    complete: isOver(day + 1, asOf),
  }));
  return { rows };
}

export function lifecycleOf(asked: readonly Life[], { from, to, asOf }: Span, wanted: Interval) {
  const interval = fitting(wanted, from, to);
  const rows = bucketsOf(from, to, interval).map((start) => {
    const end = endOf(start, interval);
    const before = bucketOf(start - 1, interval);
    const complete = isOver(end, asOf);
    const active = asked.filter((life) => seen(life, start, end));
    const fresh = active.filter(({ first }) => dayAt(first) >= start && dayAt(first) < end);
    const returning = active.filter((life) => seen(life, before, start)).length;
    const dormant = countSeen(asked, before, start) - returning;
    return {
      start: textOf(start),
      new: fresh.length,
      returning,
      resurrected: active.length - fresh.length - returning,
      dormant: complete ? dormant : null,
      complete,
    };
  });
  return { interval, rows };
}

/** What installs said on each day, of two versions the newer: the seven largest, then the others. */
export function versionSeriesOf(asked: readonly Life[], { from, to }: Span) {
  const days = shownDays(from, to);
  const onDay = days.map((day) => {
    const said = asked.flatMap((life) => life.said.get(day)?.[0] ?? []);
    return { whole: said.length, counts: Map.groupBy(said, (version) => version || "unknown") };
  });
  const versions = new Set(onDay.flatMap(({ counts }) => [...counts.keys()]));
  const peaks = [...versions].map((version) => {
    const shares = onDay.map(
      ({ whole, counts }) => (counts.get(version)?.length ?? 0) / whole || 0,
    );
    return { version, peak: Math.max(...shares) };
  });
  peaks.sort((one, other) => other.peak - one.peak || (one.version < other.version ? -1 : 1));
  const told = peaks.slice(0, 7).map(({ version }) => version);
  const lines = told.map((version) => ({
    version,
    installs: onDay.map(({ counts }) => counts.get(version)?.length ?? 0),
  }));
  const other = onDay.map(({ whole }, at) =>
    lines.reduce((left, { installs }) => left - installs[at]!, whole),
  );
  const rest = other.some((installs) => installs > 0)
    ? [{ version: "Other", installs: other }]
    : [];
  return { starts: days.map(textOf), versions: [...lines, ...rest] };
}

/** Cohorts by the week of first sight, the latest 26 of the range. */
export function retentionOf(asked: readonly Life[], { from, to, asOf }: Span, now: number) {
  const starts = bucketsOf(from, to, "week").slice(-26);
  const known = bucketsOf(starts[0]!, dayAt(now), "week");
  const weeks = Math.min(26, known.length);
  const rows = starts.map((start) => {
    const cohort = asked.filter(({ first }) => bucketOf(dayAt(first), "week") === start);
    const counts = Array.from({ length: weeks }, (_, later) => {
      const week = start + 7 * later;
      return isOver(week + 7, asOf) ? countSeen(cohort, week, week + 7) : null;
    });
    return { start: textOf(start), size: cohort.length, complete: isOver(start + 7, asOf), counts };
  });
  return { weeks, rows };
}
