import { addDays, type Day, dayCount, dayOf } from "../read/days.ts";
import { ERROR_EVENTS } from "../read/error-events.ts";
import { type Flood, floodOf, median, type TokenArrivals } from "../read/operations/flood.ts";
import { NOTHING, refusedShare, volumesOf } from "../read/operations/volume.ts";
import { population } from "../read/population.ts";
import type { Ask } from "../read/question.ts";
import { newestFinal, type ReleaseSource, releaseSettings, releasesOf } from "../read/releases.ts";
import type { BudgetsOf } from "../settings/token-budgets.ts";
import type { RuleName } from "./rules.ts";

/** What a rule finds. Counts and names only: nothing in it says which install. */
export interface Measured {
  /** In the rule's unit. */
  value: number;
  firing: boolean;
  /** For people, with the figures. */
  text: string;
  /** The figures by name. */
  details: Record<string, string | number>;
}

export interface MeasureParts {
  ask: Ask;
  settings: ReleaseSource;
  budgetsOf: BudgetsOf;
  app: string;
  threshold: number;
  now: Date;
}

const LEAST_INSTALLS = 30;
const SPIKE_DAYS = 7;
const SPIKE_POINTS = 0.05;
const SPIKE_INSTALLS = 10;
const REFUSED_LEAST = 100;
const REFUSED_TIMES = 3;
const USUAL_DAYS = 28;

const number = new Intl.NumberFormat("en");
const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

/** How each rule measures an app; null where there is too little to say anything. */
export const measures: Record<RuleName, (parts: MeasureParts) => Promise<Measured | null>> = {
  async active_falling({ ask, app, threshold, now }) {
    const last = addDays(dayOf(now), -1);
    const { members, params } = population(app, { admitted: "admitted", lifetime: "all" });
    const [row] = await ask<{ active: number; before: number }>(
      `WITH ${members} AS population
       SELECT
         bitmapAndCardinality(groupBitmapMergeStateIf(installs, day > {last:Date} - 28), population) AS active,
         bitmapAndCardinality(groupBitmapMergeStateIf(installs, day <= {last:Date} - 7), population) AS before
       FROM active_days
       WHERE app = {app:String} AND day > {last:Date} - 35 AND day <= {last:Date}`,
      { ...params, last },
    );
    const { active, before } = row ?? { active: 0, before: 0 };
    if (before < LEAST_INSTALLS) return null;
    const value = Math.max(0, ((before - active) / before) * 100);
    return {
      value,
      firing: value >= threshold,
      text: `${number.format(active)} admitted installs were active in the 28 days to ${last}, ${number.format(before)} in those to ${addDays(last, -7)}: ${value.toFixed(1)}% fewer.`,
      details: { active, before, last_day: last },
    };
  },

  async error_spike({ ask, settings, app, threshold, now }) {
    const today = dayOf(now);
    const all = await releasesOf(ask, app, releaseSettings(settings, app));
    const [release, previous] = newestFinal(all, today, 2);
    if (!release || !previous || dayCount(release.day, today) > SPIKE_DAYS) return null;
    const versions = [release.version, previous.version];
    const rates = await errorRates(ask, app, versions, release.day, today);
    const [mine, theirs] = versions.map((version) => rates.get(version));
    if (!mine || !theirs) return null;
    if (mine.installs < LEAST_INSTALLS || theirs.installs < LEAST_INSTALLS) return null;
    const rate = mine.affected / mine.installs;
    const usual = theirs.affected / theirs.installs;
    // Where nobody had an error before, any number of times would do: the other bounds decide.
    const value = usual === 0 ? (rate === 0 ? 1 : 1000) : rate / usual;
    return {
      value,
      firing: value >= threshold && rate - usual >= SPIKE_POINTS && mine.affected >= SPIKE_INSTALLS,
      text: `${percent(rate)} of the installs on ${release.version} had an error since ${release.day} (${number.format(mine.affected)} of ${number.format(mine.installs)}), and ${percent(usual)} of those on ${previous.version}.`,
      details: {
        ...{ version: release.version, installs: mine.installs, affected: mine.affected },
        previous_version: previous.version,
        ...{ previous_installs: theirs.installs, previous_affected: theirs.affected },
      },
    };
  },

  async refusals_rising({ ask, app, threshold, now }) {
    const today = dayOf(now);
    const first = addDays(today, -USUAL_DAYS);
    const volumes = await volumesOf(ask, app, "day", first, addDays(today, 1));
    const volume = volumes.get(today) ?? NOTHING;
    if (volume.events + volume.base + volume.refused < REFUSED_LEAST) return null;
    volumes.delete(today);
    const usual = median([...volumes.values()].map(refusedShare));
    const share = refusedShare(volume);
    return {
      value: share * 100,
      firing:
        share * 100 >= threshold &&
        share >= usual * REFUSED_TIMES &&
        volume.refused >= REFUSED_LEAST,
      text: `${percent(share)} of today's records were refused (${number.format(volume.refused)}); the median of the last ${USUAL_DAYS} days is ${percent(usual)}.`,
      details: { refused: volume.refused, accepted: volume.events + volume.base },
    };
  },

  async install_flood({ ask, budgetsOf, app, threshold, now }) {
    const flood = await floodOf(ask, app, now, { budgets: budgetsOf(app), times: threshold });
    const { last24h, median } = flood;
    const token = tokenBehind(flood);
    return {
      value: median === 0 ? last24h : last24h / median,
      firing: flood.flooding,
      text: floodText(flood, token),
      details: {
        ...{ last_24_hours: last24h, median, threshold: flood.threshold },
        ...(token && {
          ...{ token: token.name, token_id: token.id, token_last_24_hours: token.last24h },
          ...(token.budget !== null && { token_budget: token.budget }),
        }),
      },
    };
  },
};

