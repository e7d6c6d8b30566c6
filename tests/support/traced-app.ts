/**
 * A small app as a stranger runs it, under a stock OpenTelemetry SDK (`otel-preload.ts`). It prints its
 * port, answers every path, fetches what `?fetch=` names, and throws at `/broken`; SIGTERM ends it after
 * the last export.
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import { SpanStatusCode } from "@opentelemetry/api";
import { telemetry } from "./otel-preload.ts";

// Required, as the instrumentation patches what is required after it.
const { createServer } = createRequire(import.meta.url)("node:http") as typeof import("node:http");
const { meter, logger, tracer, shutdown } = telemetry;
const opened = meter.createCounter("timetracker.pages", { description: "Pages of Grace Walrus" });
const sizes = meter.createHistogram("timetracker.page.size", { unit: "By" });
meter.createObservableGauge("timetracker.active_timers").addCallback((result) => {
  result.observe(3, { "user.email": "grace@walrus.example" });
});

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? "/", "http://app");
  opened.add(1, { "http.route": "/projects/:projectId", "url.full": url.href });
  sizes.record(512, { "client.address": "203.0.113.77" });
  logger.emit({
    ...{ severityNumber: 13, severityText: "warning", body: `Grace Walrus opened ${url.href}` },
    attributes: { "url.full": url.href, "http.route": "/projects/:projectId" },
  });
  const target = url.searchParams.get("fetch");
  if (target !== null) {
    await fetch(target).then(
      (reply) => reply.text(),
      () => {},
    );
  }
  if (url.pathname === "/broken") {
    tracer.startActiveSpan("mail invoice Walrus", (span) => {
      const error = new TypeError("Cannot mail grace@walrus.example at 203.0.113.77");
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      span.end();
    });
    response.statusCode = 500;
  }
  response.end("done");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
console.log(typeof address === "object" && address !== null ? address.port : "");
process.once("SIGTERM", async () => {
  server.close();
  server.closeAllConnections();
  await shutdown();
  process.exit(0);
});
