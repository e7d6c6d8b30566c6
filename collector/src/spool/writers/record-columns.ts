import type { EnforcedRecord } from "@rollcall/schemas";
import { appendInt64, appendString, appendUInt8, appendWords } from "../column.ts";
import { columnOf, type NativeBlock } from "../native.ts";
import type { Stamp } from "../types.ts";
import { uuidWords } from "../uuid.ts";

/** Appends to the columns that the rows of both layers have. */
export function createRecordColumns(block: NativeBlock) {
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
