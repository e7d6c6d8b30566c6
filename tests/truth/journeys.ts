import {
  funnelOracle,
  medianOf,
  type OracleStep,
  pathsOracle,
} from "../../collector/src/read/usage/oracle.fixture.ts";
import { bucketOf, bucketsOf, dayStart, textOf } from "./calendar.ts";
import type { Life } from "./lives.ts";
import { isOver, type Span } from "./over-time.ts";
import { byMost, installsOf, type Use, within } from "./uses.ts";

/* What is true of funnels, paths and retention, by walking over all records. */

/** A step, and how it is asked for. */
export interface Step extends OracleStep<Use> {
  text: string;
}

export interface Funnel {
  steps: Step[];
  windowMinutes: number;
  join: "install" | "user";
  compare: readonly string[] | null;
}

export function funnelsOf(asked: readonly Use[], funnel: Funnel, { from, to }: Span) {
  const { steps, windowMinutes, join } = funnel;
  const part = (some: number, whole: number) => (whole === 0 ? null : some / whole);
  const funnels = (funnel.compare ?? [null]).map((version) => {
    const own = version === null ? asked : asked.filter((use) => use.version === version);
    const { entities, gaps } = funnelOracle(own, {
      ...{ steps, join, windowMs: windowMinutes * 60_000 },
      ...{ from: dayStart(from), until: dayStart(to + 1) },
    });
    const numbers = steps.map(({ text, event }, at) => {
      const middle = medianOf(gaps[at]!);
      return {
        ...{ step: text, event, entities: entities[at]! },
        ofPrevious: at === 0 ? null : part(entities[at]!, entities[at - 1]!),
        ofFirst: part(entities[at]!, entities[0]!),
        medianSeconds: middle === null ? null : middle / 1000,
      };
    });
    return { version, steps: numbers };
  });
  return { join, windowMinutes, funnels, sharingDetailed: installsOf(within(asked, from, to)) };
}

export interface Walk {
  event: string;
  direction: "after" | "before";
  steps: number;
  top: number;
  hide: readonly string[];
  hideAbove: number;
}

const SESSION_MS = 30 * 60_000;

/** @param all of the app, whatever the filter: what is frequent is so in all of it */
export function pathsOf(
  all: readonly Use[],
  asked: readonly Use[],
  walk: Walk,
  { from, to }: Span,
) {
  const { event, direction, steps, top } = walk;
  const records = within(all, from, to);
  const byEvent = [...Map.groupBy(records, (use) => use.event)];
  const hidden = byEvent
    .filter(
      ([name, own]) =>
        name !== event &&
        (walk.hide.includes(name) || own.length > walk.hideAbove * records.length),
    )
    .map(([name]) => name)
    .sort();
  const found = pathsOracle(within(asked, from, to), {
    ...{ event, direction, hidden, gapMs: SESSION_MS },
  });
  const sequences = [...found].map(([path, count]) => ({ path: path.split(">"), count }));
  const rows = branches(sequences, { steps, top, before: [] });
  return { event, direction, total: sum(sequences), rows, sample: 1, hidden };
}

interface Sequence {
  path: string[];
  count: number;
}

const sum = (sequences: readonly Sequence[]) =>
  sequences.reduce((all, { count }) => all + count, 0);

/** "." is the end, and sorts before every name that is as frequent. */
function branches(
  sequences: readonly Sequence[],
  { steps, top, before }: { steps: number; top: number; before: string[] },
): { path: string[]; kind: string; count: number }[] {
  if (before.length === steps) return [];
  const next = [...Map.groupBy(sequences, ({ path }) => path[before.length]!)]
    .map(([name, own]) => ({ name: name === "." ? "" : name, own, count: sum(own) }))
    .sort(
      byMost(
        ({ count }) => count,
        ({ name }) => name,
      ),
    );
  const rest = next.slice(top).reduce((all, { count }) => all + count, 0);
  return [
    ...next.slice(0, top).flatMap(({ name, own, count }) => {
      if (name === "") return [{ path: before, kind: "end", count }];
      const path = [...before, name];
      return [{ path, kind: "event", count }, ...branches(own, { steps, top, before: path })];
    }),
    ...(rest > 0 ? [{ path: before, kind: "other", count: rest }] : []),
  ];
}

/** Cohorts by the week of the first use of an event, the latest 26 of the range. */
export function eventRetentionOf(
  asked: readonly Use[],
  event: string,
  returning: "base" | "event",
  { from, to, asOf }: Span,
  today: number,
) {
  const byLife = Map.groupBy(
    asked.filter((use) => use.event === event),
    ({ life }) => life,
  );
  const daysOf = (life: Life) =>
    returning === "base" ? [...life.days] : byLife.get(life)!.map(({ day }) => day);
  const starts = bucketsOf(from, to, "week").slice(-26);
  const weeks = Math.min(26, bucketsOf(starts[0]!, today, "week").length);
  const rows = starts.map((start) => {
    const cohort = [...byLife].filter(
      ([, own]) => bucketOf(Math.min(...own.map(({ day }) => day)), "week") === start,
    );
    const counts = Array.from({ length: weeks }, (_, later) => {
      const week = start + 7 * later;
      const seen = ([life]: (typeof cohort)[number]) =>
        daysOf(life).some((day) => bucketOf(day, "week") === week);
      return isOver(week + 7, asOf) ? cohort.filter(seen).length : null;
    });
    return { start: textOf(start), size: cohort.length, complete: isOver(start + 7, asOf), counts };
  });
  return { weeks, rows };
}
