import type { EnforcedLog, EnforcedResource, EnforcedScope } from "@rollcall/schemas";
import { otelLogs } from "../../store/signal-tables.ts";
import { appendHalves, appendOffset, appendString, appendUInt8 } from "../column.ts";
import { columnOf, createNativeBlock } from "../native.ts";
import type { LogStamp } from "../types.ts";
import { createInstallColumn } from "./install-column.ts";
import { createMapColumn, createResourceColumn } from "./map-column.ts";

/** Rows of `otel_logs`. */
export function createLogWriter() {
  const block = createNativeBlock(otelLogs);
  const timestamp = columnOf(block, "Timestamp");
  const traceId = columnOf(block, "TraceId");
  const spanId = columnOf(block, "SpanId");
  const traceFlags = columnOf(block, "TraceFlags");
  const severityText = columnOf(block, "SeverityText");
  const severityNumber = columnOf(block, "SeverityNumber");
  const serviceName = columnOf(block, "ServiceName");
  const body = columnOf(block, "Body");
  const resourceSchemaUrl = columnOf(block, "ResourceSchemaUrl");
  const resourceAttributes = createResourceColumn(block);
  const scopeSchemaUrl = columnOf(block, "ScopeSchemaUrl");
  const scopeName = columnOf(block, "ScopeName");
  const scopeVersion = columnOf(block, "ScopeVersion");
  const scopeAttributes = columnOf(block, "ScopeAttributes");
  const logAttributes = createMapColumn(block, "LogAttributes");
  const eventName = columnOf(block, "EventName");
  const app = columnOf(block, "App");
  const installId = createInstallColumn(block, "InstallId");

  function append(
    log: EnforcedLog,
    resource: EnforcedResource,
    scope: EnforcedScope,
    stamp: LogStamp,
  ): void {
    appendHalves(timestamp, stamp.time.low, stamp.time.high);
    appendString(traceId, log.traceId);
    appendString(spanId, log.spanId);
    appendUInt8(traceFlags, log.flags);
    appendString(severityText, log.severityText);
    appendUInt8(severityNumber, log.severityNumber);
    appendString(serviceName, resource.serviceName);
    appendString(body, log.body);
    appendString(resourceSchemaUrl, stamp.resourceSchemaUrl);
    resourceAttributes(resource);
    appendString(scopeSchemaUrl, stamp.scopeSchemaUrl);
    appendString(scopeName, scope.name);
    appendString(scopeVersion, scope.version);
    appendOffset(scopeAttributes, 0);
    logAttributes(log.attributes);
    // A record that names an event is a row of `events`.
    appendString(eventName, "");
    appendString(app, stamp.app);
    installId(log.installId);
    block.rows++;
  }

  return { table: otelLogs, block, append };
}
