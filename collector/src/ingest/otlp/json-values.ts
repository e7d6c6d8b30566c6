import { type AttributeList, type AttributeValue, Kind, pushAttribute } from "@rollcall/schemas";
import { readDoubleValue, readInt64, readNanoseconds } from "./json-numbers.ts";
import { MAX_ATTRIBUTES, MAX_NESTING } from "./limits.ts";
import { type Nanos, readJsonNanos } from "./nanos.ts";
import type { AnyValue, IncomingScope } from "./protobuf-values.ts";

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const ZEROS = /^0*$/;
const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;

/** A message of OTLP's JSON, whose members may be of any kind. */
export type Fields = Record<string, unknown>;
const NO_FIELDS: Fields = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

/** What every signal's messages are made of, read from a parsed body. `null` is the default. */
export interface JsonValues {
  /** Where `readAnyValue` leaves what it read. */
  readonly any: AnyValue;
  /** What is wrong with the body, first of all; null while nothing is. */
  problem(): string | null;
  /** Forgets what was wrong: a new body begins. */
  begin(): void;
  fail(why: string): void;
  fieldsOf(sent: unknown, name: string): Fields;
  itemsOf(sent: unknown, name: string): readonly unknown[];
  /** A string; half a surrogate pair becomes U+FFFD, as it would in the bytes of protobuf. */
  textOf(sent: unknown, name: string): string;
  /** In lower case; one that is not a valid id counts as absent (trace.proto). */
  traceIdOf(sent: unknown, name: string): string;
  spanIdOf(sent: unknown, name: string): string;
  /** Unsigned nanoseconds, as whole Unix milliseconds; 0 where absent. */
  timeOf(sent: unknown, name: string): number;
  /** The same without a loss; 0 where absent. */
  readTime(into: Nanos, sent: unknown, name: string): void;
  readAnyValue(sent: unknown, depth: number): void;
  readAttributes(sent: unknown, into: AttributeList): void;
  readScope(sent: unknown, into: IncomingScope): void;
}

export function createJsonValues(): JsonValues {
  let wrong: string | null = null;
  const any: AnyValue = { kind: Kind.Empty, value: null };

  function fail(why: string): void {
    wrong ??= why;
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

  function textOf(sent: unknown, name: string): string {
    if (typeof sent === "string") return sent.toWellFormed();
    if (sent !== undefined && sent !== null) fail(`${name} is not a string`);
    return "";
  }

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

  function readTime(into: Nanos, sent: unknown, name: string): void {
    into.low = 0;
    into.high = 0;
    if (sent === undefined || sent === null || readJsonNanos(into, sent)) return;
    fail(`${name} is not an unsigned 64-bit integer`);
  }

  function left(kind: Kind, value: AttributeValue): void {
    any.kind = kind;
    any.value = value;
  }

  function readAnyValue(sent: unknown, depth: number): void {
    const fields = fieldsOf(sent, "value");
    left(Kind.Empty, null);
    if (fields.stringValue !== undefined && fields.stringValue !== null) {
      left(Kind.String, textOf(fields.stringValue, "stringValue"));
    } else if (fields.intValue !== undefined && fields.intValue !== null) {
      left(Kind.Integer, readInt64(fields.intValue));
      if (any.value === null) fail("intValue is not a 64-bit integer");
    } else if (fields.boolValue !== undefined && fields.boolValue !== null) {
      if (typeof fields.boolValue === "boolean") left(Kind.Boolean, fields.boolValue);
      else fail("boolValue is not true or false");
    } else if (fields.doubleValue !== undefined && fields.doubleValue !== null) {
      left(Kind.Double, readDoubleValue(fields.doubleValue));
      if (any.value === null) fail("doubleValue is not a number");
    } else if (fields.bytesValue !== undefined && fields.bytesValue !== null) {
      left(Kind.Bytes, null);
      if (!BASE64.test(textOf(fields.bytesValue, "bytesValue"))) fail("bytesValue is not base64");
    } else if (fields.arrayValue !== undefined && fields.arrayValue !== null) {
      checkList(fields.arrayValue, "arrayValue", depth + 1);
    } else if (fields.kvlistValue !== undefined && fields.kvlistValue !== null) {
      checkList(fields.kvlistValue, "kvlistValue", depth + 1);
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
    left(name === "arrayValue" ? Kind.Array : Kind.Map, null);
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
      pushAttribute(into, key, any.kind, any.value);
    }
  }

  function readScope(sent: unknown, into: IncomingScope): void {
    const fields = fieldsOf(sent, "scope");
    into.name = textOf(fields.name, "scope.name");
    into.version = textOf(fields.version, "scope.version");
    readAttributes(fields.attributes, into.attributes);
  }

  return {
    ...{ any, problem: () => wrong, fail, fieldsOf, itemsOf, textOf, timeOf, readTime },
    begin() {
      wrong = null;
    },
    traceIdOf: (sent, name) => idOf(sent, TRACE_ID, name),
    spanIdOf: (sent, name) => idOf(sent, SPAN_ID, name),
    ...{ readAnyValue, readAttributes, readScope },
  };
}
