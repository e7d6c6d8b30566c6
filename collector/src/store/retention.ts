import { appSettings } from "../settings/app-settings.ts";
import { DEFAULT_RETENTION_DAYS } from "../settings/kinds.ts";
import type { Settings } from "../settings/types.ts";
import type { SpoolLog } from "../spool/options.ts";
import type { Store } from "./client.ts";
import { createTurns } from "./turns.ts";

export type Layer = "base" | "detailed" | "signals";
/** How many UTC days rows are kept, the day of now among them. */
export type RetentionDays = Record<Layer, number>;

/** What is kept for a time. What is counted from it (installs, days, versions) stays. */
const byMonth = { app: "app", partition: "toYYYYMM" } as const;
const byDay = { app: "App", partition: "toYYYYMMDD", layer: "signals" } as const;
const signal = (name: string, day: string) => ({
  ...{ ...byDay, name, day, defaultTtl: "INTERVAL 30 DAY", copy: false },
});

const TABLES: readonly Table[] = [
  {
    ...{ ...byMonth, name: "heartbeats", layer: "base", day: "day", copy: false },
    defaultTtl: "INTERVAL 25 MONTH",
  },
  ...["events", "exceptions"].map((name) => ({
    ...{ ...byMonth, name, layer: "detailed" as const, day: "toDate(time)", copy: false },
    defaultTtl: "INTERVAL 13 MONTH",
  })),
  signal("otel_logs", "toDate(Timestamp)"),
  signal("otel_traces", "toDate(Timestamp)"),
  { ...signal("otel_traces_trace_id_ts", "Day"), copy: true },
  ...["gauge", "sum", "histogram", "exp_histogram", "summary"].map((kind) =>
    signal(`otel_metrics_${kind}`, "toDate(TimeUnix)"),
  ),
];

interface Table {
  readonly name: string;
  readonly layer: Layer;
  /** The column of apps. */
  readonly app: "app" | "App";
  /** UTC day of a row. */
  readonly day: string;
  /** The function of the day that names a row's partition. */
  readonly partition: "toYYYYMM" | "toYYYYMMDD";
  readonly defaultTtl: string;
  /** Made of another table's rows, which it goes with: no records of its own. */
  readonly copy: boolean;
}

/** Rows of one table that a retention takes away. */
export interface Expired {
  table: string;
  layer: Layer;
  /** The last UTC day whose rows go, as YYYY-MM-DD. */
  until: string;
  rows: number;
}

export interface Retention {
  /** What would be deleted of an app if it kept so many days. Throws what the store throws. */
  preview(app: string, days: RetentionDays): Promise<Expired[]>;
  /** Deletes what has expired; throws what the store throws. */
  run(): Promise<void>;
  /** Runs every hour, so that what comes late for a deleted day stays no longer, and soon after an app's settings change. */
  start(): void;
  stop(): Promise<void>;
}

