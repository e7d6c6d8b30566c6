import type uPlot from "uplot";
import { formatTick } from "../format/dates.ts";
import { formatCount, formatPercent } from "../format/numbers.ts";
import { hatch } from "./hatch.ts";
import { countComplete, countPoints, DASHES, type PlotModel, placeOf } from "./model.ts";
import { toEnds, toSums } from "./stack.ts";
import { canvasFont, colour, tint } from "./theme.ts";
import { bucketTicks, signedTicks, valueTicks } from "./ticks.ts";

const FONT = canvasFont(12);
/** Room for one time label, in CSS pixels. */
const LABEL_ROOM = 72;
const DAY_LABEL_ROOM = 44;
/** A bar's place narrower than this, in CSS pixels, has no room for lines between the parts. */
const NARROW_BAR = 8;
/** Above this many samples single points are noise. */
const MOST_POINTS = 60;

/** What the size and the neighbours of a plot ask for, in CSS pixels. */
export interface Room {
  width: number;
  height: number;
  /** Beside the plot, for the names at the lines' ends. */
  labels: number;
  /** Above the plot, for the markers' chips. */
  marks: number;
}

/** The model's numbers in uPlot's columns, in the order of `plotOptions().series`. */
export function plotData(model: PlotModel): uPlot.AlignedData {
  const count = countPoints(model);
  const x = Array.from({ length: count }, (_, at) => placeOf(model, at));
  const values = model.series.map((series) => series.values);
  if (model.kind === "area") return [x, ...toSums(values).reverse()];
  const bars = model.kind === "bars";
  const drawn = bars ? toEnds(values) : values;
  const columns = model.series.map((series, index) => {
    const column = drawn[index] ?? [];
    const whole = countComplete(model, series);
    // A line's dotted end begins at the last complete point, so that it hangs on the line.
    const trail = bars ? whole : whole - 1;
    return [
      column.map((value, at) => (at < whole ? value : null)),
      column.map((value, at) => (at >= trail ? value : null)),
    ];
  });
  const ordered = (bars ? columns.reverse() : columns).flat();
  const { comparison } = model;
  if (!comparison) return [x, ...ordered];
  const line = x.map((_, at) => comparison.values[at] ?? null);
  // Under lines, over bars.
  return bars ? [x, ...ordered, line] : [x, line, ...ordered];
}

/** The parts of uPlot's options that follow from what is drawn and how wide. */
export function plotOptions(
  model: () => PlotModel,
  room: Room,
  paths: typeof uPlot.paths,
): Pick<uPlot.Options, "width" | "height" | "padding" | "series" | "bands" | "scales" | "axes"> {
  const { kind, series } = model();
  return {
    width: room.width,
    height: room.height,
    padding: [room.marks || 8, room.labels || (model().days ? 16 : 28), 0, 0],
    series: [{}, ...seriesOf(model, paths)],
    bands:
      kind === "area"
        ? series.slice(1).map((_, at) => ({
            series: [at + 1, at + 2] as uPlot.Band.Bounds,
            fill: () => colour(model().series[series.length - 1 - at]?.colour ?? "other"),
          }))
        : [],
    scales: {
      x: { time: false, range: (_, min, max) => xRange(model(), min, max) },
      y: yScale(model),
    },
    axes: [xAxis(model), yAxis(model)],
  };
}

function seriesOf(model: () => PlotModel, paths: typeof uPlot.paths): uPlot.Series[] {
  const { kind, comparison } = model();
  if (kind === "area") return areaSeries(model);
  if (kind === "bars") {
    return [...barSeries(model, paths), ...(comparison ? [comparisonSeries()] : [])];
  }
  const lines = lineSeries(
    model,
    kind === "steps" ? (paths.stepped?.({ align: 1 }) ?? null) : null,
  );
  return comparison ? [comparisonSeries(), ...lines] : lines;
}

function comparisonSeries(): uPlot.Series {
  return {
    stroke: () => colour("other"),
    width: 1.5,
    dash: [6, 4],
    points: { show: false },
  };
}

function lineSeries(
  model: () => PlotModel,
  paths: uPlot.Series.PathBuilder | null,
): uPlot.Series[] {
  const single = model().series.length === 1;
  return model().series.flatMap((series, at): uPlot.Series[] => {
    const stroke = () => colour(model().series[at]?.colour ?? series.colour);
    const shared: uPlot.Series = {
      label: series.name,
      stroke,
      width: 2,
      ...(paths ? { paths } : {}),
      ...(single ? { fill: () => tint(series.colour, 0.08) } : {}),
      points: {
        size: 5,
        width: 0,
        fill: stroke,
        show: (_plot, _series, from, to) => paths === null && to - from < MOST_POINTS,
      },
    };
    const dash = [...(DASHES[at] ?? [])];
    return [
      { ...shared, ...(dash.length > 0 ? { dash } : {}) },
      { ...shared, dash: [2, 4] },
    ];
  });
}

/** The part furthest from the axis comes first: each part is drawn from zero, over the one before. */
function barSeries(model: () => PlotModel, paths: typeof uPlot.paths): uPlot.Series[] {
  const bars = barPaths(paths);
  return model()
    .series.toReversed()
    .flatMap((series): uPlot.Series[] => {
      const shared: uPlot.Series = {
        label: series.name,
        // The ground's colour keeps the parts of a bar apart.
        stroke: () => colour("surface"),
        width: 1,
        ...(bars ? { paths: bars } : {}),
        points: { show: false },
      };
      return [
        { ...shared, fill: () => colour(series.colour) },
        { ...shared, fill: () => hatch(series.colour) },
      ];
    });
}

