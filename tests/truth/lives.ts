import { DAY, dayAt } from "./calendar.ts";
import { newestFirst } from "./order.ts";
import { BASE_FIELDS, type BaseField, type TruthRecord } from "./records.ts";

/** Everything that is to be known of one install. */
export interface Life {
  install: string;
  /** Times of its first and last record of either layer. */
  first: number;
  last: number;
  admitted: boolean;
  /** Latest words of its records; "" where it never said. */
  version: string;
  fields: Record<BaseField, string>;
  /** UTC days with a base record. */
  days: Set<number>;
  /** What base records said on a day, newest version first. */
  said: Map<number, string[]>;
  /** Versions that base records have said with the first day of each, in the order of these days. */
  versions: { version: string; day: number }[];
  events: { day: number; time: number; event: string }[];
}

/** @param today UTC day of arrival of what was sent without the right to backfill */
export function livesOf(records: readonly TruthRecord[], today: number): Life[] {
  return [...Map.groupBy(records, ({ install }) => install)].map(([install, own]) => {
    const all = own.toSorted((one, other) => one.time - other.time);
    const base = all.filter(({ layer }) => layer === "base");
    const admissionDays = base
      .filter(({ event }) => event === "base_telemetry.heartbeat")
      .map(({ time, backfill }) => (backfill ? dayAt(time) : today));
    const byDay = Map.groupBy(base, ({ time }) => dayAt(time));
    const said = new Map(
      [...byDay].map(([day, same]) => [
        day,
        [...new Set(same.map(({ version }) => version))].sort(newestFirst),
      ]),
    );
    return {
      install,
      first: all[0]!.time,
      last: all.at(-1)!.time,
      admitted: new Set(admissionDays).size > 1,
      version: all.findLast(({ version }) => version !== "")?.version ?? "",
      fields: Object.fromEntries(
        BASE_FIELDS.map((name) => [
          name,
          base.findLast(({ fields }) => fields[name] !== "")?.fields[name] ?? "",
        ]),
      ) as Record<BaseField, string>,
      days: new Set(byDay.keys()),
      said,
      versions: firstDays(said),
      events: all
        .filter(({ layer }) => layer === "detailed")
        .map(({ time, event }) => ({ day: dayAt(time), time, event })),
    };
  });
}

function firstDays(said: Life["said"]): Life["versions"] {
  const first = new Map<string, number>();
  for (const [day, versions] of said) {
    for (const version of versions) {
      if (version !== "") first.set(version, Math.min(day, first.get(version) ?? day));
    }
  }
  return [...first]
    .map(([version, day]) => ({ version, day }))
    .sort((one, other) => one.day - other.day || newestFirst(other.version, one.version));
}

/** Filters as a question takes them. */
export interface Filter {
  admitted?: "all" | "admitted";
  lifetime?: "all" | "day_or_more";
  platform?: string;
  version?: string;
}

/** Installs that a filter leaves, whatever it says of admission. */
export function among(lives: readonly Life[], { lifetime, platform, version }: Filter): Life[] {
  const word = (asked: string | undefined, found: string) =>
    asked === undefined || asked.split(",").includes(found === "" ? "unknown" : found);
  return lives.filter(
    (life) =>
      word(platform, life.fields.platform) &&
      word(version, life.version) &&
      (lifetime !== "day_or_more" || life.last - life.first >= DAY),
  );
}

/** Installs that a filter leaves. */
export const chosen = (lives: readonly Life[], filter: Filter): Life[] =>
  among(lives, filter).filter(({ admitted }) => admitted || filter.admitted !== "admitted");
