import { addDays, dayOf, startOf } from "../days.ts";
import type { Ask } from "../question.ts";

/** How new installs compare with the usual. */
export interface Flood {
  last24h: number;
  /** Median of the complete UTC days before today. */
  median: number;
  /** More than so many in 24 hours are a flood. */
  threshold: number;
  budget: number | null;
  flooding: boolean;
}

const DAYS = 28;
const DAY_MS = 86_400_000;
/** A young app goes from 2 to 20 a day by being mentioned somewhere: that is no flood. */
const LEAST = 50;
const FLOOD_TIMES = 5;

/**
 * Whether far more installs arrive than usual: more in the last 24 hours than the app's budget allows,
 * or, where it has none, than `times` the median of the last 28 days, and than 50.
 */
export async function floodOf(
  ask: Ask,
  app: string,
  now: Date,
  { budget, times = FLOOD_TIMES }: { budget: number | null; times?: number },
): Promise<Flood> {
  const today = dayOf(now);
  const from = addDays(today, -DAYS);
  const days = await ask<{ day: string; arrived: number }>(
    `SELECT toDate(first_seen) AS day, count() AS arrived
     FROM installs_flat
     WHERE app = {app:String} AND first_seen >= {from:DateTime64(3)} AND first_seen < {until:DateTime64(3)}
     GROUP BY day`,
    { app, from: startOf(from), until: startOf(today) },
  );
  const [recent] = await ask<{ arrived: number }>(
    `SELECT count() AS arrived FROM installs_flat
     WHERE app = {app:String} AND first_seen > {since:DateTime64(3)} AND first_seen <= {now:DateTime64(3)}`,
    { app, since: new Date(now.getTime() - DAY_MS), now },
  );
  const byDay = new Map(days.map(({ day, arrived }) => [day, arrived]));
  const counts = Array.from({ length: DAYS }, (_, at) => byDay.get(addDays(from, at)) ?? 0);
  const usual = median(counts);
  const last24h = recent?.arrived ?? 0;
  const threshold = budget ?? Math.max(LEAST, Math.ceil(usual * times));
  return { last24h, median: usual, threshold, budget, flooding: last24h > threshold };
}

/** @example median([3, 1, 2, 10]) // 2.5 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}
