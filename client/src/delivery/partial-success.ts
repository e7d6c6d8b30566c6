import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";

export interface PartialSuccess {
  rejected: number;
  message: string;
}

/** The collector's words go into the app's log: bounded, and on one line. */
const MAX_MESSAGE = 500;

/**
 * Reads the body of a 200 answer, protobuf or JSON: how many records the collector refused and why.
 * Logs, traces and metrics count under the same field numbers; only their names in JSON differ.
 * A body that cannot be read counts as full success, because the status already said so.
 *
 * @example
 * readPartialSuccess("application/json", body); // { rejected: 2, message: "event_unlisted: …" }
 */
export function readPartialSuccess(contentType: string, body: Uint8Array): PartialSuccess {
  if (body.byteLength === 0) return { rejected: 0, message: "" };
  try {
    const { partialSuccess } = contentType.toLowerCase().includes("json")
      ? (JSON.parse(Buffer.from(body).toString("utf8")) as { partialSuccess?: JsonPartialSuccess })
      : ProtobufLogsSerializer.deserializeResponse(body);
    // int64 is a string in JSON.
    const rejected = Number(countOf(partialSuccess) ?? 0);
    return {
      rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
      message: oneLine(partialSuccess?.errorMessage),
    };
  } catch {
    return { rejected: 0, message: "" };
  }
}

interface JsonPartialSuccess {
  rejectedLogRecords?: string | number;
  rejectedSpans?: string | number;
  rejectedDataPoints?: string | number;
  errorMessage?: string;
}

function countOf(partial: JsonPartialSuccess | undefined): string | number | undefined {
  return partial?.rejectedLogRecords ?? partial?.rejectedSpans ?? partial?.rejectedDataPoints;
}

function oneLine(text: unknown): string {
  if (typeof text !== "string") return "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f]+/g, " ").slice(0, MAX_MESSAGE);
}
