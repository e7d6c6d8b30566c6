import { Kind } from "@rollcall/schemas";
import type { DecodeFault } from "../otlp/limits.ts";
import type { Nanos } from "../otlp/nanos.ts";
import {
  createOracle,
  field,
  listed,
  lossyString,
  milliseconds,
  nanoseconds,
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
      severityNumber: field("int32", 2),
      severityText: lossyString(3),
      body: field("AnyValue", 5),
      attributes: repeated("KeyValue", 6),
      flags: field("fixed32", 8),
      traceId: field("bytes", 9),
      spanId: field("bytes", 10),
      observedTimeUnixNano: field("fixed64", 11),
      eventName: lossyString(12),
    },
  },
  ScopeLogs: {
    fields: {
      scope: field("Scope", 1),
      logRecords: repeated("LogRecord", 2),
      schemaUrl: lossyString(3),
    },
  },
  ResourceLogs: {
    fields: {
      resource: field("Resource", 1),
      scopeLogs: repeated("ScopeLogs", 2),
      schemaUrl: lossyString(3),
    },
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
  resourceSchemaUrl: string;
  scope: { name: string; version: string; attributes: PlainAttribute[] };
  scopeSchemaUrl: string;
  severityNumber: number;
  severityText: string;
  /** The lowest byte. */
  flags: number;
  traceId: string;
  spanId: string;
  /** Nanoseconds. */
  time: bigint;
  observed: bigint;
  timeMs: number;
  observedMs: number;
}

const nanos = ({ low, high }: Nanos): bigint => (BigInt(high) << 32n) | BigInt(low);

/** Runs a decoder and copies what it hands over. */
export function decodeAll(
  decode: LogsDecoder,
  body: Buffer,
): { fault: DecodeFault | null; logs: PlainLog[] } {
  const logs: PlainLog[] = [];
  const fault = decode(body, createIncomingLog(), (log) => {
    const { resourceTurn: _, scopeTurn: __, ...rest } = log;
    logs.push({
      ...rest,
      attributes: listed(log.attributes),
      resource: listed(log.resource),
      scope: { ...log.scope, attributes: listed(log.scope.attributes) },
      time: nanos(log.time),
      observed: nanos(log.observed),
    });
  });
  return { fault, logs };
}

/** What protobufjs makes of the bytes; null where it refuses them. */
export function oracleDecode(body: Uint8Array): PlainLog[] | null {
  const request = oracle(body);
  if (request === null) return null;
  const logs: PlainLog[] = [];
  for (const { resource, scopeLogs, schemaUrl: resourceSchemaUrl } of request.resourceLogs) {
    for (const { scope, logRecords, schemaUrl: scopeSchemaUrl } of scopeLogs) {
      for (const record of logRecords) {
        const [kind, value] = plainAny(record.body);
        logs.push({
          eventName: record.eventName,
          body: kind === Kind.String ? (value as string) : null,
          hasOtherBody: kind !== Kind.String && kind !== Kind.Empty,
          attributes: plainList(record.attributes),
          resource: plainList(resource?.attributes),
          resourceSchemaUrl,
          scope: {
            name: scope?.name ?? "",
            version: scope?.version ?? "",
            attributes: plainList(scope?.attributes),
          },
          scopeSchemaUrl,
          severityNumber: record.severityNumber,
          severityText: record.severityText,
          flags: record.flags & 0xff,
          traceId: plainId(record.traceId, 16),
          spanId: plainId(record.spanId, 8),
          time: nanoseconds(record.timeUnixNano),
          observed: nanoseconds(record.observedTimeUnixNano),
          timeMs: milliseconds(record.timeUnixNano),
          observedMs: milliseconds(record.observedTimeUnixNano),
        });
      }
    }
  }
  return logs;
}
