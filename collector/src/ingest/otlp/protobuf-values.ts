import { type AttributeList, type AttributeValue, Kind, pushAttribute } from "@rollcall/schemas";
import { MAX_ATTRIBUTES, MAX_NESTING } from "./limits.ts";
import { createStringReader } from "./strings.ts";
import {
  createWireReader,
  enter,
  fail,
  leave,
  readDouble,
  readEnd,
  readTag,
  readVarint,
  skip,
  toInteger,
  type WireReader,
} from "./wire.ts";

// Tags of the messages in opentelemetry-proto common/v1 and resource/v1.
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
const RESOURCE_ATTRIBUTES = 0x0a;
const SCOPE_NAME = 0x0a;
const SCOPE_VERSION = 0x12;
const SCOPE_ATTRIBUTES = 0x1a;

const ZEROS = /^0*$/;

/** Who recorded what follows: a library's name, version and attributes. */
export interface IncomingScope {
  name: string;
  version: string;
  attributes: AttributeList;
}

/** An AnyValue as it was read last. */
export interface AnyValue {
  kind: Kind;
  value: AttributeValue;
}

/** What every signal's messages are made of, read from one body's bytes. */
export interface ProtobufValues {
  readonly reader: WireReader;
  /** Where `readAnyValue` leaves what it read; it merges into what is there, as split messages do. */
  readonly any: AnyValue;
  readString(): string;
  /** A trace or span id in hex; one of another length or all zero counts as absent (trace.proto). */
  readId(length: 8 | 16): string;
  readAnyValue(depth: number): void;
  /** One KeyValue, at the end of a list. */
  readAttribute(into: AttributeList): void;
  /** A Resource, merged into a list. */
  readResource(into: AttributeList): void;
  /** An InstrumentationScope, merged. */
  readScope(into: IncomingScope): void;
}

/**
 * Readers of the parts that logs, traces and metrics share. They read in place: split submessages
 * merge, the last member of a oneof wins, unknown fields are stepped over.
 */
export function createProtobufValues(): ProtobufValues {
  const reader = createWireReader();
  const readBytes = createStringReader();
  const any: AnyValue = { kind: Kind.Empty, value: null };
  // The key last read.
  let key = "";

  function readString(): string {
    const end = readEnd(reader);
    if (reader.fault !== null) return "";
    const text = readBytes(reader.bytes, reader.pos, end);
    reader.pos = end;
    return text;
  }

  function readId(length: 8 | 16): string {
    const end = readEnd(reader);
    if (reader.fault !== null) return "";
    const start = reader.pos;
    reader.pos = end;
    if (end - start !== length) return "";
    const hex = reader.bytes.toString("hex", start, end);
    return ZEROS.test(hex) ? "" : hex;
  }

  function readAnyValue(depth: number): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      switch (tag) {
        case ANY_STRING:
          any.value = readString();
          any.kind = Kind.String;
          break;
        case ANY_BOOL:
          readVarint(reader);
          any.value = (reader.low | reader.high) !== 0;
          any.kind = Kind.Boolean;
          break;
        case ANY_INT:
          readVarint(reader);
          any.value = toInteger(reader);
          any.kind = Kind.Integer;
          break;
        case ANY_DOUBLE:
          any.value = readDouble(reader);
          any.kind = Kind.Double;
          break;
        case ANY_ARRAY:
        case ANY_MAP:
          checkList(tag, depth + 1);
          any.value = null;
          any.kind = tag === ANY_ARRAY ? Kind.Array : Kind.Map;
          break;
        case ANY_BYTES:
          skip(reader, tag);
          any.value = null;
          any.kind = Kind.Bytes;
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
    any.kind = Kind.Empty;
    any.value = null;
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
    if (reader.fault === null) pushAttribute(into, key, any.kind, any.value);
  }

  function readResource(into: AttributeList): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === RESOURCE_ATTRIBUTES) readAttribute(into);
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  function readScope(into: IncomingScope): void {
    const outer = enter(reader);
    while (reader.pos < reader.end) {
      const tag = readTag(reader);
      if (tag === SCOPE_ATTRIBUTES) readAttribute(into.attributes);
      else if (tag === SCOPE_NAME) into.name = readString();
      else if (tag === SCOPE_VERSION) into.version = readString();
      else skip(reader, tag);
    }
    leave(reader, outer);
  }

  return { reader, any, readString, readId, readAnyValue, readAttribute, readResource, readScope };
}
