import { type AttributeList, type AttributeValue, Kind, pushAttribute } from "@rollcall/schemas";
import {
  clearLog,
  type DecodeFault,
  type IncomingLog,
  type LogsDecoder,
  MAX_ATTRIBUTES,
  MAX_NESTING,
  MAX_RECORDS,
  tooManyRecords,
} from "./incoming-log.ts";
import { lookAtJson, plainText, quoteLongIntegers } from "./json-guard.ts";
import { readDoubleValue, readInt64, readNanoseconds } from "./json-numbers.ts";

/** Ten levels lead to a record's attribute, four to each level of nested maps inside it. */
const MAX_DEPTH = 10 + 4 * (MAX_NESTING + 2);
/**
 * Objects, arrays and members in one body: 20 MiB of real records have 1.6 million; as many bytes of
 * nothing but brackets would have 10 million, and every other sender waits for the parser.
 */
const MAX_PARTS = 2_000_000;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const ZEROS = /^0*$/;
const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;

const tooManyParts: DecodeFault = Object.freeze({
  fault: "body_too_large",
  field: "",
  description: `at most ${MAX_PARTS} JSON objects, arrays and members in one request`,
});

type Fields = Record<string, unknown>;
const NO_FIELDS: Fields = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

/** V8's message quotes the text; only the position in it may go back to the sender. */
function syntaxFault(error: unknown): string {
  const position = /at position (\d+)/.exec(String(error))?.[1];
  return position ? `the body is not valid JSON (at character ${position})` : NOT_JSON;
}
const NOT_JSON = "the body is not valid JSON";

/**
 * A decoder of JSON `ExportLogsServiceRequest`s: lowerCamelCase names, unknown fields ignored,
 * `null` is the default, 64-bit integers as string or number, ids in hex.
 *
 * @example
 * const decode = createJsonDecoder();
 * const fault = decode(body, createIncomingLog(), (log) => names.push(log.eventName));
 */
