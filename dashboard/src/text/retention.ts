/** Every word of the Retention page. */
export const retentionText = {
  title: "Weekly retention",
  heading: "Week of",
  unit: "Weeks since",
  size: "Installs",
  week: (week: number) => `Week ${week}`,
  weeks: "Cohorts",
  weekCount: (count: string) => `${count} weeks`,
  by: "Cohorts by",
  firstSeen: "First seen",
  firstUse: "First use of an event",
  returning: "Coming back by",
  returningBase: "Any activity",
  returningEvent: "The same event",
  foot: {
    range:
      "The cohorts are the weeks up to the last day of the range, as many as chosen here, wherever the range begins.",
    seen: "Installs by the week (from Monday, UTC) in which they were first seen, and how many of them sent a heartbeat in each week after.",
    base: (event: string) =>
      `Installs by the week (from Monday, UTC) of their first ${event}, and how many of them sent a heartbeat in each week after.`,
    event: (event: string) =>
      `Installs by the week (from Monday, UTC) of their first ${event}, and how many of them sent it again in each week after.`,
  },
  empty: "No install began in these weeks.",
  summary: (parts: string[]) => `Of all cohorts together, ${parts.join(", ")} came back.`,
  summaryPart: (share: string, week: number) => `${share} in week ${week}`,
  tooYoung: "No week after the first is over yet.",
} as const;
