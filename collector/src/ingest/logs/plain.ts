import {
  createEnforcedLog,
  type DecisionTable,
  enforceLog,
  keepSchemaUrl,
  PLAIN_LOG_EVENT,
} from "@rollcall/schemas";
import type { LogStamp } from "../../spool/types.ts";
import { createExceptionRow, readException } from "../exceptions.ts";
import { createOrigin } from "../origin.ts";
import { copyNanos, createNanos, fromMilliseconds, isZero } from "../otlp/nanos.ts";
import { type Recording, recordDrops } from "../recorder.ts";
import { createStamp, stampTimes } from "../time.ts";
import type { IncomingLog } from "./incoming.ts";

/**
 * What becomes of log records that name no event: rows of `otel_logs`, and of `exceptions` where they
 * tell of one.
 */
export function createPlainLogs() {
  const enforced = createEnforcedLog();
  const origin = createOrigin(PLAIN_LOG_EVENT, true);
  const { resource, scope } = origin;
  const times = createStamp();
  const time = createNanos();
  const stamp: LogStamp = { app: "", time, resourceSchemaUrl: "", scopeSchemaUrl: "" };
  const exception = createExceptionRow("log");

  return (table: DecisionTable, recording: Recording) => {
    const { batch, tally, sender, receivedMs } = recording;
    origin.begin(recording, table);
    stamp.app = sender.app;
    exception.app = sender.app;
    exception.receivedMs = receivedMs;
    let scopeTurn = -1;

    return (incoming: IncomingLog): void => {
      const nobodys = origin.look(incoming);
      const malformed = enforceLog(table, incoming, resource, enforced);
      const refusal = malformed ?? (enforced.installId === "" ? nobodys : null);
      if (refusal !== null) {
        tally.refuse(refusal.reason, refusal.event, refusal.field, resource.appVersion);
        return;
      }
      tally.accept(enforced.installId === "" ? null : enforced.installId);
      recordDrops(tally, enforced, PLAIN_LOG_EVENT, enforced.appVersion);
      if (incoming.scopeTurn !== scopeTurn) {
        scopeTurn = incoming.scopeTurn;
        stamp.resourceSchemaUrl = keepSchemaUrl(incoming.resourceSchemaUrl);
        stamp.scopeSchemaUrl = keepSchemaUrl(incoming.scopeSchemaUrl);
      }
      stampTimes(times, incoming, receivedMs, sender.backfill);
      if (times.timeClamped)
        tally.drop("value_malformed", PLAIN_LOG_EVENT, "(time)", enforced.appVersion);
      if (times.senderMs === 0 || times.timeClamped) fromMilliseconds(time, times.timeMs);
      else copyNanos(time, isZero(incoming.time) ? incoming.observed : incoming.time);
      batch.appendLog(enforced, resource, scope, stamp);
      if (!readException(enforced.attributes, exception)) return;
      exception.installId = enforced.installId;
      exception.timeMs = times.timeMs;
      exception.appVersion = enforced.appVersion;
      exception.service = resource.serviceName;
      exception.traceId = enforced.traceId;
      exception.spanId = enforced.spanId;
      batch.appendException(exception);
    };
  };
}
