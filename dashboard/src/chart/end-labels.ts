import type uPlot from "uplot";
import type { PlotModel } from "./model.ts";
import { colour } from "./theme.ts";

/** With more series than this a legend reads better than labels at the lines' ends. */
export const MOST_END_LABELS = 4;
const LINE_HEIGHT = 16;
const GAP = 8;
const LONGEST = 20;

/** The text of one label, cut to fit the margin. */
function labelOf(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

/** The margin the labels need, in CSS pixels; zero when there are to be none. */
export function endLabelRoom(model: PlotModel, width: number): number {
  const count = model.series.length;
  if (model.kind === "area" || count < 2 || count > MOST_END_LABELS || width < 560) return 0;
  return GAP + 8 + 7 * Math.max(...model.series.map((series) => labelOf(series.name).length));
}

/** Writes each line's name at its end, moved apart where ends meet. */
export function drawEndLabels(plot: uPlot, model: PlotModel): void {
  const ratio = devicePixelRatio;
  const right = plot.scales.x?.max ?? Number.POSITIVE_INFINITY;
  const xs = plot.data[0] ?? [];
  let end = xs.length - 1;
  while (end > 0 && (xs[end] ?? 0) > right) end--;
  const labels = model.series
    .flatMap((series) => {
      const value = series.values[end];
      if (value === null || value === undefined) return [];
      return [{ series, y: plot.valToPos(value, "y") }];
    })
    .sort((a, b) => a.y - b.y);
  spread(labels);
  const { ctx } = plot;
  ctx.save();
  ctx.font = `${12 * ratio}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
  ctx.textBaseline = "middle";
  const left = plot.bbox.left + plot.bbox.width + GAP * ratio;
  for (const { series, y } of labels) {
    ctx.fillStyle = colour(series.colour);
    ctx.fillRect(left, plot.bbox.top + (y - 1) * ratio, 6 * ratio, 2 * ratio);
    ctx.fillStyle = colour("text-2");
    ctx.fillText(labelOf(series.name), left + 10 * ratio, plot.bbox.top + y * ratio);
  }
  ctx.restore();
}

/** Pushes labels down, then the whole pile up if it ran out at the bottom. */
function spread(labels: { y: number }[]): void {
  for (const [index, label] of labels.entries()) {
    const above = labels[index - 1];
    if (above) label.y = Math.max(label.y, above.y + LINE_HEIGHT);
  }
}
