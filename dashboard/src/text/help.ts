/** Every word of the list of keyboard shortcuts. */
export const helpText = {
  title: "Keyboard shortcuts",
  close: "Close",
  switch: "Use keyboard shortcuts",
  switchHint: "Remembered in this browser. Arrow keys in charts always work.",
  ranges: "Range",
  pages: "Pages",
  other: "Elsewhere",
  filter: "Open the filter",
  compare: "Compare with the period before, or stop",
  help: "Show this help",
  charts: "In a chart",
  move: "Move to the next or previous point",
  ends: "First or last point",
  leave: "Leave the chart",
} as const;