export function createJsonDecoder(): LogsDecoder {
  let problem: string | null = null;
  let place = "";
  // The AnyValue last read.
  let kind: Kind = Kind.Empty;
  let value: AttributeValue = null;

  function fail(why: string): void {
    problem ??= why;
  }

  function fieldsOf(sent: unknown, name: string): Fields {
    if (sent === undefined || sent === null) return NO_FIELDS;
    if (typeof sent === "object" && !Array.isArray(sent)) return sent as Fields;
    fail(`${name} is not an object`);
    return NO_FIELDS;
  }

  function itemsOf(sent: unknown, name: string): readonly unknown[] {
    if (sent === undefined || sent === null) return NO_ITEMS;
    if (Array.isArray(sent)) return sent;
    fail(`${name} is not an array`);
    return NO_ITEMS;
  }

  /** A string; half a surrogate pair becomes U+FFFD, as it would in the bytes of protobuf. */
  function textOf(sent: unknown, name: string): string {
    if (typeof sent === "string") return sent.toWellFormed();
    if (sent !== undefined && sent !== null) fail(`${name} is not a string`);
    return "";
  }

  /** One that is not a valid id counts as absent (logs.proto). */
  function idOf(sent: unknown, shape: RegExp, name: string): string {
    const text = textOf(sent, name);
    if (text === "" || !shape.test(text) || ZEROS.test(text)) return "";
    return text.toLowerCase();
  }

  function timeOf(sent: unknown, name: string): number {
    if (sent === undefined || sent === null) return 0;
    const ms = readNanoseconds(sent);
    if (ms === null) fail(`${name} is not an unsigned 64-bit integer`);
    return ms ?? 0;
  }

  /** Reads an AnyValue into `kind` and `value`. */
  function readAnyValue(sent: unknown, depth: number): void {
    const any = fieldsOf(sent, "value");
    kind = Kind.Empty;
    value = null;
    if (any.stringValue !== undefined && any.stringValue !== null) {
      kind = Kind.String;
      value = textOf(any.stringValue, "stringValue");
    } else if (any.intValue !== undefined && any.intValue !== null) {
      kind = Kind.Integer;
      value = readInt64(any.intValue);
      if (value === null) fail("intValue is not a 64-bit integer");
    } else if (any.boolValue !== undefined && any.boolValue !== null) {
      kind = Kind.Boolean;
      if (typeof any.boolValue === "boolean") value = any.boolValue;
      else fail("boolValue is not true or false");
    } else if (any.doubleValue !== undefined && any.doubleValue !== null) {
      kind = Kind.Double;
      value = readDoubleValue(any.doubleValue);
      if (value === null) fail("doubleValue is not a number");
    } else if (any.bytesValue !== undefined && any.bytesValue !== null) {
      kind = Kind.Bytes;
      if (!BASE64.test(textOf(any.bytesValue, "bytesValue"))) fail("bytesValue is not base64");
    } else if (any.arrayValue !== undefined && any.arrayValue !== null) {
      checkList(any.arrayValue, "arrayValue", depth + 1);
    } else if (any.kvlistValue !== undefined && any.kvlistValue !== null) {
      checkList(any.kvlistValue, "kvlistValue", depth + 1);
    }
  }

  /** Walks an array or a map for its form alone: its content is never kept. */
  function checkList(sent: unknown, name: "arrayValue" | "kvlistValue", depth: number): void {
    if (depth > MAX_NESTING) {
      fail(`a value is nested deeper than ${MAX_NESTING}`);
      return;
    }
    for (const item of itemsOf(fieldsOf(sent, name).values, `${name}.values`)) {
      if (name === "arrayValue") readAnyValue(item, depth);
      else {
        const pair = fieldsOf(item, `${name}.values`);
        textOf(pair.key, "key");
        readAnyValue(pair.value, depth);
      }
    }
    kind = name === "arrayValue" ? Kind.Array : Kind.Map;
    value = null;
  }

  function readAttributes(sent: unknown, into: AttributeList): void {
    into.length = 0;
    const items = itemsOf(sent, "attributes");
    if (items.length > MAX_ATTRIBUTES) {
      fail(`there are more than ${MAX_ATTRIBUTES} attributes`);
      return;
    }
    for (const item of items) {
      const pair = fieldsOf(item, "an attribute");
      const key = textOf(pair.key, "an attribute's key");
      readAnyValue(pair.value, 0);
      pushAttribute(into, key, kind, value);
    }
  }

  function readLogRecord(sent: unknown, log: IncomingLog): void {
    const fields = fieldsOf(sent, "a log record");
    clearLog(log);
    log.eventName = textOf(fields.eventName, "eventName");
    log.timeMs = timeOf(fields.timeUnixNano, "timeUnixNano");
    log.observedMs = timeOf(fields.observedTimeUnixNano, "observedTimeUnixNano");
    log.traceId = idOf(fields.traceId, TRACE_ID, "traceId");
    log.spanId = idOf(fields.spanId, SPAN_ID, "spanId");
    readAnyValue(fields.body, 0);
    log.body = kind === Kind.String ? (value as string) : null;
    log.hasOtherBody = kind !== Kind.String && kind !== Kind.Empty;
    readAttributes(fields.attributes, log.attributes);
  }

  /** @returns false where there are too many records */
  function readRequest(
    request: Fields,
    log: IncomingLog,
    onRecord: (log: IncomingLog) => void,
  ): boolean {
    let records = 0;
    for (const resourceItem of itemsOf(request.resourceLogs, "resourceLogs")) {
      place = "resourceLogs.resource";
      const resourceLogs = fieldsOf(resourceItem, "an item of resourceLogs");
      readAttributes(fieldsOf(resourceLogs.resource, "resource").attributes, log.resource);
      for (const scopeItem of itemsOf(resourceLogs.scopeLogs, "scopeLogs")) {
        place = "resourceLogs.scopeLogs.logRecords";
        const scopeLogs = fieldsOf(scopeItem, "an item of scopeLogs");
        for (const record of itemsOf(scopeLogs.logRecords, "logRecords")) {
          if (++records > MAX_RECORDS) return false;
          readLogRecord(record, log);
          if (problem !== null) return true;
          onRecord(log);
        }
      }
      if (problem !== null) return true;
    }
    return true;
  }

  return (body, log, onRecord) => {
    const malformed = (description: string) =>
      ({ fault: "body_malformed", field: place, description }) as const;
    problem = null;
    place = "";
    let text = plainText(body, MAX_DEPTH);
    if (text === null) {
      const { depth, parts, longIntegers } = lookAtJson(body, MAX_DEPTH, MAX_PARTS);
      if (depth > MAX_DEPTH) return malformed(`the body is nested deeper than ${MAX_DEPTH}`);
      if (parts > MAX_PARTS) return tooManyParts;
      const exact = longIntegers.length > 0;
      text = exact ? quoteLongIntegers(body, longIntegers) : body.toString("utf8");
    }
    let request: unknown;
    try {
      request = JSON.parse(text);
    } catch (error) {
      return malformed(syntaxFault(error));
    }
    if (request === null) return malformed("the body is not an object");
    if (!readRequest(fieldsOf(request, "the body"), log, onRecord)) return tooManyRecords;
    return problem === null ? null : malformed(problem);
  };
}
