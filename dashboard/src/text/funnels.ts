/** Every word of the Funnels page. */
export const funnelsText = {
  build: "Steps",
  buildFoot:
    "A record of the first step in the range begins a run. Other events may come in between.",
  step: (n: number) => `Step ${n}`,
  event: (n: number) => `Event of step ${n}`,
  up: (n: number) => `Move step ${n} up`,
  down: (n: number) => `Move step ${n} down`,
  remove: (n: number) => `Remove step ${n}`,
  add: "Add a step",
  most: "Eight steps at most.",
  moved: (event: string, n: number) => `${event} is now step ${n}.`,
  removed: (event: string) => `${event} was removed.`,
  preset: "Start from",
  presetNone: "Choose a funnel…",
  window: {
    label: "Within",
    minutes: {
      "30": "30 minutes",
      "60": "1 hour",
      "1440": "1 day",
      "10080": "7 days",
      "43200": "30 days",
    },
  },
  join: { label: "Who", user: "Users", install: "Installs" },
  compare: "Compare versions",
  compareWith: "with",
  noVersion: "all versions",

  title: "Funnel",
  foot: (who: string, window: string) =>
    `${who} that took the steps in this order within ${window} of the first. The run that got furthest counts; a step is followed by the next record of the one after. Of installs that share detailed usage.`,
  footCompared: " Only records that the version sent are counted.",
  unit: { user: "Users", install: "Installs" },
  summary: (last: string, share: string, count: string, who: string) =>
    `${share} of ${count} ${who} got to ${last}.`,
  nobody: (step: string) => `nobody took the first step, ${step}.`,
  summaryOf: (version: string) => `${version}: `,
  drop: (step: string, share: string) => ` Most are lost before ${step}: ${share} go on.`,
  empty: "Nobody took the first step in this range.",
  few: "Choose at least two steps.",
  median: "Median seconds",
  ofFirst: "Of all",
  version: "Version",
} as const;
