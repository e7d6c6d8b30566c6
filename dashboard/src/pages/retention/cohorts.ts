import type { Retention } from "../../api/footprint.ts";
import type { HeatCell, HeatRow } from "../../chart/heat-table.tsx";
import { formatDay } from "../../format/dates.ts";
import { formatShare } from "../../format/numbers.ts";
import { type Days, utcDay } from "../../state/ranges.ts";

const DAY_MS = 86_400_000;

/**
 * The days of so many whole weeks from Monday, of which the last holds the given day.
 * @example cohortDays("2026-11-20", 2) // { from: "2026-11-09", to: "2026-11-20" }
 */
export function cohortDays(to: string, weeks: number): Days {
  const last = new Date(to);
  const sinceMonday = (last.getUTCDay() + 6) % 7;
  return { from: utcDay(new Date(last.getTime() - (sinceMonday + 7 * (weeks - 1)) * DAY_MS)), to };
}

/** The cohorts with anybody in them, newest first. */
export function heatRows(data: Retention): HeatRow[] {
  return data.rows
    .filter((row) => row.size > 0)
    .toReversed()
    .map((row) => ({
      name: formatDay(row.start),
      size: row.size,
      cells: row.counts.map((count): HeatCell => {
        if (count === null) return "not-yet";
        return { part: count, whole: row.size, ...(row.complete ? {} : { filling: true }) };
      }),
    }));
}

/** The share of all who could come back in a week that did, formatted; null while nobody could. */
export function returnedBy({ rows }: Retention, week: number): string | null {
  const told = rows.filter((row) => row.complete && row.counts[week] != null);
  const whole = told.reduce((sum, row) => sum + row.size, 0);
  const part = told.reduce((sum, row) => sum + (row.counts[week] ?? 0), 0);
  return whole > 0 ? formatShare(part, whole) : null;
}
