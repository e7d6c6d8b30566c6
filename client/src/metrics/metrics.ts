import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { RequestMetrics } from "./types.ts";

/** What `createMetrics` takes. */
export interface MetricsOptions {
  /** In front of each name; default `tt_`. */
  prefix?: string;
  /** Default a registry of its own. An app that has metrics already passes the one they are in. */
  registry?: Registry;
  /** Upper bounds of the latency histogram in seconds; default prom-client's, 5 ms to 10 s. */
  buckets?: readonly number[];
  /** Adds prom-client's metrics of the process and of Node.js; default false. */
  collectDefault?: boolean;
}

/** Prometheus metrics of the host app. They stay on its own server: nothing here is ever sent. */
export interface AppMetrics extends RequestMetrics {
  registry: Registry;
}

/** RFC 9110 and PATCH. Anybody can send any word as a method, so others share one label. */
const METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
]);
/** More routes than an app has; the bound is for a host that passes paths after all. */
const MAX_ENDPOINTS = 1_000;
const UNMATCHED = "(none)";
const OVERFLOW = "(other)";

/**
 * Makes `<prefix>requests_total{method,endpoint,http_status}` and
 * `<prefix>request_latency_seconds{endpoint}`. Every label is bounded, whatever clients send.
 *
 * @throws Error when the registry already has a metric of that name
 * @example
 * const metrics = createMetrics({ prefix: "tt_" });
 * metrics.observe({ method: "GET", endpoint: "/projects/:id", status: 200, seconds: 0.012 });
 * const { contentType, body } = await metrics.handler();
 */
export function createMetrics(options: MetricsOptions = {}): AppMetrics {
  const { prefix = "tt_", registry = new Registry(), buckets, collectDefault = false } = options;
  const registers = [registry];
  const requests = new Counter({
    name: `${prefix}requests_total`,
    help: "Requests served, by method, route template and status.",
    labelNames: ["method", "endpoint", "http_status"],
    registers,
  });
  const latency = new Histogram({
    name: `${prefix}request_latency_seconds`,
    help: "Time from the start of a request to the end of its answer, by route template.",
    labelNames: ["endpoint"],
    ...(buckets === undefined ? {} : { buckets: [...buckets] }),
    registers,
  });
  if (collectDefault) collectDefaultMetrics({ register: registry, prefix });

  const endpoints = new Set<string>();
  function endpointLabel(endpoint: string): string {
    if (endpoint === "") return UNMATCHED;
    if (endpoints.has(endpoint)) return endpoint;
    if (endpoints.size >= MAX_ENDPOINTS) return OVERFLOW;
    endpoints.add(endpoint);
    return endpoint;
  }

  return {
    registry,
    observe(request) {
      const endpoint = endpointLabel(request.endpoint);
      const method = METHODS.has(request.method) ? request.method : "OTHER";
      requests.inc({ method, endpoint, http_status: statusLabel(request.status) });
      // A clock that was set back would otherwise make the histogram throw or shrink.
      latency.observe(
        { endpoint },
        Number.isFinite(request.seconds) ? Math.max(0, request.seconds) : 0,
      );
    },
    handler: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : "OTHER";
}
