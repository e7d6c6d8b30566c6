import { median } from "../bench/measure.ts";
import { dayAt, textOf } from "./calendar.ts";
import type { Life } from "./lives.ts";
import { isFinal, isWord, newestFirst } from "./order.ts";

export interface TruthRelease {
  version: string;
  /** UTC day on which enough admitted installs had said it. */
  day: number;
  /** False where an admitted install said it on the first two days of all: it was out before. */
  known: boolean;
}

/** Newest first. @param k how many installs make a version one that exists */
export function releasesOf(all: readonly Life[], k: number): TruthRelease[] {
  const firsts = all
    .filter(({ admitted }) => admitted)
    .flatMap(({ versions }) => versions)
    .sort((one, other) => one.day - other.day);
  const begin = firsts[0]?.day ?? 0;
  return [...Map.groupBy(firsts, ({ version }) => version)]
    .filter(([, same]) => same.length >= k)
    .map(([version, same]) => ({
      version,
      day: same[k - 1]!.day,
      known: same[0]!.day > begin + 1,
    }))
    .sort((one, other) => newestFirst(one.version, other.version));
}

/** Installs on each day since each of the six newest final releases. */
function curvesOf(
  asked: readonly Life[],
  releases: readonly TruthRelease[],
  now: number,
  asOf: number,
) {
  const today = dayAt(now);
  return releases
    .filter(({ version, day, known }) => known && isFinal(version) && day <= today)
    .slice(0, 6)
    .map(({ version, day: released }) => {
      const length = Math.min(121, today - released + 1);
      const points = Array.from({ length }, (_, later) => {
        const day = released + later;
        const said = asked.flatMap((life) => life.said.get(day)?.[0] ?? []);
        return {
          reporting: asked.filter(({ days }) => days.has(day)).length,
          on: said.filter((found) => found === version).length,
          onOrLater: said.filter((found) => newestFirst(found, version) <= 0).length,
          complete: (day + 1) * 86_400_000 <= asOf,
        };
      });
      return { version, released: textOf(released), points };
    });
}

type Curve = ReturnType<typeof curvesOf>[number];

const axisOf = (curves: readonly Curve[]) =>
  Array.from(
    { length: Math.max(0, ...curves.map(({ points }) => points.length)) },
    (_, day) => day,
  );
const filled = (axis: readonly number[], values: readonly number[]) =>
  axis.map((day) => values[day] ?? null);

function lineOf(
  { version, released, points }: Curve,
  axis: readonly number[],
  of: "on" | "onOrLater",
) {
  return {
    ...{ version, released, listed: false },
    installs: filled(
      axis,
      points.map((point) => point[of]),
    ),
    reporting: filled(
      axis,
      points.map(({ reporting }) => reporting),
    ),
    incomplete: points.filter(({ complete }) => !complete).length,
  };
}

export function adoptionOf(
  asked: readonly Life[],
  releases: readonly TruthRelease[],
  now: number,
  asOf: number,
) {
  const curves = curvesOf(asked, releases, now, asOf);
  const days = axisOf(curves);
  return { days, series: curves.map((curve) => lineOf(curve, days, "on")) };
}

export function lagOf(
  asked: readonly Life[],
  releases: readonly TruthRelease[],
  now: number,
  asOf: number,
) {
  const curves = curvesOf(asked, releases, now, asOf);
  const days = axisOf(curves);
  const shares = days.map((day) =>
    curves
      .map(({ points }) => points[day])
      .filter((point) => point?.complete === true && point.reporting > 0)
      .map((point) => point!.onOrLater / point!.reporting),
  );
  return {
    days,
    latest: curves[0] === undefined ? null : lineOf(curves[0], days, "onOrLater"),
    median: shares.map((values) => (values.length === 0 ? null : median(values))),
    releases: shares.map(({ length }) => length),
  };
}

/** From each version to the one that was new after it, for the days of the range. */
export function upgradesOf(asked: readonly Life[], from: number, to: number) {
  const steps = asked.flatMap(({ versions }) =>
    versions.slice(1).map((next, at) => ({ next, before: versions[at]! })),
  );
  const within = steps.filter(({ next }) => next.day >= from && next.day <= to);
  const paths = Map.groupBy(within, ({ before, next }) => `${before.version} ${next.version}`);
  const rows = [...paths].map(([path, same]) => {
    const [old = "", fresh = ""] = path.split(" ");
    const isOrdered = !isWord(old) && !isWord(fresh);
    const kind = !isOrdered ? "unordered" : newestFirst(old, fresh) > 0 ? "upgrade" : "downgrade";
    const medianDays = median(same.map(({ before, next }) => next.day - before.day));
    return { from: old, to: fresh, kind, installs: same.length, medianDays };
  });
  rows.sort(
    (one, other) =>
      other.installs - one.installs ||
      (one.from < other.from ? -1 : one.from > other.from ? 1 : one.to < other.to ? -1 : 1),
  );
  const told = rows.slice(0, 50);
  const sum = (list: typeof rows) => list.reduce((all, { installs }) => all + installs, 0);
  return {
    rows: told,
    other: { paths: rows.length - told.length, installs: sum(rows) - sum(told) },
    total: sum(rows),
    downgrades: sum(rows.filter(({ kind }) => kind === "downgrade")),
  };
}
