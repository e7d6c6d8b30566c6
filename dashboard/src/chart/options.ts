import type uPlot from "uplot";
import { formatTick } from "../format/dates.ts";
import { formatCount, formatPercent } from "../format/numbers.ts";
import { utcDay } from "../state/ranges.ts";
import { DASHES, type PlotModel } from "./model.ts";
import { toSums } from "./stack.ts";
import { colour, tint } from "./theme.ts";
import { bucketTicks, valueTicks } from "./ticks.ts";

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** Room for one time label, in CSS pixels. */
const LABEL_ROOM = 72;
/** Above this many samples single points are noise. */
const MOST_POINTS = 60;

/** Seconds since 1970 of a bucket's start: uPlot's unit on a time axis. */
export function seconds(start: string): number {
  return Date.parse(start) / 1000;
}

/** The model's numbers in uPlot's columns; `plotSeries` says which column is which. */
export function plotData(model: PlotModel): uPlot.AlignedData {
  const x = model.starts.map(seconds);
  if (model.kind === "area") {
    return [x, ...toSums(model.series.map((series) => series.values)).reverse()];
  }
  const whole = model.starts.length - model.incomplete;
  const columns = model.series.flatMap(({ values }) => [
    values.map((value, at) => (at < whole ? value : null)),
    // Begins at the last complete bucket, so that the dotted end hangs on the line.
    values.map((value, at) => (at >= whole - 1 ? value : null)),
  ]);
  return [x, ...columns];
}

/** The parts of uPlot's options that follow from what is drawn and how wide. */
export function plotOptions(
  model: () => PlotModel,
  size: { width: number; height: number; labelRoom: number },
): Pick<uPlot.Options, "width" | "height" | "padding" | "series" | "bands" | "scales" | "axes"> {
  const { kind, series } = model();
  return {
    width: size.width,
    height: size.height,
    padding: [8, size.labelRoom || 28, 0, 0],
    series: [{}, ...(kind === "area" ? areaSeries(model) : lineSeries(model))],
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

function lineSeries(model: () => PlotModel): uPlot.Series[] {
  const single = model().series.length === 1;
  return model().series.flatMap((series, at): uPlot.Series[] => {
    const stroke = () => colour(model().series[at]?.colour ?? series.colour);
    const shared: uPlot.Series = {
      label: series.name,
      stroke,
      width: 2,
      ...(single ? { fill: () => tint(series.colour, 0.08) } : {}),
      points: {
        size: 5,
        width: 0,
        fill: stroke,
        show: (_plot, _series, from, to) => to - from < MOST_POINTS,
      },
    };
    const dash = [...(DASHES[at] ?? [])];
    return [
      { ...shared, ...(dash.length > 0 ? { dash } : {}) },
      { ...shared, dash: [2, 4] },
    ];
  });
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
  const from = min ?? seconds(model.starts[0] ?? "1970-01-01");
  const to = max ?? from;
  // A single bucket has no width of its own.
  return from === to ? [from - 43_200, to + 43_200] : [from, to];
}

function yScale(model: () => PlotModel): uPlot.Scale {
  if (model().kind === "area") return { range: [0, 1] };
  return {
    range: (_, __, most) => [0, valueTicks(most ?? 1, model().unit === "count").at(-1) ?? 1],
  };
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
      const shown = model()
        .starts.map(seconds)
        .filter((start) => start >= min && start <= max);
      const width = plot.bbox.width / devicePixelRatio || plot.width;
      return bucketTicks(shown.length, width, LABEL_ROOM).map((at) => shown[at] ?? 0);
    },
    values: (_, splits) => {
      const starts = splits.map((split) => utcDay(new Date(split * 1000)));
      // A year is written where it begins: more often it would only take room.
      return starts.map((start, at) => {
        const turned = at > 0 && start.slice(0, 4) !== starts[at - 1]?.slice(0, 4);
        return formatTick(start, model().interval, turned);
      });
    },
  };
}

function yAxis(model: () => PlotModel): uPlot.Axis {
  const print = model().unit === "share" ? formatTickPercent : formatCount;
  return {
    font: FONT,
    stroke: () => colour("text-3"),
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
    gap: 8,
    size: (_, values) => 20 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
    splits: (plot) => {
      if (model().kind === "area") return [0, 0.25, 0.5, 0.75, 1];
      return valueTicks(plot.scales.y?.max ?? 1, model().unit === "count");
    },
    values: (_, splits) => splits.map(print),
  };
}

function formatTickPercent(ratio: number): string {
  return Number.isInteger(Math.round(ratio * 1e6) / 1e4)
    ? `${Math.round(ratio * 100)}%`
    : formatPercent(ratio);
}
