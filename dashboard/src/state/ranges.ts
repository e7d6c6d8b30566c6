import type { Interval } from "../format/dates.ts";

/** A range of whole UTC days that moves with today, or two fixed days. */
export type Range =
  | { kind: "today" | "7d" | "28d" | "91d" | "365d" | "all" }
  | { kind: "custom"; from: string; to: string };

/** Two UTC days, both included. */
export interface Days {
  from: string;
  to: string;
}

const LOOK_BACK_DAYS = 3650;
const DAY_MS = 86_400_000;
const LENGTHS = { today: 1, "7d": 7, "28d": 28, "91d": 91, "365d": 365 } as const;
/** More points than this say nothing on a screen, and the collector answers with no more. */
const MOST_BUCKETS = 400;

/** The UTC day an instant falls on: "2026-11-20". */
export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/**
 * The days a range means today.
 * @param firstDay the app's first day with data, where "all" begins
 * @example resolveRange({ kind: "28d" }, new Date("2026-11-20T08:00Z")) // Oct 24 … Nov 20
 */
export function resolveRange(range: Range, now: Date, firstDay?: string): Days {
  const to = utcDay(now);
  if (range.kind === "custom") return { from: range.from, to: range.to };
  if (range.kind === "all") {
    const from = firstDay ?? beginning(now);
    return { from: from < to ? from : to, to };
  }
  return { from: utcDay(new Date(Date.parse(to) - (LENGTHS[range.kind] - 1) * DAY_MS)), to };
}

/** Where the search for an app's first day begins: the collector looks back ten years at most. */
export function beginning(now: Date): string {
  return utcDay(new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS));
}

/**
 * The days a range is compared with: as many right before it, or as many as many whole weeks before,
 * so that Mondays lie beside Mondays.
 * @example previousDays({ from: "2026-11-11", to: "2026-11-20" }, "weekdays") // Oct 28 … Nov 6
 */
export function previousDays(days: Days, by: "previous" | "weekdays"): Days {
  const length = countDays(days);
  const shift = (by === "weekdays" ? Math.ceil(length / 7) * 7 : length) * DAY_MS;
  const before = (day: string) => utcDay(new Date(Date.parse(day) - shift));
  return { from: before(days.from), to: before(days.to) };
}

/** How many days, both ends included. */
export function countDays(days: Days): number {
  return Math.round((Date.parse(days.to) - Date.parse(days.from)) / DAY_MS) + 1;
}

/** The bucket sizes that give at least two and at most 400 points; day is always there. */
export function intervalsFor(days: Days): Interval[] {
  const length = countDays(days);
  const fits: Interval[] = length <= MOST_BUCKETS ? ["day"] : [];
  if (length >= 14) fits.push("week");
  if (length >= 60) fits.push("month");
  return fits;
}

/** The bucket size shown when none was chosen. */
export function defaultInterval(days: Days): Interval {
  const length = countDays(days);
  return length <= 120 ? "day" : length <= 800 ? "week" : "month";
}

/** Reads "28d" or "2026-10-01..2026-10-31"; null when it is neither, or runs backwards. */
export function parseRange(text: string): Range | null {
  if (text === "all" || Object.hasOwn(LENGTHS, text)) {
    return { kind: text as Exclude<Range["kind"], "custom"> };
  }
  const days = parseDays(text);
  return days && { kind: "custom", ...days };
}

/** The other direction of `parseRange`. */
export function printRange(range: Range): string {
  return range.kind === "custom" ? printDays(range) : range.kind;
}

/** Reads "2026-10-01..2026-10-31"; null when malformed, impossible, or backwards. */
export function parseDays(text: string): Days | null {
  const [from, to, rest] = text.split("..");
  if (!from || !to || rest !== undefined || !isDay(from) || !isDay(to) || from > to) return null;
  return { from, to };
}

/** The other direction of `parseDays`. */
export function printDays(days: Days): string {
  return `${days.from}..${days.to}`;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  // 30 February parses in some engines: a day that exists prints as itself.
  return !Number.isNaN(time) && utcDay(new Date(time)) === text;
}
