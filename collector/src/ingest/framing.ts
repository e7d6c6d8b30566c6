import type { IncomingHttpHeaders } from "node:http";
import type { Problem } from "./problem.ts";

export type Format = "json" | "protobuf";
export type Coding = "identity" | "gzip" | "deflate" | "zstd" | "br";

/** What the headers say about the body. */
export interface Framing {
  format: Format;
  coding: Coding;
  /** Bytes on the wire; null where the body is chunked. */
  contentLength: number | null;
}

export const MEDIA_TYPES = {
  json: "application/json",
  protobuf: "application/x-protobuf",
} as const satisfies Record<Format, string>;

const CODINGS: readonly string[] = ["identity", "gzip", "deflate", "zstd", "br"];

/** The format by Content-Type, in any case and with any parameters; null where it is neither. */
export function formatOf(headers: IncomingHttpHeaders): Format | null {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === MEDIA_TYPES.json) return "json";
  return type === MEDIA_TYPES.protobuf ? "protobuf" : null;
}

/** Reads the framing headers, or says which of them cannot be served. */
export function framingOf(headers: IncomingHttpHeaders): Framing | Problem {
  const format = formatOf(headers);
  if (format === null) return { fault: "media_type_unsupported" };
  const coding = headers["content-encoding"]?.trim().toLowerCase() || "identity";
  if (!CODINGS.includes(coding)) return { fault: "encoding_unsupported" };
  const length = headers["content-length"];
  return {
    format,
    coding: coding as Coding,
    contentLength: length === undefined ? null : Number(length),
  };
}
