import { text } from "../text/shell.ts";
import type { Export } from "./csv.ts";
import { paint } from "./paint.ts";

const MARGIN = 24;
const LINE = 18;
/** Browsers draw on no larger canvas: a long table is drawn smaller. */
const LONGEST = 16_384;

/**
 * A card's figure as a picture that can stand alone: its title, the app, days and filters above it,
 * its sentence, the definition and the freshness below.
 * @param figure what is drawn: the card's `<figure>`, or the part of it that is one
 */
export async function toPng(figure: Element, table: Export): Promise<Blob | null> {
  const said = new Map(table.header);
  const take = (name: string) => {
    const value = said.get(name) ?? "";
    said.delete(name);
    return value;
  };
  const title = take("Title");
  const notes = [
    figure.querySelector("figcaption")?.textContent ?? "",
    take("Definition"),
    `${text.product}, ${text.denominator.until(take("Data until"))}`,
  ];
  const about = [...said].map(([name, value]) => `${name}: ${value}`).join(" · ");

  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (!context) return null;
  const page = getComputedStyle(document.documentElement);
  const colour = (token: string) => page.getPropertyValue(`--${token}`);
  const font = (size: number, weight = 400) =>
    `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;

  const drawn = paint(null, figure);
  const width = Math.ceil(drawn.width) + 2 * MARGIN;
  context.font = font(12);
  const aboutLines = wrap(context, about, drawn.width);
  const noteLines = notes.flatMap((note) => wrap(context, note, drawn.width));
  const head = MARGIN + 24 + aboutLines.length * LINE + 12;
  const height = head + drawn.height + 12 + noteLines.length * LINE + MARGIN;

  const ratio = Math.min(devicePixelRatio, LONGEST / Math.max(width, height));
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  context.scale(ratio, ratio);
  context.fillStyle = colour("surface");
  context.fillRect(0, 0, width, height);
  context.save();
  context.translate(MARGIN, head);
  paint(context, figure);
  context.restore();
  context.textBaseline = "top";
  context.fillStyle = colour("text-1");
  context.font = font(16, 600);
  context.fillText(title, MARGIN, MARGIN);
  context.font = font(12);
  context.fillStyle = colour("text-2");
  const write = (lines: readonly string[], top: number) => {
    for (const [at, line] of lines.entries()) context.fillText(line, MARGIN, top + at * LINE);
  };
  write(aboutLines, MARGIN + 24);
  write(noteLines, head + drawn.height + 12);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function wrap(context: CanvasRenderingContext2D, sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ").filter(Boolean)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && context.measureText(longer).width <= width) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines;
}
