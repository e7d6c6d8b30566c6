/** Every word of the Errors page. */
export const errorsText = {
  free: "Installs without an error",
  freeFoot:
    "Installs that sent no error in the bucket, of those that share detailed usage and sent anything in it.",
  trend: "Installs with an error",
  trendFoot:
    "Installs that share detailed usage and sent an error in the bucket. One install in trouble can send any number of records, so installs are counted.",
  show: { label: "Show", all: "All", types: "By type", share: "Share" },
  shareFoot: "Installs that sent an error, of those that share detailed usage in the same bucket.",
  untyped: "no type said",

  table: "Errors by type",
  tableFoot: (sharing: string) =>
    `Of the ${sharing} installs that share detailed usage in this range. The versions are the lowest and the highest it ever happened on, as far back as records are kept; the days are those of the range.`,
  summary: (free: string, whole: string, types: string) =>
    `${free} of ${whole} sharing installs had no error; ${types} seen.`,
  types: (count: string, one: boolean) => `${count} ${one ? "type" : "types"}`,
  column: {
    type: "Type",
    installs: "Installs",
    share: "Share",
    count: "Events",
    records: "Records",
    unattributed: "Said no install",
    sources: "Told by",
    firstVersion: "First version ever",
    lastVersion: "Last version ever",
    firstDay: "First day in range",
    lastDay: "Last day in range",
  },
  source: { event: "events", span: "spans", log: "logs" },
  signalsFoot:
    "Exceptions of spans and logs are told by their class; installs that report them share, too. Those that said no install count among the records and in no number of installs; with a filter they are left out.",
  open: (type: string) => `Show the versions of ${type}`,
  none: "No error in this range",
  noneLead: (sharing: string) =>
    `None of the ${sharing} installs that share detailed usage sent one.`,

  versions: (type: string) => `Versions: ${type}`,
  allTypes: "all types",
  all: "Show all types",
  versionsFoot:
    "Installs it happened on, of the sharing installs that ran the version in this range.",
  version: "Version",
  unknown: "not said",
  stacks: {
    title: (type: string) => `Stacks: ${type}`,
    foot: "The most frequent first, of events, spans and logs: function, module and line of each frame, the innermost first. Messages are kept where the catalogue lists them; of paths the part that is the app's own.",
    summary: (shown: string, stacks: string, records: string) =>
      `${shown} of ${stacks} different stacks; ${records} exceptions in all.`,
    stack: "Stack",
    versions: "Versions",
    counts: (records: string, installs: string) => `Records: ${records}. Installs: ${installs}.`,
    nobodys: (records: string) => `Said no install: ${records}.`,
    on: (versions: string) => `Versions: ${versions}.`,
    andMore: (versions: string, more: string) => `${versions} and ${more} more`,
    told: (sources: string) => `Told by: ${sources}.`,
    none: "No stack was said.",
    more: (frames: string) => `More frames: ${frames}`,
  },
  versionsSummary: (version: string, share: string) =>
    `Of those that ran ${version}, it happened on ${share}.`,
} as const;
