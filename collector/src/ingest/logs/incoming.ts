import {
  createAttributeList,
  createIncomingRecord,
  type IncomingPlainLog,
} from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import { createNanos, type Nanos } from "../otlp/nanos.ts";
import type { IncomingScope } from "../otlp/protobuf-values.ts";

/** One decoded OTLP log record: what enforcement reads, where it comes from, and its two times. */
export interface IncomingLog extends IncomingPlainLog {
  resourceSchemaUrl: string;
  /** Grows with each resource that is read, so that plain logs have each decided about once. */
  resourceTurn: number;
  scope: IncomingScope;
  scopeSchemaUrl: string;
  /** Grows with each scope that is read. */
  scopeTurn: number;
  /** `timeUnixNano`; 0 where absent. */
  time: Nanos;
  /** `observedTimeUnixNano`, the same. */
  observed: Nanos;
  /** Both in whole Unix milliseconds. */
  timeMs: number;
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
  return {
    ...createIncomingRecord(),
    ...{ severityNumber: 0, severityText: "", flags: 0 },
    ...{ resourceSchemaUrl: "", resourceTurn: 0 },
    scope: { name: "", version: "", attributes: createAttributeList() },
    ...{ scopeSchemaUrl: "", scopeTurn: 0 },
    ...{ time: createNanos(), observed: createNanos(), timeMs: 0, observedMs: 0 },
  };
}

/** A resource begins: the one before says nothing about it. */
export function clearResource(log: IncomingLog): void {
  log.resource.length = 0;
  log.resourceSchemaUrl = "";
  log.resourceTurn++;
}

/** A scope begins. */
export function clearScope(log: IncomingLog): void {
  log.scope.name = "";
  log.scope.version = "";
  log.scope.attributes.length = 0;
  log.scopeSchemaUrl = "";
  log.scopeTurn++;
}

/** Makes `log` ready for the next record; its resource and scope stay, since records share them. */
export function clearLog(log: IncomingLog): void {
  log.eventName = "";
  log.body = null;
  log.hasOtherBody = false;
  log.attributes.length = 0;
  log.traceId = "";
  log.spanId = "";
  log.severityNumber = 0;
  log.severityText = "";
  log.flags = 0;
  log.time.low = 0;
  log.time.high = 0;
  log.observed.low = 0;
  log.observed.high = 0;
  log.timeMs = 0;
  log.observedMs = 0;
}
