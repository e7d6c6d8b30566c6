/** The kinds of metrics, with their tables. */
export const METRIC_TABLES = {
  gauge: "otel_metrics_gauge",
  sum: "otel_metrics_sum",
  histogram: "otel_metrics_histogram",
  exp_histogram: "otel_metrics_exp_histogram",
  summary: "otel_metrics_summary",
} as const;
export type MetricKind = keyof typeof METRIC_TABLES;
export const METRIC_KINDS = Object.keys(METRIC_TABLES) as [MetricKind, ...MetricKind[]];

/** SELECTs of every table of metrics as one: `columns` by the kind that they are of. */
export const unionOfMetrics = (columns: (kind: MetricKind) => string, where: string) =>
  METRIC_KINDS.map(
    (kind) =>
      `SELECT '${kind}' AS kind, ${columns(kind)} FROM ${METRIC_TABLES[kind]} WHERE ${where}`,
  ).join(" UNION ALL ");

/** Points that say that there is no value (OTLP's DataPointFlags, bit 0). */
export const HAS_VALUE = "bitAnd(Flags, 1) = 0";

/** What its sender cannot be told apart from others by; a restart begins another one. */
export const SENDER =
  "ServiceName, ifNull(InstallId, toUUID('00000000-0000-0000-0000-000000000000')), ResourceAttributes, ScopeName, Attributes";
