import type uPlot from "uplot";
import { countPoints, type PlotModel, placeOf } from "./model.ts";
import { type ColourToken, colour, tint } from "./theme.ts";

const SIZE = 6;

/** Stripes in a token's colour on a tint of it, for bars of buckets that are still filling. */
export function hatch(token: ColourToken): CanvasPattern | string {
  return stripes(colour(token), tint(token, 0.2)) ?? tint(token, 0.4);
}

/** Veils the part of a stacked area that is still filling: its layers cannot be dotted. */
export function drawVeil(plot: uPlot, model: PlotModel): void {
  const last = countPoints(model) - 1;
  if (model.kind !== "area" || model.incomplete === 0 || last < 1) return;
  const whole = Math.max(0, last - model.incomplete);
  const left = Math.max(plot.valToPos(placeOf(model, whole), "x", true), plot.bbox.left);
  const right = plot.valToPos(placeOf(model, last), "x", true);
  const veil = stripes(colour("surface"), tint("surface", 0.35));
  if (!veil || right <= left) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = veil;
  ctx.fillRect(left, bbox.top, Math.min(right, bbox.left + bbox.width) - left, bbox.height);
  ctx.restore();
}

function stripes(line: string, ground: string): CanvasPattern | null {
  const size = SIZE * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const context = tile.getContext("2d");
  if (!context) return null;
  context.fillStyle = ground;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = line;
  context.lineWidth = devicePixelRatio * 1.5;
  // Twice over the corner, so that the stripes meet where tiles do.
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  return context.createPattern(tile, "repeat");
}