interface RetentionDeps {
  store: Store;
  settings: Pick<Settings, "get" | "list" | "onChange">;
  log: Pick<SpoolLog, "info" | "warn">;
  now?: () => Date;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 60 * 60_000;
const AFTER_CHANGE_MS = 1_000;

/**
 * Deletes raw rows that an app keeps no longer, a partition at a time. The tables' own TTL is
 * that of the app that keeps them longest, so that it never takes what somebody keeps.
 */
export function createRetention(deps: RetentionDeps): Retention {
  const { store, settings, log } = deps;
  const now = deps.now ?? (() => new Date());
  const turns = createTurns();
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let started = false;
  let stopped = false;

  const dayBefore = (days: number) =>
    new Date(now().getTime() - days * DAY_MS).toISOString().slice(0, 10);
  const daysOf = (app: string, { layer }: Table) => appSettings(settings, app).retentionDays[layer];
  const askedFor = ({ layer }: Table) =>
    settings.list("app").map(({ value }) => value.retentionDays[layer]);

  async function preview(app: string, days: RetentionDays): Promise<Expired[]> {
    const expired: Expired[] = [];
    for (const { name, layer, day, app: column, copy } of TABLES) {
      if (copy) continue;
      const until = dayBefore(days[layer]);
      const [found] = await store.query<{ rows: number }>(
        `SELECT count() AS rows FROM ${name} WHERE ${column} = {app:String} AND ${day} <= {until:Date}`,
        { app, until },
      );
      expired.push({ table: name, layer, until, rows: found?.rows ?? 0 });
    }
    return expired;
  }

  async function runOnce(): Promise<void> {
    for (const table of TABLES) {
      await keepLongest(table);
      await deleteExpired(table);
    }
  }

  /** Brings the table's TTL to that of the app which keeps its rows longest. */
  async function keepLongest(table: Table): Promise<void> {
    const usual = DEFAULT_RETENTION_DAYS[table.layer];
    const longest = Math.max(usual, ...askedFor(table));
    const ttl = longest === usual ? table.defaultTtl : `INTERVAL ${longest} DAY`;
    if ((await ttlOf(table)) === ttl) return;
    // Parts remember when they expire: that alone is worked out anew, no row is written again.
    await store.command(
      `ALTER TABLE ${table.name} MODIFY SETTING materialize_ttl_recalculate_only = 1`,
    );
    await store.command(`ALTER TABLE ${table.name} MODIFY TTL ${table.day} + ${ttl}`);
    log.info({ table: table.name, days: longest }, "retention: the table's own limit was moved");
  }

  async function ttlOf({ name }: Table): Promise<string> {
    const [row] = await store.query<{ made: string }>(
      "SELECT create_table_query AS made FROM system.tables WHERE database = currentDatabase() AND name = {name:String}",
      { name },
    );
    const [, unit = "", count = ""] =
      /TTL .*\+ toInterval(Day|Month)\((\d+)\)/.exec(row?.made ?? "") ?? [];
    return `INTERVAL ${count} ${unit.toUpperCase()}`;
  }

  async function deleteExpired(table: Table): Promise<void> {
    const { name, day, app: column, partition } = table;
    const usual = DEFAULT_RETENTION_DAYS[table.layer];
    const asked = askedFor(table);
    const shortest = Math.min(usual, ...asked);
    // Whole partitions fall off a table by its own limit, which costs nothing.
    const leftToTable = asked.every((days) => days <= usual) ? usual : null;
    const apps = await store.query<{ app: string }>(
      `SELECT ${column} AS app FROM ${name} WHERE ${day} <= {until:Date} GROUP BY app ORDER BY app`,
      { until: dayBefore(shortest) },
    );
    for (const { app } of apps) {
      if (daysOf(app, table) === leftToTable) continue;
      const params = { app, until: dayBefore(daysOf(app, table)) };
      const partitions = await store.query<{ id: number; rows: number }>(
        `SELECT ${partition}(${day}) AS id, count() AS rows FROM ${name}
         WHERE ${column} = {app:String} AND ${day} <= {until:Date}
         GROUP BY id ORDER BY id`,
        params,
      );
      for (const { id, rows } of partitions) {
        if (stopped) return;
        await store.command(
          `DELETE FROM ${name} IN PARTITION ID '${Number(id)}' WHERE ${column} = {app:String} AND ${day} <= {until:Date}`,
          { params, settings: { lightweight_deletes_sync: 2 } },
        );
        log.info(
          { ...params, table: name, partition: id, rows },
          "retention: expired rows were deleted",
        );
      }
    }
  }

  const run = () => turns.take(runOnce);

  function runAndTell(): void {
    void run().catch((err) =>
      log.warn(
        { err },
        "retention: expired rows could not be deleted; tried again within the hour",
      ),
    );
  }

  settings.onChange((kind) => {
    if (kind !== "app" || !started || stopped) return;
    clearTimeout(soon);
    soon = setTimeout(runAndTell, AFTER_CHANGE_MS).unref();
  });

  return {
    preview,
    run,
    start() {
      started = true;
      timer = setInterval(runAndTell, EVERY_MS).unref();
      soon = setTimeout(runAndTell, AFTER_CHANGE_MS).unref();
    },
    async stop() {
      stopped = true;
      clearTimeout(soon);
      clearInterval(timer);
      await turns.take(async () => {});
    },
  };
}
