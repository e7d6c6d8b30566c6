import { type Bucket, formatBucket } from "../format/dates.ts";
import { formatExact, formatPercent } from "../format/numbers.ts";
import { text } from "../text/shell.ts";
import type { ColourToken } from "./theme.ts";

/** One line, layer, or part of a bar. */
export interface PlotSeries {
  name: string;
  colour: ColourToken;
  /** One value a point: counts, or shares between 0 and 1. Null is a gap. */
  values: (number | null)[];
  /** What the tooltip adds in brackets, one text a point: "312 of 804". */
  notes?: string[];
  /** How many of its last values still fill, where that is not the same for all series. */
  filling?: number;
  /** The same in every answer about the same thing, where the name may differ. */
  key?: string;
}

/**
 * The days before, laid under a chart: point n stands where point n of the chart does. Without
 * `starts` it is something else to compare with, under its name.
 */
export interface Comparison {
  /** What the dashed line shows. */
  name: string;
  starts: string[];
  /** The dashed line; without a value where none would be readable. */
  values: (number | null)[];
  /** Of a chart of several series: the days compared with: "Previous period". */
  period?: string;
  /** Of such a chart: what the dashed line is to be held against. */
  now?: (number | null)[];
  /** Of such a chart: each of its series then, in its order, for the table. */
  past?: { name: string; values: (number | null)[] }[];
}

/** Everything a chart of lines or bars draws. All series have as many values as there are points. */
export interface PlotModel {
  /**
   * "area" stacks shares, the first series at the bottom; "bars" stacks what is above zero upwards and
   * what is below downwards, the first series next to the axis; "steps" holds a value until the next.
   */
  kind: "line" | "area" | "bars" | "steps";
  unit: "count" | "share";
  /** Writes a value that is neither a whole count nor a share: a duration, a size. */
  print?: (value: number) => string;
  interval: Bucket;
  /** The first UTC day of each bucket, of an hour its first moment; empty where `days` is given. */
  starts: string[];
  /** In place of dates: days since something, ascending. Such a chart has no zoom and no markers. */
  days?: readonly number[];
  series: PlotSeries[];
  /** Trailing points still filling: lines dot them, bars hatch them. */
  incomplete: number;
  /** What is the matter with the trailing points, if not that they still fill: "few installs". */
  incompleteNote?: string;
  comparison?: Comparison | null;
  /**
   * Which of several series the days before are drawn for: 0, the first, unless said. Bars draw all
   * that stands above the axis, areas nothing.
   */
  emphasis?: number;
  /** The value axis reaches at least this far, so that charts beside each other share a scale. */
  most?: number;
}

/** What happened on a day: a release, or a maintainer's note. */
export interface Mark {
  day: string;
  kind: "release" | "note";
  label: string;
}

/**
 * Dashes tell lines apart without colour; the first two are solid. None is dotted: dots mean "still
 * filling".
 */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [],
  [8, 4],
  [12, 3, 3, 3],
  [4, 3],
  [16, 3, 3, 3, 3, 3],
];

/** Seconds since 1970 of a bucket's start: uPlot's unit on a time axis. */
export function seconds(start: string): number {
  return Date.parse(start) / 1000;
}

export function countPoints(model: PlotModel): number {
  return model.days?.length ?? model.starts.length;
}

/** Where a point stands on the axis: seconds since 1970, or days. */
export function placeOf(model: PlotModel, at: number): number {
  return model.days ? (model.days[at] ?? 0) : seconds(model.starts[at] ?? "1970-01-01");
}

/** A point's name in full: "Sun, Nov 1, 2026", "day 14". */
export function nameOf(model: PlotModel, at: number): string {
  if (model.days) return text.chart.dayNumber(model.days[at] ?? 0);
  return formatBucket(model.starts[at] ?? "1970-01-01", model.interval);
}

export function isIncomplete(model: PlotModel, at: number): boolean {
  return at >= countPoints(model) - model.incomplete;
}

/** What stands beside a trailing point's name; "" beside the others. */
export function noteOf(model: PlotModel, at: number): string {
  return isIncomplete(model, at) ? (model.incompleteNote ?? text.chart.incomplete) : "";
}

/** How many of a series' values, from the first on, are drawn as complete. */
export function countComplete(model: PlotModel, series: PlotSeries): number {
  const whole = countPoints(model) - model.incomplete;
  if (series.filling === undefined) return whole;
  return series.values.findLastIndex((value) => value !== null) + 1 - series.filling;
}

/** What the dashed line is held against at a point. */
export function heldAgainst(model: PlotModel, at: number): number | null {
  return (model.comparison?.now ?? model.series[0]?.values)?.[at] ?? null;
}

/** One value as tooltip, readout and table say it: exact; what goes down in bars without its sign. */
export function printValue(model: PlotModel, value: number): string {
  if (model.print) return model.print(value);
  if (model.unit === "share") return formatPercent(value);
  return formatExact(model.kind === "bars" ? Math.abs(value) : value);
}

/** The marks that fall into a bucket. */
export function marksAt(model: PlotModel, marks: readonly Mark[], at: number): Mark[] {
  const start = model.starts[at];
  if (start === undefined) return [];
  // A mark is a day: of hours it stands at its first.
  if (model.interval === "hour")
    return marks.filter((mark) => seconds(mark.day) === seconds(start));
  const next = model.starts[at + 1] ?? endOf(start, model.interval);
  return marks.filter((mark) => mark.day >= start && mark.day < next);
}

function endOf(start: string, interval: Bucket): string {
  const end = new Date(start);
  if (interval === "month") end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCDate(end.getUTCDate() + (interval === "week" ? 7 : 1));
  return end.toISOString().slice(0, 10);
}
