import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  type MeterProviderOptions,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";

/** Every kind of instrument of the OpenTelemetry SDK, each with its series; the SDK has no exemplars. */
export function meterEveryKind(
  exporter: PushMetricExporter,
  resource: Record<string, string>,
): MeterProvider {
  const views: MeterProviderOptions["views"] = [
    {
      instrumentName: "app.export.duration",
      aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
    },
  ];
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes(resource),
    readers: [reader],
    views,
  });
  const meter = provider.getMeter("@opentelemetry/instrumentation-http", "0.203.0");
  const get = { "http.request.method": "GET", "http.route": "/projects/{id}" };
  const post = { "http.request.method": "POST", "http.route": "/projects/{id}" };
  const requests = meter.createCounter("app.requests", { unit: "{request}" });
  requests.add(3, get);
  requests.add(2 ** 53, post);
  meter.createUpDownCounter("app.queue.length").add(-4, get);
  meter.createGauge("app.pool.size").record(7.5);
  const duration = meter.createHistogram("http.server.duration", {
    unit: "ms",
    description: "of ann's server",
    advice: { explicitBucketBoundaries: [9, 100] },
  });
  for (const ms of [9, 50, 250]) duration.record(ms, { ...get, "client.address": "192.0.2.7" });
  const exported = meter.createHistogram("app.export.duration", { unit: "s" });
  for (const seconds of [0, 0.25, 4, 1_000]) exported.record(seconds);
  meter
    .createObservableGauge("process.memory.usage", { unit: "By" })
    .addCallback((result) => result.observe(1_048_576));
  meter
    .createObservableCounter("process.cpu.time", { unit: "s" })
    .addCallback((result) => result.observe(1.5, { "cpu.mode": "user" }));
  meter
    .createObservableUpDownCounter("app.connections")
    .addCallback((result) => result.observe(12));
  return provider;
}

/** What the SDK would export of them. */
export async function collectEveryKind(): Promise<ResourceMetrics> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = meterEveryKind(exporter, { "service.name": "timetracker" });
  await provider.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (metrics === undefined) throw new Error("the SDK exported nothing");
  return metrics;
}
