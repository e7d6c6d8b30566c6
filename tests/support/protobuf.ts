import protobuf from "protobufjs";

/**
 * OTLP and google.rpc.Status, written down by field number from the published .proto files:
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
message ExportTraceServiceRequest { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; string schemaUrl = 3; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schemaUrl = 3; }
message Span {
  bytes traceId = 1; bytes spanId = 2; string traceState = 3; bytes parentSpanId = 4; string name = 5;
  int32 kind = 6; fixed64 startTimeUnixNano = 7; fixed64 endTimeUnixNano = 8;
  repeated KeyValue attributes = 9; uint32 droppedAttributesCount = 10; repeated Event events = 11;
  repeated Link links = 13; SpanStatus status = 15; fixed32 flags = 16;
}
message Event { fixed64 timeUnixNano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link {
  bytes traceId = 1; bytes spanId = 2; string traceState = 3; repeated KeyValue attributes = 4;
}
message SpanStatus { string message = 2; int32 code = 3; }
message ExportMetricsServiceRequest { repeated ResourceMetrics resourceMetrics = 1; }
message ResourceMetrics {
  Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; string schemaUrl = 3;
}
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; string schemaUrl = 3; }
message Metric {
  string name = 1; string description = 2; string unit = 3;
  oneof data {
    Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9;
    ExponentialHistogram exponentialHistogram = 10; Summary summary = 11;
  }
  repeated KeyValue metadata = 12;
}
message Gauge { repeated NumberPoint dataPoints = 1; }
message Sum {
  repeated NumberPoint dataPoints = 1; int32 aggregationTemporality = 2; bool isMonotonic = 3;
}
message Histogram { repeated HistogramPoint dataPoints = 1; int32 aggregationTemporality = 2; }
message ExponentialHistogram {
  repeated ExponentialPoint dataPoints = 1; int32 aggregationTemporality = 2;
}
message Summary { repeated SummaryPoint dataPoints = 1; }
message NumberPoint {
  fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
  oneof value { double asDouble = 4; sfixed64 asInt = 6; }
  repeated Exemplar exemplars = 5; repeated KeyValue attributes = 7; uint32 flags = 8;
}
message HistogramPoint {
  fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; fixed64 count = 4; double sum = 5;
  repeated fixed64 bucketCounts = 6; repeated double explicitBounds = 7;
  repeated Exemplar exemplars = 8; repeated KeyValue attributes = 9; uint32 flags = 10;
  double min = 11; double max = 12;
}
message ExponentialPoint {
  repeated KeyValue attributes = 1; fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3;
  fixed64 count = 4; double sum = 5; sint32 scale = 6; fixed64 zeroCount = 7; Buckets positive = 8;
  Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11; double min = 12;
  double max = 13; double zeroThreshold = 14;
}
message Buckets { sint32 offset = 1; repeated uint64 bucketCounts = 2; }
message SummaryPoint {
  fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; fixed64 count = 4; double sum = 5;
  repeated Quantile quantileValues = 6; repeated KeyValue attributes = 7; uint32 flags = 8;
}
message Quantile { double quantile = 1; double value = 2; }
message Exemplar {
  fixed64 timeUnixNano = 2; oneof value { double asDouble = 3; sfixed64 asInt = 6; }
  bytes spanId = 4; bytes traceId = 5; repeated KeyValue filteredAttributes = 7;
}
message ExportServiceResponse { PartialSuccess partialSuccess = 1; }
message PartialSuccess { int64 rejected = 1; string errorMessage = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string typeUrl = 1; bytes value = 2; }
`).root;

const logsType = schema.lookupType("ExportLogsServiceRequest");
const typesByField: Record<string, protobuf.Type> = {
  resourceLogs: logsType,
  resourceSpans: schema.lookupType("ExportTraceServiceRequest"),
  resourceMetrics: schema.lookupType("ExportMetricsServiceRequest"),
};
const IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** Encodes what `otlp.ts` builds for any signal; the two share their field names. */
export function encodeRequest(request: object): Uint8Array {
  const type = typesByField[Object.keys(request)[0] ?? ""] ?? logsType;
  return type.encode(type.fromObject(withByteIds(request) as object)).finish();
}

/** JSON has ids in hexadecimal, protobuf as bytes. */
function withByteIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withByteIds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      IDS.has(key) ? Buffer.from(String(inner), "hex") : withByteIds(inner),
    ]),
  );
}

/**
 * Decodes a whole request and returns protobufjs's message object.
 *
 * @param field by which the request's signal is told
 */
export function decodeRequest(bytes: Uint8Array, field = "resourceLogs"): protobuf.Message {
  return (typesByField[field] ?? logsType).decode(bytes);
}

export interface PartialSuccess {
  /** Records, spans or data points. */
  rejected: number;
  errorMessage: string;
}

/** The partial success of a reply of any signal, null when it is unset. */
export function decodePartialSuccess(bytes: Uint8Array): PartialSuccess | null {
  const type = schema.lookupType("ExportServiceResponse");
  const reply = type.toObject(type.decode(bytes), { longs: Number, defaults: true });
  return (reply as { partialSuccess: PartialSuccess | null }).partialSuccess ?? null;
}

export function decodeStatus(bytes: Uint8Array): { code: number; message: string } {
  const type = schema.lookupType("Status");
  return type.toObject(type.decode(bytes), { defaults: true }) as { code: number; message: string };
}
