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
    firstVersion: "First version ever",
    lastVersion: "Last version ever",
    firstDay: "First day in range",
    lastDay: "Last day in range",
  },
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
  versionsSummary: (version: string, share: string) =>
    `Of those that ran ${version}, it happened on ${share}.`,
} as const;
