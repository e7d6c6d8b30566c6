import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { createMetrics, observeRequests } from "./metrics.ts";

describe("the metrics", () => {
  it("start at 0 where their labels are known, so that a rate is never absent", async () => {
    const text = await createMetrics("1.2.3").registry.metrics();
    expect(text).toContain('rollcall_build_info{version="1.2.3"} 1');
    expect(text).toContain('rollcall_ingest_records_total{signal="logs",result="accepted"} 0');
    expect(text).toContain('rollcall_ingest_refused_total{reason="event_unlisted"} 0');
    expect(text).toContain('rollcall_ingest_dropped_fields_total{reason="value_pii"} 0');
    expect(text).toContain("rollcall_engine_restarts_total 0");
  });

  it("ask the spool at each scrape", async () => {
    const metrics = createMetrics("1.2.3");
    const state = { bytes: 5, segments: 1, oldestAgeSeconds: 7, accepting: true, reason: "" };
    metrics.watchSpool(() => state);
    expect(await metrics.registry.metrics()).toContain("rollcall_spool_bytes 5");
    state.bytes = 6;
    const text = await metrics.registry.metrics();
    expect(text).toContain("rollcall_spool_bytes 6");
    expect(text).toContain("rollcall_spool_oldest_age_seconds 7");
  });

  it("count what the store took", async () => {
    const metrics = createMetrics("1.2.3");
    metrics.loaded({ events: 5, heartbeats: 0, signals: 0, refusals: 1, repeats: 2, erased: 3 });
    const text = await metrics.registry.metrics();
    expect(text).toContain('rollcall_store_inserts_total{table="events",result="stored"} 1');
    expect(text).toContain('rollcall_store_inserts_total{table="heartbeats",result="stored"} 0');
    expect(text).toContain("rollcall_store_duplicates_total 2");
    expect(text).toContain("rollcall_store_erased_records_total 3");
    expect(text).toMatch(/rollcall_store_last_success_timestamp_seconds \d{9}/);
  });

  it("name a request's route by its pattern, never by its path", async () => {
    const metrics = createMetrics("1.2.3");
    const app = Fastify();
    observeRequests(app, metrics);
    app.get("/installs/:id", () => ({}));
    await app.inject("/installs/jane");
    await app.inject("/jane?jane");
    const text = await metrics.registry.metrics();
    expect(text).toContain('method="GET",route="/installs/:id",status_class="2xx"');
    expect(text).toContain('route="(none)",status_class="4xx"');
    expect(text).not.toContain("jane");
    await app.close();
  });
});
