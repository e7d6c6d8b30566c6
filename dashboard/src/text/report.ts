/** Every word of the report: the public page, share links, and what viewers see. */
export const reportText = {
  product: "Rollcall",
  title: (name: string) => `${name}: installs`,
  heading: (name: string) => name,
  lead: "Self-hosted installs that answer the roll call",
  skip: "Skip to content",
  /** Said with every report, above the fold. */
  rules: (parts: { k: string; rounding: string; day: string }) =>
    `Counts are rounded to ${parts.rounding}, groups under ${parts.k} are folded, admitted installs only, updated daily. Data until ${parts.day} (UTC).`,
  filtered: (filters: string) => `Only installs with ${filters}.`,
  filter: (field: string, value: string) => `${field} ${value}`,
  and: " and ",
  next: (time: string) => `The next day appears at about ${time}.`,
  what: "An install is admitted after heartbeats on two different days. A published day never changes.",

  empty: {
    title: "Nothing published yet",
    lead: (time: string) =>
      `The first day appears at about ${time}, once a whole day of data is there.`,
  },
  /** A group is shown from a little over k on, so that its size is not known where it vanishes. */
  few: (least: string) => `Too few installs to show (under about ${least})`,
  fewLead: "There are too few installs to say more about them.",
  withheld: (least: string) =>
    `Values with fewer than ${least} installs may not be listed, so the rows do not add up.`,
  gone: {
    title: "There is nothing here",
    lead: "This page is not public, or the link has expired or was revoked.",
  },
  failed: {
    title: "This could not be loaded",
    lead: "The collector does not answer at the moment.",
    request: (id: string) => `Request ${id}`,
    retry: "Retry",
    stale: "Not up to date: the last refresh failed.",
  },
  loading: "Loading",

  tiles: {
    label: "At a glance",
    month: "Active in 28 days",
    new: "New in 28 days",
    churned: "Gone quiet",
    sharing: "Share detailed usage",
    monthHint: (day: string, week: string) => `${day} on the last day, ${week} in 7 days`,
    newHint: "first seen in the last 28 days",
    churnedHint: "active in the 28 days before, not since",
    sharingHint: (part: string, whole: string) => `${part} of ${whole} installs`,
  },

  active: {
    title: "Active installs",
    month: "28 days",
    week: "7 days",
    day: "1 day",
    definition:
      "Admitted installs with a base report in the 28, 7 or 1 UTC days that end with each day.",
    only: "Admitted installs with a base report in the 28 UTC days that end with each day.",
    summary: (from: string, first: string, to: string, last: string) =>
      `Active installs in 28 days went from ${first} (${from}) to ${last} (${to}).`,
    one: (value: string, day: string) => `Active installs in 28 days: ${value} (${day}).`,
    none: "Active installs: withheld on every day.",
  },
  versions: {
    title: "Versions",
    other: "Other",
    definition:
      "Share of installs active in 28 days by the last version each has said, of those whose version is listed.",
    summary: (version: string, share: string, day: string) =>
      `${version} has the largest share: ${share} on ${day}.`,
  },
  field: {
    app_version: "Version",
    platform: "Platform",
    os_version: "OS version",
    architecture: "Architecture",
    locale: "Locale",
    timezone: "Time zone",
    deployment_type: "Deployment",
    release_channel: "Channel",
  },
  breakdown: {
    definition: "Admitted installs active in 28 days by their latest value.",
    remainder: (least: string) =>
      `A remainder of fewer than ${least} is counted with the largest value.`,
    summary: (value: string, share: string) => `${value} has the most installs: ${share}.`,
  },
  events: {
    title: "Features",
    event: "Event",
    definition: (sharing: string) =>
      `Installs that sent the event in 28 days, of about ${sharing} that share detailed usage.`,
    summary: (event: string, share: string) => `${event} is used by most installs: ${share}.`,
  },

  column: { day: "Day", installs: "Installs", share: "Share" },
  unknown: "unknown",
  other: "Other",
  asTable: "View as table",
  asChart: "View as chart",
  csv: "CSV",
  json: "JSON",
  png: "PNG",
  download: (what: string, title: string) => `Download ${title} as ${what}`,
  showAll: (count: string) => `Show all ${count}`,
  showTop: "Show top 10",
  chartKeys: "Chart. Use the arrow keys to read the values, Escape to leave.",
  notShown: "withheld",

  viewer: {
    controls: "App, range and filters",
    app: "App",
    range: "Range",
    days: { "28": "28 days", "91": "91 days", "365": "365 days", "3650": "All time" },
    filter: "Filter by",
    value: "Value",
    addFilter: "Add a filter",
    any: "Any",
    remove: (name: string) => `Remove filter ${name}`,
    signOut: "Sign out",
    noApp: "There is no app that you may see. Ask the administrator.",
  },
};
