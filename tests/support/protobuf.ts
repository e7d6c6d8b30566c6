import protobuf from "protobufjs";

/**
 * OTLP logs and google.rpc.Status, written down by field number from the published .proto files:
 * an oracle that shares nothing with the collector's decoder or the client's encoder.
 */
const schema = protobuf.parse(`
syntax = "proto3";
message ExportLogsServiceRequest { repeated ResourceLogs resourceLogs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; string schemaUrl = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 droppedAttributesCount = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; string schemaUrl = 3; }
message Scope {
  string name = 1; string version = 2;
  repeated KeyValue attributes = 3; uint32 droppedAttributesCount = 4;
}
message LogRecord {
  fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 droppedAttributesCount = 7; fixed32 flags = 8;
  bytes traceId = 9; bytes spanId = 10; fixed64 observedTimeUnixNano = 11; string eventName = 12;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4;
    ArrayValue arrayValue = 5; KeyValueList kvlistValue = 6; bytes bytesValue = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message ExportLogsServiceResponse { PartialSuccess partialSuccess = 1; }
message PartialSuccess { int64 rejectedLogRecords = 1; string errorMessage = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string typeUrl = 1; bytes value = 2; }
`).root;

const requestType = schema.lookupType("ExportLogsServiceRequest");

/** Encodes what `otlp.ts` builds; the two share their field names. */
export function encodeRequest(request: object): Uint8Array {
  return requestType.encode(requestType.fromObject(request)).finish();
}

/** Decodes a whole request and returns protobufjs's message object. */
export function decodeRequest(bytes: Uint8Array): protobuf.Message {
  return requestType.decode(bytes);
}

export interface PartialSuccess {
  rejectedLogRecords: number;
  errorMessage: string;
}

/** The partial success of a reply, null when it is unset. */
export function decodePartialSuccess(bytes: Uint8Array): PartialSuccess | null {
  const type = schema.lookupType("ExportLogsServiceResponse");
  const reply = type.toObject(type.decode(bytes), { longs: Number, defaults: true });
  return (reply as { partialSuccess: PartialSuccess | null }).partialSuccess ?? null;
}

export function decodeStatus(bytes: Uint8Array): { code: number; message: string } {
  const type = schema.lookupType("Status");
  return type.toObject(type.decode(bytes), { defaults: true }) as { code: number; message: string };
}
