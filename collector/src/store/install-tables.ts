/**
 * Every table whose rows say which install they are about. What a self-hoster is shown and what is
 * erased both follow this list, and a test holds it to the store's columns.
 */
export interface InstallTable {
  /** The table that is deleted from. */
  name: string;
  /** Names of its columns of app and install id. */
  app: string;
  installId: string;
  /** What is read: one row is one fact, as `docs/architecture.md` says. */
  from: string;
  /** The select list; integers beyond 2^53 as text. */
  columns: string;
  /** UTC day of a row, and its time: pages are made of whole days, or else of whole minutes. */
  day: string;
  time: string;
  /** A total order within a minute; rows that tie are the same. */
  order: string;
}

/**
 * Tables that are made from those above and say nothing of their own. They are erased with them, and
 * before them; what is exported does not repeat them. Before the number goes, it is taken out of the sets of
 * `active_days`, `version_days` and `event_days`.
 */
export const installCopies: readonly Pick<InstallTable, "name" | "app" | "installId">[] = [
  { name: "installs_flat", app: "app", installId: "install_id" },
  { name: "install_numbers", app: "app", installId: "install_id" },
  { name: "otel_traces_trace_id_ts", app: "App", installId: "InstallId" },
];

const snake = { app: "app", installId: "install_id" } as const;

/** A table of `signal-tables.ts`. */
function signal(name: string, time: string, longs: readonly string[]): InstallTable {
  const texts = longs.map((column) => `toString(${column}) AS ${column}`).join(", ");
  return {
    ...{ name, app: "App", installId: "InstallId", from: name },
    columns: longs.length === 0 ? "*" : `* REPLACE (${texts})`,
    day: `toDate(${time})`,
    ...{ time, order: `${time}, cityHash64(*)` },
  };
}

export const installTables: readonly InstallTable[] = [
  {
    ...snake,
    name: "events",
    from: "events",
    columns: "* REPLACE (toString(user) AS user)",
    day: "toDate(time)",
    time: "time",
    order: "time, event, cityHash64(*)",
  },
  {
    ...snake,
    name: "heartbeats",
    from: "heartbeats FINAL",
    columns: "*",
    day: "day",
    time: "time",
    order: "time",
  },
  {
    ...{ ...snake, name: "exceptions", from: "exceptions", columns: "*" },
    ...{ day: "toDate(time)", time: "time", order: "time, type, cityHash64(*)" },
  },
  signal("otel_logs", "Timestamp", []),
  signal("otel_traces", "Timestamp", ["Duration"]),
  signal("otel_metrics_gauge", "TimeUnix", []),
  signal("otel_metrics_sum", "TimeUnix", []),
  signal("otel_metrics_histogram", "TimeUnix", ["Count"]),
  signal("otel_metrics_exp_histogram", "TimeUnix", ["Count", "ZeroCount"]),
  signal("otel_metrics_summary", "TimeUnix", ["Count"]),
  // Last: while any other row is left, this one still says that the install is known.
  {
    ...snake,
    name: "installs",
    from: "installs_latest",
    columns: "*",
    day: "toDate(first_seen)",
    time: "first_seen",
    order: "first_seen",
  },
];
