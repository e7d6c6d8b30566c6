/** What can be watched, with its default threshold. */
interface Rule {
  title: string;
  description: string;
  unit: "percent" | "times";
  threshold: number;
  min: number;
  max: number;
  /** How long a measurement holds: what changes slowly is not measured every minute. */
  everyMs: number;
}

const MINUTE_MS = 60_000;

export const rules = {
  active_falling: {
    title: "Active installs are falling",
    description:
      "Admitted installs active in the 28 days to yesterday are fewer than in those a week earlier, by this many percent. Needs at least 30.",
    ...{ unit: "percent", threshold: 20, min: 1, max: 99, everyMs: 15 * MINUTE_MS },
  },
  error_spike: {
    title: "Errors after a release",
    description:
      "Of the installs on the newest release, in its first 7 days, this many times as many had an error as of those on the release before, in the same days; and 5 points more, and 10 installs. Needs 30 that share detailed usage on each.",
    ...{ unit: "times", threshold: 2, min: 1.1, max: 100, everyMs: 5 * MINUTE_MS },
  },
  refusals_rising: {
    title: "Refused records are rising",
    description:
      "Of the records that came today, this many percent were refused; and 3 times the median of the last 28 days, and 100 records.",
    ...{ unit: "percent", threshold: 5, min: 0.1, max: 100, everyMs: MINUTE_MS },
  },
  install_flood: {
    title: "A flood of new installs",
    description:
      "In the last 24 hours an ingest token brought more new installs than its budget: its own, or else the app's. Or tokens without a budget brought, together, this many times the median of the last 28 days, and more than 50.",
    ...{ unit: "times", threshold: 5, min: 1.1, max: 1000, everyMs: MINUTE_MS },
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;
export const RULE_NAMES = Object.keys(rules) as [RuleName, ...RuleName[]];
