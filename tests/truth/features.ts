import { median } from "../bench/measure.ts";
import { bucketsIn } from "./buckets.ts";
import type { Interval } from "./calendar.ts";
import type { Life } from "./lives.ts";
import { newestFirst, orderable } from "./order.ts";
import type { Span } from "./over-time.ts";
import type { TruthRelease } from "./releases.ts";
import { amountsOf, byMost, installsOf, type Use, usersOf, within } from "./uses.ts";

/* What is true of events, by walking over all records. Names of fields are those of the answers. */

const USERS_EXACT_TO = 65_536;

export function eventsOf(asked: readonly Use[], { from, to }: Span) {
  const found = within(asked, from, to);
  const rows = [...Map.groupBy(found, ({ event }) => event)].map(([event, own]) => ({
    event,
    ...amountsOf(own),
  }));
  return {
    rows: rows.sort(
      byMost(
        (row) => row.count,
        (row) => row.event,
      ),
    ),
    sharingDetailed: installsOf(found),
    usersExactTo: USERS_EXACT_TO,
  };
}

export function trendOf(
  asked: readonly Use[],
  names: readonly string[],
  span: Span,
  wanted: Interval,
) {
  const { interval, starts, incomplete, each } = bucketsIn(span, wanted);
  const series = names.map((event) => {
    const own = asked.filter((use) => use.event === event);
    return {
      event,
      counts: each(own, ({ length }) => length),
      installs: each(own, installsOf),
      users: each(own, usersOf),
    };
  });
  return { interval, starts, series, incomplete, usersExactTo: USERS_EXACT_TO };
}

type Measure = "count" | "installs" | "users";

export interface Slicing {
  event: string;
  fits: (use: Use) => boolean;
  /** What a record says or its install is; "" for neither. */
  said: ((use: Use) => string) | null;
  measure: Measure;
  top: number;
  /** null: without points over time. */
  interval: Interval | null;
}

export function exploreOf(asked: readonly Use[], slicing: Slicing, span: Span) {
  const { measure } = slicing;
  const all = asked.filter((use) => use.event === slicing.event && slicing.fits(use));
  const found = within(all, span.from, span.to);
  const wordOf = slicing.said ?? (() => "");
  const ranked = [...Map.groupBy(found, wordOf)]
    .filter(([value]) => value !== "")
    .map(([value, own]) => ({ value, ...amountsOf(own) }))
    .sort(
      byMost(
        (row) => row[measure],
        (row) => row.value,
      ),
    );
  const kept = new Set(ranked.slice(0, slicing.top).map(({ value }) => value));
  const kindOf = (use: Use) => {
    const value = wordOf(use);
    return value === "" ? "none" : kept.has(value) ? `=${value}` : "other";
  };
  const buckets = slicing.interval === null ? null : bucketsIn(span, slicing.interval);
  const numbers = (own: (use: Use) => boolean) => ({
    ...amountsOf(found.filter(own)),
    points: buckets?.each(all.filter(own), (some) => amountsOf(some)[measure]) ?? null,
  });
  const rest = (["other", "none"] as const).filter(
    (kind) => slicing.said !== null && found.some((use) => kindOf(use) === kind),
  );
  return {
    measure,
    total: numbers(() => true),
    rows: [
      ...[...kept].map((value) => ({
        ...{ kind: "value", value },
        ...numbers((use) => kindOf(use) === `=${value}`),
      })),
      ...rest.map((kind) => ({ kind, value: "", ...numbers((use) => kindOf(use) === kind) })),
    ],
    folded: ranked.length - kept.size,
    interval: buckets?.interval ?? null,
    starts: buckets?.starts ?? [],
    incomplete: buckets?.incomplete ?? 0,
    sharingDetailed: installsOf(within(asked, span.from, span.to)),
    usersExactTo: USERS_EXACT_TO,
  };
}

export function propertiesOf(asked: readonly Use[], event: string, { from, to }: Span) {
  const found = within(asked, from, to).filter((use) => use.event === event);
  const texts = Map.groupBy(
    found.flatMap(({ properties }) => Object.entries(properties)),
    ([key]) => key,
  );
  const numbers = Map.groupBy(
    found.flatMap(({ numbers }) => Object.entries(numbers)),
    ([key]) => key,
  );
  const rows = [
    ...[...texts].map(([key, own]) => {
      const values = [...Map.groupBy(own, ([, value]) => value)]
        .map(([value, same]) => ({ value, count: same.length }))
        .sort(
          byMost(
            (row) => row.count,
            (row) => row.value,
          ),
        );
      const different = values.length;
      return { key, kind: "text", count: own.length, values, different, range: null };
    }),
    ...[...numbers].map(([key, own]) => {
      const values = own.map(([, value]) => value);
      const range = {
        least: Math.min(...values),
        median: median(values),
        most: Math.max(...values),
      };
      const different = new Set(values).size;
      return { key, kind: "number", count: own.length, values: [], different, range };
    }),
  ];
  return {
    rows: rows.sort(
      byMost(
        (row) => row.count,
        (row) => row.key,
      ),
    ),
    records: found.length,
  };
}

/**
 * @param all of the app, whatever the filter
 * @param since what the catalogue says
 */
export function usersOfFeatures(
  all: readonly Use[],
  asked: readonly Use[],
  releases: readonly TruthRelease[],
  since: Readonly<Record<string, string>>,
  { from, to }: Span,
) {
  const sharing = lives(within(asked, from, to));
  const names = new Set([...Object.keys(since), ...all.map(({ event }) => event)]);
  const rows = [...names].map((event) => {
    const own = all.filter((use) => use.event === event);
    const named = orderable([...new Set(own.map((use) => use.version))]);
    const real = named.filter((version) => releases.some((each) => each.version === version));
    const lowestSent = (real.length > 0 ? real : named).sort(newestFirst).at(-1);
    const first = [lowestSent, since[event]]
      .filter((version) => version !== undefined)
      .sort(newestFirst)
      .at(-1);
    const sent = new Set(lives(within(asked, from, to).filter((use) => use.event === event)));
    const has = (life: Life) =>
      sent.has(life) || first === undefined || newestFirst(life.version, first) <= 0;
    return {
      ...{ event, installs: sent.size },
      of: sharing.filter(has).length,
      since: first ?? null,
    };
  });
  const share = ({ installs, of }: (typeof rows)[number]) => (of === 0 ? 0 : installs / of);
  rows.sort(
    (one, other) =>
      share(other) - share(one) ||
      other.installs - one.installs ||
      (one.event < other.event ? -1 : 1),
  );
  return { rows, sharingDetailed: sharing.length };
}

const lives = (uses: readonly Use[]): Life[] => [...new Set(uses.map(({ life }) => life))];

export function pagesOf(asked: readonly Use[], span: Span) {
  const slicing: Slicing = {
    ...{ event: "$pageview", fits: () => true, top: 200, interval: null },
    measure: "count",
    said: ({ properties }: Use) => properties.pathname ?? "",
  };
  const { rows, total, sharingDetailed, usersExactTo } = exploreOf(asked, slicing, span);
  const plain = ({ count, installs, users }: (typeof rows)[number] | typeof total) => ({
    ...{ count, installs, users },
  });
  return {
    rows: rows.map((row) => ({ route: row.kind === "none" ? null : row.value, ...plain(row) })),
    ...{ other: null, total: plain(total), sharingDetailed, usersExactTo },
  };
}
