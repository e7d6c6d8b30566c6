import type { OutgoingRecord, WireValue } from "./encode.ts";

/**
 * The content of a queue file: one record a line as JSON, which the self-hoster can read with
 * `cat`.
 */
export function formatBatch(records: readonly OutgoingRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/**
 * Reads the first `records` lines. What stands behind them was being added when its process died,
 * and does not count.
 *
 * @returns null when the file is damaged, say empty after a power failure
 */
export function parseBatch(text: string, records: number): OutgoingRecord[] | null {
  const batch: OutgoingRecord[] = [];
  let start = 0;
  while (batch.length < records) {
    const end = text.indexOf("\n", start);
    if (end < 0) return null;
    const record = parseRecord(text.slice(start, end));
    if (record === null) return null;
    batch.push(record);
    start = end + 1;
  }
  return batch;
}

function parseRecord(line: string): OutgoingRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { layer, eventName, time, attributes, traceId, spanId, requestId } = value;
  if (layer !== "detailed" || typeof eventName !== "string") return null;
  if (typeof time !== "number" || !Number.isFinite(time)) return null;
  if (!isObject(attributes) || !Object.values(attributes).every(isWireValue)) return null;
  const record: OutgoingRecord = {
    layer,
    eventName,
    time,
    attributes: attributes as Record<string, WireValue>,
  };
  if (typeof traceId === "string" && typeof spanId === "string") {
    record.traceId = traceId;
    record.spanId = spanId;
  }
  if (typeof requestId === "string") record.requestId = requestId;
  return record;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWireValue(value: unknown): value is WireValue {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number";
}
