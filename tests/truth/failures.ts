import { bucketsIn } from "./buckets.ts";
import { type Interval, textOf } from "./calendar.ts";
import { newestFirst, orderable } from "./order.ts";
import type { Span } from "./over-time.ts";
import { byMost, installsOf, type Use, within } from "./uses.ts";

/* What is true of errors, by walking over all records. Names of fields are those of the answers. */

export interface Asked {
  events: readonly string[];
  /** The property that says of which type an error is. */
  property: string;
}

/** No span and no log reports an exception. */
const EVENTS_ALONE = { unattributed: 0, sources: ["event"] };

const typeOf = ({ properties }: Use, property: string) => properties[property] ?? "";
const daysOf = (uses: readonly Use[]) => ({
  firstDay: textOf(Math.min(...uses.map(({ day }) => day))),
  lastDay: textOf(Math.max(...uses.map(({ day }) => day))),
});

export function errorsOf(
  asked: readonly Use[],
  { events, property }: Asked,
  span: Span,
  wanted: Interval,
) {
  const errors = asked.filter(({ event }) => events.includes(event));
  const sharing = installsOf(within(asked, span.from, span.to));
  const found = within(errors, span.from, span.to);
  const rows = [...Map.groupBy(found, (use) => typeOf(use, property))]
    .map(([type, own]) => {
      // Ever, not only in the range.
      const ever = errors.filter((use) => typeOf(use, property) === type);
      const versions = orderable(ever.map(({ version }) => version)).sort(newestFirst);
      return {
        ...{ type, installs: installsOf(own), count: own.length, ...EVENTS_ALONE },
        events: [...new Set(own.map(({ event }) => event))].sort(),
        firstVersion: versions.at(-1) ?? null,
        lastVersion: versions[0] ?? null,
        ...daysOf(own),
      };
    })
    .sort((one, other) => other.installs - one.installs || byMostRecords(one, other));
  const { interval, starts, incomplete, each } = bucketsIn(span, wanted);
  const named = (type: string) => (type === "" ? null : type);
  return {
    rows: rows.map((row) => ({ ...row, type: named(row.type) })),
    total: {
      ...{ installs: installsOf(found), count: found.length, types: rows.length },
      unattributed: 0,
    },
    fromSignals: false,
    ...{ sharingDetailed: sharing, errorFree: sharing - installsOf(found), interval, starts },
    series: rows.slice(0, 6).map(({ type }) => ({
      type: named(type),
      installs: each(
        errors.filter((use) => typeOf(use, property) === type),
        installsOf,
      ),
    })),
    affected: each(errors, installsOf),
    sharing: each(asked, installsOf),
    incomplete,
  };
}

const byMostRecords = byMost<{ count: number; type: string }>(
  ({ count }) => count,
  ({ type }) => type,
);

/** @param type undefined for all errors */
export function errorVersionsOf(
  asked: readonly Use[],
  { events, property }: Asked,
  type: string | undefined,
  { from, to }: Span,
) {
  const found = within(asked, from, to);
  const sharing = new Set(found.map(({ life }) => life));
  const errors = found.filter(
    (use) => events.includes(use.event) && (type === undefined || typeOf(use, property) === type),
  );
  const rows = [...Map.groupBy(errors, ({ version }) => version)].map(([version, own]) => {
    const hit = new Set(own.map(({ life }) => life));
    const ran = [...sharing].filter(({ said }) =>
      [...said].some(([day, versions]) => day >= from && day <= to && versions.includes(version)),
    );
    return {
      version,
      ...{ installs: hit.size, of: new Set([...hit, ...ran]).size, count: own.length },
      unattributed: 0,
      ...daysOf(own),
    };
  });
  rows.sort((one, other) => newestFirst(one.version, other.version));
  return {
    rows: rows.map((row) => ({ ...row, version: row.version === "" ? null : row.version })),
  };
}
