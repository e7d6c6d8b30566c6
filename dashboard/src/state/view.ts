import type { Interval } from "../format/dates.ts";
import { type Days, parseDays, parseRange, printDays, printRange, type Range } from "./ranges.ts";

export const PAGES = [
  "overview",
  "installs",
  "versions",
  "environments",
  "features",
  "funnels",
  "retention",
  "errors",
  "operations",
  "health",
  "settings",
] as const;
export type Page = (typeof PAGES)[number];

/** What a view can be narrowed to, by the names in the read API; the most used ones first. */
export const FILTERS = [
  "version",
  "platform",
  "deployment_type",
  "release_channel",
  "os_version",
  "architecture",
  "locale",
  "timezone",
] as const;
export type Filter = (typeof FILTERS)[number];
export type Filters = Record<Filter, string[]>;

/** Whose heartbeats count: installs heard of on two days, or every one. */
export type Admitted = "admitted" | "all";

/** Whether installs count that were alive for less than a day, such as those of a test run. */
export type Lifetime = "all" | "day_or_more";

/** What charts over time are laid beside: nothing, the days before, or the same weekdays before. */
export type Compare = "off" | "previous" | "weekdays";

/**
 * What is on the screen, whole. The address bar is its only home: a link, the back button and a
 * reload give the same view.
 */
export interface View {
  page: Page;
  app: string;
  range: Range;
  filters: Filters;
  admitted: Admitted;
  lifetime: Lifetime;
  compare: Compare;
  /** Null: the size that suits the range. */
  interval: Interval | null;
  /** The part of the range the charts with a time axis are zoomed to. */
  zoom: Days | null;
  /** The choices made on single cards (`chart=latest`), only those that differ from the default. */
  choices: Record<string, string>;
}

/** The view's own parameters: no card's choice has such a name. */
const OWN = ["app", "range", ...FILTERS, "admitted", "lifetime", "compare", "interval", "zoom"];
/** A card names its choices itself: a short word, `funnel-steps`. */
const CHOICE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MOST_CHOICES = 24;
const LONGEST_CHOICE = 2000;
const DEFAULT_RANGE: Range = { kind: "28d" };

/**
 * Reads a view from an address. What is missing comes from `stored` and then from the defaults;
 * what is malformed counts as missing, so that an old or mistyped link still opens.
 * @example parseView("/features", "?app=timetracker&range=7d", {})
 */
export function parseView(
  path: string,
  query: string,
  stored: { app?: string | null; range?: string | null },
): View {
  const params = new URLSearchParams(query);
  const named = path.replace(/^\/+|\/+$/g, "");
  const interval = params.get("interval");
  const compare = params.get("compare");
  return {
    page: PAGES.find((page) => page === named) ?? "overview",
    app: params.get("app") ?? stored.app ?? "",
    range: parseRange(params.get("range") ?? "") ?? parseRange(stored.range ?? "") ?? DEFAULT_RANGE,
    filters: readFilters(params),
    admitted: params.get("admitted") === "all" ? "all" : "admitted",
    lifetime: params.get("lifetime") === "day_or_more" ? "day_or_more" : "all",
    compare: compare === "previous" || compare === "weekdays" ? compare : "off",
    interval: interval === "day" || interval === "week" || interval === "month" ? interval : null,
    zoom: parseDays(params.get("zoom") ?? ""),
    choices: readChoices(params),
  };
}

/** The address of a view; app and range are always written, so that a link means one thing. */
export function printView(view: View): string {
  const params = new URLSearchParams();
  if (view.app) params.set("app", view.app);
  params.set("range", printRange(view.range));
  for (const filter of FILTERS) {
    for (const value of view.filters[filter]) params.append(filter, value);
  }
  if (view.admitted === "all") params.set("admitted", "all");
  if (view.lifetime !== "all") params.set("lifetime", view.lifetime);
  if (view.compare !== "off") params.set("compare", view.compare);
  if (view.interval) params.set("interval", view.interval);
  if (view.zoom) params.set("zoom", printDays(view.zoom));
  for (const [name, value] of Object.entries(view.choices)) params.set(name, value);
  const path = view.page === "overview" ? "/" : `/${view.page}`;
  return `${path}?${params.toString().replaceAll("%2C", ",")}`;
}

/** Adds the value to a filter, or takes it out when it is there. */
export function toggleFilter(filters: Filters, filter: Filter, value: string): Filters {
  const old = filters[filter];
  const next = old.includes(value) ? old.filter((other) => other !== value) : [...old, value];
  return { ...filters, [filter]: next };
}

export function noFilters(): Filters {
  return Object.fromEntries(FILTERS.map((filter) => [filter, [] as string[]])) as Filters;
}

export function hasFilters(filters: Filters): boolean {
  return FILTERS.some((filter) => filters[filter].length > 0);
}

function readFilters(params: URLSearchParams): Filters {
  const filters = noFilters();
  for (const filter of FILTERS) {
    filters[filter] = [...new Set(params.getAll(filter).filter((value) => value !== ""))];
  }
  return filters;
}

/** A link may name anything: only what could be a choice is kept, and only so much of it. */
function readChoices(params: URLSearchParams): Record<string, string> {
  const named = [...params].filter(
    ([name, value]) =>
      CHOICE_NAME.test(name) && !OWN.includes(name) && value && value.length <= LONGEST_CHOICE,
  );
  return Object.fromEntries(named.slice(0, MOST_CHOICES));
}
