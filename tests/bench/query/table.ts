import { rounded } from "../measure.ts";
import type { QueryFigures } from "./run.ts";

export interface QueryLine extends QueryFigures {
  question: string;
  size: string;
  events: number;
}

const COLUMNS = [
  "question",
  "size",
  "p50 ms",
  "p95 ms",
  "cpu ms",
  "plain/p50",
  "p50/scan",
  "growth",
  "equal",
];

/**
 * All figures as lines to read. `cpu`: what the engine took of all processors. `growth`: how many times
 * the cost grew since the size before, by how many times the events did; below 1 it grew less than they.
 */
export function tableOf(lines: readonly QueryLine[]): string {
  const rows = lines.map((line) => {
    const before = lines
      .filter(({ question, events }) => question === line.question && events < line.events)
      .at(-1);
    return [
      line.question,
      line.size,
      line.p50 ?? "-",
      line.p95 ?? "-",
      line.processor ?? "-",
      over(line.plain, line.p50),
      over(line.p50, line.scan),
      growth(before, line),
      line.equal === true ? "yes" : (line.equal ?? "-"),
    ].map(String);
  });
  const all = [COLUMNS, ...rows];
  const widths = COLUMNS.map((_, at) =>
    Math.max(...all.map((row) => (at === COLUMNS.length - 1 ? 0 : row[at]!.length))),
  );
  return all
    .map((row) =>
      row
        .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
        .join("  "),
    )
    .join("\n");
}

function growth(before: QueryLine | undefined, { p50, events }: QueryLine): string | number {
  if (before === undefined || before.p50 === null || p50 === null) return "-";
  return over(p50 / before.p50, events / before.events);
}

const over = (one: number | null, other: number | null) =>
  one === null || other === null ? "-" : rounded(one / other, 2);
