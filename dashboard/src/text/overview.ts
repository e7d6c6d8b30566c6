/** Every word of the Overview. */
export const overviewText = {
  tile: {
    label: "Key figures",
    active: "Active installs",
    activeHint: "in 28 days",
    new: "New",
    newHint: "in 28 days",
    churned: "Churned",
    churnedHint: "last seen 28 to 56 days ago",
    latest: "On the latest two releases",
    latestHint: (oldest: string) => `${oldest} or newer`,
    latestOne: "On the latest release",
    latestNone: "no release yet",
    failed: "could not be loaded",
    withoutError: "Without an error",
    withoutErrorHint: (count: string, share: string) => `of ${count} sharing usage (${share})`,
    nobodyShares: "nobody shares detailed usage",
    delta: (difference: string) => `${difference} vs 28 d ago`,
    same: "as 28 d ago",
  },

  new: "New installs",
  newFoot: "Installs by the bucket in which they were first seen.",
  dormant: "Installs gone dormant",
  dormantFoot: (bucket: string) =>
    `Active in the ${bucket} before, not in this one. Churned, in the tile, is stricter: not seen for 28 days.`,
  latestSubject: (versions: string) => `The share of installs on ${versions}`,
  latestFoot: (versions: string) => `${versions}, of the installs that reported on the day.`,
  platforms: "Platforms",
} as const;
