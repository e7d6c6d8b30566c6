import {
  createEnforcedLog,
  createEnforcedResource,
  createEnforcedScope,
  type DecisionTable,
  enforceLog,
  enforceResource,
  enforceScope,
  keepSchemaUrl,
  PLAIN_LOG_EVENT,
} from "@rollcall/schemas";
import type { ExceptionRow, LogStamp } from "../../spool/types.ts";
import { readException } from "../exceptions.ts";
import { copyNanos, createNanos, fromMilliseconds, isZero } from "../otlp/nanos.ts";
import { type Recording, recordDrops } from "../recorder.ts";
import { type RecordTimes, stampTimes } from "../time.ts";
import type { IncomingLog } from "./incoming.ts";

/**
 * What becomes of log records that name no event: rows of `otel_logs`, and of `exceptions` where they
 * tell of one.
 *
 * @param times rewritten for every record, as is the row of an exception
 */
export function createPlainLogs(times: RecordTimes, exception: ExceptionRow) {
  const enforced = createEnforcedLog();
  const resource = createEnforcedResource();
  const scope = createEnforcedScope();
  const time = createNanos();
  const stamp: LogStamp = { app: "", time, resourceSchemaUrl: "", scopeSchemaUrl: "" };

  return (table: DecisionTable, { batch, tally, sender, receivedMs }: Recording) => {
    let resourceTurn = -1;
    let scopeTurn = -1;
    // Of what the records of one resource share the drops are counted once, with its first accepted one.
    let resourceCounted = true;
    let scopeCounted = true;
    stamp.app = sender.app;

    function decideOrigin(incoming: IncomingLog): void {
      if (incoming.resourceTurn !== resourceTurn) {
        resourceTurn = incoming.resourceTurn;
        enforceResource(table.signal, incoming.resource, resource);
        stamp.resourceSchemaUrl = keepSchemaUrl(incoming.resourceSchemaUrl);
        resourceCounted = false;
      }
      if (incoming.scopeTurn !== scopeTurn) {
        scopeTurn = incoming.scopeTurn;
        enforceScope(table.signal, incoming.scope, scope);
        stamp.scopeSchemaUrl = keepSchemaUrl(incoming.scopeSchemaUrl);
        scopeCounted = false;
      }
    }

    function countDrops(): void {
      recordDrops(tally, enforced, PLAIN_LOG_EVENT, enforced.appVersion);
      if (!resourceCounted) recordDrops(tally, resource, PLAIN_LOG_EVENT, resource.appVersion);
      if (!scopeCounted) recordDrops(tally, scope, PLAIN_LOG_EVENT, resource.appVersion);
      resourceCounted = true;
      scopeCounted = true;
    }

    function appendException(): void {
      if (!readException(enforced.attributes, exception)) return;
      exception.app = sender.app;
      exception.installId = enforced.installId;
      exception.timeMs = times.timeMs;
      exception.receivedMs = receivedMs;
      exception.appVersion = enforced.appVersion;
      exception.source = "log";
      exception.service = resource.serviceName;
      exception.traceId = enforced.traceId;
      exception.spanId = enforced.spanId;
      batch.appendException(exception);
    }

    return (incoming: IncomingLog): void => {
      decideOrigin(incoming);
      const refusal = enforceLog(table, incoming, resource, enforced);
      if (refusal !== null) {
        tally.refuse(refusal.reason, refusal.event, refusal.field, resource.appVersion);
        return;
      }
      if (enforced.installId === "" && !sender.unattributed) {
        const { appVersion } = resource;
        tally.refuse("install_id_missing", PLAIN_LOG_EVENT, "install_id", appVersion);
        return;
      }
      tally.accept(enforced.installId === "" ? null : enforced.installId);
      countDrops();
      stampTimes(times, incoming, receivedMs, sender.backfill);
      if (times.senderMs === 0 || times.timeClamped) fromMilliseconds(time, times.timeMs);
      else copyNanos(time, isZero(incoming.time) ? incoming.observed : incoming.time);
      batch.appendLog(enforced, resource, scope, stamp);
      appendException();
    };
  };
}
