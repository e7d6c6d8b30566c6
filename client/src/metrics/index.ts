export {
  type AppMetrics,
  createMetrics,
  type MetricsOptions,
  type ServedRequest,
} from "./metrics.ts";
