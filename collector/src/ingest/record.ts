import { createLogRecorder } from "./logs/record.ts";
import { createMetricRecorder } from "./metrics/record.ts";
import type { Signal } from "./otlp/signals.ts";
import { createRecorder, type Recorder, type RecorderDeps } from "./recorder.ts";
import { createSpanRecorder } from "./traces/record.ts";

/**
 * The synchronous middle of a record's journey, one for each signal. Nothing in it waits, so requests
 * never interleave in a batch, and one set of objects serves every record of every request.
 */
export function createRecorders(deps: RecorderDeps): Record<Signal, Recorder> {
  return {
    logs: createRecorder(deps, createLogRecorder(deps)),
    traces: createRecorder(deps, createSpanRecorder(deps)),
    metrics: createRecorder(deps, createMetricRecorder(deps)),
  };
}
