import { type AttributeList, type AttributeValue, Kind } from "@rollcall/schemas";
import protobuf from "protobufjs";
import type { DecodeFault } from "../otlp/limits.ts";
import { createIncomingLog, type LogsDecoder } from "./incoming.ts";

/*
 * Another implementation to compare with: protobufjs, over the messages of opentelemetry-proto
 * written down by field number.
 */

const field = (type: string, id: number) => ({ type, id });
/** Replaces invalid UTF-8 as the collector does; OTLP leaves the choice to the receiver. */
const lossyString = (id: number) => ({
  ...field("string", id),
  options: { features: { utf8_validation: "NONE" } },
});
const repeated = (type: string, id: number) => ({ type, id, rule: "repeated" });

const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      oneofs: { value: { oneof: ["s", "b", "i", "d", "array", "map", "bytes"] } },
      fields: {
        s: lossyString(1),
        b: field("bool", 2),
        i: field("int64", 3),
        d: field("double", 4),
        array: field("ArrayValue", 5),
        map: field("KeyValueList", 6),
        bytes: field("bytes", 7),
      },
    },
    ArrayValue: { fields: { values: repeated("AnyValue", 1) } },
    KeyValueList: { fields: { values: repeated("KeyValue", 1) } },
    KeyValue: { fields: { key: lossyString(1), value: field("AnyValue", 2) } },
    Resource: { fields: { attributes: repeated("KeyValue", 1) } },
    Scope: { fields: { attributes: repeated("KeyValue", 3) } },
    LogRecord: {
      fields: {
        timeUnixNano: field("fixed64", 1),
        body: field("AnyValue", 5),
        attributes: repeated("KeyValue", 6),
        traceId: field("bytes", 9),
        spanId: field("bytes", 10),
        observedTimeUnixNano: field("fixed64", 11),
        eventName: lossyString(12),
      },
    },
    ScopeLogs: { fields: { scope: field("Scope", 1), logRecords: repeated("LogRecord", 2) } },
    ResourceLogs: {
      fields: { resource: field("Resource", 1), scopeLogs: repeated("ScopeLogs", 2) },
    },
    Request: { fields: { resourceLogs: repeated("ResourceLogs", 1) } },
  },
});

const OracleRequest = root.lookupType("Request");

/** A decoded record in a form that two decoders can be compared in. */
interface PlainLog {
  eventName: string;
  body: string | null;
  hasOtherBody: boolean;
  attributes: [string, Kind, AttributeValue][];
  resource: [string, Kind, AttributeValue][];
  traceId: string;
  spanId: string;
  timeMs: number;
  observedMs: number;
}

function listed(list: AttributeList): [string, Kind, AttributeValue][] {
  const plain: [string, Kind, AttributeValue][] = [];
  for (let at = 0; at < list.length; at++) {
    plain.push([list.keys[at] as string, list.kinds[at] as Kind, list.values[at] ?? null]);
  }
  return plain;
}

/** Runs a decoder and copies what it hands over. */
export function decodeAll(
  decode: LogsDecoder,
  body: Buffer,
): { fault: DecodeFault | null; logs: PlainLog[] } {
  const logs: PlainLog[] = [];
  const fault = decode(body, createIncomingLog(), ({ attributes, resource, ...rest }) => {
    logs.push({ ...rest, attributes: listed(attributes), resource: listed(resource) });
  });
  return { fault, logs };
}

// biome-ignore lint/suspicious/noExplicitAny: protobufjs messages of types made at run time
type Message = any;

function plainAny(any: Message): [Kind, AttributeValue] {
  switch (any?.value) {
    case "s":
      return [Kind.String, any.s];
    case "b":
      return [Kind.Boolean, any.b];
    case "i": {
      const exact = BigInt(any.i.toString());
      return [Kind.Integer, Number.isSafeInteger(Number(exact)) ? Number(exact) : exact];
    }
    case "d":
      return [Kind.Double, any.d];
    case "array":
      return [Kind.Array, null];
    case "map":
      return [Kind.Map, null];
    case "bytes":
      return [Kind.Bytes, null];
    default:
      return [Kind.Empty, null];
  }
}

const plainList = (pairs: Message[] | undefined): [string, Kind, AttributeValue][] =>
  (pairs ?? []).map((pair) => [pair.key, ...plainAny(pair.value)]);

const milliseconds = (nanoseconds: Message) => Number(BigInt(nanoseconds.toString()) / 1_000_000n);

function plainId(bytes: Uint8Array, length: number): string {
  return bytes.length === length && bytes.some((byte) => byte !== 0)
    ? Buffer.from(bytes).toString("hex")
    : "";
}

/** What protobufjs makes of the bytes; null where it refuses them. */
export function oracleDecode(body: Uint8Array): PlainLog[] | null {
  let request: Message;
  try {
    request = OracleRequest.decode(body);
  } catch {
    return null;
  }
  const logs: PlainLog[] = [];
  for (const { resource, scopeLogs } of request.resourceLogs) {
    for (const { logRecords } of scopeLogs) {
      for (const record of logRecords) {
        const [kind, value] = plainAny(record.body);
        logs.push({
          eventName: record.eventName,
          body: kind === Kind.String ? (value as string) : null,
          hasOtherBody: kind !== Kind.String && kind !== Kind.Empty,
          attributes: plainList(record.attributes),
          resource: plainList(resource?.attributes),
          traceId: plainId(record.traceId, 16),
          spanId: plainId(record.spanId, 8),
          timeMs: milliseconds(record.timeUnixNano),
          observedMs: milliseconds(record.observedTimeUnixNano),
        });
      }
    }
  }
  return logs;
}
