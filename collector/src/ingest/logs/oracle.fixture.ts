import { Kind } from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import {
  createOracle,
  field,
  listed,
  lossyString,
  milliseconds,
  type PlainAttribute,
  plainAny,
  plainId,
  plainList,
  repeated,
} from "../otlp/oracle.fixture.ts";
import { createIncomingLog, type LogsDecoder } from "./incoming.ts";

const oracle = createOracle({
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
});

/** A decoded record in a form that two decoders can be compared in. */
interface PlainLog {
  eventName: string;
  body: string | null;
  hasOtherBody: boolean;
  attributes: PlainAttribute[];
  resource: PlainAttribute[];
  traceId: string;
  spanId: string;
  timeMs: number;
  observedMs: number;
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

/** What protobufjs makes of the bytes; null where it refuses them. */
export function oracleDecode(body: Uint8Array): PlainLog[] | null {
  const request = oracle(body);
  if (request === null) return null;
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
