import type { Budgets } from "../../settings/token-budgets.ts";
import { addDays, dayOf, startOf } from "../days.ts";
import type { Ask } from "../question.ts";

/** New installs by the ingest token of their first base record. */
export interface TokenArrivals {
  /** As the settings have it; "" for installs whose token is not known. */
  id: string;
  /** For people; never the token. */
  name: string;
  last24h: number;
  /** Its own, or else the app's; null: none. */
  budget: number | null;
  over: boolean;
}

/** How new installs compare with what is allowed or usual. */
export interface Flood {
  last24h: number;
  /** Of them, those by tokens that no budget holds for. */
  unbudgeted: number;
  /** Median of the complete UTC days before today. */
  median: number;
  /** By tokens without a budget together, more than so many in 24 hours are a flood. */
  threshold: number;
  /** The app's, of each token that has none of its own. */
  budget: number | null;
  /** Those that brought any in the last 24 hours, most first. */
  tokens: TokenArrivals[];
  flooding: boolean;
}

const DAYS = 28;
const DAY_MS = 86_400_000;
/** A young app goes from 2 to 20 a day by being mentioned somewhere: that is no flood. */
const LEAST = 50;
const FLOOD_TIMES = 5;

/** What a maintainer imports was there before: no flood, unless its token has a budget. */
const isImport = ({ imports, budget }: ReturnType<Budgets["of"]>) => imports && budget === null;

/**
 * Whether more installs arrive than there should: a token brought more in the last 24 hours than its
 * budget; or those that have none, together, more than `times` the median of the last 28 days, and
 * than 50. New is what was received for the first time: whoever forges installs may date them back.
 */
export async function floodOf(
  ask: Ask,
  app: string,
  now: Date,
  { budgets, times = FLOOD_TIMES }: { budgets: Budgets; times?: number },
): Promise<Flood> {
  const today = dayOf(now);
  const from = addDays(today, -DAYS);
  const all = await ask<{ day: string; token: string; arrived: number; recent: number }>(
    `SELECT toDate(first_received) AS day, first_token AS token, count() AS arrived,
       countIf(first_received > {since:DateTime64(3)}) AS recent
     FROM installs_flat
     WHERE app = {app:String} AND first_received >= {from:DateTime64(3)} AND first_received <= {now:DateTime64(3)}
     GROUP BY day, token`,
    { app, from: startOf(from), since: new Date(now.getTime() - DAY_MS), now },
  );
  const rows = all.filter(({ token }) => !isImport(budgets.of(token)));
  const byDay = sums(rows.map(({ day, arrived }) => [day, arrived]));
  const usual = median(Array.from({ length: DAYS }, (_, at) => byDay.get(addDays(from, at)) ?? 0));
  const tokens = [...sums(rows.map(({ token, recent }) => [token, recent]))]
    .filter(([, last24h]) => last24h > 0)
    .map(([id, last24h]): TokenArrivals => {
      const { name, budget } = budgets.of(id);
      return { id, name, last24h, budget, over: budget !== null && last24h > budget };
    })
    .sort((a, b) => b.last24h - a.last24h || (a.id < b.id ? -1 : 1));
  const total = (of: TokenArrivals[]) => of.reduce((sum, { last24h }) => sum + last24h, 0);
  const unbudgeted = total(tokens.filter(({ budget }) => budget === null));
  const threshold = Math.max(LEAST, Math.ceil(usual * times));
  return {
    ...{
      last24h: total(tokens),
      unbudgeted,
      median: usual,
      threshold,
      budget: budgets.app,
      tokens,
    },
    flooding: tokens.some(({ over }) => over) || unbudgeted > threshold,
  };
}

function sums(entries: [string, number][]): Map<string, number> {
  const by = new Map<string, number>();
  for (const [key, count] of entries) by.set(key, (by.get(key) ?? 0) + count);
  return by;
}

/** @example median([3, 1, 2, 10]) // 2.5 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}
