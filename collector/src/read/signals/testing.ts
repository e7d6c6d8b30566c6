import type { Store } from "../../store/client.ts";
import { install } from "../testing.ts";
import { METRIC_TABLES, type MetricKind } from "./metric-tables.ts";

/*
 * For the tests of this folder: spans and points as the loader stores them, without what no question
 * reads.
 */

type Attributes = Record<string, string>;

/** What every signal of the tests has. */
interface Sent {
  app?: string;
  /** None: of a sender that names no install. */
  install?: number;
  service?: string;
  version?: string;
  attributes?: Attributes;
  /** ISO time. */
  at: string;
}

export interface SentSpan extends Sent {
  name: string;
  kind?: string;
  /** Milliseconds. */
  duration: number;
  status?: "Unset" | "Ok" | "Error";
  trace?: string;
  span?: string;
  parent?: string;
  events?: { at: string; name: string }[];
}

export interface SentPoint extends Sent {
  metric: string;
  unit?: string;
  /** ISO time from which it counts; none: not said. */
  since?: string;
  flags?: number;
  /** Other columns of its table. */
  columns: Record<string, Literal>;
}

/** Text as SQL has it: what no literal of a number can say. */
type Literal = string | number | boolean | { sql: string } | readonly Literal[];

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const literal = (value: Literal): string => {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "object" && "sql" in value) return value.sql;
  return Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : String(value);
};
const map = (entries: Attributes = {}) =>
  `CAST(map(${Object.entries(entries).flat().map(quoted).join(", ")}), 'Map(LowCardinality(String), String)')`;
const moment = (at: string) => quoted(new Date(at).toISOString().replace("T", " ").slice(0, -1));
const second = (at: string) => String(Math.floor(Date.parse(at) / 1000));
const id = (text: string, length: number) => quoted(text === "" ? "" : text.padStart(length, "0"));

async function insert(store: Store, table: string, rows: Record<string, string>[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => `(${names.map((name) => row[name]).join(", ")})`);
  const columns = names.map((name) => `\`${name}\``).join(", ");
  await store.command(`INSERT INTO ${table} (${columns}) VALUES ${values.join(", ")}`);
}

const common = (row: Sent) => ({
  App: quoted(row.app ?? "timetracker"),
  InstallId: row.install === undefined ? "NULL" : quoted(install(row.install)),
  ServiceName: quoted(row.service ?? "timetracker"),
  ResourceAttributes: map(row.version === undefined ? {} : { "service.version": row.version }),
});

export async function addSpans(store: Store, spans: SentSpan[]): Promise<void> {
  const rows = spans.map((row) => ({
    ...common(row),
    Timestamp: `toDateTime64(${moment(row.at)}, 9, 'UTC')`,
    TraceId: id(row.trace ?? "", 32),
    SpanId: id(row.span ?? "", 16),
    ParentSpanId: id(row.parent ?? "", 16),
    SpanName: quoted(row.name),
    SpanKind: quoted(row.kind ?? "Server"),
    SpanAttributes: map(row.attributes),
    Duration: String(Math.round(row.duration * 1e6)),
    StatusCode: quoted(row.status ?? "Unset"),
    "Events.Timestamp": `[${(row.events ?? []).map(({ at }) => `toDateTime64(${moment(at)}, 9, 'UTC')`).join(", ")}]`,
    "Events.Name": literal((row.events ?? []).map(({ name }) => name)),
    "Events.Attributes": `[${(row.events ?? []).map(() => map()).join(", ")}]`,
  }));
  await insert(store, "otel_traces", rows);
}

export async function addPoints(
  store: Store,
  kind: MetricKind,
  points: SentPoint[],
): Promise<void> {
  const rows = points.map((row) => ({
    ...common(row),
    MetricName: quoted(row.metric),
    MetricUnit: quoted(row.unit ?? ""),
    Attributes: map(row.attributes),
    StartTimeUnix: row.since === undefined ? "0" : second(row.since),
    TimeUnix: second(row.at),
    Flags: String(row.flags ?? 0),
    ...Object.fromEntries(
      Object.entries(row.columns).map(([name, value]) => [name, literal(value)]),
    ),
  }));
  await insert(store, METRIC_TABLES[kind], rows);
}
