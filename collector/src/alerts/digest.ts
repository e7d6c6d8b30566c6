import { MARGIN_MS } from "../published/due.ts";
import { addDays, bucketStart, type Day, dayOf, startOf } from "../read/days.ts";
import { adoption } from "../read/footprint/adoption.ts";
import { versions } from "../read/footprint/versions.ts";
import { refusals } from "../read/operations/refusals.ts";
import { population } from "../read/population.ts";
import type { Ask, Context } from "../read/question.ts";
import type { ReleaseSource } from "../read/releases.ts";
import { errors } from "../read/usage/errors.ts";
import type { Digest } from "../settings/kinds.ts";
import type { DigestFigures } from "./digest-figures.ts";

const MOST_ROWS = 5;
const DAYS = { daily: 1, weekly: 7 } as const;
export type Every = Exclude<Digest, "off">;

/**
 * The last day of the newest digest that is due: yesterday, or Sunday for a week. Soon after midnight
 * what came late is waited for, as it is for published days.
 *
 * @example lastDayOf("weekly", new Date("2026-11-20T12:00:00Z")) // "2026-11-15"
 */
export function lastDayOf(every: Every, now: Date): Day {
  const day = dayOf(new Date(now.getTime() - MARGIN_MS));
  return addDays(bucketStart(day, every === "daily" ? "day" : "week"), -1);
}

interface DigestParts {
  ask: Ask;
  settings: ReleaseSource;
  app: string;
  every: Every;
  /** Its last day; everything of it is loaded. */
  to: Day;
}

/** Counts a digest. Throws what the store throws. */
export async function digestOf(parts: DigestParts): Promise<DigestFigures> {
  const { ask, settings, app, every, to } = parts;
  const from = addDays(to, 1 - DAYS[every]);
  const end = startOf(addDays(to, 1));
  const context: Context = {
    ...{ ask, app, range: { from, to }, sees: () => true, seesAll: true },
    // Its last moment, so that nothing of the day after is counted.
    now: new Date(end.getTime() - 1),
    ...{ loadedUntil: end, asOf: end.toISOString() },
  };
  const month = { ...context, range: { from: addDays(to, -27), to } };
  const asked = { app, admitted: "admitted" } as const;
  const [counts, byVersion, curves, failed, refused] = await Promise.all([
    countsOf(ask, app, from, to),
    versions.answer(versions.parameters.parse(asked), month),
    adoption(settings).answer(adoption(settings).parameters.parse(asked), context),
    errors.answer(errors.parameters.parse(asked), context),
    refusals.answer(refusals.parameters.parse({ app }), context),
  ]);
  const [newest] = curves.series;
  const onLast = (values: readonly (number | null)[]) =>
    values.findLast((installs) => installs !== null) ?? 0;
  return {
    ...{ from, to },
    active: { installs: counts.active, before: counts.before },
    ...{ new: counts.fresh, churned: counts.churned },
    versions: byVersion.rows.slice(0, MOST_ROWS),
    release: newest
      ? {
          ...{ version: newest.version, released: newest.released },
          ...{ installs: onLast(newest.installs), reporting: onLast(newest.reporting) },
        }
      : null,
    errors: {
      ...{ installs: failed.total.installs, sharing: failed.sharingDetailed },
      types: failed.rows
        .slice(0, MOST_ROWS)
        .map(({ type, installs, count }) => ({ type, installs, count })),
    },
    refusals: {
      ...{ refused: refused.total.refused, share: refused.total.refusedShare },
      reasons: reasonsOf(refused.rows),
    },
  };
}

async function countsOf(ask: Ask, app: string, from: Day, to: Day) {
  const { members, where, params } = population(app, { admitted: "admitted", lifetime: "all" });
  const [[active], [fresh]] = await Promise.all([
    ask<{ active: number; before: number; churned: number }>(
      `WITH ${members} AS population
       SELECT
         bitmapAndCardinality(now_, population) AS active,
         bitmapAndCardinality(before_, population) AS before,
         bitmapAndCardinality(bitmapAndnot(before_, now_), population) AS churned
       FROM (
         SELECT
           groupBitmapMergeStateIf(installs, day > {to:Date} - 28) AS now_,
           groupBitmapMergeStateIf(installs, day >= {from:Date} - 28 AND day < {from:Date}) AS before_
         FROM active_days
         WHERE app = {app:String} AND day >= {from:Date} - 28 AND day <= {to:Date}
       )`,
      { ...params, from, to },
    ),
    ask<{ fresh: number }>(
      `SELECT count() AS fresh FROM installs_flat
       WHERE ${where} AND toDate(first_seen) >= {from:Date} AND toDate(first_seen) <= {to:Date}`,
      { ...params, from, to },
    ),
  ]);
  return { active: 0, before: 0, churned: 0, ...active, fresh: fresh?.fresh ?? 0 };
}

/** Refused records by reason, most first; dropped fields are no records. */
function reasonsOf(rows: readonly { outcome: string; reason: string; count: number }[]) {
  const counts = new Map<string, number>();
  for (const { outcome, reason, count } of rows) {
    if (outcome === "refused") counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
    .slice(0, MOST_ROWS);
}

/** True where there is nothing to say: an app that has no installs and was sent nothing. */
export const isEmpty = ({ active, new: fresh, refusals: { refused } }: DigestFigures): boolean =>
  active.installs + active.before + fresh + refused === 0;

const number = new Intl.NumberFormat("en");
const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

/** The figures in sentences, for receivers that show a text. */
export function digestText(figures: DigestFigures): string {
  const { from, to, active, versions: most, release, errors: failed, refusals: refused } = figures;
  const change = active.installs - active.before;
  const signed = change > 0 ? `+${number.format(change)}` : number.format(change);
  const days = from === to ? `On ${to}` : `From ${from} to ${to}`;
  const [top] = most;
  return [
    `${days}: ${number.format(active.installs)} active installs in 28 days (${signed}), ${number.format(figures.new)} new, ${number.format(figures.churned)} gone quiet.`,
    top && `Most are on ${top.version} (${percent(top.share)}).`,
    release &&
      `${release.version}, out since ${release.released}: ${number.format(release.installs)} of the ${number.format(release.reporting)} that reported on ${to}.`,
    `${number.format(failed.installs)} of ${number.format(failed.sharing)} sharing installs had an error.`,
    `${number.format(refused.refused)} records refused (${percent(refused.share)}).`,
  ]
    .filter(Boolean)
    .join(" ");
}
