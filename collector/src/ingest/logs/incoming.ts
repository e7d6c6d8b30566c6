import { createIncomingRecord, type IncomingRecord } from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";

/** One decoded OTLP log record: what enforcement reads, and the two times the collector reads. */
export interface IncomingLog extends IncomingRecord {
  /** `timeUnixNano` in whole Unix milliseconds; 0 where absent. */
  timeMs: number;
  /** `observedTimeUnixNano`, the same. */
  observedMs: number;
}

/**
 * Reads one `ExportLogsServiceRequest` and hands over its records one by one.
 *
 * `log` is rewritten for every record and valid only during the call of `onRecord`. On a fault,
 * records before it have already been handed over: the caller takes them back.
 */
export type LogsDecoder = (
  body: Buffer,
  log: IncomingLog,
  onRecord: (log: IncomingLog) => void,
) => DecodeFault | null;

export function createIncomingLog(): IncomingLog {
  return { ...createIncomingRecord(), timeMs: 0, observedMs: 0 };
}

/** Makes `log` ready for the next record; its resource stays, since records share it. */
export function clearLog(log: IncomingLog): void {
  log.eventName = "";
  log.body = null;
  log.hasOtherBody = false;
  log.attributes.length = 0;
  log.traceId = "";
  log.spanId = "";
  log.timeMs = 0;
  log.observedMs = 0;
}
