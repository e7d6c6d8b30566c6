import { signalMetric } from "./metric.ts";
import { signalMetrics } from "./metrics.ts";
import { signalRequests } from "./requests.ts";
import { signalSlowest } from "./slowest.ts";
import { signalStatus } from "./status.ts";
import { signalTrace } from "./trace.ts";

/** Questions about the app's own traces and metrics. */
export const signalQuestions = [
  signalStatus,
  signalRequests,
  signalSlowest,
  signalTrace,
  signalMetrics,
  signalMetric,
];
