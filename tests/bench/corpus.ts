import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/**
 * The request bodies of the benchmark, committed so that every run and every machine sends the same
 * bytes. `make-corpus.ts`, `make-spans.ts` and `make-points.ts` wrote them.
 */
const file = (name: string) => fileURLToPath(new URL(`./corpus/${name}`, import.meta.url));

/** One event as the time tracker sends it, fields that are dropped included: JSON, not compressed. */
export const SINGLE = file("event.json");
/** 1,000 detailed events of many installs: protobuf, gzip. */
export const BATCH = file("batch-1000.pb.gz");
export const BATCH_RECORDS = 1_000;

/** What batches of a signal are, where they go and how to read them. */
export interface Corpus {
  file: string;
  /** Records, spans or data points in it. */
  records: number;
  path: string;
  /** Of the request's message. */
  field: string;
  /** What to read each of them from as a row. */
  table: string;
}

export const CORPORA = {
  logs: {
    ...{ file: BATCH, records: BATCH_RECORDS },
    ...{ path: "/v1/logs", field: "resourceLogs", table: "events" },
  },
  /** 1,000 spans of ten installs, as the instrumentations of HTTP, a framework and a database make them. */
  traces: {
    ...{ file: file("traces-1000.pb.gz"), records: 1_000 },
    ...{ path: "/v1/traces", field: "resourceSpans", table: "otel_traces" },
  },
  /** 1,000 data points of ten installs: 600 of histograms, 250 of counters, 150 of gauges. */
  metrics: {
    ...{ file: file("metrics-1000.pb.gz"), records: 1_000 },
    ...{ path: "/v1/metrics", field: "resourceMetrics" },
    table:
      "(SELECT 1 FROM otel_metrics_histogram UNION ALL SELECT 1 FROM otel_metrics_sum UNION ALL SELECT 1 FROM otel_metrics_gauge)",
  },
} as const satisfies Record<string, Corpus>;

/** What the OpenTelemetry SDK says of the app in every batch of spans and points. */
export const SDK_RESOURCE = {
  "service.name": "timetracker",
  "service.version": "5.10.0",
  "telemetry.sdk.language": "nodejs",
  "telemetry.sdk.name": "opentelemetry",
  "telemetry.sdk.version": "2.1.0",
  "host.name": "tracker-host",
};

export const batchBytes = ({ file: path }: Corpus): Uint8Array => gunzipSync(readFileSync(path));
