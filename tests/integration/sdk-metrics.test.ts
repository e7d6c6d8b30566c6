import { randomUUID } from "node:crypto";
import { OTLPMetricExporter as JsonExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtoExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { meterEveryKind } from "../../collector/src/ingest/metrics/sdk.fixture.ts";
import { loaded, sql } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";

/*
 * OpenTelemetry's own metrics of a JavaScript app, every instrument, by both of its exporters. The SDK
 * records no exemplars.
 */
describe("the OpenTelemetry SDK's metrics", () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
  }, 180_000);
  afterAll(() => collector?.stop());

  const exporters = { proto: ProtoExporter, JSON: JsonExporter };
  for (const [encoding, Exporter] of Object.entries(exporters)) {
    for (const compression of ["none", "gzip"]) {
      test(`arrive by its ${encoding} exporter (${compression}), each point once`, async () => {
        const installId = randomUUID();
        const exporter = new Exporter({
          url: `${collector.url}/v1/metrics`,
          headers: { authorization: `Bearer ${collector.tokens.ingest}` },
          // The enum stands in a package that is not ours to depend on; its value is this word.
          compression: compression as never,
        });
        const provider = meterEveryKind(exporter, {
          ...{ "service.name": "timetracker", "host.name": "ann-laptop" },
          install_id: installId,
        });
        await provider.forceFlush();
        await loaded(collector);
        const rowsOf = (kind: string, columns: string) =>
          sql(
            collector,
            `SELECT MetricName AS name, MetricUnit AS unit, Attributes AS labels, ${columns}
             FROM otel_metrics_${kind} WHERE InstallId = '${installId}' ORDER BY ALL`,
          );
        const get = { "http.request.method": "GET", "http.route": "/projects/{id}" };
        const post = { ...get, "http.request.method": "POST" };
        const none = { unit: "", labels: {} };
        expect(await rowsOf("gauge", "Value AS value")).toEqual([
          { name: "app.pool.size", ...none, value: 7.5 },
          { name: "process.memory.usage", unit: "By", labels: {}, value: 1_048_576 },
        ]);
        const SUM = "Value AS value, AggregationTemporality AS temporality, IsMonotonic AS up";
        const requests = { name: "app.requests", unit: "{request}", temporality: 2, up: true };
        expect(await rowsOf("sum", SUM)).toEqual([
          { name: "app.connections", ...none, value: 12, temporality: 2, up: false },
          { name: "app.queue.length", unit: "", labels: get, value: -4, temporality: 2, up: false },
          { ...requests, labels: get, value: 3 },
          { ...requests, labels: post, value: 2 ** 53 },
          {
            ...{ name: "process.cpu.time", unit: "s", labels: { "cpu.mode": "user" } },
            ...{ value: 1.5, temporality: 2, up: true },
          },
        ]);
        const SPREAD = "toString(Count) AS count, Sum AS sum, Min AS min, Max AS max";
        const HISTOGRAM = `${SPREAD}, arrayMap(n -> toUInt32(n), BucketCounts) AS buckets, ExplicitBounds AS bounds`;
        expect(await rowsOf("histogram", HISTOGRAM)).toEqual([
          {
            ...{ name: "http.server.request.duration", unit: "s", labels: get },
            ...{ count: "3", sum: 0.309, min: 0.009, max: 0.25 },
            ...{ buckets: [1, 1, 1], bounds: [0.009, 0.1] },
          },
        ]);
        const EXPONENTIAL = `${SPREAD}, toUInt32(ZeroCount) AS zero, Scale AS scale,
          toUInt32(arraySum(PositiveBucketCounts)) AS positive`;
        const [exported, ...more] = await rowsOf("exp_histogram", EXPONENTIAL);
        expect(more).toEqual([]);
        expect(exported).toMatchObject({
          ...{ name: "app.export.duration", unit: "s", labels: {} },
          ...{ count: "4", sum: 1_004.25, min: 0, max: 1_000, zero: 1, positive: 3 },
        });
        expect(await rowsOf("summary", "Sum")).toEqual([]);
        await provider.shutdown();
      });
    }
  }
});
