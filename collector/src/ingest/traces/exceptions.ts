import type { EnforcedResource, EnforcedSpan, EnforcedSpanEvent } from "@rollcall/schemas";
import type { Batch } from "../../spool/types.ts";
import { createExceptionRow, readException } from "../exceptions.ts";
import { createNanos, toMilliseconds } from "../otlp/nanos.ts";
import type { SpanTimes } from "./times.ts";

const row = createExceptionRow("span");
const time = createNanos();

/** Appends what a span's events tell of exceptions, or where they tell of none the span itself. */
export function appendExceptions(
  batch: Pick<Batch, "appendException">,
  span: EnforcedSpan,
  resource: EnforcedResource,
  stamp: Pick<SpanTimes, "start" | "eventTimes"> & { app: string },
  receivedMs: number,
): void {
  let told = 0;
  const append = (low: number, high: number): void => {
    told++;
    time.low = low;
    time.high = high;
    const { installId, appVersion, serviceName } = resource;
    Object.assign(row, {
      ...{ app: stamp.app, installId, appVersion, service: serviceName },
      ...{ timeMs: toMilliseconds(time), receivedMs },
      ...{ traceId: span.traceId, spanId: span.spanId },
    });
    batch.appendException(row);
  };
  const { start, eventTimes } = stamp;
  for (let at = 0; at < span.eventCount; at++) {
    const { attributes } = span.events[at] as EnforcedSpanEvent;
    if (!readException(attributes, row)) continue;
    append(eventTimes[2 * at] as number, eventTimes[2 * at + 1] as number);
  }
  if (told === 0 && readException(span.attributes, row)) append(start.low, start.high);
}
