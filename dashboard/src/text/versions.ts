/** Every word of the Versions page. */
export const versionsText = {
  adoption: {
    title: "Adoption by days since release",
    foot: "Share of the installs that reported on the day and said this version, so many days after it came out. The last releases, six at most.",
    summary: (days: number, parts: string[]) =>
      `${days} days after its release: ${parts.join(", ")} of installs.`,
    part: (version: string, share: string) => `${version} on ${share}`,
    empty:
      "No release yet: a version counts as one when it is listed in the settings, or when enough installs have said it.",
    of: (exact: string, filling: boolean) => (filling ? `${exact}, still filling` : exact),
  },

  lag: {
    title: "Upgrade lag",
    foot: "Share of the installs that reported on the day and were on that release or a later one. The median is over the last releases, six at most.",
    latest: (version: string) => `${version} or later`,
    median: (releases: number) =>
      releases === 1 ? "One release" : `Median of ${releases} releases`,
    summary: (version: string, share: string, days: number) =>
      `${share} were on ${version} or later ${days} days after its release`,
    medianPart: (releases: number, share: string) =>
      releases === 1
        ? `; the one release that has come to that age was at ${share}`
        : `; the median of the ${releases} releases that have come to that age is ${share}`,
  },

  droppable: {
    title: "Safe to drop",
    field: "Of",
    foot: {
      ordered: (active: string, unordered: string) =>
        `Left behind: installs with an older value, of ${active} active in the last 28 days. ${unordered} with an unknown value or one that is no version are never counted as left behind.`,
      plain: (active: string) =>
        `Installs with that value, of ${active} active in the last 28 days.`,
    },
    below: (value: string) => `below ${value}`,
    platform: "Platform",
    dropping: "Dropping",
    behind: "Leaves behind",
    share: "Share",
    safe: (value: string, share: string, limit: string) =>
      `Everything below ${value} can go: ${share} are left behind (at most ${limit}).`,
    nobody: (value: string) => `Everything below ${value} can go: nothing is left behind.`,
    none: (limit: string) => `Nothing can go without leaving more than ${limit} behind.`,
  },

  stuck: {
    title: "Stuck installs",
    label: "On the same version for",
    foot: (days: number, newest: string) =>
      `Active in the last 28 days, and on the same version for at least ${days} days although a newer one is out (${newest}).`,
    footNone: (days: number) =>
      `Active in the last 28 days, and on the same version for at least ${days} days although a newer one is out.`,
    summary: (share: string, days: number) =>
      `${share} of active installs have not moved for ${days} days or more.`,
    empty: "No install is stuck on an older version.",
    days: (days: number) => `${days} d`,
    version: "Version",
    median: "Median days on it",
    other: (versions: string, installs: string) =>
      `${installs} on ${versions} more versions are left out.`,
  },

  upgrades: {
    title: "Upgrade paths",
    foot: "Changes of version in the range: from which to which, how many installs, and how long they had been on the version before.",
    summary: (total: string, one: boolean, downgrades: string) =>
      `${total} ${one ? "change" : "changes"} of version in the range, ${downgrades} of them to an older one.`,
    empty: "No install changed its version in this range.",
    from: "From",
    to: "To",
    kind: "Direction",
    kinds: { upgrade: "upgrade", downgrade: "downgrade", unordered: "no order" },
    median: "Median days before",
  },
} as const;
