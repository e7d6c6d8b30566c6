import { context, createContextKey } from "@opentelemetry/api";

/** The OpenTelemetry SDK's own key: what runs under it makes no spans. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/**
 * Runs `work` out of sight of an app's tracing: a span about each request of telemetry would be
 * telemetry again, and would carry the collector's address.
 */
export function untraced<T>(work: () => T): T {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), work);
}
