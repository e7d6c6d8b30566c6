import { median } from "../bench/measure.ts";
import { DAY, dayAt } from "./calendar.ts";
import type { Life } from "./lives.ts";
import { isFinal, isWord, newestFirst } from "./order.ts";
import { BASE_FIELDS } from "./records.ts";
import type { TruthRelease } from "./releases.ts";

/* What is true at a moment, by walking over all installs. Names of fields are those of the answers. */

const ERRORS = ["system.error", "error_occurred"];
const unknown = (value: string) => (value === "" ? "unknown" : value);
const isActive = ({ last }: Life, now: number) => last >= now - 28 * DAY;
const seenOn = ({ days }: Life, from: number, to: number) =>
  [...days].some((day) => day >= from && day <= to);

/**
 * @param all what the filters leave, whatever they say of admission
 * @param asked what they leave altogether
 */
export function summaryOf(
  all: readonly Life[],
  asked: readonly Life[],
  releases: readonly TruthRelease[],
  now: number,
) {
  const today = dayAt(now);
  const count = (holds: (life: Life) => boolean) => asked.filter(holds).length;
  const since = (days: number) => count(({ last }) => last >= now - days * DAY);
  const month = asked.filter((life) => isActive(life, now));
  const sharing = month.filter(({ events }) => events.some(({ time }) => time >= now - 28 * DAY));
  const admitted = all.filter((life) => life.admitted).length;
  const latest = releases
    .filter(({ version, day }) => isFinal(version) && day <= today)
    .slice(0, 2)
    .map(({ version }) => version);
  const floor = latest.at(-1);
  return {
    active: { day: since(1), week: since(7), month: since(28) },
    total: all.length,
    admitted,
    pending: all.length - admitted,
    underADay: month.filter(({ first, last }) => last - first < DAY && first < now - DAY).length,
    new: count(({ first }) => first >= now - 28 * DAY),
    churned: count(({ last }) => last < now - 28 * DAY && last >= now - 56 * DAY),
    sharingDetailed: sharing.length,
    withoutError: sharing.filter(
      ({ events }) => !events.some(({ event, day }) => ERRORS.includes(event) && day >= today - 28),
    ).length,
    latest: {
      releases: latest,
      installs:
        floor === undefined
          ? 0
          : month.filter(({ version }) => newestFirst(version, floor) <= 0).length,
    },
    previous: {
      month: count((life) => seenOn(life, today - 55, today - 28)),
      new: count(({ first }) => first < now - 28 * DAY && first >= now - 56 * DAY),
      churned: count(
        (life) => seenOn(life, today - 83, today - 56) && !seenOn(life, today - 55, today - 28),
      ),
    },
  };
}

export const FIELDS = [...BASE_FIELDS, "app_version"] as const;

/** Installs heard from on some days, by the latest value of a field; most first. */
export function breakdownOf(
  asked: readonly Life[],
  field: (typeof FIELDS)[number],
  from: number,
  to: number,
) {
  const active = asked.filter((life) => seenOn(life, from, to));
  const values = Map.groupBy(active, ({ version, fields }) =>
    unknown(field === "app_version" ? version : fields[field]),
  );
  return [...values]
    .map(([value, same]) => ({ value, installs: same.length, share: same.length / active.length }))
    .sort((one, other) => other.installs - one.installs || (one.value < other.value ? -1 : 1));
}

const BINS: [string, number, number | null][] = [
  ["under_1_day", 0, 1],
  ["1_to_7_days", 1, 7],
  ["1_to_4_weeks", 7, 28],
  ["1_to_3_months", 28, 91],
  ["3_to_6_months", 91, 182],
  ["6_to_12_months", 182, 365],
  ["1_to_2_years", 365, 730],
  ["over_2_years", 730, null],
];

