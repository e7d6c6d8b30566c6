import { DROP_REASONS, REFUSAL_REASONS } from "@rollcall/schemas";
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { PublishedDocument } from "./published/document.ts";
import type { SpoolState } from "./spool/types.ts";

/*
 * All metrics, in one place. Labels come from closed sets and are initialised where the set is
 * known, so that a rate over a counter that never moved is 0 and not absent. Never a label: an
 * install id, an address, a path as sent, an event or field name.
 */

const SIGNALS = ["logs"];
const RESULTS = ["accepted", "refused"];
const TABLES = ["events", "heartbeats", "signals", "refusals"] as const;
/** What becomes of a request to the SQL endpoint. */
export const SQL_RESULTS = ["ok", "refused", "busy", "failed", "gone"] as const;
const SHARED_BY = ["fewer_than_10", "fewer_than_100", "at_least_100"];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Versions with a series of their own. */
const MOST_VERSIONS = 20;

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * The collector's registry and its metrics.
 *
 * @param version label of `rollcall_build_info`
 * @example
 * const metrics = createMetrics("0.1.0");
 * metrics.ingestRecords.inc({ signal: "logs", result: "accepted" });
 * await metrics.registry.metrics(); // Prometheus text
 */
export function createMetrics(version: string) {
  const registry = new Registry();
  const registers = [registry];
  let spoolState: (() => SpoolState) | null = null;

  new Gauge({
    name: "rollcall_build_info",
    help: "Always 1; the version is the label.",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);

  const httpDuration = new Histogram({
    name: "rollcall_http_request_duration_seconds",
    help: "Time from the request's head to the end of its reply.",
    labelNames: ["method", "route", "status_class"],
    buckets: SECONDS,
    registers,
  });

  const ingestRecords = new Counter({
    name: "rollcall_ingest_records_total",
    help: "Records of acknowledged requests, each counted once.",
    labelNames: ["signal", "result"],
    registers,
  });
  for (const signal of SIGNALS) {
    for (const result of RESULTS) ingestRecords.inc({ signal, result }, 0);
  }

  const ingestRefused = new Counter({
    name: "rollcall_ingest_refused_total",
    help: "Refused records of acknowledged requests by reason.",
    labelNames: ["reason"],
    registers,
  });
  for (const reason of Object.keys(REFUSAL_REASONS)) ingestRefused.inc({ reason }, 0);

  const ingestDroppedFields = new Counter({
    name: "rollcall_ingest_dropped_fields_total",
    help: "Fields left out of accepted records by reason.",
    labelNames: ["reason"],
    registers,
  });
  for (const reason of Object.keys(DROP_REASONS)) ingestDroppedFields.inc({ reason }, 0);

  const ingestLimited = new Counter({
    name: "rollcall_ingest_rate_limited_requests_total",
    help: "Requests answered 429 because a token or an install sends faster than it may.",
    labelNames: ["app", "by"],
    registers,
  });

  new Gauge({
    name: "rollcall_spool_bytes",
    help: "Bytes acknowledged and not yet in the store.",
    registers,
    collect() {
      if (spoolState) this.set(spoolState().bytes);
    },
  });
  new Gauge({
    name: "rollcall_spool_oldest_age_seconds",
    help: "Age of the oldest row that is not yet in the store.",
    registers,
    collect() {
      if (spoolState) this.set(spoolState().oldestAgeSeconds);
    },
  });

  const storeInserts = new Counter({
    name: "rollcall_store_inserts_total",
    help: "Segments whose rows are in a table now, by table and result.",
    labelNames: ["table", "result"],
    registers,
  });
  for (const table of TABLES) storeInserts.inc({ table, result: "stored" }, 0);
  const storeRetries = new Counter({
    name: "rollcall_store_retries_total",
    help: "Failed tries to bring a segment into the store; each is tried again.",
    registers,
  });
  const storeDuplicates = new Counter({
    name: "rollcall_store_duplicates_total",
    help: "Records that a sender sent again and that were not counted twice.",
    registers,
  });
  const storeErased = new Counter({
    name: "rollcall_store_erased_records_total",
    help: "Records of erased installs that came later and were not stored.",
    registers,
  });
  const erasures = new Counter({
    name: "rollcall_erasures_total",
    help: "Installs that were erased, by who asked.",
    labelNames: ["by"],
    registers,
  });
  for (const by of ["install", "administrator"]) erasures.inc({ by }, 0);
  const meterQuestions = new Counter({
    name: "rollcall_meter_questions_total",
    help: "Questions how many installs share a combination, by the answer.",
    labelNames: ["shared_by"],
    registers,
  });
  for (const shared_by of SHARED_BY) meterQuestions.inc({ shared_by }, 0);
  const storeLastSuccess = new Gauge({
    name: "rollcall_store_last_success_timestamp_seconds",
    help: "When the store last took a segment, Unix time; 0 before the first.",
    registers,
  });
  const storeQuarantined = new Counter({
    name: "rollcall_store_quarantined_segments_total",
    help: "Segments that the store cannot take and that were set aside.",
    registers,
  });
  const engineRestarts = new Counter({
    name: "rollcall_engine_restarts_total",
    help: "Restarts of the embedded engine after it ended unasked.",
    registers,
  });
  const queryDuration = new Histogram({
    name: "rollcall_query_duration_seconds",
    help: "Time of one query of the read API, by the question it answers.",
    labelNames: ["query"],
    buckets: SECONDS,
    registers,
  });
  const sqlDuration = new Histogram({
    name: "rollcall_sql_duration_seconds",
    help: "Time of one request of the SQL endpoint, by what became of it.",
    labelNames: ["result"],
    buckets: SECONDS,
    registers,
  });
  for (const result of SQL_RESULTS) sqlDuration.zero({ result });

  let published: () => readonly PublishedDocument[] = () => [];
  new Gauge({
    name: "rollcall_active_installs",
    help: "Admitted installs active in the window, as published for the last day: rounded.",
    labelNames: ["app", "window"],
    registers,
    collect() {
      this.reset();
      for (const { app, totals } of published()) {
        for (const window of ["day", "week", "month"] as const) {
          this.set({ app, window }, totals[window]);
        }
      }
    },
  });
  new Gauge({
    name: "rollcall_installs_by_version",
    help: "Admitted installs active in 28 days by version, as published for the last day: rounded, the 20 largest and other.",
    labelNames: ["app", "version"],
    registers,
    collect() {
      this.reset();
      for (const { app, fields } of published()) {
        const { rows, other } = fields?.app_version ?? { rows: [], other: 0 };
        for (const [version, installs] of rows.slice(0, MOST_VERSIONS)) {
          this.set({ app, version }, installs);
        }
        const rest = rows.slice(MOST_VERSIONS).reduce((sum, [, installs]) => sum + installs, other);
        if (rest > 0) this.set({ app, version: "other" }, rest);
      }
    },
  });

  return {
    registry,
    ingestRecords,
    ingestRefused,
    ingestDroppedFields,
    ingestLimited,
    storeInserts,
    storeRetries,
    storeDuplicates,
    storeErased,
    erasures,
    meterQuestions,
    storeLastSuccess,
    storeQuarantined,
    engineRestarts,
    queryDuration,
    sqlDuration,
    /** Times one answered request; the route is a pattern of ours, "(none)" where none matched. */
    answered(method: string, route: string, statusCode: number, milliseconds: number): void {
      httpDuration.observe(
        { method, route, status_class: `${Math.floor(statusCode / 100)}xx` },
        milliseconds / 1000,
      );
    },
    /** Counts one segment that the store took: its rows by table, and those among them that were left out. */
    loaded(segment: Record<(typeof TABLES)[number] | "repeats" | "erased", number>): void {
      for (const table of TABLES) {
        if (segment[table] > 0) storeInserts.inc({ table, result: "stored" });
      }
      storeDuplicates.inc(segment.repeats);
      storeErased.inc(segment.erased);
      storeLastSuccess.setToCurrentTime();
    },
    /** Where the gauges of installs read from at each scrape: the last published day of each app. */
    watchPublished(latest: () => readonly PublishedDocument[]): void {
      published = latest;
    },
    /** Where the spool's two gauges read from at each scrape. */
    watchSpool(state: () => SpoolState): void {
      spoolState = state;
    },
  };
}

/** Times every request of `app` by its route's pattern; what matched no route is "(none)". */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    metrics.answered(method, routeOptions.url ?? "(none)", statusCode, elapsedTime);
  });
}
