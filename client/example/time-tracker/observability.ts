import { context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createMetricExporter, createSpanExporter } from "@rollcall/client/otel";
import { createSentry } from "@rollcall/client/sentry";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Telemetry } from "./telemetry.ts";

/** Error reports where a Sentry DSN is configured, under the same opt-in as the events. */
export function reportErrors(telemetry: Telemetry): void {
  createSentry(telemetry);
}

/**
 * A span and a duration for each request. They are under the same opt-in as the events: until then
 * they are dropped here, unsent.
 */
export function traceRequests(
  app: FastifyInstance,
  telemetry: Telemetry,
  runningTimers: () => number,
): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracing = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: createSpanExporter(telemetry) })],
  });
  const metering = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: createMetricExporter(telemetry) })],
  });
  const tracer = tracing.getTracer("timetracker");
  const meter = metering.getMeter("timetracker");
  const duration = meter.createHistogram("http.server.request.duration", { unit: "s" });
  meter
    .createObservableGauge("timetracker.active_timers")
    .addCallback((result) => result.observe(runningTimers()));
  const spans = new WeakMap<FastifyRequest, Span>();

  // Once the body is parsed: from here to the handler the context is the request's own, so that an
  // event that is tracked in it carries the ids of its trace and span.
  app.addHook("preHandler", (request, _reply, done) => {
    const span = tracer.startSpan(`${request.method} ${routeOf(request)}`, {
      kind: SpanKind.SERVER,
    });
    spans.set(request, span);
    context.with(trace.setSpan(context.active(), span), done);
  });
  app.addHook("onResponse", async (request, reply) => {
    const attributes = {
      "http.request.method": request.method,
      "http.route": routeOf(request),
      "http.response.status_code": reply.statusCode,
    };
    duration.record(reply.elapsedTime / 1_000, attributes);
    const span = spans.get(request)?.setAttributes(attributes);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
  // The client is closed after this, so that what is flushed here still finds it.
  app.addHook("preClose", async () => {
    await Promise.allSettled([tracing.shutdown(), metering.shutdown()]);
  });
}

/** The route's template, never the path: /projects/:id and not /projects/42. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? "(none)";
}
