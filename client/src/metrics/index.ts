export { type AppMetrics, createMetrics, type MetricsOptions } from "./metrics.ts";
export type { RequestMetrics, ServedRequest } from "./types.ts";