/** The token behind a flood: the largest over its budget, or else the largest that has none. */
function tokenBehind({ tokens, flooding }: Flood): TokenArrivals | undefined {
  if (!flooding) return undefined;
  return tokens.find(({ over }) => over) ?? tokens.find(({ budget }) => budget === null);
}

/** Tokens are named by what people call them, never by themselves. */
function floodText(flood: Flood, token: TokenArrivals | undefined): string {
  const { last24h, unbudgeted, median, tokens } = flood;
  const all = `${number.format(last24h)} new installs came in the last 24 hours`;
  const brought = token && `The token “${token.name}” brought ${number.format(token.last24h)}`;
  if (token?.over) {
    const over = tokens.filter((one) => one.over).length;
    const more = over > 1 ? ` ${number.format(over)} tokens are over theirs.` : "";
    return `${all}. ${brought} of them; its budget is ${number.format(token.budget ?? 0)}.${more}`;
  }
  if (unbudgeted === 0 && last24h > 0) return `${all}; no token is over its budget.`;
  const part =
    unbudgeted === last24h ? "" : `, ${number.format(unbudgeted)} by tokens without a budget`;
  const usual = `the median of ${USUAL_DAYS} days is ${number.format(median)}`;
  return `${all}${part}; ${usual}.${brought ? ` ${brought}.` : ""}`;
}

interface ErrorRate {
  version: string;
  /** Admitted installs that said the version and shared detailed usage on one of the days. */
  installs: number;
  /** Of them, those with an error on such a day. */
  affected: number;
}

async function errorRates(
  ask: Ask,
  app: string,
  versions: string[],
  from: Day,
  to: Day,
): Promise<Map<string, ErrorRate>> {
  const { members, params } = population(app, { admitted: "admitted", lifetime: "all" });
  const rows = await ask<ErrorRate>(
    `WITH ${members} AS population
     SELECT
       v.app_version AS version,
       bitmapAndCardinality(groupBitmapMergeState(bitmapAnd(v.said, e.sharing)), population) AS installs,
       bitmapAndCardinality(groupBitmapMergeState(bitmapAnd(v.said, e.failing)), population) AS affected
     FROM (
       SELECT day, app_version, groupBitmapMergeState(installs) AS said
       FROM version_days
       WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
         AND has({versions:Array(String)}, app_version)
       GROUP BY day, app_version
     ) AS v
     INNER JOIN (
       SELECT
         day,
         groupBitmapMergeState(installs) AS sharing,
         groupBitmapMergeStateIf(installs, has({errors:Array(String)}, event)) AS failing
       FROM event_days
       WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
       GROUP BY day
     ) AS e USING (day)
     GROUP BY version`,
    { ...params, versions, from, to, errors: [...ERROR_EVENTS] },
  );
  return new Map(rows.map((row) => [row.version, row]));
}
