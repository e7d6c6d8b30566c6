import { type AttributeValue, Kind } from "@rollcall/schemas";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { copyNanos, toMilliseconds } from "../otlp/nanos.ts";
import { createProtobufValues } from "../otlp/protobuf-values.ts";
import {
  enter,
  fail,
  leave,
  readFixed64,
  readTag,
  readVarint,
  skip,
  startReading,
  stopReading,
} from "../otlp/wire.ts";
import {
  clearLog,
  clearResource,
  clearScope,
  type IncomingLog,
  type LogsDecoder,
} from "./incoming.ts";

/*
 * Tags (field number × 8 + wire type) of the messages in opentelemetry-proto collector/logs/v1 and
 * logs/v1. A known number with another wire type is an unknown field, as the format has it.
 */
const REQUEST_RESOURCE_LOGS = 0x0a;
const RESOURCE_LOGS_RESOURCE = 0x0a;
const RESOURCE_LOGS_SCOPE_LOGS = 0x12;
const RESOURCE_LOGS_SCHEMA_URL = 0x1a;
const SCOPE_LOGS_SCOPE = 0x0a;
const SCOPE_LOGS_LOG_RECORDS = 0x12;
const SCOPE_LOGS_SCHEMA_URL = 0x1a;
const RECORD_TIME = 0x09;
const RECORD_SEVERITY_NUMBER = 0x10;
const RECORD_SEVERITY_TEXT = 0x1a;
const RECORD_BODY = 0x2a;
const RECORD_ATTRIBUTES = 0x32;
const RECORD_FLAGS = 0x45;
const RECORD_TRACE_ID = 0x4a;
const RECORD_SPAN_ID = 0x52;
const RECORD_OBSERVED_TIME = 0x59;
const RECORD_EVENT_NAME = 0x62;

/**
 * A decoder of protobuf `ExportLogsServiceRequest`s. It reads in place, record by record; split
 * submessages merge, the last member of a oneof wins, unknown fields are stepped over.
 *
 * @example
 * const decode = createProtobufDecoder();
 * const fault = decode(body, createIncomingLog(), (log) => names.push(log.eventName));
 */
export function createProtobufDecoder(): LogsDecoder {
  const values = createProtobufValues();
  const { reader, any, readString, readId, readAnyValue, readAttribute } = values;
  // The message being read, for the sender of a malformed one.
  let place = "";
  let records = 0;

  function readLogRecord(log: IncomingLog): void {
    const outer = enter(reader);
    clearLog(log);
    let bodyKind = Kind.Empty as Kind;
    let bodyValue = null as AttributeValue;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      switch (tag) {
        case RECORD_ATTRIBUTES:
          readAttribute(log.attributes);
          break;
        case RECORD_TIME:
          readFixed64(reader);
          copyNanos(log.time, reader);
          log.timeMs = toMilliseconds(reader);
          break;
        case RECORD_OBSERVED_TIME:
          readFixed64(reader);
          copyNanos(log.observed, reader);
          log.observedMs = toMilliseconds(reader);
          break;
        case RECORD_SEVERITY_NUMBER:
          readVarint(reader);
          log.severityNumber = reader.low | 0;
          break;
        case RECORD_SEVERITY_TEXT:
          log.severityText = readString();
          break;
        case RECORD_FLAGS:
          readFlags(log);
          break;
        case RECORD_EVENT_NAME:
          log.eventName = readString();
          break;
        case RECORD_BODY:
          any.kind = bodyKind;
          any.value = bodyValue;
          readAnyValue(0);
          bodyKind = any.kind;
          bodyValue = any.value;
          break;
        case RECORD_TRACE_ID:
          log.traceId = readId(16);
          break;
        case RECORD_SPAN_ID:
          log.spanId = readId(8);
          break;
        default:
          skip(reader, tag);
      }
    }
    log.body = bodyKind === Kind.String ? (bodyValue as string) : null;
    log.hasOtherBody = bodyKind !== Kind.String && bodyKind !== Kind.Empty;
    leave(reader, outer);
  }

  /** The lowest byte of a fixed32: the others are reserved. */
  function readFlags(log: IncomingLog): void {
    const at = reader.pos;
    skip(reader, RECORD_FLAGS);
    if (reader.fault === null) log.flags = reader.bytes[at] as number;
  }

  /** Twice over the top level, like the resource's. */
  function readScopeLogs(log: IncomingLog, onRecord: (log: IncomingLog) => void): void {
    const outer = enter(reader);
    const start = reader.pos;
    clearScope(log);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_LOGS_SCOPE) {
        place = "resource_logs.scope_logs.scope";
        values.readScope(log.scope);
      } else if (tag === SCOPE_LOGS_SCHEMA_URL) log.scopeSchemaUrl = readString();
      else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    reader.pos = start;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_LOGS_LOG_RECORDS) {
        place = "resource_logs.scope_logs.log_records";
        readLogRecord(log);
        if (reader.fault !== null) return;
        records++;
        if (records > MAX_RECORDS) {
          fail(reader, "too many records");
          return;
        }
        onRecord(log);
      } else skip(reader, tag);
    }
    leave(reader, outer);
  }

  /** Twice over the top level: the resource may come in pieces and after the records it describes. */
  function readResourceLogs(log: IncomingLog, onRecord: (log: IncomingLog) => void): void {
    place = "resource_logs";
    const outer = enter(reader);
    const start = reader.pos;
    clearResource(log);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_LOGS_RESOURCE) {
        place = "resource_logs.resource";
        values.readResource(log.resource);
      } else if (tag === RESOURCE_LOGS_SCHEMA_URL) log.resourceSchemaUrl = readString();
      else skip(reader, tag);
    }
    if (reader.fault !== null) return;
    reader.pos = start;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_LOGS_SCOPE_LOGS) readScopeLogs(log, onRecord);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  return (body, log, onRecord) => {
    startReading(reader, body);
    place = "";
    records = 0;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === REQUEST_RESOURCE_LOGS) readResourceLogs(log, onRecord);
      else skip(reader, tag);
    }
    stopReading(reader);
    if (reader.fault === null) return null;
    if (records > MAX_RECORDS) return tooManyRecords;
    return {
      fault: "body_malformed",
      field: place,
      description: `${reader.fault} (at byte ${reader.faultAt})`,
    };
  };
}
