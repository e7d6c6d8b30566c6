import { compareVersions } from "@rollcall/schemas";
import type { Day } from "../read/days.ts";
import { FIELDS, type Field, type PublishedDocument, type Totals } from "./document.ts";
import { dueAt } from "./due.ts";
import type { PublishedReader } from "./reader.ts";
import { leastOf } from "./rounding.ts";
import { areCombined, type Breakdown, breakdownOf, type Conditions, installsOf } from "./select.ts";

/** What a report may show, and the maintainer chooses from. */
export const CHARTS = [
  ...(["summary", "active", "versions", "platform", "os_version", "architecture"] as const),
  ...(["locale", "timezone", "deployment_type", "release_channel", "events"] as const),
] as const;
export type Chart = (typeof CHARTS)[number];

/** More points than this no chart shows apart. */
const MOST_POINTS = 400;
/** Versions with a band of their own. */
const MOST_VERSIONS = 7;

export interface ReportQuestion {
  app: string;
  /** What the app is called. */
  name: string;
  charts: readonly Chart[];
  conditions: Conditions;
  from: Day | undefined;
  to: Day | undefined;
}

/** Everything a report shows. Null stands for withheld: a group that is too small, or nobody. */
export interface Report {
  app: string;
  name: string;
  /** The last day in it; null where nothing is published yet. */
  day: Day | null;
  /** The moment at which the next day is published, or a moment after it. */
  nextAt: string;
  k: number | null;
  rounding: number | null;
  /** Every group of so many installs is shown, unless others of its field are more; smaller ones may be. */
  least: number | null;
  charts: Chart[];
  filters: { [field in Field]?: string };
  totals: Totals | null;
  /** Installs of 28 days under the filters. */
  installs: number | null;
  /** Days, and for each the installs of it and of 7 and 28 days; day and week only without filters. */
  active: {
    days: Day[];
    month: (number | null)[];
    week: number[] | null;
    day: number[] | null;
  } | null;
  /** Installs of 28 days by version; null where the filters leave none to say. */
  versions: { days: Day[]; rows: { version: string | null; installs: (number | null)[] }[] } | null;
  breakdowns: Breakdown[];
  /** Installs that sent each event in 28 days, of `totals.sharing`. */
  events: { event: string; installs: number }[] | null;
}

/** Whether the conditions can be answered at all. */
export function conditionsProblem(conditions: Conditions): string | null {
  if (conditions.length > 2) return "at most two fields";
  const [a, b] = conditions;
  if (a === undefined || b === undefined || areCombined(a[0], b[0])) return null;
  return "two fields of which one is app_version, platform, deployment_type or release_channel";
}

/** Every nth of the days, so that there are at most `most`; the last is always among them. */
function thinned(days: readonly Day[], most: number): Day[] {
  const step = Math.ceil(days.length / most);
  return days.filter((_, at) => (days.length - 1 - at) % step === 0);
}

/** Published days of a range, thinned to what a chart can show. */
export async function documentsOf(
  reader: PublishedReader,
  { app, from, to }: Pick<ReportQuestion, "app" | "from" | "to">,
): Promise<PublishedDocument[]> {
  const days = (await reader.days(app)).filter(
    (day) => (from === undefined || day >= from) && (to === undefined || day <= to),
  );
  return reader.documents(app, thinned(days, MOST_POINTS));
}

/**
 * Puts a report together from documents. Throws what the reader throws.
 *
 * @example await makeReport(reader, { app: "timetracker", name: "Time tracker", charts: ["summary"], conditions: [], from: undefined, to: undefined }, new Date())
 */
export async function makeReport(
  reader: PublishedReader,
  question: ReportQuestion,
  now: Date,
): Promise<Report> {
  const { app, name, conditions } = question;
  const shows = (chart: Chart) => question.charts.includes(chart);
  const documents = await documentsOf(reader, question);
  const last = documents.at(-1);
  const head = {
    ...{ app, name, nextAt: nextAt(last?.day, now).toISOString() },
    charts: [...question.charts],
    filters: Object.fromEntries(conditions),
  };
  if (last === undefined) {
    const nothing = { totals: null, installs: null, active: null, versions: null, events: null };
    return { ...head, day: null, k: null, rounding: null, least: null, ...nothing, breakdowns: [] };
  }
  const everything = conditions.length === 0;
  const fields = FIELDS.filter((field) => shows(field === "app_version" ? "versions" : field));
  return {
    ...head,
    ...{ day: last.day, k: last.k, rounding: last.rounding },
    least: leastOf(last.k, last.rounding),
    totals: everything && shows("summary") ? last.totals : null,
    installs: shows("summary") || shows("active") ? installsOf(last, conditions) : null,
    active: shows("active")
      ? {
          days: documents.map(({ day }) => day),
          month: documents.map((document) => installsOf(document, conditions)),
          week: everything ? documents.map(({ totals }) => totals.week) : null,
          day: everything ? documents.map(({ totals }) => totals.day) : null,
        }
      : null,
    versions: shows("versions") ? versionsOf(documents, last, conditions) : null,
    breakdowns: fields.flatMap((field) => breakdownOf(last, field, conditions) ?? []),
    events:
      everything && shows("events")
        ? last.events.map(([event, installs]) => ({ event, installs }))
        : null,
  };
}

/** Versions over time: those with the largest share on any one day, newest first, then the rest as null. */
function versionsOf(
  documents: readonly PublishedDocument[],
  last: PublishedDocument,
  conditions: Conditions,
): Report["versions"] {
  if (breakdownOf(last, "app_version", conditions) === null) return null;
  const days = documents.map((document) => breakdownOf(document, "app_version", conditions));
  const peaks = new Map<string, number>();
  for (const { rows, other } of days.flatMap((day) => day ?? [])) {
    const sum = rows.reduce((all, { installs }) => all + installs, other);
    for (const { value, installs } of rows) {
      peaks.set(value, Math.max(peaks.get(value) ?? 0, installs / sum));
    }
  }
  const named = [...peaks]
    .sort(([a, peakOfA], [b, peakOfB]) => peakOfB - peakOfA || (a < b ? -1 : 1))
    .slice(0, MOST_VERSIONS)
    .map(([version]) => version)
    .sort(compareVersions);
  const rows: { version: string | null; installs: (number | null)[] }[] = named.map((version) => ({
    version,
    installs: days.map((day) => day?.rows.find(({ value }) => value === version)?.installs ?? null),
  }));
  const rest = days.map((day) => {
    if (day === null) return null;
    const others = day.rows.filter(({ value }) => !named.includes(value));
    return others.reduce((sum, { installs }) => sum + installs, day.other);
  });
  if (rest.some((installs) => (installs ?? 0) > 0)) rows.push({ version: null, installs: rest });
  return { days: documents.map(({ day }) => day), rows };
}

const DAY_MS = 86_400_000;

/** The first moment after now at which a day becomes due that is not there. */
function nextAt(last: Day | undefined, now: Date): Date {
  const today = now.toISOString().slice(0, 10);
  const yesterday = new Date(now.getTime() - DAY_MS).toISOString().slice(0, 10);
  return last !== undefined && last >= yesterday ? dueAt(today) : dueAt(yesterday);
}
