import type { ExportFormat } from "./formats.ts";

/** What a column holds, which decides how each format writes it. */
type Kind = "text" | "uuid" | "time" | "maybe_time" | "day" | "plain" | "hash" | "nested";

interface ExportColumn {
  name: string;
  kind: Kind;
}

/** A table as it leaves the collector, and how to walk through it without holding much of it. */
export interface ExportTable {
  from: string;
  columns: readonly ExportColumn[];
  /** Rows of the app in the range of days. */
  where: string;
  /** A day by which the table is cut into slices first. */
  unit: string;
  /** Order within a slice, with ClickHouse's types: a large slice is read in pages by it. */
  key: readonly { expression: string; type: string }[];
  /** Where several rows hold a part of one count: what tells the counts apart. */
  groupBy?: string;
}

const columns = (kind: Kind, ...names: string[]): ExportColumn[] =>
  names.map((name) => ({ name, kind }));

const fields = columns(
  "text",
  ...["app_version", "platform", "os_version", "architecture", "locale", "timezone"],
  ...["release_channel", "deployment_type"],
);
const TIME = "DateTime64(3, 'UTC')";

/** What can be exported. Columns that only the collector needs (`_spool`, `_seg`, `number`) are not in it. */
export const exportTables = {
  events: {
    from: "events",
    columns: [
      ...columns("text", "app"),
      ...columns("uuid", "install_id"),
      ...columns("text", "event"),
      ...columns("time", "time", "received_at"),
      ...columns("plain", "time_clamped"),
      ...columns("text", "app_version", "environment"),
      ...columns("hash", "user"),
      ...columns("nested", "properties", "numbers"),
      ...columns("text", "trace_id", "span_id"),
    ],
    where: "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}",
    unit: "toDate(time)",
    key: [
      { expression: "event", type: "String" },
      { expression: "install_id", type: "UUID" },
      { expression: "time", type: TIME },
    ],
  },
  heartbeats: {
    from: "heartbeats FINAL",
    columns: [
      ...columns("text", "app"),
      ...columns("uuid", "install_id"),
      ...columns("day", "day"),
      ...columns("time", "time", "received_at"),
      ...columns("plain", "time_clamped"),
      ...columns("text", "kind"),
      ...columns("day", "admission_day"),
      ...fields,
      ...columns("text", "environment"),
      ...columns("maybe_time", "first_seen_at", "last_seen_at", "heartbeat_at"),
      ...columns("text", "telemetry_fingerprint", "install_key"),
    ],
    where: "app = {app:String} AND day >= {from:Date} AND day <= {to:Date}",
    // By partition: rows of one install lie together, so a day would be read from everywhere.
    unit: "toStartOfMonth(day)",
    key: [
      { expression: "install_id", type: "UUID" },
      { expression: "day", type: "Date" },
    ],
  },
  installs: {
    from: "installs_flat",
    columns: [
      ...columns("text", "app"),
      ...columns("uuid", "install_id"),
      ...columns(
        "time",
        "first_seen",
        "last_seen",
        "last_detailed",
        "first_received",
        "last_received",
      ),
      ...columns("plain", "admitted"),
      ...fields,
      ...columns("nested", "versions", "version_days"),
    ],
    where:
      "app = {app:String} AND toDate(last_seen) >= {from:Date} AND toDate(first_seen) <= {to:Date}",
    unit: "toDate('1970-01-01')",
    key: [{ expression: "number", type: "UInt32" }],
  },
  refusals: {
    from: "refusals",
    columns: [
      ...columns("text", "app"),
      ...columns("day", "day"),
      ...columns("text", "outcome", "reason", "event", "field", "app_version"),
      { name: "count", kind: "plain" },
    ],
    where: "app = {app:String} AND day >= {from:Date} AND day <= {to:Date}",
    unit: "day",
    // Names are bounded, so a day of counts is never large.
    key: [],
    groupBy: "app, day, outcome, reason, event, field, app_version",
  },
} as const satisfies Record<string, ExportTable>;

export type ExportName = keyof typeof exportTables;

/** A cell that begins so would be run by a spreadsheet as a formula; versions come from strangers. */
const FORMULA = "'^[=+\\\\-@\\\\t\\\\r＝＋－＠]'";

/** SQL for the columns of a table, as a format writes them. */
export function selected(table: ExportTable, format: ExportFormat): string {
  return table.columns
    .map(({ name, kind }) => `${written(`t.${name}`, kind, format)} AS \`${name}\``)
    .join(", ");
}

function written(column: string, kind: Kind, format: ExportFormat): string {
  if (kind === "maybe_time") return `nullIf(${column}, toDateTime64(0, 3, 'UTC'))`;
  if (kind === "text") {
    const text = `toString(${column})`;
    return format === "csv" ? `concat(if(match(${text}, ${FORMULA}), '\\'', ''), ${text})` : text;
  }
  // Readers of Parquet know no UUID, and take a Date for a number.
  if (format === "parquet" && kind === "uuid") return `toString(${column})`;
  if (format === "parquet" && kind === "day") return `toDate32(${column})`;
  if (format === "parquet" && kind === "nested") return `toJSONString(${column})`;
  if (format === "csv" && kind === "nested") return `toJSONString(${column})`;
  // JSON readers would round it.
  if (format === "ndjson" && kind === "hash") return `toString(${column})`;
  return column;
}
