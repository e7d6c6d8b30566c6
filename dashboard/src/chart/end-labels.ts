import type uPlot from "uplot";
import { DASHES, type PlotModel } from "./model.ts";
import { canvasFont, colour } from "./theme.ts";

/** With more series than this a legend reads better than labels at the lines' ends. */
export const MOST_END_LABELS = 4;
const LINE_HEIGHT = 16;
const GAP = 8;
/** Length of the piece of line before a label. */
const SAMPLE = 22;
const LONGEST = 20;

/** The text of one label, cut to fit the margin. */
function labelOf(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

/** The margin the labels need, in CSS pixels; zero when there are to be none. */
export function endLabelRoom(model: PlotModel, width: number): number {
  const count = model.series.length;
  const line = model.kind === "line" || model.kind === "steps";
  if (!line || count < 2 || count > MOST_END_LABELS || width < 560) return 0;
  return (
    GAP + SAMPLE + 8 + 7 * Math.max(...model.series.map((series) => labelOf(series.name).length))
  );
}

/** Writes each line's name at its end, moved apart where ends meet. */
export function drawEndLabels(plot: uPlot, model: PlotModel): void {
  const ratio = devicePixelRatio;
  const right = plot.scales.x?.max ?? Number.POSITIVE_INFINITY;
  const xs = plot.data[0] ?? [];
  // At the level of the last whole bucket: in the one still filling all lines run together.
  let end = Math.max(0, xs.length - 1 - model.incomplete);
  while (end > 0 && (xs[end] ?? 0) > right) end--;
  const labels = model.series
    .flatMap((series, index) => {
      const value = series.values[end];
      if (value === null || value === undefined) return [];
      return [{ series, index, y: plot.valToPos(value, "y") }];
    })
    .sort((a, b) => a.y - b.y);
  spread(labels, plot.bbox.height / ratio);
  const { ctx } = plot;
  ctx.save();
  ctx.font = canvasFont(12 * ratio);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.lineWidth = 2 * ratio;
  const left = plot.bbox.left + plot.bbox.width + GAP * ratio;
  for (const { series, index, y } of labels) {
    const middle = plot.bbox.top + y * ratio;
    ctx.strokeStyle = colour(series.colour);
    ctx.setLineDash((DASHES[index] ?? []).map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(left, middle);
    ctx.lineTo(left + SAMPLE * ratio, middle);
    ctx.stroke();
    ctx.fillStyle = colour("text-2");
    ctx.fillText(labelOf(series.name), left + (SAMPLE + 4) * ratio, middle);
  }
  ctx.restore();
}

/** Moves labels that would touch apart, without leaving the plot. */
function spread(labels: { y: number }[], height: number): void {
  for (const [index, label] of labels.entries()) {
    const above = labels[index - 1];
    if (above) label.y = Math.max(label.y, above.y + LINE_HEIGHT);
  }
  let floor = height - LINE_HEIGHT / 2;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, floor);
    floor = label.y - LINE_HEIGHT;
  }
}
