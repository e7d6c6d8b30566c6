import type { IngestFault } from "../../errors.ts";

/** Why a body cannot be read. Names a place in the message, never a value. */
export interface DecodeFault {
  fault: Extract<IngestFault, "body_malformed" | "body_too_large" | "too_many_records">;
  /** The message or field at fault, as a path of field names; "" for the whole body. */
  field: string;
  description: string;
}

/** Records, spans or data points in one request: a megabyte of compressed nothing must not hold the event loop. */
export const MAX_RECORDS = 100_000;
/** Attributes on one record, resource or scope; the OpenTelemetry SDKs stop at 128. */
export const MAX_ATTRIBUTES = 1_024;
/** Arrays and maps inside one attribute. Their content is never kept, only checked for its form. */
export const MAX_NESTING = 32;

export const tooManyRecords: DecodeFault = Object.freeze({
  fault: "too_many_records",
  field: "",
  description: `at most ${MAX_RECORDS} records in one request`,
});
