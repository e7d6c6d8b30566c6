import type { EnforcedRecord } from "@rollcall/schemas";
import { events } from "../../store/tables.ts";
import {
  appendFloat64,
  appendOffset,
  appendString,
  appendUInt32,
  appendUInt64,
  appendWords,
} from "../column.ts";
import { columnOf, createNativeBlock } from "../native.ts";
import type { Stamp } from "../types.ts";
import { uidWords } from "../uuid.ts";
import { createRecordColumns } from "./record-columns.ts";

const MINUTE_MS = 60_000;

/** Rows of `events`. */
export function createEventWriter() {
  const block = createNativeBlock(events);
  const common = createRecordColumns(block);
  const event = columnOf(block, "event");
  const user = columnOf(block, "user");
  const propertyOffsets = columnOf(block, "properties", 0);
  const propertyKeys = columnOf(block, "properties", 1);
  const propertyValues = columnOf(block, "properties", 2);
  const numberOffsets = columnOf(block, "numbers", 0);
  const numberKeys = columnOf(block, "numbers", 1);
  const numberValues = columnOf(block, "numbers", 2);
  const traceId = columnOf(block, "trace_id");
  const spanId = columnOf(block, "span_id");
  const minute = columnOf(block, "minute");
  const uid = columnOf(block, "uid");
  const row = columnOf(block, "_row");
  const words = new Uint32Array(4);
  const noUid = new Uint32Array(4);

  function append(record: EnforcedRecord, stamp: Stamp): void {
    common(record, stamp);
    appendString(event, record.event);
    appendUInt64(user, stamp.user);
    appendString(traceId, record.traceId);
    appendString(spanId, record.spanId);

    for (let i = 0; i < record.properties; i++) {
      appendString(propertyKeys, record.propertyKeys[i]!);
      appendString(propertyValues, record.propertyValues[i]!);
    }
    appendOffset(propertyOffsets, record.properties);
    for (let i = 0; i < record.numbers; i++) {
      appendString(numberKeys, record.numberKeys[i]!);
      appendFloat64(numberValues, record.numberValues[i]!);
    }
    appendOffset(numberOffsets, record.numbers);

    appendUInt32(minute, minuteOf(stamp.senderMs));
    if (record.uid === "") appendWords(uid, noUid);
    else {
      uidWords(record.uid, words);
      appendWords(uid, words);
    }
    block.rows++;
  }

  /** Numbers the rows. Only when the block is complete: rows may be rewound before. */
  function number(firstRow: number): void {
    row.length = 0;
    for (let i = 0; i < block.rows; i++) appendUInt32(row, firstRow + i);
  }

  return { table: events, block, append, number };
}

/** Start of the minute in Unix seconds, within what a DateTime holds. */
function minuteOf(ms: number): number {
  const seconds = Math.floor(ms / MINUTE_MS) * 60;
  return seconds > 0 ? Math.min(seconds, 0xffffffff) : 0;
}
