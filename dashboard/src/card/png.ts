import { canvasFont, colour } from "../chart/theme.ts";
import { text } from "../text/shell.ts";
import type { Export } from "./csv.ts";

const MARGIN = 24;
const LINE = 18;

/**
 * A card's chart as a picture that can stand alone: its title, the app, days and filters above it,
 * the legend, the definition and the freshness below.
 * @param figure the card's `<figure>`, with one canvas or several
 */
export async function toPng(figure: Element, table: Export): Promise<Blob | null> {
  const box = figure.getBoundingClientRect();
  const width = Math.ceil(box.width) + 2 * MARGIN;
  const inner = width - 2 * MARGIN;
  const plots = [...figure.querySelectorAll("canvas")];
  const below = Math.max(...plots.map((plot) => plot.getBoundingClientRect().bottom - box.top));

  const said = new Map(table.header);
  const take = (name: string) => {
    const value = said.get(name) ?? "";
    said.delete(name);
    return value;
  };
  const title = take("Title");
  const notes = [
    take("Definition"),
    `${text.product}, ${text.denominator.until(take("Data until"))}`,
  ];
  const about = [...said].map(([name, value]) => `${name}: ${value}`).join(" · ");

  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.font = canvasFont(12);
  const aboutLines = wrap(context, about, inner);
  const summary = figure.querySelector("figcaption")?.textContent ?? "";
  const noteLines = [summary, ...notes].flatMap((note) => wrap(context, note, inner));
  const legend = [...figure.querySelectorAll(".legend li")];
  const head = MARGIN + 24 + aboutLines.length * LINE + 12;
  const legendLines = legend.length > 0 ? layLegend(context, legend, inner) : [];
  const foot = legendLines.length * LINE + 12 + noteLines.length * LINE + MARGIN;

  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = (head + below + foot) * ratio;
  context.scale(ratio, ratio);
  context.fillStyle = colour("surface");
  context.fillRect(0, 0, width, head + below + foot);
  context.textBaseline = "top";
  context.fillStyle = colour("text-1");
  context.font = canvasFont(16, 600);
  context.fillText(title, MARGIN, MARGIN);
  context.font = canvasFont(12);
  context.fillStyle = colour("text-2");
  writeLines(context, aboutLines, MARGIN + 24);
  for (const plot of plots) {
    const at = plot.getBoundingClientRect();
    const [x, y] = [MARGIN + at.left - box.left, head + at.top - box.top];
    context.drawImage(plot, x, y, at.width, at.height);
  }
  context.font = canvasFont(12, 600);
  for (const name of figure.querySelectorAll("h3")) {
    const at = name.getBoundingClientRect();
    context.fillText(name.textContent ?? "", MARGIN + at.left - box.left, head + at.top - box.top);
  }
  context.font = canvasFont(12);
  for (const [row, items] of legendLines.entries()) {
    for (const { item, x } of items) drawItem(context, item, x, head + below + 8 + row * LINE);
  }
  writeLines(context, noteLines, head + below + legendLines.length * LINE + 12);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function writeLines(context: CanvasRenderingContext2D, lines: readonly string[], top: number) {
  for (const [at, line] of lines.entries()) context.fillText(line, MARGIN, top + at * LINE);
}

function wrap(context: CanvasRenderingContext2D, sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && context.measureText(longer).width <= width) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines;
}

interface Placed {
  item: Element;
  x: number;
}

/** The legend's entries in rows that fit. */
function layLegend(context: CanvasRenderingContext2D, items: Element[], width: number): Placed[][] {
  const rows: Placed[][] = [[]];
  let x = MARGIN;
  for (const item of items) {
    const takes = 28 + context.measureText(item.textContent ?? "").width + 16;
    if (x > MARGIN && x + takes > MARGIN + width) {
      rows.push([]);
      x = MARGIN;
    }
    rows.at(-1)?.push({ item, x });
    x += takes;
  }
  return rows;
}

/** One entry: the piece of line or layer that stands before its name, then the name. */
function drawItem(context: CanvasRenderingContext2D, item: Element, x: number, y: number): void {
  const shape = item.querySelector("line, rect");
  if (shape) {
    const paint = getComputedStyle(shape).stroke;
    context.fillStyle = paint;
    context.strokeStyle = paint;
    context.lineWidth = 2.5;
    const dashes = shape.getAttribute("stroke-dasharray") ?? "";
    context.setLineDash(dashes === "" ? [] : dashes.split(" ").map(Number));
    if (shape.tagName === "rect") context.fillRect(x, y + 1, 10, 10);
    else {
      context.beginPath();
      context.moveTo(x, y + 6);
      context.lineTo(x + 22, y + 6);
      context.stroke();
    }
    context.setLineDash([]);
  }
  context.fillStyle = colour("text-2");
  context.fillText(item.textContent ?? "", x + 28, y);
}
