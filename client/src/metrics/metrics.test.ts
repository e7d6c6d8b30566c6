import { Counter, Registry } from "prom-client";
import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

const served = { method: "GET", endpoint: "/projects/:id", status: 200, seconds: 0.02 };

async function textOf(metrics: ReturnType<typeof createMetrics>): Promise<string> {
  return (await metrics.handler()).body;
}

it("counts requests by method, route and status, and their time by route", async () => {
  const metrics = createMetrics();
  metrics.observe(served);
  metrics.observe(served);
  metrics.observe({ ...served, method: "POST", status: 422 });
  const text = await textOf(metrics);
  expect(text).toContain(
    'tt_requests_total{method="GET",endpoint="/projects/:id",http_status="200"} 2',
  );
  expect(text).toContain(
    'tt_requests_total{method="POST",endpoint="/projects/:id",http_status="422"} 1',
  );
  expect(text).toContain('tt_request_latency_seconds_count{endpoint="/projects/:id"} 3');
  expect(text).toContain(
    'tt_request_latency_seconds_bucket{le="0.025",endpoint="/projects/:id"} 3',
  );
});

it("names the text's format, as Prometheus asks for", async () => {
  expect((await createMetrics().handler()).contentType).toMatch(/^text\/plain; version=0\.0\.4/);
});

it("takes a prefix, buckets and the app's own registry", async () => {
  const registry = new Registry();
  new Counter({ name: "app_jobs_total", help: "Jobs.", registers: [registry] }).inc();
  const metrics = createMetrics({ prefix: "app_", registry, buckets: [1] });
  metrics.observe(served);
  const text = await textOf(metrics);
  expect(text).toContain("app_jobs_total 1");
  expect(text).toContain('app_request_latency_seconds_bucket{le="1",endpoint="/projects/:id"} 1');
  expect(text).not.toContain('le="0.025"');
});

it("adds metrics of the process where the app wants them", async () => {
  expect(await textOf(createMetrics({ collectDefault: true }))).toContain("process_cpu_");
  expect(await textOf(createMetrics())).not.toContain("process_cpu_");
});

it("keeps every label bounded, whatever is sent", async () => {
  const metrics = createMetrics();
  for (let at = 0; at < 1_200; at += 1) {
    metrics.observe({ method: `M${at}`, endpoint: `/raw/${at}`, status: 10_000 + at, seconds: 0 });
  }
  const counters = (await textOf(metrics)).match(/^tt_requests_total\{.*$/gm) ?? [];
  expect(counters).toHaveLength(1_001);
  expect(counters).toContain(
    'tt_requests_total{method="OTHER",endpoint="(other)",http_status="OTHER"} 200',
  );
});

it("counts what matched no route together, and a time that makes no sense as none", async () => {
  const metrics = createMetrics();
  metrics.observe({ method: "GET", endpoint: "", status: 404, seconds: -1 });
  metrics.observe({ method: "GET", endpoint: "", status: 404, seconds: Number.NaN });
  const text = await textOf(metrics);
  expect(text).toContain('endpoint="(none)",http_status="404"} 2');
  expect(text).toContain('tt_request_latency_seconds_sum{endpoint="(none)"} 0');
});
