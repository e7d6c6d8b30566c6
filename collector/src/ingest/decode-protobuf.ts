import {
  type AttributeList,
  type AttributeValue,
  createAttributeList,
  Kind,
  pushAttribute,
} from "@rollcall/schemas";
import {
  clearLog,
  type IncomingLog,
  type LogsDecoder,
  MAX_ATTRIBUTES,
  MAX_NESTING,
  MAX_RECORDS,
  tooManyRecords,
} from "./incoming-log.ts";
import { createStringReader } from "./strings.ts";
import {
  createWireReader,
  enter,
  fail,
  leave,
  readDouble,
  readEnd,
  readFixed64,
  readTag,
  readVarint,
  skip,
  startReading,
  stopReading,
  toInteger,
  toMilliseconds,
  type WireReader,
} from "./wire.ts";

/*
 * Tags (field number × 8 + wire type) of the messages in opentelemetry-proto
 * collector/logs/v1, logs/v1, resource/v1 and common/v1. A known number with another wire type is
 * an unknown field, as the format has it.
 */
const REQUEST_RESOURCE_LOGS = 0x0a;
const RESOURCE_LOGS_RESOURCE = 0x0a;
const RESOURCE_LOGS_SCOPE_LOGS = 0x12;
const RESOURCE_ATTRIBUTES = 0x0a;
const SCOPE_LOGS_SCOPE = 0x0a;
const SCOPE_LOGS_LOG_RECORDS = 0x12;
const SCOPE_ATTRIBUTES = 0x1a;
const RECORD_TIME = 0x09;
const RECORD_BODY = 0x2a;
const RECORD_ATTRIBUTES = 0x32;
const RECORD_TRACE_ID = 0x4a;
const RECORD_SPAN_ID = 0x52;
const RECORD_OBSERVED_TIME = 0x59;
const RECORD_EVENT_NAME = 0x62;
const KEY_VALUE_KEY = 0x0a;
const KEY_VALUE_VALUE = 0x12;
const ANY_STRING = 0x0a;
const ANY_BOOL = 0x10;
const ANY_INT = 0x18;
const ANY_DOUBLE = 0x21;
const ANY_ARRAY = 0x2a;
const ANY_MAP = 0x32;
const ANY_BYTES = 0x3a;
const LIST_VALUES = 0x0a;

const ZEROS = /^0*$/;

/**
 * A decoder of protobuf `ExportLogsServiceRequest`s. It reads in place, record by record; split
 * submessages merge, the last member of a oneof wins, unknown fields are stepped over.
 *
 * @example
 * const decode = createProtobufDecoder();
 * const fault = decode(body, createIncomingLog(), (log) => names.push(log.eventName));
 */
export function createProtobufDecoder(): LogsDecoder {
  const reader: WireReader = createWireReader();
  const readBytes = createStringReader();
  // The AnyValue and the key last read.
  let kind: Kind = Kind.Empty;
  let value: AttributeValue = null;
  let key = "";
  // The message being read, for the sender of a malformed one.
  let place = "";
  let records = 0;

  function readString(): string {
    const end = readEnd(reader);
    if (reader.fault !== null) return "";
    const text = readBytes(reader.bytes, reader.pos, end);
    reader.pos = end;
    return text;
  }

  /** A trace or span id in hex; one of another length or all zero counts as absent (logs.proto). */
  function readId(length: number): string {
    const end = readEnd(reader);
    if (reader.fault !== null) return "";
    const start = reader.pos;
    reader.pos = end;
    if (end - start !== length) return "";
    const hex = reader.bytes.toString("hex", start, end);
    return ZEROS.test(hex) ? "" : hex;
  }

  /** Merges one encoded AnyValue into `kind` and `value`. */
  function readAnyValue(depth: number): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      switch (tag) {
        case ANY_STRING:
          value = readString();
          kind = Kind.String;
          break;
        case ANY_BOOL:
          readVarint(reader);
          value = (reader.low | reader.high) !== 0;
          kind = Kind.Boolean;
          break;
        case ANY_INT:
          readVarint(reader);
          value = toInteger(reader);
          kind = Kind.Integer;
          break;
        case ANY_DOUBLE:
          value = readDouble(reader);
          kind = Kind.Double;
          break;
        case ANY_ARRAY:
        case ANY_MAP:
          checkList(tag, depth + 1);
          value = null;
          kind = tag === ANY_ARRAY ? Kind.Array : Kind.Map;
          break;
        case ANY_BYTES:
          skip(reader, tag);
          value = null;
          kind = Kind.Bytes;
          break;
        default:
          skip(reader, tag);
      }
    }
    leave(reader, outer);
  }

  /** Walks an ArrayValue or KeyValueList for its form alone: its content is never kept. */
  function checkList(listTag: number, depth: number): void {
    if (depth > MAX_NESTING) {
      fail(reader, `a value is nested deeper than ${MAX_NESTING}`);
      return;
    }
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag !== LIST_VALUES) skip(reader, tag);
      else if (listTag === ANY_ARRAY) readAnyValue(depth);
      else readKeyValue(depth);
    }
    leave(reader, outer);
  }

  function readKeyValue(depth: number): void {
    const outer = enter(reader);
    kind = Kind.Empty;
    value = null;
    let ownKey = "";
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === KEY_VALUE_KEY) ownKey = readString();
      else if (tag === KEY_VALUE_VALUE) readAnyValue(depth);
      else skip(reader, tag);
    }
    key = ownKey;
    leave(reader, outer);
  }

  function readAttribute(into: AttributeList): void {
    if (into.length >= MAX_ATTRIBUTES) {
      fail(reader, `there are more than ${MAX_ATTRIBUTES} attributes`);
      return;
    }
    readKeyValue(0);
    if (reader.fault === null) pushAttribute(into, key, kind, value);
  }

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
          log.timeMs = toMilliseconds(reader);
          break;
        case RECORD_OBSERVED_TIME:
          readFixed64(reader);
          log.observedMs = toMilliseconds(reader);
          break;
        case RECORD_EVENT_NAME:
          log.eventName = readString();
          break;
        case RECORD_BODY:
          kind = bodyKind;
          value = bodyValue;
          readAnyValue(0);
          bodyKind = kind;
          bodyValue = value;
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

  function readAttributesOf(attributesTag: number, into: AttributeList): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === attributesTag) readAttribute(into);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  const scopeAttributes = createAttributeList();

  function readScopeLogs(log: IncomingLog, onRecord: (log: IncomingLog) => void): void {
    const outer = enter(reader);
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
      } else if (tag === SCOPE_LOGS_SCOPE) {
        place = "resource_logs.scope_logs.scope";
        scopeAttributes.length = 0;
        readAttributesOf(SCOPE_ATTRIBUTES, scopeAttributes);
      } else skip(reader, tag);
    }
    leave(reader, outer);
  }

  /** Twice over the top level: the resource may come in pieces and after the records it describes. */
  function readResourceLogs(log: IncomingLog, onRecord: (log: IncomingLog) => void): void {
    place = "resource_logs";
    const outer = enter(reader);
    const start = reader.pos;
    log.resource.length = 0;
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_LOGS_RESOURCE) {
        place = "resource_logs.resource";
        readAttributesOf(RESOURCE_ATTRIBUTES, log.resource);
      } else skip(reader, tag);
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
