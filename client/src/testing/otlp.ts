import { type Decoded, decodeMessage, type MessageTable } from "./protobuf.ts";

/*
 * The requests of opentelemetry-proto v1, as far as the kit looks into them. Spans and metrics are
 * counted only, so their fields are in no table.
 */
const ANY_VALUE: MessageTable = {
  1: ["stringValue", "string"],
  2: ["boolValue", "bool"],
  3: ["intValue", "int64"],
  4: ["doubleValue", "double"],
  5: ["arrayValue", () => ({ 1: ["values", () => ANY_VALUE, "repeated"] })],
  6: ["kvlistValue", () => ({ 1: ["values", () => KEY_VALUE, "repeated"] })],
  7: ["bytesValue", "bytes"],
};
const KEY_VALUE: MessageTable = { 1: ["key", "string"], 2: ["value", () => ANY_VALUE] };
const RESOURCE: MessageTable = {
  1: ["attributes", () => KEY_VALUE, "repeated"],
  2: ["droppedAttributesCount", "uint32"],
};
const SCOPE: MessageTable = {
  1: ["name", "string"],
  2: ["version", "string"],
  3: ["attributes", () => KEY_VALUE, "repeated"],
  4: ["droppedAttributesCount", "uint32"],
};
const LOG_RECORD: MessageTable = {
  1: ["timeUnixNano", "fixed64"],
  2: ["severityNumber", "uint32"],
  3: ["severityText", "string"],
  5: ["body", () => ANY_VALUE],
  6: ["attributes", () => KEY_VALUE, "repeated"],
  7: ["droppedAttributesCount", "uint32"],
  8: ["flags", "fixed32"],
  9: ["traceId", "bytes"],
  10: ["spanId", "bytes"],
  11: ["observedTimeUnixNano", "fixed64"],
  12: ["eventName", "string"],
};
const SCOPE_LOGS: MessageTable = {
  1: ["scope", () => SCOPE],
  2: ["logRecords", () => LOG_RECORD, "repeated"],
  3: ["schemaUrl", "string"],
};
const RESOURCE_LOGS: MessageTable = {
  1: ["resource", () => RESOURCE],
  2: ["scopeLogs", () => SCOPE_LOGS, "repeated"],
  3: ["schemaUrl", "string"],
};
const LOGS: MessageTable = { 1: ["resourceLogs", () => RESOURCE_LOGS, "repeated"] };

/** `Export…ServiceRequest` of spans or metrics, down to the list that is counted. */
const counted = (outer: string, inner: string, items: string): MessageTable => ({
  1: [
    outer,
    () => ({ 2: [inner, () => ({ 2: [items, "bytes", "repeated"] }), "repeated"] }),
    "repeated",
  ],
});
const TRACES = counted("resourceSpans", "scopeSpans", "spans");
const METRICS = counted("resourceMetrics", "scopeMetrics", "metrics");

export type OtlpSignal = "logs" | "traces" | "metrics";
const TABLES: Record<OtlpSignal, MessageTable> = { logs: LOGS, traces: TRACES, metrics: METRICS };

/**
 * One OTLP request in the shape of OTLP/JSON, whichever of the two encodings it came in.
 *
 * @throws SyntaxError or RangeError where it is neither
 */
export function decodeOtlp(signal: OtlpSignal, contentType: string, body: Uint8Array): Decoded {
  if (!/^application\/json\b/i.test(contentType)) return decodeMessage(body, TABLES[signal]);
  const json: unknown = JSON.parse(new TextDecoder().decode(body));
  if (typeof json !== "object" || json === null) throw new SyntaxError("no OTLP request");
  return json as Decoded;
}

/** How many spans or metrics a decoded request holds. */
export function countItems(request: Decoded): number {
  const lists = (from: unknown[], key: string) =>
    from.flatMap((item) => {
      const list = (item as Decoded | null)?.[key];
      return Array.isArray(list) ? (list as unknown[]) : [];
    });
  const outer = [...lists([request], "resourceSpans"), ...lists([request], "resourceMetrics")];
  const inner = [...lists(outer, "scopeSpans"), ...lists(outer, "scopeMetrics")];
  return lists(inner, "spans").length + lists(inner, "metrics").length;
}
