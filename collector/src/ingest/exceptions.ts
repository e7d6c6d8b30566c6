import { type KeptAttributes, keptValue } from "@rollcall/schemas";
import type { ExceptionRow } from "../spool/types.ts";

/** A row to be written over for every exception of one source. */
export const createExceptionRow = (source: ExceptionRow["source"]): ExceptionRow => ({
  ...{ app: "", installId: "", timeMs: 0, receivedMs: 0, appVersion: "", source },
  ...{ service: "", type: "", message: "", stack: "", traceId: "", spanId: "" },
});

/**
 * Takes the exception out of the kept attributes of a span, its event or a log.
 *
 * @param row its type, message and stack are rewritten
 * @returns false where they tell of none
 */
export function readException(attributes: KeptAttributes, row: ExceptionRow): boolean {
  row.type = keptValue(attributes, "exception.type");
  if (row.type === "") return false;
  row.message = keptValue(attributes, "exception.message");
  row.stack = keptValue(attributes, "exception.stacktrace");
  return true;
}
