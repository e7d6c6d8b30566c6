import { type Column, ledger, type SpoolType, same, type Table, words } from "./tables.ts";

const MAP = "Map(LowCardinality(String), String)";
const owner: readonly Column[] = [
  ...words("App"),
  ...same("Nullable(UUID)", "InstallId"),
  ...ledger,
];

const maps = (...names: string[]): Column[] =>
  names.map((name) => ({ name, spool: "Map(String, String)", table: MAP }));

/** Columns of a Nested: arrays of one length in each row. */
function nested(prefix: string, columns: readonly Column[]): Column[] {
  return columns.map(({ name, spool, table }) => ({
    name: `${prefix}.${name}`,
    spool: `Array(${spool})` as SpoolType,
    table: `Array(${table})`,
  }));
}

const pascal = { app: "App", installId: "InstallId" } as const;
const byDay = (time: string) => ({ ...pascal, partition: `toDate(${time})` });

export const otelLogs: Table = {
  ...{ name: "otel_logs", ...byDay("Timestamp") },
  columns: [
    ...same("DateTime64(9)", "Timestamp"),
    ...same("String", "TraceId", "SpanId"),
    ...same("UInt8", "TraceFlags"),
    ...words("SeverityText"),
    ...same("UInt8", "SeverityNumber"),
    ...words("ServiceName"),
    ...same("String", "Body"),
    ...words("ResourceSchemaUrl"),
    ...maps("ResourceAttributes"),
    ...words("ScopeSchemaUrl"),
    ...same("String", "ScopeName"),
    ...words("ScopeVersion"),
    ...maps("ScopeAttributes", "LogAttributes"),
    ...same("String", "EventName"),
    ...owner,
  ],
};

export const otelTraces: Table = {
  ...{ name: "otel_traces", ...byDay("Timestamp") },
  columns: [
    ...same("DateTime64(9)", "Timestamp"),
    ...same("String", "TraceId", "SpanId", "ParentSpanId", "TraceState"),
    ...words("SpanName", "SpanKind", "ServiceName"),
    ...maps("ResourceAttributes"),
    ...same("String", "ScopeName", "ScopeVersion"),
    ...maps("SpanAttributes"),
    ...same("UInt64", "Duration"),
    ...words("StatusCode"),
    ...same("String", "StatusMessage"),
    ...nested("Events", [
      ...same("DateTime64(9)", "Timestamp"),
      ...words("Name"),
      ...maps("Attributes"),
    ]),
    ...nested("Links", [
      ...same("String", "TraceId", "SpanId", "TraceState"),
      ...maps("Attributes"),
    ]),
    ...owner,
  ],
};

const metric: readonly Column[] = [
  ...maps("ResourceAttributes"),
  ...same("String", "ResourceSchemaUrl", "ScopeName", "ScopeVersion"),
  ...maps("ScopeAttributes"),
  ...same("UInt32", "ScopeDroppedAttrCount"),
  ...same("String", "ScopeSchemaUrl"),
  ...words("ServiceName", "MetricName"),
  ...same("String", "MetricDescription", "MetricUnit"),
  ...maps("Attributes"),
  ...same("DateTime", "StartTimeUnix", "TimeUnix"),
  ...same("UInt32", "Flags"),
];

const exemplars = nested("Exemplars", [
  ...maps("FilteredAttributes"),
  ...same("DateTime", "TimeUnix"),
  ...same("Float64", "Value"),
  ...same("String", "SpanId", "TraceId"),
]);

const temporality = same("Int32", "AggregationTemporality");
const flag = (name: string): Column => ({ name, spool: "UInt8", table: "Bool" });

function metricTable(kind: string, columns: readonly Column[]): Table {
  return {
    ...{ name: `otel_metrics_${kind}`, ...byDay("TimeUnix") },
    columns: [...metric, ...columns, ...owner],
  };
}

export const otelGauge = metricTable("gauge", [...same("Float64", "Value"), ...exemplars]);

export const otelSum = metricTable("sum", [
  ...same("Float64", "Value"),
  ...temporality,
  flag("IsMonotonic"),
  ...exemplars,
]);

export const otelHistogram = metricTable("histogram", [
  ...same("UInt64", "Count"),
  ...same("Float64", "Sum"),
  ...same("Array(UInt64)", "BucketCounts"),
  ...same("Array(Float64)", "ExplicitBounds"),
  ...same("Float64", "Min", "Max"),
  ...temporality,
  ...exemplars,
]);

export const otelExpHistogram = metricTable("exp_histogram", [
  ...same("UInt64", "Count"),
  ...same("Float64", "Sum"),
  ...same("Int32", "Scale"),
  ...same("UInt64", "ZeroCount"),
  ...same("Int32", "PositiveOffset"),
  ...same("Array(UInt64)", "PositiveBucketCounts"),
  ...same("Int32", "NegativeOffset"),
  ...same("Array(UInt64)", "NegativeBucketCounts"),
  ...same("Float64", "Min", "Max"),
  ...temporality,
  ...exemplars,
]);

export const otelSummary = metricTable("summary", [
  ...same("UInt64", "Count"),
  ...same("Float64", "Sum"),
  ...nested("ValueAtQuantiles", same("Float64", "Quantile", "Value")),
]);

export const exceptions: Table = {
  ...{ name: "exceptions", app: "app", installId: "install_id", partition: "toYYYYMM(time)" },
  columns: [
    ...words("app"),
    ...same("Nullable(UUID)", "install_id"),
    ...same("DateTime64(3, 'UTC')", "time", "received_at"),
    ...words("app_version", "source", "service", "type", "message"),
    ...same("String", "stack", "trace_id", "span_id"),
    ...ledger,
  ],
};

/** Tables of logs, traces and metrics. Their rows are loaded alike: each once, by the ledger. */
export const signalTables: readonly Table[] = [
  otelLogs,
  otelTraces,
  otelGauge,
  otelSum,
  otelHistogram,
  otelExpHistogram,
  otelSummary,
  exceptions,
];
