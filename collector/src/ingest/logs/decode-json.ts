import { Kind, severityByName } from "@rollcall/schemas";
import { parseBody } from "../otlp/json-body.ts";
import { createJsonValues, type Fields } from "../otlp/json-values.ts";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { type Nanos, readJsonNanos, toMilliseconds } from "../otlp/nanos.ts";
import {
  clearLog,
  clearResource,
  clearScope,
  type IncomingLog,
  type LogsDecoder,
} from "./incoming.ts";

/**
 * A decoder of JSON `ExportLogsServiceRequest`s: lowerCamelCase names, unknown fields ignored,
 * `null` is the default, 64-bit integers as string or number, ids in hex.
 *
 * @example
 * const decode = createJsonDecoder();
 * const fault = decode(body, createIncomingLog(), (log) => names.push(log.eventName));
 */
export function createJsonDecoder(): LogsDecoder {
  const values = createJsonValues();
  const { any, fieldsOf, itemsOf, textOf, readAnyValue, readAttributes } = values;
  let place = "";

  /** @returns whole Unix milliseconds */
  function readTime(sent: unknown, into: Nanos, name: string): number {
    if (sent === undefined || sent === null) return 0;
    if (!readJsonNanos(into, sent)) values.fail(`${name} is not an unsigned 64-bit integer`);
    return toMilliseconds(into);
  }

  /** An enum of protobuf comes as its number or as its name. */
  function severityOf(sent: unknown): number {
    if (sent === undefined || sent === null) return 0;
    const number = typeof sent === "string" ? severityByName(sent) : sent;
    if (typeof number === "number" && Number.isInteger(number)) return number;
    values.fail("severityNumber is not a severity");
    return 0;
  }

  /** The lowest byte: the others are reserved. */
  function flagsOf(sent: unknown): number {
    if (sent === undefined || sent === null) return 0;
    const number = typeof sent === "string" && /^\d{1,10}$/.test(sent) ? Number(sent) : sent;
    if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number & 0xff;
    values.fail("flags is not an unsigned 32-bit integer");
    return 0;
  }

  function readLogRecord(sent: unknown, log: IncomingLog): void {
    const fields = fieldsOf(sent, "a log record");
    clearLog(log);
    log.eventName = textOf(fields.eventName, "eventName");
    log.timeMs = readTime(fields.timeUnixNano, log.time, "timeUnixNano");
    log.observedMs = readTime(fields.observedTimeUnixNano, log.observed, "observedTimeUnixNano");
    log.severityNumber = severityOf(fields.severityNumber);
    log.severityText = textOf(fields.severityText, "severityText");
    log.flags = flagsOf(fields.flags);
    log.traceId = values.traceIdOf(fields.traceId, "traceId");
    log.spanId = values.spanIdOf(fields.spanId, "spanId");
    readAnyValue(fields.body, 0);
    log.body = any.kind === Kind.String ? (any.value as string) : null;
    log.hasOtherBody = any.kind !== Kind.String && any.kind !== Kind.Empty;
    readAttributes(fields.attributes, log.attributes);
  }

  /** @returns false where there are too many records */
  function readRequest(
    request: Fields,
    log: IncomingLog,
    onRecord: (log: IncomingLog) => void,
  ): boolean {
    let records = 0;
    for (const resourceItem of itemsOf(request.resourceLogs, "resourceLogs")) {
      place = "resourceLogs.resource";
      const resourceLogs = fieldsOf(resourceItem, "an item of resourceLogs");
      clearResource(log);
      readAttributes(fieldsOf(resourceLogs.resource, "resource").attributes, log.resource);
      log.resourceSchemaUrl = textOf(resourceLogs.schemaUrl, "schemaUrl");
      for (const scopeItem of itemsOf(resourceLogs.scopeLogs, "scopeLogs")) {
        place = "resourceLogs.scopeLogs.logRecords";
        const scopeLogs = fieldsOf(scopeItem, "an item of scopeLogs");
        clearScope(log);
        values.readScope(scopeLogs.scope, log.scope);
        log.scopeSchemaUrl = textOf(scopeLogs.schemaUrl, "schemaUrl");
        for (const record of itemsOf(scopeLogs.logRecords, "logRecords")) {
          if (++records > MAX_RECORDS) return false;
          readLogRecord(record, log);
          if (values.problem() !== null) return true;
          onRecord(log);
        }
      }
      if (values.problem() !== null) return true;
    }
    return true;
  }

  return (body, log, onRecord) => {
    values.begin();
    place = "";
    const parsed = parseBody(body);
    if ("fault" in parsed) return parsed;
    if (!readRequest(parsed.request, log, onRecord)) return tooManyRecords;
    const problem = values.problem();
    return problem === null
      ? null
      : { fault: "body_malformed", field: place, description: problem };
  };
}
