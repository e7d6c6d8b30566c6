import { type Bucket, formatBucket } from "../format/dates.ts";
import { formatCount, formatPercent } from "../format/numbers.ts";
import { text } from "../text/shell.ts";
import { countPoints, isIncomplete, nameOf, noteOf, type PlotModel } from "./model.ts";

/** What a summary needs to know of one line. */
export interface SummaryInput {
  /** What is counted: "Active installs". */
  subject: string;
  interval: Bucket;
  starts: readonly string[];
  values: readonly (number | null)[];
  /** Trailing buckets that are still filling: left out, they would read as a fall. */
  incomplete: number;
  unit: "count" | "share";
  /** Writes a value that is neither. */
  print?: (value: number) => string;
}

/**
 * One sentence that says what the line shows, for those who cannot see it and those in a hurry.
 * @example "Active installs: from 812 (Sat, Oct 24, 2026) to 1,020 (Thu, Nov 19, 2026), highest 1,044 (…)."
 */
export function summariseLine(input: SummaryInput): string {
  const print = input.print ?? (input.unit === "share" ? formatPercent : formatCount);
  const whole = input.values.length - input.incomplete;
  const complete = input.values
    .slice(0, whole)
    .flatMap((value, at) => (value === null ? [] : [{ value, start: input.starts[at] ?? "" }]));
  const first = complete[0];
  const last = complete.at(-1);
  const soFar = input.values.slice(whole).findLast(Boolean);
  // On an app's first day all that is complete is empty: "0" would be wrong about today.
  const nobody = complete.every(({ value }) => value === 0);
  if (nobody && soFar) {
    const say = input.interval === "day" ? text.chart.soFarToday : text.chart.soFar;
    return say(input.subject, print(soFar));
  }
  if (!first || !last) return text.chart.noCompleteBucket(input.subject);
  const name = (start: string) => formatBucket(start, input.interval);
  if (first === last) {
    return text.chart.oneBucket(input.subject, print(first.value), name(first.start));
  }
  const highest = complete.reduce((best, each) => (each.value > best.value ? each : best));
  return text.chart.line(
    input.subject,
    { value: print(first.value), at: name(first.start) },
    { value: print(last.value), at: name(last.start) },
    { value: print(highest.value), at: name(highest.start) },
  );
}

/** One sentence for a chart of several lines or layers: the largest few at the last bucket. */
export function summariseMany(
  subject: string,
  at: string,
  parts: readonly { name: string; value: number }[],
  unit: "count" | "share",
  print = unit === "share" ? formatPercent : formatCount,
): string {
  const ranked = [...parts].sort((a, b) => b.value - a.value).slice(0, 3);
  return text.chart.many(
    subject,
    at,
    ranked.map((part) => `${part.name} ${print(part.value)}`),
  );
}

/**
 * The same from a model: its one line, or its largest layers where all of them last were complete.
 * A model without a complete point says how it stands so far, never 0.
 * @example summarise(model, "Share of versions")
 */
export function summarise(model: PlotModel, subject: string): string {
  const [only, second] = model.series;
  if (only && !second && !model.days) {
    return summariseLine({ ...model, subject, values: only.values });
  }
  const at = lastPoint(model);
  if (at < 0) return text.chart.noCompleteBucket(subject);
  const note = noteOf(model, at);
  const name = note ? `${nameOf(model, at)} (${note})` : nameOf(model, at);
  const parts = model.series.flatMap((series) => {
    const value = series.values[at];
    return value == null ? [] : [{ name: series.name, value }];
  });
  return summariseMany(subject, name, parts, model.unit, model.print);
}

/** The last complete point with any value; without one the last with any; -1 when there is none. */
export function lastPoint(model: PlotModel): number {
  const said = (at: number) => model.series.some((series) => series.values[at]);
  const points = Array.from({ length: countPoints(model) }, (_, at) => at).filter(said);
  return points.findLast((at) => !isIncomplete(model, at)) ?? points.at(-1) ?? -1;
}
