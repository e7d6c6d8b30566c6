import { dayOfText, type Interval } from "../calendar.ts";
import { among, chosen, type Filter, type Life } from "../lives.ts";
import type { Span } from "../over-time.ts";
import type { TruthFleet } from "../stage.ts";
import type { Use } from "../uses.ts";
import { type Cell, names } from "./cells.ts";

/** One row of a table, by the heads of its columns. */
export type ShownRow = Record<string, Cell>;

/** What a card must show. What it does not have stays away. */
export interface ShownCard {
  /** What its table says, row by row; absent where the card says why there is none. */
  rows?: ShownRow[];
  /** Rows that it must have among others, known by their first column. */
  some?: ShownRow[];
  /** What the numbers of a column make together. */
  sums?: Record<string, number>;
  /** Nothing of it is compared. */
  unread?: true;
  /** The same in the card's own drawing, where that is made of text: rows of cells. */
  drawn?: Cell[][];
  /** Numbers, days and versions of the sentence about it. */
  summary?: Cell[];
  /** The same of what stands under it. */
  foot?: Cell[];
}

export type ShownCards = Record<string, ShownCard>;

/** What is asked for by an address of the dashboard. */
export interface ShownView {
  fleet: TruthFleet;
  filter: Filter;
  span: Span;
  interval: Interval;
  now: number;
  today: number;
  /** Installs that the filter leaves, whatever it says of admission; those that it leaves; what they sent. */
  all: Life[];
  asked: Life[];
  uses: Use[];
  /** Choices on single cards. */
  choices: Record<string, string>;
}

export function viewOf(
  fleet: TruthFleet,
  { filter, span, interval, choices }: Pick<ShownView, "filter" | "span" | "interval" | "choices">,
): ShownView {
  const asked = chosen(fleet.lives, filter);
  const left = new Set(asked);
  return {
    ...{ fleet, filter, span, interval, choices, asked },
    ...{ now: span.asOf, today: Math.floor(span.asOf / 86_400_000) },
    all: among(fleet.lives, filter),
    uses: fleet.uses.filter(({ life }) => left.has(life)),
  };
}

/** A chart over time: what each of its points has, by series; null where a point has none. */
export interface Points {
  interval: Interval;
  starts: readonly string[];
  incomplete: number;
  series: { name: string; values: readonly (number | null)[] }[];
  unit: "count" | "share";
}

const UNIT: Record<Interval, string> = { day: "Day", week: "Week from", month: "Month" };

export function bucketName(start: string, interval: Interval): string {
  const day = dayOfText(start);
  if (interval === "month") return names.month(day);
  return interval === "week" ? `week of ${names.year(day)}` : names.full(day);
}

export const valueCell = (value: number | null, unit: Points["unit"]): Cell =>
  value === null || unit === "count" ? value : { ratio: value };

/** The table of a chart over time: newest first, with the releases of each bucket. */
export function timeRows(points: Points, { fleet, span }: ShownView): ShownRow[] {
  const { starts, interval, incomplete, series, unit } = points;
  const released = fleet.releases.filter(
    ({ known, day }) => known && day >= span.from && day <= span.to,
  );
  const rows = starts.map((start, at): ShownRow => {
    const next = starts[at + 1];
    const until = next === undefined ? Number.POSITIVE_INFINITY : dayOfText(next);
    const marks = released.filter(({ day }) => day >= dayOfText(start) && day < until);
    const versions = marks.map(({ version }) => version).join(", ");
    const name =
      bucketName(start, interval) +
      (at >= starts.length - incomplete ? " still filling" : "") +
      (marks.length > 0 ? ` · ${versions}` : "");
    return {
      [UNIT[interval]]: name,
      ...Object.fromEntries(series.map((each) => [each.name, valueCell(each.values[at]!, unit)])),
    };
  });
  return rows.reverse();
}

const dayToken = (start: string, interval: Interval) =>
  bucketName(start, interval).replace("week of ", "");

/** From where to where a single line goes, and how high. */
export function lineSentence(points: Points): Cell[] {
  const { starts, interval, incomplete, unit } = points;
  const values = points.series[0]!.values;
  const whole = starts.length - incomplete;
  const complete = values
    .slice(0, whole)
    .flatMap((value, at) => (value === null ? [] : [{ value, start: starts[at]! }]));
  const soFar = values.slice(whole).findLast((value) => value !== null && value !== 0);
  if (complete.every(({ value }) => value === 0) && soFar) return [valueCell(soFar, unit)];
  const [first, last] = [complete[0], complete.at(-1)];
  if (first === undefined || last === undefined) return [];
  const point = ({ value, start }: typeof first) => [
    valueCell(value, unit),
    dayToken(start, interval),
  ];
  if (first === last) return point(first);
  const most = Math.max(...complete.map(({ value }) => value));
  return [first, last, complete.find(({ value }) => value === most)!].flatMap(point);
}

/** The last whole bucket in which there is anything, else the last of all in which there is. */
export function lastPoint({ starts, series, incomplete }: Points): number {
  const any = starts
    .map((_, at) => at)
    .filter((at) => series.some(({ values }) => Boolean(values[at])));
  return any.findLast((at) => at < starts.length - incomplete) ?? any.at(-1) ?? -1;
}

/** The largest three of several lines where they last were complete. */
export function manySentence(points: Points): Cell[] {
  const at = lastPoint(points);
  if (at < 0) return [];
  const { starts, interval, unit, series } = points;
  const largest = series
    .flatMap(({ name, values }) =>
      values[at] === null || values[at] === undefined ? [] : [{ name, value: values[at] }],
    )
    .sort((one, other) => other.value - one.value)
    .slice(0, 3);
  return [
    dayToken(starts[at]!, interval),
    ...largest.flatMap(({ name, value }) => [...digits(name), valueCell(value, unit)]),
  ];
}

/** A name as a sentence says it: of it only versions and numbers are read. */
export const digits = (name: string): Cell[] => name.match(/\d+(?:\.\d+)*(?:-rc\.\d+)?/g) ?? [];

/** What a table calls what no install said. */
export const named = (value: string): string =>
  value === "" || value === "unknown" ? "not reported" : value;

export const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
export const countOpen = (rows: readonly { complete: boolean }[]) =>
  rows.filter(({ complete }) => !complete).length;

/** The card of a chart over time; one without any value says why in words. */
export function timeCard(points: Points, view: ShownView): ShownCard {
  const rows = timeRows(points, view);
  const isEmpty = points.series.every(({ values }) => values.every((value) => !value));
  if (isEmpty) return {};
  const summary = points.series.length === 1 ? lineSentence(points) : manySentence(points);
  return { rows, summary };
}

export const pointsOf = (
  { interval, starts, incomplete }: Omit<Points, "unit" | "series">,
  series: Points["series"],
  unit: Points["unit"] = "count",
): Points => ({ interval, starts, incomplete, series, unit });
