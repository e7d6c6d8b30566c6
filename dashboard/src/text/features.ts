/** Every word of the Features page. */
export const featuresText = {
  trend: "Event trend",
  trendFoot: {
    counts: "Events from installs that share detailed usage.",
    installs: "Installs that sent the event, of those that share detailed usage.",
  },
  pick: "Choose up to six events in the table to compare them here.",
  metric: { label: "Measure", counts: "Events", installs: "Installs" },
  table: "Events",
  tableFoot: (sharing: string, one: boolean) =>
    `Share of the ${sharing} ${one ? "install" : "installs"} that sent detailed usage in this range.`,
  column: {
    chosen: "In the chart",
    event: "Event",
    count: "Events",
    installs: "Installs",
    users: "Users",
    share: "Share of sharing installs",
  },
  choose: (event: string) => `Show ${event} in the chart`,
  most: "Six at most: take one out first.",
  noneTitle: "No install shares detailed usage in this range",
  noneLead:
    "Detailed usage is sent only after an explicit opt-in. The base layer still counts these installs on the overview.",
} as const;
