import protobuf from "protobufjs";

/**
 * An independent reader of OTLP logs requests: the messages by field number, as in
 * opentelemetry/proto/logs/v1/logs.proto, decoded by protobufjs.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceLogs: { rule: "repeated", type: "ResourceLogs", id: 1 } } },
    ResourceLogs: {
      fields: {
        resource: { type: "Resource", id: 1 },
        scopeLogs: { rule: "repeated", type: "ScopeLogs", id: 2 },
      },
    },
    Resource: { fields: { attributes: { rule: "repeated", type: "KeyValue", id: 1 } } },
    ScopeLogs: {
      fields: {
        scope: { type: "Scope", id: 1 },
        logRecords: { rule: "repeated", type: "LogRecord", id: 2 },
      },
    },
    Scope: { fields: { name: { type: "string", id: 1 }, version: { type: "string", id: 2 } } },
    LogRecord: {
      fields: {
        timeUnixNano: { type: "fixed64", id: 1 },
        severityNumber: { type: "uint32", id: 2 },
        attributes: { rule: "repeated", type: "KeyValue", id: 6 },
        traceId: { type: "bytes", id: 9 },
        spanId: { type: "bytes", id: 10 },
        observedTimeUnixNano: { type: "fixed64", id: 11 },
        eventName: { type: "string", id: 12 },
      },
    },
    KeyValue: { fields: { key: { type: "string", id: 1 }, value: { type: "AnyValue", id: 2 } } },
    AnyValue: {
      oneofs: { value: { oneof: ["stringValue", "boolValue", "intValue", "doubleValue"] } },
      fields: {
        stringValue: { type: "string", id: 1 },
        boolValue: { type: "bool", id: 2 },
        intValue: { type: "int64", id: 3 },
        doubleValue: { type: "double", id: 4 },
      },
    },
    Response: { fields: { partialSuccess: { type: "PartialSuccess", id: 1 } } },
    PartialSuccess: {
      fields: {
        rejectedLogRecords: { type: "int64", id: 1 },
        errorMessage: { type: "string", id: 2 },
      },
    },
  },
});

export interface DecodedRecord {
  eventName: string;
  /** Nanoseconds, as decimal text. */
  time: string;
  traceId: string;
  spanId: string;
  /** Values as text, with their kind, as in `intValue 4`. */
  attributes: Record<string, string>;
}

export interface DecodedRequest {
  /** One per resource block. */
  resources: Record<string, string>[];
  scopes: { name: string; version: string }[];
  records: DecodedRecord[];
}

interface Wire {
  resourceLogs?: {
    resource?: { attributes?: WireKeyValue[] };
    scopeLogs?: { scope: { name: string; version: string }; logRecords?: WireRecord[] }[];
  }[];
}
interface WireKeyValue {
  key: string;
  value: Record<string, unknown>;
}
interface WireRecord {
  eventName: string;
  timeUnixNano: string;
  traceId?: string;
  spanId?: string;
  attributes?: WireKeyValue[];
}

export function decodeRequest(body: Uint8Array): DecodedRequest {
  const type = root.lookupType("Request");
  const wire = type.toObject(type.decode(body), { longs: String, bytes: String }) as Wire;
  const blocks = wire.resourceLogs ?? [];
  const scopeLogs = blocks.flatMap((block) => block.scopeLogs ?? []);
  return {
    resources: blocks.map((block) => attributesOf(block.resource?.attributes)),
    scopes: scopeLogs.map(({ scope }) => ({ name: scope.name, version: scope.version })),
    records: scopeLogs.flatMap(({ logRecords }) =>
      (logRecords ?? []).map((record) => ({
        eventName: record.eventName,
        time: record.timeUnixNano,
        traceId: hex(record.traceId),
        spanId: hex(record.spanId),
        attributes: attributesOf(record.attributes),
      })),
    ),
  };
}

/** An `ExportLogsServiceResponse` that refuses records. */
export function encodeResponse(rejectedLogRecords: number, errorMessage: string): Uint8Array {
  const type = root.lookupType("Response");
  return type
    .encode(type.fromObject({ partialSuccess: { rejectedLogRecords, errorMessage } }))
    .finish();
}

function attributesOf(list: WireKeyValue[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).map(({ key, value }) => [key, Object.entries(value).flat().join(" ")]),
  );
}

function hex(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString("hex");
}
