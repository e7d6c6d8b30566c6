import { bucketsIn } from "./buckets.ts";
import { dayAt, textOf } from "./calendar.ts";
import type { Life } from "./lives.ts";
import type { Span } from "./over-time.ts";
import { REQUESTS } from "./send.ts";
import type { TruthFleet } from "./stage.ts";

/*
 * What is true of what was sent, by walking over all of it: also what came twice or was refused. Names
 * of fields are those of the answers.
 */

/** One field that was left out, or one record that was refused. */
interface Lost {
  outcome: "dropped" | "refused";
  reason: string;
  event: string;
  field: string;
  version: string;
}

type Sent = Pick<TruthFleet, "records" | "refused">;

/** An empty version is no version, so that it is left out; the rest of the record is kept. */
export const lostOf = ({ records, refused }: Sent): Lost[] => [
  ...refused.map(({ reason, event, field, version }) => ({
    ...({ outcome: "refused", reason, event, field, version } as const),
  })),
  ...records.flatMap(({ event, version, dropped }) => [
    ...dropped.map(({ key, reason }) => ({
      ...({ outcome: "dropped", reason, event, field: key, version } as const),
    })),
    ...(version === ""
      ? [
          {
            ...({ outcome: "dropped", reason: "value_malformed", event } as const),
            ...{ field: "service.version", version },
          },
        ]
      : []),
  ]),
];

/** By what `nameOf` says of them, most first; received, as all of them were, on one day. */
function groupsOf<K extends object>(lost: readonly Lost[], keyOf: (each: Lost) => K, day: string) {
  const rows = [...Map.groupBy(lost, (each) => JSON.stringify(keyOf(each)))].map(([key, same]) => {
    const versions = [...Map.groupBy(same, ({ version }) => version)]
      .map(([version, { length }]) => ({ version, count: length }))
      .sort((one, other) => other.count - one.count || (one.version > other.version ? -1 : 1));
    return {
      ...{ key, ...(JSON.parse(key) as K), count: same.length },
      ...{ versions: versions.slice(0, 3), firstDay: day, lastDay: day },
    };
  });
  rows.sort((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1));
  return { rows: rows.map(({ key: _, ...row }) => row), groups: rows.length };
}

/** How many records there were in each bucket: by their own time, or by when they came. */
export function volumeOf({ lives, uses, received, ...sent }: TruthFleet, span: Span) {
  const { interval, starts, incomplete, each } = bucketsIn(span, "day");
  const size = ({ length }: readonly unknown[]) => length;
  const came = (outcome: Lost["outcome"]) =>
    each(
      lostOf(sent).flatMap((lost) => (lost.outcome === outcome ? [{ day: received }] : [])),
      size,
    );
  return {
    ...{ interval, starts, incomplete, refused: came("refused"), dropped: came("dropped") },
    events: each(uses, size),
    base: each(
      lives.flatMap(({ days }) => [...days].map((day) => ({ day }))),
      size,
    ),
  };
}

export function ingestOf(fleet: TruthFleet, span: Span) {
  const { interval, starts, incomplete, ...volume } = volumeOf(fleet, span);
  const rows = starts.map((start, at) => ({
    ...{ start, events: volume.events[at]!, base: volume.base[at]! },
    ...{ refused: volume.refused[at]!, dropped: volume.dropped[at]! },
    complete: at < starts.length - incomplete,
  }));
  return { interval, rows };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const part = (refused: number, accepted: number) =>
  refused === 0 ? 0 : refused / (refused + accepted);

export function refusalsOf(fleet: TruthFleet, span: Span) {
  const { interval, starts, incomplete, ...volume } = volumeOf(fleet, span);
  const isIn = fleet.received >= span.from && fleet.received <= span.to;
  const groups = groupsOf(
    isIn ? lostOf(fleet) : [],
    ({ outcome, reason, event, field }) => ({ outcome, reason, event, field }),
    textOf(fleet.received),
  );
  const [refused, dropped] = [sum(volume.refused), sum(volume.dropped)];
  const accepted = sum(volume.events) + sum(volume.base);
  return {
    ...groups,
    total: { accepted, refused, dropped, refusedShare: part(refused, accepted) },
    interval,
    series: {
      ...{ starts, refused: volume.refused, dropped: volume.dropped },
      refusedShare: starts.map((_, at) =>
        part(volume.refused[at]!, volume.events[at]! + volume.base[at]!),
      ),
    },
    incomplete,
  };
}

export function unlistedOf({ refused, received }: TruthFleet, { from, to }: Span) {
  const isIn = received >= from && received <= to;
  const found = lostOf({ records: [], refused }).filter(
    ({ reason }) => reason === "event_unlisted",
  );
  return groupsOf(isIn ? found : [], ({ event }) => ({ event }), textOf(received));
}

/** New installs in each bucket, admitted by now or not. */
export function arrivalsOf(lives: readonly Life[], span: Span) {
  const { interval, starts, incomplete, each } = bucketsIn(span, "day");
  const first = (some: readonly Life[]) => some.map((life) => ({ day: dayAt(life.first) }));
  const fresh = each(first(lives), ({ length }) => length);
  const pending = each(first(lives.filter(isPending)), ({ length }) => length);
  const rows = starts.map((start, at) => ({
    ...{ start, new: fresh[at]!, pending: pending[at]! },
    complete: at < starts.length - incomplete,
  }));
  return { interval, rows, pending: lives.filter(isPending).length };
}

const isPending = ({ admitted }: Life) => !admitted;
const HOUR = 3_600_000;

/** The last 48 hours, the running one included. */
export function hoursOf(lives: readonly Life[], now: number) {
  const hourOf = (time: number) => Math.floor(time / HOUR);
  const hours = Array.from({ length: 48 }, (_, at) => hourOf(now) - 47 + at);
  const count = (some: readonly Life[]) =>
    hours.map((hour) => some.filter(({ first }) => hourOf(first) === hour).length);
  return {
    starts: hours.map((hour) => new Date(hour * HOUR).toISOString()),
    ...{ new: count(lives), pending: count(lives.filter(isPending)) },
  };
}

/** By which of an app's tokens, in the order in which they are configured, an install came first. */
export function firstTokenOf({ records }: Sent): Map<string, 1 | 2> {
  const came = new Map<string, number>();
  for (const [at, { install, layer, backfill }] of records.entries()) {
    if (layer === "detailed") continue;
    const request = 2 * (at % REQUESTS) + (backfill ? 0 : 1);
    came.set(install, Math.min(request, came.get(install) ?? request));
  }
  return new Map([...came].map(([install, request]) => [install, request % 2 === 0 ? 2 : 1]));
}

/** Nothing was received on the days before, and what the token of the past brought is no flood. */
export function floodOf(fleet: TruthFleet) {
  const tokens = firstTokenOf(fleet);
  const arrived = fleet.lives.filter(({ install }) => tokens.get(install) !== 2);
  const nameOf = ({ install }: Life) =>
    tokens.has(install) ? "from the environment (1)" : "not known";
  return {
    ...{ last24h: arrived.length, unbudgeted: arrived.length, median: 0, threshold: 50 },
    ...{ budget: null, flooding: arrived.length > 50 },
    tokens: [...Map.groupBy(arrived, nameOf)].map(([name, { length }]) => ({
      ...{ name, last24h: length, budget: null, over: false },
    })),
  };
}
