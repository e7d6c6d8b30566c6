import { type ColourToken, colour, tint } from "./theme.ts";

const SIZE = 6;

/** Stripes in a token's colour on a tint of it, for bars of buckets that are still filling. */
export function hatch(token: ColourToken): CanvasPattern | string {
  const size = SIZE * devicePixelRatio;
  const tile = new OffscreenCanvas(size, size);
  const context = tile.getContext("2d");
  if (!context) return tint(token, 0.4);
  context.fillStyle = tint(token, 0.2);
  context.fillRect(0, 0, size, size);
  context.strokeStyle = colour(token);
  context.lineWidth = devicePixelRatio * 1.5;
  // Twice over the corner, so that the stripes meet where tiles do.
  context.beginPath();
  for (const shift of [-size, 0, size]) {
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
  }
  context.stroke();
  return context.createPattern(tile, "repeat") ?? tint(token, 0.4);
}
