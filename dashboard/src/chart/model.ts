import type { Interval } from "../format/dates.ts";
import type { ColourToken } from "./theme.ts";

/** One line or layer. */
export interface PlotSeries {
  name: string;
  colour: ColourToken;
  /** One value a bucket: counts, or shares between 0 and 1. Null is a gap. */
  values: (number | null)[];
  /** What the tooltip adds in brackets, one text a bucket: "312 of 804". */
  notes?: string[];
}

/** Everything a chart with a time axis draws. All series have as many values as there are starts. */
export interface PlotModel {
  /** "area" stacks shares, the first series at the bottom. */
  kind: "line" | "area";
  unit: "count" | "share";
  interval: Interval;
  /** The first UTC day of each bucket. */
  starts: string[];
  series: PlotSeries[];
  /** Trailing buckets still filling; lines dot them. */
  incomplete: number;
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
