/** What OTLP carries, by the last word of its paths. */
export const SIGNALS = ["logs", "traces", "metrics"] as const;
export type Signal = (typeof SIGNALS)[number];

/** What one of each is called: in messages, and as OTLP's partial success counts what was refused. */
export const UNITS = {
  logs: { one: "record", many: "records", rejected: "rejectedLogRecords" },
  traces: { one: "span", many: "spans", rejected: "rejectedSpans" },
  metrics: { one: "data point", many: "data points", rejected: "rejectedDataPoints" },
} as const satisfies Record<Signal, { one: string; many: string; rejected: string }>;
