import {
  createEnforcedRecord,
  type EnforcedRecord,
  enforce,
  PLAIN_LOG,
  refusedVersion,
} from "@rollcall/schemas";
import type { Stamp } from "../../spool/types.ts";
import { createExceptionRow } from "../exceptions.ts";
import { createUserHasher } from "../identity.ts";
import { recordDrops, type SignalRecorder, type SignalRecorderDeps } from "../recorder.ts";
import { createStamp, stampTimes } from "../time.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingLog, type IncomingLog } from "./incoming.ts";
import { createPlainLogs } from "./plain.ts";

/** Log records: heartbeats and events, and what else a logger says. */
export function createLogRecorder(deps: SignalRecorderDeps): SignalRecorder<IncomingLog> {
  const hashUser = createUserHasher(deps.userHashKey);
  const enforced = createEnforcedRecord();
  const stamp = createStamp();
  const plainLogs = createPlainLogs();

  return {
    incoming: createIncomingLog(),
    decoders: { json: createJsonDecoder(), protobuf: createProtobufDecoder() },
    into(recording) {
      const { batch, tally, sender, receivedMs } = recording;
      const table = deps.tables(sender.app);
      const plain = plainLogs(table, recording);
      return (incoming) => {
        const refusal = enforce(table, incoming, enforced);
        if (refusal === PLAIN_LOG) return plain(incoming);
        if (refusal !== null) {
          const version = refusedVersion(table, incoming);
          tally.refuse(refusal.reason, refusal.event, refusal.field, version);
          return;
        }
        tally.accept(enforced.installId);
        recordDrops(tally, enforced, enforced.event, enforced.appVersion);
        stampTimes(stamp, incoming, receivedMs, sender.backfill);
        stamp.app = sender.app;
        stamp.token = sender.token;
        stamp.user = hashUser(sender.app, enforced.installId, enforced.identity);
        if (enforced.layer === "base") return batch.appendHeartbeat(enforced, stamp);
        batch.appendEvent(enforced, stamp);
        if (enforced.exceptionType !== "") batch.appendException(exceptionOf(enforced, stamp));
      };
    },
  };
}

const row = createExceptionRow("event");

/** The exception that an event tells of. */
function exceptionOf(event: EnforcedRecord, { app, timeMs, receivedMs }: Stamp) {
  const { installId, appVersion, traceId, spanId } = event;
  return Object.assign(row, {
    ...{ app, installId, timeMs, receivedMs, appVersion, traceId, spanId },
    ...{ type: event.exceptionType, message: event.exceptionMessage, stack: event.exceptionStack },
  });
}
