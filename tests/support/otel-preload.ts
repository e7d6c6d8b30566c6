/**
 * A stock OpenTelemetry SDK, loaded before an app (`node --import`): Node's instrumentations of http and
 * fetch, and resource detectors that say what they can of the machine. Where to and as whom is in the
 * SDK's own variables (`OTEL_EXPORTER_OTLP_*`); `OTEL_ENCODING` is `json` or `proto`.
 */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtoMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const isJson = process.env.OTEL_ENCODING === "json";
const resource = detectResources({
  // Those that OpenTelemetry's own set-up for Node takes when nothing is said; the last makes an id up.
  detectors: [
    ...[envDetector, hostDetector, osDetector, processDetector],
    ...(process.env.OTEL_NODE_RESOURCE_DETECTORS ? [] : [serviceInstanceIdDetector]),
  ],
});
await resource.waitForAsyncAttributes?.();
const tracing = new TracerProvider({
  resource,
  spanProcessors: [
    new BatchSpanProcessor({ exporter: isJson ? new JsonTraces() : new ProtoTraces() }),
  ],
});
const metering = new MeterProvider({
  resource,
  readers: [
    new PeriodicExportingMetricReader({
      exporter: isJson ? new JsonMetrics() : new ProtoMetrics(),
    }),
  ],
});
const logging = new LoggerProvider({
  resource,
  processors: [
    new BatchLogRecordProcessor({ exporter: isJson ? new JsonLogs() : new ProtoLogs() }),
  ],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracing);

const http = new HttpInstrumentation({
  // As the instrumentations of frameworks do once they know which route it is.
  applyCustomAttributesOnSpan(span, request) {
    const path = "url" in request ? (request.url ?? "") : "";
    if (!path.startsWith("/projects/")) return;
    span.setAttribute("http.route", "/projects/:projectId");
    span.updateName(`GET ${path}`);
  },
  headersToSpanAttributes: { server: { requestHeaders: ["cookie", "x-forwarded-for"] } },
});
for (const instrumentation of [http, new UndiciInstrumentation()]) {
  instrumentation.setTracerProvider(tracing);
  instrumentation.setMeterProvider(metering);
}

/** For an app that measures and logs by itself. */
export const telemetry = {
  meter: metering.getMeter("timetracker"),
  logger: logging.getLogger("timetracker"),
  tracer: tracing.getTracer("timetracker"),
  async shutdown() {
    await Promise.all([tracing.shutdown(), metering.shutdown(), logging.shutdown()]);
  },
};
