import { Kind } from "@rollcall/schemas";
import { parseBody } from "../otlp/json-body.ts";
import { createJsonValues, type Fields } from "../otlp/json-values.ts";
import { MAX_RECORDS, tooManyRecords } from "../otlp/limits.ts";
import { clearLog, type IncomingLog, type LogsDecoder } from "./incoming.ts";

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
  const { any, fieldsOf, itemsOf, textOf, timeOf, readAnyValue, readAttributes } = values;
  let place = "";

  function readLogRecord(sent: unknown, log: IncomingLog): void {
    const fields = fieldsOf(sent, "a log record");
    clearLog(log);
    log.eventName = textOf(fields.eventName, "eventName");
    log.timeMs = timeOf(fields.timeUnixNano, "timeUnixNano");
    log.observedMs = timeOf(fields.observedTimeUnixNano, "observedTimeUnixNano");
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
      readAttributes(fieldsOf(resourceLogs.resource, "resource").attributes, log.resource);
      for (const scopeItem of itemsOf(resourceLogs.scopeLogs, "scopeLogs")) {
        place = "resourceLogs.scopeLogs.logRecords";
        const scopeLogs = fieldsOf(scopeItem, "an item of scopeLogs");
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
