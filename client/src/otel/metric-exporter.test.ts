import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { expect, it, onTestFinished } from "vitest";
import { decodeMetrics, type Plain } from "../test/decode-signals.ts";
import { createSmallClient, INSTALL, type SmallClient, serve } from "../test/internals.ts";
import { createMetricExporter } from "./index.ts";

function metered(client: SmallClient) {
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(client.rollcall, { retry: { tries: 1 } }),
    exportIntervalMillis: 3_600_000,
    exportTimeoutMillis: 10_000,
  });
  const resource = resourceFromAttributes({ "service.name": "x", "host.name": "ann-laptop" });
  const provider = new MeterProvider({ readers: [reader], resource });
  onTestFinished(() => provider.shutdown());
  return { meter: provider.getMeter("app"), provider };
}

const metricsOf = (requests: { body: Buffer }[]): Plain[] =>
  requests.flatMap(({ body }) =>
    decodeMetrics(body).resourceMetrics.flatMap((block: Plain) =>
      block.scopeMetrics.flatMap((scope: Plain) => scope.metrics),
    ),
  );

it("sends metrics by the current conventions, with series joined that differ in what is dropped", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { meter, provider } = metered(client);
  const duration = meter.createHistogram("http.server.duration", {
    unit: "ms",
    description: "of ann's server",
    advice: { explicitBucketBoundaries: [5, 100] },
  });
  duration.record(50, {
    "http.method": "GET",
    "http.route": "/projects/:id",
    "net.host.name": "ann",
  });
  duration.record(200, {
    "http.method": "GET",
    "http.route": "/projects/:id",
    "net.host.name": "bob",
  });
  meter.createCounter("timers.started").add(3, { user: "ann@example.org" });
  meter.createCounter("mail.ann.example.org").add(1);
  await provider.forceFlush();

  expect(server.requests[0]?.path).toBe("/v1/metrics");
  const [histogram, counter, ...more] = metricsOf(server.requests);
  expect(more).toEqual([]);
  expect(histogram).toMatchObject({ name: "http.server.request.duration", unit: "s" });
  expect(histogram.histogram.aggregationTemporality).toBe(2);
  expect(histogram.histogram.dataPoints).toHaveLength(1);
  expect(histogram.histogram.dataPoints[0]).toMatchObject({
    count: 2,
    sum: 0.25,
    bucketCounts: [0, 1, 1],
    explicitBounds: [0.005, 0.1],
    attributes: { "http.request.method": "GET", "http.route": "/projects/{id}" },
  });
  expect(counter.sum.dataPoints[0]).toMatchObject({ asDouble: 3 });
  const { resourceMetrics } = decodeMetrics(server.requests[0]?.body as Buffer);
  expect(resourceMetrics[0].resource.attributes.install_id).toBe(INSTALL);
  expect(client.lines.map(({ item }) => item.name)).toEqual([
    "http.server.request.duration",
    "timers.started",
  ]);
  for (const text of [server.requests[0]?.body.toString("latin1"), JSON.stringify(client.lines)]) {
    expect(text).not.toMatch(/ann|bob|example/i);
    expect(text).toContain("timers.started");
  }
});

it("counts from the opt-in on, although the SDK counts from the start", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint], recording: "none" });
  const { meter, provider } = metered(client);
  const counter = meter.createCounter("timers.started");
  const histogram = meter.createHistogram("report.rows", {
    advice: { explicitBucketBoundaries: [10] },
  });
  counter.add(40);
  histogram.record(1);
  await provider.forceFlush();
  expect(server.connections()).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 2));
  client.choose("send");
  await provider.forceFlush();
  expect(server.connections()).toBe(0);

  counter.add(2);
  histogram.record(20);
  await provider.forceFlush();
  const [sum, rows] = metricsOf(server.requests);
  expect(sum.sum.dataPoints[0].asDouble).toBe(2);
  expect(rows.histogram.dataPoints[0]).toMatchObject({ count: 1, sum: 20, bucketCounts: [0, 1] });
  expect(JSON.stringify(client.lines)).not.toMatch(/\b40\b/);

  client.choose("none");
  counter.add(7);
  await provider.forceFlush();
  client.choose("send");
  await provider.forceFlush();
  counter.add(1);
  await provider.forceFlush();
  expect(metricsOf(server.requests).at(-2).sum.dataPoints[0].asDouble).toBe(1);
});
