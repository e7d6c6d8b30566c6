/** Every word of the Features page. */
export const featuresText = {
  trend: "Event trend",
  trendFoot: {
    counts: "Events from installs that share detailed usage.",
    installs: "Installs that sent the event, of those that share detailed usage.",
    users:
      "Users that sent the event, known by a keyed hash; of installs that share detailed usage.",
  },
  pick: "Choose up to six events in the table to compare them here.",
  metric: { label: "Measure", counts: "Events", installs: "Installs", users: "Users" },

  table: "Adoption",
  tableFoot: (sharing: string, one: boolean) =>
    `Installs that sent the event, of the ${sharing} ${one ? "install" : "installs"} that shared detailed usage in this range and whose version has it: the lowest version that ever sent it, or a higher one.`,
  tableSummary: (most: string, share: string, events: string) =>
    `${most} is used by most: ${share}. ${events} events were seen.`,
  find: "Find an event",
  column: {
    chosen: "In the chart",
    event: "Event",
    count: "Events",
    installs: "Installs",
    users: "Users",
    share: "Adoption",
    of: "Installs that have it",
    since: "Since version",
  },
  choose: (event: string) => `Show ${event} in the chart`,
  most: "Six at most: take one out first.",
  noMatch: "No event matches.",

  explore: {
    title: "Explorer",
    foot: (sharing: string) =>
      `Records of one event from the ${sharing} installs that share detailed usage. "Other" counts an install or user once, even where it has several of the values.`,
    event: "Event",
    by: "Broken down by",
    nothing: "Nothing",
    properties: "Properties",
    fields: "Installs",
    over: { label: "Show", total: "Total", time: "Over time" },
    measure: { label: "Measure", count: "Events", installs: "Installs", users: "Users" },
    total: "All",
    none: "not said",
    other: (count: string) => `Other (${count})`,
    value: "Value",
    share: "Share",
    summary: (event: string, count: string, installs: string, users: string) =>
      `${event}: ${count} events from ${installs} installs and ${users} users.`,
    led: (value: string, share: string) => ` ${value} leads with ${share}.`,
    empty: "No record matches.",
  },

  byVersion: {
    title: "By version",
    event: "Event",
    foot: "Installs that sent the event, by the version they said with it; one that changed its version in the bucket counts with both. The six versions with most installs, the others as one. All charts have the same axes.",
    summary: (event: string, installs: string, version: string, most: string) =>
      `${event} came from ${installs} installs, on ${version} from ${most} of them.`,
    none: (event: string, installs: string) =>
      `${event} came from ${installs} installs that said no version.`,
  },

  pages: {
    title: "Page views",
    foot: "Views by the template of the route: ids in it are not kept. From installs that share detailed usage.",
    route: "Route",
    views: "Views",
    none: "without a route",
    other: (count: string) => `Other (${count} routes)`,
    summary: (views: string, routes: string) => `${views} views of ${routes} routes.`,
    empty: "No page views in this range.",
  },

  paths: {
    title: "Paths",
    foot: (hidden: string[]) =>
      `The same user within a session: at most 30 minutes between two events. The same event several times in a row counts once.${hidden.length > 0 ? ` Not looked at: ${hidden.join(", ")}.` : ""}`,
    sampled: (n: number) => `One in ${n} users was looked at.`,
    event: "Event",
    direction: { label: "Direction", after: "What comes next", before: "What came before" },
    steps: "Steps",
    step: (n: number) => `Step ${n}`,
    end: { after: "session ends", before: "session begins" },
    other: "other events",
    times: "Times",
    share: "Share",
    noise: "Hide page views and pings",
    summary: {
      after: (event: string, next: string, share: string) =>
        `After ${event} most often comes ${next}: ${share}.`,
      before: (event: string, next: string, share: string) =>
        `Before ${event} most often comes ${next}: ${share}.`,
    },
    empty: "Nobody who is known sent this event in this range.",
  },
} as const;
