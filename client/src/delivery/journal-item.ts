import type { JournalItem } from "../journal/types.ts";
import type { LogResource, OutgoingRecord } from "./encode.ts";

/**
 * A record as the transparency log shows it: every field that goes out with it, the resource's
 * (`service.name`, `service.version`, …) included.
 */
export function journalItem(record: OutgoingRecord, resource: LogResource): JournalItem {
  const content: Record<string, unknown> = { ...resource.attributes, ...record.attributes };
  if (record.traceId && record.spanId) {
    content.trace_id = record.traceId;
    content.span_id = record.spanId;
  }
  const signal = record.layer === "base" ? "base" : "event";
  const item: JournalItem = { signal, name: record.eventName, time: record.time, content };
  return record.requestId === undefined ? item : { ...item, requestId: record.requestId };
}
