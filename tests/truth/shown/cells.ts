import { DAY } from "../calendar.ts";

/**
 * What a place on a page must say: a count, a text, a part of a whole, a share, a length of time, or
 * nothing. What says more than one may be known by a test of its text.
 */
export type Cell =
  | number
  | string
  | null
  | { part: number; whole: number }
  | { ratio: number }
  | { seconds: number }
  | { signed: number }
  | ((text: string) => boolean);

/** Differences that come from adding up in another order. */
const TINY = 1e-9;

/** Whether a text says what it must, as exactly as it is written. */
export function says(text: string, cell: Cell): boolean {
  if (typeof cell === "function") return cell(text);
  if (typeof cell === "string") return text === cell;
  if (cell === null) return text === "–";
  if (typeof cell === "number") return isNear(text.replace(/^-/, "−"), cell);
  if ("ratio" in cell) return text.endsWith("%") && isPercent(text, cell.ratio);
  if ("signed" in cell) {
    const sign = cell.signed > 0 ? "+" : cell.signed < 0 ? "−" : "";
    return text.startsWith(sign) && isNear(text.slice(sign.length), Math.abs(cell.signed));
  }
  if ("seconds" in cell) return isDuration(text, cell.seconds);
  if (cell.whole === 0) return text === "–";
  const [part, whole] = text.split("/");
  if (whole === undefined) return text.endsWith("%") && isPercent(text, cell.part / cell.whole);
  return isNear(part!, cell.part) && isNear(whole, cell.whole);
}

/** A whole number has every digit; another is rounded to what is shown. */
function isNear(text: string, value: number): boolean {
  const plain = text.replaceAll(",", "").replace("−", "-");
  if (!/^-?\d+(\.\d+)?$/.test(plain)) return false;
  const digits = plain.split(".")[1]?.length ?? 0;
  if (Object.is(Number(plain), -0)) return false;
  if (Number.isInteger(value)) return Number(plain) === value;
  return Math.abs(Number(plain) - value) <= 0.5 * 10 ** -digits + TINY;
}

function isPercent(text: string, ratio: number): boolean {
  if (text === "<0.1%") return ratio > 0 && ratio < 0.0005;
  const digits = /\.(\d+)%$/.exec(text)?.[1]?.length ?? 0;
  return Math.abs(Number.parseFloat(text) - ratio * 100) <= 0.5 * 10 ** -digits + TINY;
}

const UNITS: Record<string, number> = { d: 86_400, h: 3600, min: 60, s: 1 };

function isDuration(text: string, seconds: number): boolean {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) (d|h|min|s)$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (size === undefined) return false;
  const digits = number.split(".")[1]?.length ?? 0;
  // One decimal of zero is not written.
  const shown = digits === 0 && size > 1 && seconds / size < 9.95 ? 1 : digits;
  return Math.abs(Number(number) - seconds / size) <= 0.5 * 10 ** -shown + TINY;
}

export const describeCell = (cell: Cell): string =>
  typeof cell === "function" ? "something else" : JSON.stringify(cell);

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DATE = `(?:[A-Z][a-z]{2}, )?${MONTH} \\d{1,2}, \\d{4}|${MONTH} \\d{4}|${MONTH} \\d{1,2}\\b`;
const CLOCK = "\\d\\d:\\d\\d";
const VERSION = "\\d+(?:\\.\\d+)+(?:-rc\\.\\d+)?(?![\\d.]*%)";
const NUMBER = "[<+−]?\\d[\\d,]*(?:\\.\\d+)?(?:%|/\\d[\\d,]*)?";
const TOKEN = new RegExp([DATE, CLOCK, VERSION, NUMBER].join("|"), "g");

/** Every number, date, time and version of a sentence, in its order. */
export const tokensOf = (sentence: string): string[] =>
  (sentence.match(TOKEN) ?? []).map((token) => token.replace(/(?<=\d),$/, ""));

const print = (day: number, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(day * DAY);

/** A UTC day as sentences and rows name it. */
export const names = {
  /** "Nov 1". */
  short: (day: number) => print(day, { month: "short", day: "numeric" }),
  /** "Nov 1, 2026". */
  year: (day: number) => print(day, { month: "short", day: "numeric", year: "numeric" }),
  /** "Sun, Nov 1, 2026". */
  full: (day: number) =>
    print(day, { weekday: "short", month: "short", day: "numeric", year: "numeric" }),
  /** "Nov 2026". */
  month: (day: number) => print(day, { month: "short", year: "numeric" }),
};
