import { exceptions } from "../../store/signal-tables.ts";
import { appendInt64, appendString } from "../column.ts";
import { columnOf, createNativeBlock } from "../native.ts";
import type { ExceptionRow } from "../types.ts";
import { createInstallColumn } from "./install-column.ts";

/** Rows of `exceptions`. */
export function createExceptionWriter() {
  const block = createNativeBlock(exceptions);
  const installId = createInstallColumn(block, "install_id");
  const time = columnOf(block, "time");
  const receivedAt = columnOf(block, "received_at");
  const texts = (
    [
      ["app", "app"],
      ["app_version", "appVersion"],
      ["source", "source"],
      ["service", "service"],
      ["type", "type"],
      ["message", "message"],
      ["stack", "stack"],
      ["trace_id", "traceId"],
      ["span_id", "spanId"],
    ] as const
  ).map(([name, field]) => ({ field, column: columnOf(block, name) }));

  function append(row: ExceptionRow): void {
    installId(row.installId);
    appendInt64(time, Math.trunc(row.timeMs));
    appendInt64(receivedAt, Math.trunc(row.receivedMs));
    for (const { field, column } of texts) appendString(column, row[field]);
    block.rows++;
  }

  return { table: exceptions, block, append };
}
