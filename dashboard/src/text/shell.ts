/**
 * Every word of the frame and of what all pages share. Each page has its own file beside this one,
 * loaded with the page; together they are the message catalogue. Functions take text that is already
 * formatted.
 */
export const text = {
  product: "Rollcall",
  skip: "Skip to content",

  page: {
    overview: "Overview",
    installs: "Installs",
    versions: "Versions",
    environments: "Environments",
    features: "Features",
    funnels: "Funnels",
    retention: "Retention",
    errors: "Errors",
    operations: "Operations",
    health: "Data health",
    settings: "Settings",
  },
  navigation: {
    label: "Pages",
    open: (page: string) => `Pages, on ${page}`,
    group: { footprint: "Footprint", usage: "Usage", appliance: "Collector" },
  },

  pageLoad: {
    title: (page: string) => `${page} could not be loaded`,
    lead: "A part of the dashboard did not arrive. Is the collector running, and can this browser reach it?",
  },

  signIn: {
    viewer: "This account reads the published report only, and there is none at this address.",
    wrongLink: "The token in this link is not, or no longer, the admin token.",
    ended: "Your session has ended. Sign in again; the page you were on will come back.",
    signedOut: "You are signed out.",
    signOut: "Sign out",
    signOutFailed: "Signing out failed: the session is still open.",
  },

  error: {
    title: "This could not be loaded",
    refresh: "Not up to date: the last refresh failed.",
    unreachable: "The collector does not answer. Is it running, and can this browser reach it?",
    status: (status: number) => `The collector answered with status ${status}.`,
    request: (id: string) => `Request ${id}`,
    retry: "Retry",
    noSuchApp: (app: string) => `There is no app called “${app}” here.`,
    pickApp: "Pick one of the apps that this collector knows.",
    crashed: "The dashboard stopped working on this page. Reload to continue.",
  },

  app: {
    label: "App",
    none: "No app yet",
    noneHint:
      "An app exists once it has an ingest token. Make one under Settings, or set ROLLCALL_INGEST_TOKENS to app:token and restart the collector.",
  },

  waiting: {
    pendingTitle: (count: string) => `${count} reported, none admitted yet`,
    pendingLead:
      "An install is admitted after heartbeats on two different days. Until then it is pending and left out of the numbers, so that made-up installs cannot move them.",
    includePending: "Include pending installs",
  },

  filter: {
    bar: "Filters",
    button: "Filter",
    short: "Filters",
    search: "Search values",
    name: {
      version: "Version",
      platform: "Platform",
      os_version: "OS version",
      architecture: "Architecture",
      locale: "Locale",
      timezone: "Timezone",
      deployment_type: "Deployment",
      release_channel: "Channel",
    },
    remove: (name: string, value: string) => `Remove filter ${name}: ${value}`,
    clear: "Clear filters",
    more: "More fields",
    fewer: "Fewer fields",
    pending: "Include pending",
    lifetime: "A day or longer",
    lifetimeHint:
      "Leave out installs that were alive for less than a day, such as those of automatic tests.",
    lifetimeChip: "Alive a day or longer",
    pendingHint:
      "Pending installs have not sent heartbeats on two different days yet. They are left out unless you switch this on.",
    nothing: "No value matches.",
    loading: "Loading…",
    close: "Close",
  },

  range: {
    label: "Range",
    today: "Today",
    "7d": "Last 7 days",
    "28d": "Last 28 days",
    "91d": "Last 91 days",
    "365d": "Last 365 days",
    all: "All time",
    custom: "Custom…",
    from: "From",
    to: "To",
    apply: "Apply",
    utc: "Whole days in UTC, both included.",
    wrong: "The first day must not be after the last.",
  },

  compare: {
    label: "Compare",
    off: "No comparison",
    previous: "Previous period",
    weekdays: "Same weekdays before",
    against: { previous: "vs previous", weekdays: "vs same weekdays" },
    name: { previous: "Previous period", weekdays: "Same weekdays" },
    nothing: (name: string) => `${name}: nothing then`,
    /** One of several series in the days compared with: "28 days, previous period". */
    of: (series: string, usual: string) => `${series}, ${usual.toLowerCase()}`,
    height: "Above the axis",
    before: "before",
    summary: (difference: string, at: string) =>
      difference === "0" ? `The same as on ${at}.` : `That is ${difference} against ${at}.`,
    summaryMany: (parts: string[], at: string) => `Against ${at}: ${parts.join(", ")}.`,
    part: (series: string, difference: string) =>
      `${series} ${difference === "0" ? "the same" : difference}`,
  },

  interval: { label: "Bucket size", hour: "Hour", day: "Day", week: "Week", month: "Month" },

  fresh: {
    updated: (age: string) => `Updated ${age} ago`,
    updating: "Updating…",
    paused: "Not up to date",
  },

  theme: { label: "Colours", system: "System", light: "Light", dark: "Dark" },

  help: {
    open: "Keyboard shortcuts",
  },

  card: {
    asTable: "View as table",
    asChart: "View as chart",
    export: "Export",
    csv: "Download CSV",
    json: "Download JSON",
    png: "Download PNG",
    showAll: (count: string) => `Show all ${count}`,
    showTop: "Show top 10",
    other: (count: string) => `Other (${count})`,
    loading: "Loading",
    empty: "Nothing in this range.",
    emptyFiltered: "No install matches these filters.",
    sortBy: (column: string) => `Sort by ${column}`,
  },

  chart: {
    keys: "Chart. Use the arrow keys to read the values, Escape to leave.",
    resetZoom: "Reset zoom",
    incomplete: "still filling",
    noCompleteBucket: (subject: string) => `${subject}: no complete period yet.`,
    oneBucket: (subject: string, value: string, at: string) => `${subject}: ${value} (${at}).`,
    line: (
      subject: string,
      first: { value: string; at: string },
      last: { value: string; at: string },
      highest: { value: string; at: string },
    ) =>
      `${subject} went from ${first.value} (${first.at}) to ${last.value} (${last.at}); the highest was ${highest.value} (${highest.at}).`,
    many: (subject: string, at: string, parts: string[]) =>
      `${subject} on ${at}: ${parts.join(", ")}.`,
    tooltipMore: (count: number) => `and ${count} more`,
    dayNumber: (day: number) => `day ${day}`,
    soFarToday: (subject: string, value: string) =>
      `${subject} so far today: ${value}; the day is not over.`,
    soFar: (subject: string, value: string) =>
      `${subject} so far: ${value}; no period is over yet.`,
    release: (version: string) => `Release ${version}`,
    note: (label: string) => `Note: ${label}`,
    difference: "Difference",
    atTheAxis: "From the axis outwards:",
  },

  heat: {
    notYet: "not yet",
    suppressed: "fewer than 10 installs",
    ramp: "0% to 100%",
  },

  funnel: {
    step: "Step",
    ofPrevious: "Of the step before",
    ofFirst: "Of all",
    median: "Median time",
  },

  column: {
    hour: "Hour from",
    day: "Day",
    week: "Week from",
    month: "Month",
    dayNumber: "Days",
    installs: "Installs",
    admitted: "Admitted",
    share: "Share",
    complete: "Complete",
    yes: "yes",
    no: "no, still filling",
  },

  denominator: {
    label: "What these numbers count",
    reports: (count: string, one: boolean) =>
      `${count} ${one ? "install reports" : "installs report"}`,
    pending: (count: string) => `${count} pending`,
    pendingIncluded: (count: string) => `${count} pending included`,
    sharing: (share: string) => `${share} share detailed usage`,
    until: (time: string) => `data until ${time}`,
    filtered: "filters apply",
    underADay: (count: string) => `${count} alive under a day`,
    underADayOut: (count: string) => `${count} alive under a day left out`,
  },

  value: {
    unknown: "not reported",
    other: "Other",
    field: {
      platform: "Platform",
      os_version: "OS version",
      architecture: "Architecture",
      locale: "Locale",
      timezone: "Timezone",
      deployment_type: "Deployment",
      release_channel: "Channel",
      app_version: "Version",
    },
    shown: "Show",
    filterBy: (value: string) => `Filter by ${value}`,
    installs: (count: string, one: boolean) => `${count} ${one ? "install" : "installs"}`,
  },
} as const;