/** Bars whose line leaves where it would be all there is to see of them. */
function barPaths(paths: typeof uPlot.paths): uPlot.Series.PathBuilder | null {
  const build = paths.bars?.({ size: [0.7, 40] });
  if (!build) return null;
  return (plot, index, from, to) => {
    const place = plot.bbox.width / devicePixelRatio / (to - from + 1);
    const series = plot.series[index];
    if (series) series.width = place < NARROW_BAR ? 0 : 1;
    return build(plot, index, from, to);
  };
}

function areaSeries(model: () => PlotModel): uPlot.Series[] {
  const last = model().series.length - 1;
  return model().series.map((_, at) => ({
    label: model().series[last - at]?.name ?? "",
    // A line in the ground's colour keeps neighbours of the ramp apart.
    stroke: () => colour("surface"),
    width: 1,
    // A band takes its own fill; only the layer at the bottom has none below it.
    ...(at === last ? { fill: () => colour(model().series[0]?.colour ?? "other") } : {}),
    points: { show: false },
  }));
}

function xRange(model: PlotModel, min: number | null, max: number | null): uPlot.Range.MinMax {
  const from = min ?? placeOf(model, 0);
  const to = max ?? from;
  // A bar stands on both sides of its place, and a single point has no width of its own.
  const half = model.kind === "bars" || from === to ? halfBucket(model) : 0;
  return [from - half, to + half];
}

function halfBucket(model: PlotModel): number {
  const apart = countPoints(model) > 1 ? placeOf(model, 1) - placeOf(model, 0) : 0;
  return (apart || (model.days ? 1 : 86_400)) / 2;
}

function yScale(model: () => PlotModel): uPlot.Scale {
  if (model().kind === "area") return { range: [0, 1] };
  return {
    range: (_, min, max) => {
      const ticks = yTicks(model(), min ?? 0, max ?? 1);
      return [Math.min(0, ticks[0] ?? 0), ticks.at(-1) ?? 1];
    },
  };
}

function yTicks(model: PlotModel, min: number, max: number): number[] {
  const whole = model.unit === "count" && !model.print;
  const most = Math.max(max, model.most ?? 0);
  if (model.kind === "bars") return signedTicks(Math.min(0, min), most, whole);
  return valueTicks(most, whole);
}

function xAxis(model: () => PlotModel): uPlot.Axis {
  return {
    font: FONT,
    stroke: () => colour("text-3"),
    grid: { show: false },
    ticks: { stroke: () => colour("line"), width: 1, size: 4 },
    size: 32,
    gap: 6,
    splits: (plot, _axis, min, max) => {
      const all = Array.from({ length: countPoints(model()) }, (_, at) => placeOf(model(), at));
      const shown = all.filter((place) => place >= min && place <= max);
      const width = plot.bbox.width / devicePixelRatio || plot.width;
      if (model().days) return dayTicks(max, Math.floor(width / DAY_LABEL_ROOM));
      if (model().interval === "hour") return hourTicks(shown, Math.floor(width / LABEL_ROOM));
      return bucketTicks(shown.length, width, LABEL_ROOM).map((at) => shown[at] ?? 0);
    },
    values: (_, splits) => {
      if (model().days) return splits.map(String);
      const starts = splits.map((split) => new Date(split * 1000).toISOString());
      // A year is written where it begins: more often it would only take room.
      return starts.map((start, at) => {
        const turned = at > 0 && start.slice(0, 4) !== starts[at - 1]?.slice(0, 4);
        return formatTick(start, model().interval, turned);
      });
    },
  };
}

/** Hours that divide the day, so that midnight is among them. */
function hourTicks(places: readonly number[], count: number): number[] {
  const steps = [1, 2, 3, 6, 12, 24, 48, 96, 192];
  const step = steps.find((hours) => places.length / hours <= count) ?? 384;
  return places.filter((place) => (place / 3600) % step === 0);
}

/** Whole weeks where they fit: nobody thinks in tens of days. */
function dayTicks(most: number, count: number): number[] {
  const steps = [1, 7, 14, 28, 56, 91, 182, 364, 728];
  const step = steps.find((each) => most / each <= count) ?? 1456;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
}

function yAxis(model: () => PlotModel): uPlot.Axis {
  const print = (value: number) =>
    model().print?.(value) ?? (model().unit === "share" ? formatTickPercent : printCount)(value);
  return {
    font: FONT,
    stroke: () => colour("text-3"),
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
    gap: 8,
    size: (_, values) => 20 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
    splits: (plot) => {
      if (model().kind === "area") return [0, 0.25, 0.5, 0.75, 1];
      return yTicks(model(), plot.scales.y?.min ?? 0, plot.scales.y?.max ?? 1);
    },
    values: (_, splits) => splits.map(print),
  };
}

/** Below zero is a direction, not a negative number of installs. */
function printCount(value: number): string {
  return formatCount(Math.abs(value));
}

function formatTickPercent(ratio: number): string {
  return Number.isInteger(Math.round(ratio * 1e6) / 1e4)
    ? `${Math.round(ratio * 100)}%`
    : formatPercent(ratio);
}
