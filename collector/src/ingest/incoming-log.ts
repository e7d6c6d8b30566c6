import { createIncomingRecord, type IncomingRecord } from "@rollcall/schemas";
import type { IngestFault } from "../errors.ts";

/** One decoded OTLP log record: what enforcement reads, and the two times the collector reads. */
export interface IncomingLog extends IncomingRecord {
  /** `timeUnixNano` in whole Unix milliseconds; 0 where absent. */
  timeMs: number;
  /** `observedTimeUnixNano`, the same. */
  observedMs: number;
}

/** Why a body cannot be read. Names a place in the message, never a value. */
export interface DecodeFault {
  fault: Extract<IngestFault, "body_malformed" | "body_too_large" | "too_many_records">;
  /** The message or field at fault, as a path of field names; "" for the whole body. */
  field: string;
  description: string;
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

/** Records in one request: a megabyte of compressed nothing must not hold the event loop. */
export const MAX_RECORDS = 100_000;
/** Attributes on one record or resource; the OpenTelemetry SDKs stop at 128. */
export const MAX_ATTRIBUTES = 1_024;
/** Arrays and maps inside one attribute. Their content is never kept, only checked for its form. */
export const MAX_NESTING = 32;

export const tooManyRecords: DecodeFault = Object.freeze({
  fault: "too_many_records",
  field: "",
  description: `at most ${MAX_RECORDS} records in one request`,
});

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
