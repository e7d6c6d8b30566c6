import type { Sort } from "../../card/data-table.tsx";

/** One event with its numbers. */
export interface EventRow {
  event: string;
  count: number;
  installs: number;
  users: number;
}

const COLUMNS = ["event", "count", "installs", "users"] as const;
type SortColumn = (typeof COLUMNS)[number];

export const DEFAULT_SORT = "-installs";

/** Reads "-installs" (largest first) or "event" (A to Z); anything else is the default. */
export function parseSort(written: string): Sort & { column: SortColumn } {
  const descending = written.startsWith("-");
  const column = COLUMNS.find((each) => each === (descending ? written.slice(1) : written));
  return column ? { column, descending } : { column: "installs", descending: true };
}

/** The order after a press on a column's head: that column its usual way first, then turned. */
export function nextSort(sort: Sort, column: string): string {
  const descending = sort.column === column ? !sort.descending : column !== "event";
  return descending ? `-${column}` : column;
}

/** A sorted copy; equal values keep the order of their names. */
export function sortEvents<Row extends EventRow>(rows: readonly Row[], written: string): Row[] {
  const { column, descending } = parseSort(written);
  const sign = descending ? -1 : 1;
  const byName = (a: Row, b: Row) => a.event.localeCompare(b.event, "en");
  return [...rows].sort((a, b) =>
    column === "event" ? sign * byName(a, b) : sign * (a[column] - b[column]) || byName(a, b),
  );
}
