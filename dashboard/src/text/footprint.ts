/** Words that the pages about installs share. */
export const footprintText = {
  active: "Active installs",
  activeFoot: (pending: boolean) =>
    pending
      ? "Installs with at least one heartbeat in the bucket, pending included."
      : "Admitted installs with at least one heartbeat in the bucket.",
  breakdownFoot: (count: string) => `Of ${count} active in the range.`,

  lifecycle: {
    title: "Lifecycle",
    foot: (bucket: string) =>
      `New: first seen in the ${bucket}. Returning: also active in the ${bucket} before. Resurrected: seen earlier, but not in the ${bucket} before. Dormant: active in the ${bucket} before, not in this one.`,
    begins: (count: string) =>
      ` Not drawn: the ${count} new of the beginning, when hardly any had been seen before.`,
    shown: "Show",
    all: "All",
    changes: "Changes only",
    new: "New",
    returning: "Returning",
    resurrected: "Resurrected",
    dormant: "Dormant",
    summary: (at: string, parts: string[]) => `Lifecycle, ${at}: ${parts.join(", ")}.`,
    summarySoFar: (at: string, parts: string[]) => `Lifecycle, ${at}, so far: ${parts.join(", ")}.`,
    bucket: { day: "day", week: "week", month: "month" },
  },

  versions: "Version adoption",
  versionsSubject: "Share of versions",
  versionsFoot: "Share of the installs that reported on each day, by the version they said.",
  versionsTable: "Versions",
  versionsTableFoot: (count: string) =>
    `Of ${count} active in the range, by the latest version each reported.`,
  area: "Area",
  lines: "Lines",
  apart: "Apart",
  latest: "Share on the latest two releases",
} as const;
