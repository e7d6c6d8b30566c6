import type { Page } from "playwright-core";
import type { ShownCard, ShownRow } from "./cards.ts";
import { type Cell, describeCell, says, tokensOf } from "./cells.ts";

/** What a card shows, as text. */
export interface CardText {
  id: string;
  heads: string[];
  rows: string[][];
  /** The items of a drawing that is made of text. */
  drawn: string[][];
  summary: string;
  foot: string;
}

export interface PageText {
  cards: CardText[];
  tiles: Record<string, string>;
  denominator: string;
  findings: string[];
  /** Texts with a digit that are in none of these, and on nothing that is pressed or chosen. */
  left: string[];
}

export const readPage = (page: Page) => page.evaluate<PageText>(READ);

const READ = `(() => {
  const main = document.querySelector("main");
  const plain = (node) => node.innerText.replace(/[↓↑]/g, "").replace(/\\s+/g, " ").trim();
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const one = (root, selector) => { const node = root.querySelector(selector); return node ? plain(node) : ""; };
  const cards = all(main, "section[data-testid^=card-]").map((card) => ({
    id: card.dataset.testid.slice(5),
    heads: all(card, "thead tr:last-child > *").map(plain),
    rows: all(card, "tbody tr").map((row) => [...row.children].map(plain)),
    drawn: all(card, ".histogram li, .path-tree li, .health-strip li").map((item) =>
      item.matches(".health-strip li") ? [item.title] : [...item.children].filter((part) => !part.ariaHidden).map(plain)),
    summary: one(card, ".summary"),
    foot: one(card, ".card-foot"),
  }));
  const tiles = Object.fromEntries(all(main, "[data-testid^=tile-]").map((tile) => [tile.dataset.testid.slice(5), plain(tile)]));
  const denominator = one(main, "[data-testid=denominator]");
  const findings = all(main, "[data-testid=health-status] li").map(plain);
  const read = "[data-testid^=tile-], [data-testid=denominator], [data-testid=health-status], table, .histogram, .path-tree, .health-strip, .summary, .card-foot";
  const chosen = "button, select, input, textarea, [data-testid=card-builder], .legend, .multiples h3, .health-strip-axis, .health-strip-most, [data-testid=freshness]";
  const left = [];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (/\\d/.test(data) && !parentElement.closest(read + ", " + chosen)) left.push(data.trim());
  }
  return { cards, tiles, denominator, findings, left };
})()`;

/** What is wrong in a sentence: one line a place. */
export function wrongIn(where: string, sentence: string, cells: readonly Cell[]): string[] {
  const tokens = tokensOf(sentence);
  if (tokens.length === cells.length && tokens.every((token, at) => says(token, cells[at]!))) {
    return [];
  }
  return [
    `${where}: “${sentence}” says ${tokens.join(" | ")}, not ${cells.map(describeCell).join(" | ")}`,
  ];
}

/** What is wrong in a card as a table. */
export function wrongInTable(card: CardText, expected: ShownCard): string[] {
  const { id, heads, rows } = card;
  if (expected.unread) return [];
  const read = rows.map((row) =>
    Object.fromEntries(row.map((text, at) => [heads[at] ?? "", text])),
  );
  const wrongRow = (row: Record<string, string>, truth: ShownRow, whole: boolean) => [
    ...Object.entries(truth).flatMap(([head, cell]) => {
      const text = row[head];
      if (text !== undefined && says(text, cell)) return [];
      return [`${id}, ${Object.values(row)[0]}, ${head}: shows ${text}, is ${describeCell(cell)}`];
    }),
    ...(whole
      ? heads.filter((head) => !(head in truth)).map((head) => `${id}: ${head} is not known`)
      : []),
  ];
  const wanted = expected.rows ?? [];
  const isFixed = expected.some === undefined && expected.sums === undefined;
  return [
    ...(isFixed && read.length !== wanted.length
      ? [`${id}: ${read.length} rows, not ${wanted.length}`]
      : wanted.flatMap((truth, at) => wrongRow(read[at]!, truth, true))),
    ...(expected.some ?? []).flatMap((truth) => {
      const [head, name] = Object.entries(truth)[0]!;
      const row = read.find((each) => each[head] === name);
      return row === undefined
        ? [`${id}: no row ${describeCell(name)}`]
        : wrongRow(row, truth, false);
    }),
    ...Object.entries(expected.sums ?? {}).flatMap(([head, sum]) => {
      const all = read.reduce(
        (total, row) => total + (Number(row[head]!.replace(",", "")) || 0),
        0,
      );
      return all === sum ? [] : [`${id}: ${head} is ${all} together, not ${sum}`];
    }),
    ...wrongWords(card, expected),
  ];
}

/** What is wrong in a card as it is drawn, where its drawing is made of text. */
export function wrongInDrawing(card: CardText, expected: ShownCard): string[] {
  const { id } = card;
  const read = card.drawn.length > 0 ? card.drawn : card.rows;
  const wrong = (expected.drawn ?? []).flatMap((cells, at) =>
    cells.flatMap((cell, place) => {
      const text = read[at]?.[place];
      return text !== undefined && says(text, cell)
        ? []
        : [`${id}, drawn, ${read[at]?.[0]}, ${place}: shows ${text}, is ${describeCell(cell)}`];
    }),
  );
  const size = expected.drawn?.length ?? read.length;
  const more = read.length === size ? [] : [`${id}, drawn: ${read.length} rows, not ${size}`];
  return [...wrong, ...more, ...wrongWords(card, expected)];
}

const wrongWords = ({ id, summary, foot }: CardText, expected: ShownCard) => [
  ...wrongIn(`${id}, in words`, summary, expected.summary ?? []),
  ...wrongIn(`${id}, below`, foot, expected.foot ?? []),
];
