import type { EnforcedRecord } from "@rollcall/schemas";
import { heartbeats } from "../../store/tables.ts";
import { appendInt64, appendString, appendUInt16 } from "../column.ts";
import { columnOf, createNativeBlock } from "../native.ts";
import type { Stamp } from "../types.ts";
import { createRecordColumns } from "./record-columns.ts";

const DAY_MS = 86_400_000;
const BASE_PREFIX = "base_telemetry.";

/** Rows of `heartbeats`. */
export function createHeartbeatWriter() {
  const block = createNativeBlock(heartbeats);
  const common = createRecordColumns(block);
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

  return { table: heartbeats, block, append };
}
