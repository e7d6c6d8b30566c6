import type { EnforcedRecord } from "@rollcall/schemas";
import { events, heartbeats, refusals, type Table } from "../store/tables.ts";
import {
  appendFloat64,
  appendInt64,
  appendString,
  appendUInt8,
  appendUInt16,
  appendUInt32,
  appendUInt64,
  appendWords,
} from "./column.ts";
import type { Section } from "./frame.ts";
import {
  blockBytes,
  columnOf,
  createNativeBlock,
  encodeBlock,
  markBlock,
  resetBlock,
  rewindBlock,
} from "./native.ts";
import { createRefusalCounts } from "./refusal-counts.ts";
import type { Batch, Stamp } from "./types.ts";
import { uidWords, uuidWords } from "./uuid.ts";

/** What the spool needs of a batch besides appending to it. */
export interface SpoolBatch extends Batch {
  rows(): number;
  bytes(): number;
  /** Native blocks of every table that has rows. They share memory with the batch until `reset`. */
  sections(firstRow: number): Section[];
  reset(): void;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const BASE_PREFIX = "base_telemetry.";

export function createBatch(): SpoolBatch {
  const eventRows = createEventWriter();
  const heartbeatRows = createHeartbeatWriter();
  const counts = createRefusalCounts();
  /** Row counts at each mark, two by two. */
  const marks: number[] = [];

  return {
    mark() {
      markBlock(eventRows.block);
      markBlock(heartbeatRows.block);
      return marks.push(eventRows.block.rows, heartbeatRows.block.rows) / 2 - 1;
    },
    rewind(mark) {
      rewindBlock(eventRows.block, mark);
      rewindBlock(heartbeatRows.block, mark);
      eventRows.block.rows = marks[mark * 2] ?? eventRows.block.rows;
      heartbeatRows.block.rows = marks[mark * 2 + 1] ?? heartbeatRows.block.rows;
      marks.length = Math.min(mark * 2, marks.length);
    },
    appendEvent: eventRows.append,
    appendHeartbeat: heartbeatRows.append,
    countRefusal: counts.add,
    rows: () => eventRows.block.rows + heartbeatRows.block.rows + counts.size(),
    bytes: () => blockBytes(eventRows.block) + blockBytes(heartbeatRows.block) + counts.bytes(),
    sections(firstRow) {
      const sections: Section[] = [];
      eventRows.number(firstRow);
      add(sections, events, eventRows.block);
      add(sections, heartbeats, heartbeatRows.block);
      add(sections, refusals, counts.encode());
      return sections;
    },
    reset() {
      resetBlock(eventRows.block);
      resetBlock(heartbeatRows.block);
      counts.reset();
      marks.length = 0;
    },
  };
}

function add(sections: Section[], table: Table, block: ReturnType<typeof createNativeBlock>): void {
  if (block.rows === 0) return;
  sections.push({ table: table.name, rows: block.rows, pieces: encodeBlock(block) });
}

function createEventWriter() {
  const block = createNativeBlock(events);
  const common = createCommonColumns(block);
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
    appendInt64(propertyOffsets, lastOffset(propertyOffsets) + record.properties);
    for (let i = 0; i < record.numbers; i++) {
      appendString(numberKeys, record.numberKeys[i]!);
      appendFloat64(numberValues, record.numberValues[i]!);
    }
    appendInt64(numberOffsets, lastOffset(numberOffsets) + record.numbers);

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

  return { block, append, number };
}

function createHeartbeatWriter() {
  const block = createNativeBlock(heartbeats);
  const common = createCommonColumns(block);
  const kind = columnOf(block, "kind");
  const admissionDay = columnOf(block, "admission_day");
  const fingerprint = columnOf(block, "telemetry_fingerprint");
  const token = columnOf(block, "token");
  const texts = (
    [
      "platform",
      "os_version",
      "architecture",
      "locale",
      "timezone",
      "release_channel",
      "deployment_type",
      "install_key",
    ] as const
  ).map((name) => ({ name, column: columnOf(block, name) }));
  const times = (["first_seen_at", "last_seen_at", "heartbeat_at"] as const).map((name) => ({
    name,
    column: columnOf(block, name),
  }));

  function append(record: EnforcedRecord, stamp: Stamp): void {
    common(record, stamp);
    appendString(
      kind,
      record.event.startsWith(BASE_PREFIX) ? record.event.slice(BASE_PREFIX.length) : record.event,
    );
    appendUInt16(admissionDay, Math.floor(stamp.admissionMs / DAY_MS));
    appendString(fingerprint, record.fingerprint);
    appendString(token, stamp.token);
    for (const { name, column } of texts) appendString(column, record.base[name]);
    for (const { name, column } of times) appendInt64(column, Math.trunc(record.base[name]));
    block.rows++;
  }

  return { block, append };
}

/** The columns that both layers have. */
function createCommonColumns(block: ReturnType<typeof createNativeBlock>) {
  const app = columnOf(block, "app");
  const installId = columnOf(block, "install_id");
  const time = columnOf(block, "time");
  const receivedAt = columnOf(block, "received_at");
  const timeClamped = columnOf(block, "time_clamped");
  const appVersion = columnOf(block, "app_version");
  const environment = columnOf(block, "environment");
  // The records of one request are of one install.
  let lastInstall = "";
  const lastWords = new Uint32Array(4);

  return (record: EnforcedRecord, stamp: Stamp): void => {
    if (record.installId !== lastInstall) {
      lastInstall = "";
      if (!uuidWords(record.installId, lastWords)) throw new Error("install id is not a UUID");
      lastInstall = record.installId;
    }
    appendWords(installId, lastWords);
    appendString(app, stamp.app);
    appendInt64(time, Math.trunc(stamp.timeMs));
    appendInt64(receivedAt, Math.trunc(stamp.receivedMs));
    appendUInt8(timeClamped, stamp.timeClamped ? 1 : 0);
    appendString(appVersion, record.appVersion);
    appendString(environment, record.environment);
  };
}

function lastOffset(offsets: { words: Uint32Array; length: number }): number {
  return offsets.length === 0 ? 0 : offsets.words[(offsets.length >>> 2) - 2]!;
}

/** Start of the minute in Unix seconds, within what a DateTime holds. */
function minuteOf(ms: number): number {
  const seconds = Math.floor(ms / MINUTE_MS) * 60;
  return seconds > 0 ? Math.min(seconds, 0xffffffff) : 0;
}
