/**
 * The columns of every table that segments are loaded into: as they stand in a spool block and as
 * they go to the table. The batch writer, the loader and the test that holds the migrations to this
 * list all read it here.
 */

/** Types that the spool writes. LowCardinality and Bool are conversions of the insert. */
export type SpoolType =
  | "String"
  | "UUID"
  | "FixedString(16)"
  | "DateTime('UTC')"
  | "DateTime64(3, 'UTC')"
  | "Date"
  | "UInt8"
  | "UInt32"
  | "UInt64"
  | "Map(String, String)"
  | "Map(String, Float64)"
  | "Int32"
  | "Float64"
  | "DateTime"
  | "DateTime64(9)"
  | "Nullable(UUID)"
  | "Array(String)"
  | "Array(UInt64)"
  | "Array(Float64)"
  | "Array(DateTime)"
  | "Array(DateTime64(9))"
  | "Array(Map(String, String))";

export interface Column {
  name: string;
  /** Type in a spool block; null for a column that only the table has. */
  spool: SpoolType | null;
  /** Type in the table; null for a column that only the loader reads. */
  table: string | null;
  /** How the loader fills the table's column from the block's, where it is not the same name. */
  expression?: string;
}

export interface Table {
  name: string;
  /** Its columns of app and install id. */
  app: string;
  installId: string;
  /** What it is partitioned by; null where rows that come again replace each other, and no ledger is asked. */
  partition: string | null;
  columns: readonly Column[];
}

const LC = "LowCardinality(String)";
const TIME = "DateTime64(3, 'UTC')";

/** Columns that take the loader's parameters: which spool and segment the row came by. */
export const ledger: readonly Column[] = [
  { name: "_spool", spool: null, table: "UUID", expression: "{spool:UUID}" },
  { name: "_seg", spool: null, table: "UInt64", expression: "{seg:UInt64}" },
];

export function words(...names: string[]): Column[] {
  return names.map((name) => ({ name, spool: "String", table: LC }));
}

export function same(type: SpoolType, ...names: string[]): Column[] {
  return names.map((name) => ({ name, spool: type, table: type }));
}

const snake = { app: "app", installId: "install_id" } as const;

export const events: Table = {
  ...{ name: "events", ...snake, partition: "toYYYYMM(time)" },
  columns: [
    ...words("app"),
    ...same("UUID", "install_id"),
    ...words("event"),
    ...same(TIME, "time", "received_at"),
    { name: "time_clamped", spool: "UInt8", table: "Bool" },
    ...words("app_version", "environment"),
    ...same("UInt64", "user"),
    {
      name: "properties",
      spool: "Map(String, String)",
      table: "Map(LowCardinality(String), String)",
    },
    {
      name: "numbers",
      spool: "Map(String, Float64)",
      table: "Map(LowCardinality(String), Float64)",
    },
    ...same("String", "trace_id", "span_id"),
    ...ledger,
    // What finds a retry of the same record; `uid` is all zeros where the record names itself by none.
    { name: "minute", spool: "DateTime('UTC')", table: null },
    { name: "uid", spool: "FixedString(16)", table: null },
    // Position in the segment: which of two rows with one uid is kept must not change on a replay.
    { name: "_row", spool: "UInt32", table: null },
  ],
};

export const heartbeats: Table = {
  ...{ name: "heartbeats", ...snake, partition: null },
  columns: [
    ...words("app"),
    ...same("UUID", "install_id"),
    { name: "day", spool: null, table: "Date", expression: "toDate(time)" },
    ...same(TIME, "time", "received_at"),
    { name: "time_clamped", spool: "UInt8", table: "Bool" },
    ...words("kind"),
    ...same("Date", "admission_day"),
    ...words("app_version", "platform", "os_version", "architecture", "locale", "timezone"),
    ...words("release_channel", "deployment_type", "environment", "token"),
    ...same(TIME, "first_seen_at", "last_seen_at", "heartbeat_at"),
    ...same("String", "telemetry_fingerprint", "install_key"),
    ...ledger,
  ],
};

export const refusals: Table = {
  ...{ name: "refusals", ...snake, partition: "toYYYYMM(day)" },
  columns: [
    ...words("app"),
    ...same("Date", "day"),
    ...words("outcome", "reason", "event", "field", "app_version"),
    ...same("UInt64", "count"),
    ...ledger,
  ],
};
