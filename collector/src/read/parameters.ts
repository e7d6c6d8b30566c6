import { z } from "zod";
import { addDays, type Day, dayCount, dayOf, isDay } from "./days.ts";

const LONGEST_RANGE_DAYS = 3660;
const DEFAULT_RANGE_DAYS = 28;
const MOST_WORDS = 50;
/**
 * Nothing was counted before it. Days are compared as text and bound as ClickHouse's Date, which begins
 * in 1970: what is asked must leave room for the days that questions look back.
 */
const EARLIEST_TO: Day = "2000-01-01";

/** Every message says what is allowed: the route puts the parameter's name and what was found in front. */
const text = (longest: number, allowed: string) =>
  z.string(allowed).min(1, allowed).max(longest, allowed);

const day = (description: string) =>
  z
    .string("a day of the calendar as YYYY-MM-DD")
    .refine(isDay, "a day of the calendar as YYYY-MM-DD")
    .optional()
    .meta({ description, example: "2026-11-01", format: "date" });

/** `?x=a,b&x=c` becomes ["a", "b", "c"], without repetitions. */
function wordList(most: number, allowed: string) {
  return z
    .union([z.string(), z.array(z.string())], allowed)
    .transform((given) => [
      ...new Set(
        [given]
          .flat()
          .flatMap((part) => part.split(","))
          .map((word) => word.trim())
          .filter((word) => word !== ""),
      ),
    ])
    .refine((words) => words.length <= most && words.every((word) => word.length <= 200), allowed);
}

const filter = (field: string, example: string) =>
  wordList(MOST_WORDS, `at most ${MOST_WORDS} values of at most 200 characters`)
    .optional()
    .meta({
      description: `Only installs whose latest ${field} is one of these (repeat it or give a comma list). "unknown" stands for installs that never said.`,
      example,
    });

const appParameter = text(200, "the name of an app, such as timetracker").meta({
  description: "The app, as it stands in the ingest token's setting.",
  example: "timetracker",
});

export const interval = z.enum(["day", "week", "month"], "day, week or month");
export const intervalParameter = interval.default("day").meta({
  description:
    "Length of a bucket: UTC days, weeks from Monday, or months. The outer buckets are whole even where the range cuts them.",
  example: "day",
});

/** Event names, for a chart of at most six lines. */
export const eventsParameter = wordList(6, "1 to 6 event names, as a comma list")
  .refine((words) => words.length > 0, "1 to 6 event names, as a comma list")
  .meta({
    description: "Events to draw: repeat it or give a comma list, at most 6.",
    example: "timer.started,timer.stopped",
  });

export const appOnly = { app: appParameter };

export const range = {
  from: day("First UTC day. Default: 27 days before `to`."),
  to: day("Last UTC day, included. Default: today; a later day means today."),
};

/** What every question about installs and events takes. */
export const common = {
  ...appOnly,
  ...range,
  version: filter("app_version", "2.3.1"),
  platform: filter("platform", "linux"),
  os_version: filter("os_version", "24.04"),
  architecture: filter("architecture", "x64"),
  locale: filter("locale", "de-DE"),
  timezone: filter("timezone", "Europe/Berlin"),
  deployment_type: filter("deployment_type", "docker"),
  release_channel: filter("release_channel", "stable"),
  admitted: z.enum(["all", "admitted"], "all or admitted").default("all").meta({
    description:
      "`admitted`: only installs with heartbeats on two distinct days. Ingest tokens are public, so the others may be forged.",
    example: "admitted",
  }),
  lifetime: z.enum(["all", "day_or_more"], "all or day_or_more").default("all").meta({
    description:
      "`day_or_more`: only installs heard of for a day or longer, from the first record to the last. Shorter lives are often tests.",
    example: "day_or_more",
  }),
};

/** A parameter that cannot be used, in words for who asked. */
export interface ParameterProblem {
  parameter: string;
  found: string;
  allowed: string;
}

/** Days that are asked about, both counted. */
export interface Range {
  from: Day;
  to: Day;
}

/**
 * Fills in the defaults of a range and checks it.
 *
 * @example rangeOf({ to: "2026-11-28" }, new Date()) // { from: "2026-11-01", to: "2026-11-28" }
 */
export function rangeOf(
  asked: { from?: Day | undefined; to?: Day | undefined },
  now: Date,
): Range | ParameterProblem {
  const today = dayOf(now);
  // Nothing is known about tomorrow: buckets of zeros there would read as a drop.
  const to = asked.to === undefined || asked.to > today ? today : asked.to;
  if (to < EARLIEST_TO) {
    return { parameter: "to", found: to, allowed: `a day from ${EARLIEST_TO} on` };
  }
  const from = asked.from ?? addDays(to, 1 - DEFAULT_RANGE_DAYS);
  if (from > to) return { parameter: "from", found: from, allowed: `a day up to ${to}` };
  const days = dayCount(from, to);
  if (days > LONGEST_RANGE_DAYS) {
    return {
      parameter: "from",
      found: `${from}, which makes ${days} days`,
      allowed: `a day that makes a range of at most ${LONGEST_RANGE_DAYS} days`,
    };
  }
  return { from, to };
}

/** The sentence of a 400. What was found is cut, so that an answer is never a copy of a long request. */
export function problemSentence({ parameter, found, allowed }: ParameterProblem): string {
  const shown = found.length > 80 ? `${found.slice(0, 80)}…` : found;
  return `${parameter}: found ${shown === "" ? "nothing" : shown}, allowed is ${allowed}.`;
}
