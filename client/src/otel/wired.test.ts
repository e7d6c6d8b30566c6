import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, it, onTestFinished } from "vitest";
import { serve, start } from "../test/start.ts";
import { createMetricExporter, createSpanExporter } from "./index.ts";

const quick = { retry: { tries: 2, baseMs: 1, capMs: 5 } };

it("works with a real client: consent, journal, page and close", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, { baseTelemetry: "off" });
  const tracing = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: createSpanExporter(rollcall, quick) })],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(rollcall, quick),
    exportIntervalMillis: 3_600_000,
    exportTimeoutMillis: 10_000,
  });
  const metering = new MeterProvider({ readers: [reader] });
  onTestFinished(() => tracing.shutdown());
  onTestFinished(() => metering.shutdown());
  const paths = () =>
    server.requests.map(({ path }) => path).filter((path) => !path.endsWith("logs"));
  const flush = async () => {
    await tracing.forceFlush();
    await metering.forceFlush();
  };

  tracing.getTracer("app").startSpan("before").end();
  metering.getMeter("app").createCounter("timers.started").add(1);
  await flush();
  expect(server.connections()).toBe(0);

  await new Promise((resolve) => setTimeout(resolve, 2));
  rollcall.optIn("7");
  await flush();
  tracing.getTracer("app").startSpan("while.on").end();
  metering.getMeter("app").createCounter("timers.started").add(1);
  await flush();
  expect(paths()).toEqual(["/v1/traces", "/v1/metrics"]);
  const names = (await rollcall.sent()).map(({ signal, name, result }) => [signal, name, result]);
  expect(names).toContainEqual(["span", "while.on", "delivered"]);
  expect(names).toContainEqual(["metric", "timers.started", "delivered"]);

  tracing.getTracer("app").startSpan("of.the.old.identity").end();
  await new Promise((resolve) => setTimeout(resolve, 2));
  rollcall.rotateIdentity("7");
  await tracing.forceFlush();
  rollcall.optOut("7");
  tracing.getTracer("app").startSpan("while.off").end();
  await flush();
  expect(paths()).toHaveLength(2);
});
