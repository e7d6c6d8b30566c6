import type uPlot from "uplot";
import { type Mark, seconds } from "./model.ts";
import { canvasFont, colour } from "./theme.ts";

/** Room for the chips above a plot, in CSS pixels. */
export const MARKS_ROOM = 28;
const CHIP_HEIGHT = 18;
const CHIP_PADDING = 5;
const GAP = 4;
const LONGEST = 14;

/** A chip as it is laid out: the marks from `first` on share it. */
export interface Chip {
  x: number;
  left: number;
  width: number;
  label: string;
  /** How many marks stand behind it because their own chips would not fit. */
  hidden: number;
}

/**
 * Lays chips out from left to right, centred on their marks where there is room; what would touch
 * the chip before is counted there: "5.10.0 +2".
 * @param measure the width of a text in pixels
 */
export function layOut(
  marks: readonly { x: number; label: string }[],
  room: { left: number; right: number },
  measure: (text: string) => number,
): Chip[] {
  const chips: Chip[] = [];
  for (const { x, label } of [...marks].sort((a, b) => a.x - b.x)) {
    const chip = { x, label, hidden: 0, left: 0, width: 0 };
    place(chip);
    chips.push(chip);
    // A chip that grows at the right edge is pushed left, where it may touch the one before it.
    for (let last = chips.at(-1); last && touches(chips.at(-2), last); last = chips.at(-1)) {
      chips.pop();
      const before = chips.at(-1) as Chip;
      before.hidden += 1 + last.hidden;
      place(before);
    }
  }
  return chips;

  function place(chip: Chip): void {
    chip.width = measure(textOf(chip)) + 2 * CHIP_PADDING;
    const centred = chip.x - (measure(chip.label) + 2 * CHIP_PADDING) / 2;
    chip.left = Math.max(room.left, Math.min(centred, room.right - chip.width));
  }
}

function touches(before: Chip | undefined, chip: Chip): boolean {
  return before !== undefined && chip.left < before.left + before.width + GAP;
}

/** @example textOf({ label: "5.10.0", hidden: 2 }) // "5.10.0 +2" */
export function textOf(chip: Pick<Chip, "label" | "hidden">): string {
  return chip.hidden > 0 ? `${chip.label} +${chip.hidden}` : chip.label;
}

/** A hairline for every mark within sight, and the chips above the plot. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const { min, max } = plot.scales.x ?? {};
  const seen = marks.flatMap((mark) => {
    const at = seconds(mark.day);
    if (min == null || max == null || at < min || at > max) return [];
    return [{ x: plot.valToPos(at, "x"), label: shorten(mark.label), kind: mark.kind }];
  });
  if (seen.length === 0) return;
  ctx.save();
  ctx.translate(bbox.left, bbox.top);
  ctx.scale(ratio, ratio);
  ctx.font = canvasFont(12);
  const width = bbox.width / ratio;
  ctx.lineWidth = 1;
  ctx.strokeStyle = colour("other");
  for (const { x, kind } of seen) {
    // A note's hairline is broken, a release's is whole.
    ctx.setLineDash(kind === "note" ? [3, 3] : []);
    ctx.beginPath();
    ctx.moveTo(Math.round(x) + 0.5, -GAP);
    ctx.lineTo(Math.round(x) + 0.5, bbox.height / ratio);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const chips = layOut(
    seen,
    { left: -8, right: width + 24 },
    (text) => ctx.measureText(text).width,
  );
  for (const chip of chips) {
    ctx.fillStyle = colour("surface");
    ctx.strokeStyle = colour("other");
    ctx.beginPath();
    ctx.roundRect(chip.left, -MARKS_ROOM + 4, chip.width, CHIP_HEIGHT, 4);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = colour("text-2");
    ctx.fillText(textOf(chip), chip.left + CHIP_PADDING, -MARKS_ROOM + 4 + CHIP_HEIGHT / 2 + 0.5);
  }
  ctx.restore();
}

function shorten(label: string): string {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}
