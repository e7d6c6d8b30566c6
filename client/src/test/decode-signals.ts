import protobuf from "protobufjs";

/** Independent readers of OTLP traces and metrics requests: the messages by field number. */
const list = (type: string, id: number) => ({ rule: "repeated", type, id });
const one = (type: string, id: number) => ({ type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    Traces: { fields: { resourceSpans: list("ResourceSpans", 1) } },
    ResourceSpans: {
      fields: {
        resource: one("Resource", 1),
        scopeSpans: list("ScopeSpans", 2),
        schemaUrl: one("string", 3),
      },
    },
    ScopeSpans: {
      fields: { scope: one("Scope", 1), spans: list("Span", 2), schemaUrl: one("string", 3) },
    },
    Span: {
      fields: {
        traceId: one("bytes", 1),
        spanId: one("bytes", 2),
        traceState: one("string", 3),
        parentSpanId: one("bytes", 4),
        name: one("string", 5),
        kind: one("int32", 6),
        startTimeUnixNano: one("fixed64", 7),
        endTimeUnixNano: one("fixed64", 8),
        attributes: list("KeyValue", 9),
        events: list("Event", 11),
        links: list("Link", 13),
        status: one("Status", 15),
      },
    },
    Event: {
      fields: {
        timeUnixNano: one("fixed64", 1),
        name: one("string", 2),
        attributes: list("KeyValue", 3),
      },
    },
    Link: {
      fields: {
        traceId: one("bytes", 1),
        spanId: one("bytes", 2),
        traceState: one("string", 3),
        attributes: list("KeyValue", 4),
      },
    },
    Status: { fields: { message: one("string", 2), code: one("int32", 3) } },
    Metrics: { fields: { resourceMetrics: list("ResourceMetrics", 1) } },
    ResourceMetrics: {
      fields: { resource: one("Resource", 1), scopeMetrics: list("ScopeMetrics", 2) },
    },
    ScopeMetrics: { fields: { scope: one("Scope", 1), metrics: list("Metric", 2) } },
    Metric: {
      fields: {
        name: one("string", 1),
        description: one("string", 2),
        unit: one("string", 3),
        gauge: one("Numbers", 5),
        sum: one("Numbers", 7),
        histogram: one("Histogram", 9),
      },
    },
    Numbers: {
      fields: {
        dataPoints: list("NumberPoint", 1),
        aggregationTemporality: one("int32", 2),
        isMonotonic: one("bool", 3),
      },
    },
    NumberPoint: {
      fields: {
        startTimeUnixNano: one("fixed64", 2),
        timeUnixNano: one("fixed64", 3),
        asDouble: one("double", 4),
        asInt: one("sfixed64", 6),
        attributes: list("KeyValue", 7),
      },
    },
    Histogram: {
      fields: { dataPoints: list("HistogramPoint", 1), aggregationTemporality: one("int32", 2) },
    },
    HistogramPoint: {
      fields: {
        startTimeUnixNano: one("fixed64", 2),
        count: one("fixed64", 4),
        sum: one("double", 5),
        bucketCounts: list("fixed64", 6),
        explicitBounds: list("double", 7),
        attributes: list("KeyValue", 9),
      },
    },
    Resource: { fields: { attributes: list("KeyValue", 1) } },
    Scope: { fields: { name: one("string", 1), version: one("string", 2) } },
    KeyValue: { fields: { key: one("string", 1), value: one("AnyValue", 2) } },
    AnyValue: {
      oneofs: { value: { oneof: ["stringValue", "boolValue", "intValue", "doubleValue"] } },
      fields: {
        stringValue: one("string", 1),
        boolValue: one("bool", 2),
        intValue: one("int64", 3),
        doubleValue: one("double", 4),
      },
    },
  },
});

/** A decoded request as plain objects; attributes as `{ key: value }`, ids as hexadecimal. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into it by path
export type Plain = any;

export const decodeTraces = (body: Uint8Array): Plain => decode("Traces", body);
export const decodeMetrics = (body: Uint8Array): Plain => decode("Metrics", body);

function decode(name: string, body: Uint8Array): Plain {
  const type = root.lookupType(name);
  return plain(type.toObject(type.decode(body), { longs: Number }));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "attributes"
        ? Object.fromEntries(
            (inner as { key: string; value?: object }[]).map((pair) => [
              pair.key,
              Object.values(pair.value ?? {})[0],
            ]),
          )
        : plain(inner),
    ]),
  );
}
