import type { IncomingHttpHeaders } from "node:http";
import { ingestFaults } from "../errors.ts";
import { type Format, formatOf, MEDIA_TYPES } from "./framing.ts";
import { type Signal, UNITS } from "./otlp/signals.ts";
import type { Problem } from "./problem.ts";
import type { Reply } from "./reply.ts";

const BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function bytesField(number: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** `google.rpc.Status` (google/rpc/status.proto); a 400 says in BadRequest details what to mend. */
function encodeStatus(format: Format, problem: Problem): string | Buffer {
  const { status, rpc, message: general } = ingestFaults[problem.fault];
  const message = problem.description ? `${general} ${sentence(problem.description)}` : general;
  const field = problem.field || "body";
  const description = problem.description ?? general;
  if (format === "json") {
    const details = [{ "@type": BAD_REQUEST, fieldViolations: [{ field, description }] }];
    return JSON.stringify({ code: rpc, message, ...(status === 400 && { details }) });
  }
  const head = [numberField(1, rpc), bytesField(2, message)];
  if (status !== 400) return Buffer.concat(head);
  const violation = bytesField(1, bytesField(1, field), bytesField(2, description));
  return Buffer.concat([
    ...head,
    bytesField(3, bytesField(1, BAD_REQUEST), bytesField(2, violation)),
  ]);
}

/**
 * `ExportLogsServiceResponse` and its like, which differ in a name of JSON alone. `message` null means full success, which is an empty message: with
 * no partial success set. Rejected 0 with a message is a warning.
 */
function encodeResponse(
  signal: Signal,
  format: Format,
  rejected: number,
  message: string | null,
): string | Buffer {
  if (format === "json") {
    if (message === null) return "{}";
    // int64 is a string in protobuf's JSON mapping.
    const partialSuccess = { [UNITS[signal].rejected]: String(rejected), errorMessage: message };
    return JSON.stringify({ partialSuccess });
  }
  if (message === null) return "";
  const count = rejected === 0 ? Buffer.alloc(0) : numberField(1, rejected);
  return bytesField(1, count, bytesField(2, message));
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(/\.\.$/, ".");
}

/** 200: all of it is on disk. */
export function acknowledge(
  signal: Signal,
  format: Format,
  rejected: number,
  message: string | null,
): Reply {
  return {
    status: 200,
    headers: ["content-type", MEDIA_TYPES[format]],
    body: encodeResponse(signal, format, rejected, message),
  };
}

/** A `google.rpc.Status` in the request's type; JSON where that type is neither. */
export function refuse(request: { headers: IncomingHttpHeaders }, problem: Problem): Reply {
  const format = formatOf(request.headers) ?? "json";
  const kind: { status: number; retryAfterSeconds?: number } = ingestFaults[problem.fault];
  const headers = ["content-type", MEDIA_TYPES[format]];
  const retryAfterSeconds = problem.retryAfterSeconds ?? kind.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) headers.push("retry-after", String(retryAfterSeconds));
  if (kind.status === 401) {
    headers.push("www-authenticate", 'Bearer realm="rollcall", Basic realm="rollcall"');
  }
  if (kind.status === 405) headers.push("allow", problem.allow ?? "POST");
  return { status: kind.status, headers, body: encodeStatus(format, problem) };
}