export function agesOf(asked: readonly Life[], now: number) {
  const active = asked.filter((life) => isActive(life, now));
  const rows = BINS.map(([bin, fromDays, untilDays]) => {
    const installs = active.filter(
      ({ first }) =>
        now - first >= fromDays * DAY && (untilDays === null || now - first < untilDays * DAY),
    ).length;
    return { bin, fromDays, untilDays, installs, share: installs / Math.max(1, active.length) };
  });
  return { rows, active: active.length };
}

export function survivalOf(asked: readonly Life[], now: number) {
  const axis = Array.from({ length: 365 }, (_, day) => day).filter((d) => d < 28 || d % 7 === 0);
  const rows = axis.map((days) => {
    const could = asked.filter(({ first }) => now - first >= (days + 1) * DAY);
    const alive = could.filter(({ first, last }) => last - first >= days * DAY).length;
    return { days, alive, installs: could.length, few: could.length < 30 };
  });
  return { rows: rows.filter(({ installs }) => installs > 0) };
}

/** @param days how long on one version makes an install stuck */
export function stuckOf(
  asked: readonly Life[],
  releases: readonly TruthRelease[],
  days: number,
  now: number,
) {
  const today = dayAt(now);
  const active = asked.filter((life) => isActive(life, now));
  const out = releases.filter(({ version, day }) => isFinal(version) && day <= today);
  const staying = active.filter(({ version, versions }) => {
    const lastNew = Math.max(...versions.map(({ day }) => day));
    const said = versions.some((each) => each.version === version);
    return said && today - lastNew > days && !isWord(version) && isBehind(version);
  });
  function isBehind(version: string): boolean {
    return out.some((each) => newestFirst(each.version, version) < 0 && today - each.day >= days);
  }
  const rows = [...Map.groupBy(staying, ({ version }) => version)].map(([version, same]) => ({
    version,
    installs: same.length,
    share: same.length / active.length,
    medianDays: median(
      same.map(({ versions }) => today - Math.max(...versions.map(({ day }) => day))),
    ),
    newest: out[0]!.version,
  }));
  return {
    days,
    rows: rows.sort((one, other) => newestFirst(one.version, other.version)),
    other: { versions: 0, installs: 0 },
    total: staying.length,
    active: active.length,
  };
}

export function droppableOf(
  asked: readonly Life[],
  field: "app_version" | "os_version" | "platform" | "architecture",
  now: number,
) {
  const active = asked.filter((life) => isActive(life, now));
  const saidBy = ({ version, fields }: Life) => (field === "app_version" ? version : fields[field]);
  const ordered = field === "app_version" || field === "os_version";
  const known = active.filter((life) => (ordered ? /^\d/.test(saidBy(life)) : saidBy(life) !== ""));
  const placeOf = (life: Life) => (field === "os_version" ? life.fields.platform : "");
  const groups = Map.groupBy(known, (life) => JSON.stringify([placeOf(life), saidBy(life)]));
  const rows = [...groups].map(([key, same]) => {
    const [place, value] = JSON.parse(key) as [string, string];
    const behind = ordered
      ? known.filter((life) => placeOf(life) === place && newestFirst(saidBy(life), value) > 0)
      : same;
    return { place, value, installs: same.length, behind: behind.length };
  });
  rows.sort((one, other) => other.installs - one.installs || (keyOf(one) < keyOf(other) ? -1 : 1));
  const sum = (list: typeof rows) => list.reduce((whole, { installs }) => whole + installs, 0);
  const sorted = ordered
    ? [...Map.groupBy(rows, ({ place }) => place).values()]
        .sort((one, other) => sum(other) - sum(one))
        .flatMap((same) => same.sort((one, other) => newestFirst(one.value, other.value)))
    : rows;
  return {
    field,
    rows: sorted.map(({ place, ...row }) => ({
      platform: field === "os_version" ? unknown(place) : null,
      ...row,
      share: row.behind / active.length,
    })),
    unordered: active.length - known.length,
    active: active.length,
  };
}

const keyOf = ({ place, value }: { place: string; value: string }) => `${place} ${value}`;
