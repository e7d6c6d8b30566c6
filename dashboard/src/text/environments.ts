/** Every word of the Environments page. */
export const environmentsText = {
  lead: "Press a value to show only the installs that have it, on every page.",
} as const;
