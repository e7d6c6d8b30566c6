import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createRollcall } from "@rollcall/client";
import { createMetricExporter, createSpanExporter } from "@rollcall/client/otel";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { TOKENS } from "../support/collector.ts";
import { startExample } from "../support/example.ts";
import { completeSetup, enter } from "../support/example-user.ts";
import { buildOtelcol, type Otelcol, startOtelcol } from "../support/otelcol.ts";
import { openVisit } from "../support/page.ts";
import { waitFor } from "../support/processes.ts";

const missing = await buildOtelcol();

if (missing !== null) {
  test.skip(`an OpenTelemetry Collector takes what the client sends: ${missing}`, () => {});
} else {
  describe("an OpenTelemetry Collector", () => {
    let otelcol: Otelcol;
    const dataDir = mkdtempSync(join(tmpdir(), "rollcall-otelcol-"));
    beforeAll(async () => {
      otelcol = await startOtelcol();
    });
    afterAll(async () => {
      await otelcol?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    test("takes the base layer and detailed events of the client", async () => {
      const rollcall = createRollcall({
        app: "timetracker",
        version: "5.10.0",
        dataDir,
        endpoint: otelcol.endpoint,
        env: {},
      });
      rollcall.optIn("17");
      rollcall.track("timer.started", { project_id: 4, billable: true }, { user: 17 });
      await waitFor("the heartbeat and the event are there", 20_000, () => {
        const seen = otelcol.output();
        return (
          seen.includes("EventName: base_telemetry.heartbeat") && seen.includes("timer.started")
        );
      });
      await rollcall.close();
      const seen = otelcol.output();
      expect(seen).toContain("EventName: base_telemetry.first_seen");
      expect(seen).toContain("-> project_id: Int(4)");
      expect(seen).toContain("-> billable: Bool(true)");
      expect(seen).toContain(`-> install_id: Str(${rollcall.state().identity?.installId})`);
      expect(rollcall.state().sinks[0]?.last).toMatchObject({ kind: "success", reason: "" });
    });

    test("takes spans and metrics of the client's exporters, reduced to what is allowed", async () => {
      const rollcall = createRollcall({
        app: "timetracker",
        version: "5.10.0",
        dataDir,
        endpoint: otelcol.endpoint,
        baseTelemetry: "off",
        env: {},
      });
      rollcall.optIn("17");
      const tracing = new TracerProvider({
        spanProcessors: [new BatchSpanProcessor({ exporter: createSpanExporter(rollcall) })],
      });
      const metering = new MeterProvider({
        readers: [new PeriodicExportingMetricReader({ exporter: createMetricExporter(rollcall) })],
      });
      const duration = metering.getMeter("app").createHistogram("http.server.request.duration", {
        unit: "s",
      });
      // The baseline of cumulative metrics is what was there at the first export after the opt-in.
      await metering.forceFlush();
      const attributes = {
        "http.request.method": "GET",
        "http.route": "/projects/:id",
        "url.full": "https://tracker.example.org/projects/42?q=secret",
      };
      tracing.getTracer("app").startSpan("GET /projects/42", { attributes }).end();
      duration.record(0.012, attributes);
      await tracing.forceFlush();
      await metering.forceFlush();
      await waitFor("the span and the metric are there", 20_000, () => {
        const seen = otelcol.output();
        return seen.includes("http.server.request.duration") && seen.includes("GET /projects/{id}");
      });
      await Promise.all([tracing.shutdown(), metering.shutdown()]);
      await rollcall.close();
      expect(otelcol.output()).toContain("-> http.route: Str(/projects/");
      expect(otelcol.output()).not.toMatch(/secret|tracker\.example\.org/);
    });

    test("takes the example app's spans, and its events carry the ids of their traces", async () => {
      const door = { url: otelcol.endpoint, tokens: TOKENS };
      const example = await startExample(door, { env: { TRACES: "on" } });
      const browser = await openBrowser(inject("chromium"));
      const visit = await openVisit(browser, example, { width: 1440, scheme: "light" });
      await completeSetup(visit.page, example, { optIn: true });
      await enter(visit.page, example);
      await browser.close();
      await example.stop();
      const seen = otelcol.output();
      expect(seen).toMatch(/Name +: POST \/login/);
      const [, traceId] =
        /EventName: auth\.login\n(?:.*\n)*?Trace ID: ([0-9a-f]{32})/.exec(seen) ?? [];
      expect(traceId).toBeDefined();
      expect(seen).toMatch(new RegExp(`Trace ID +: ${traceId}`));
    });
  });
}
