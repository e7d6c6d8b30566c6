import { createEnforcedRecord, enforce, PLAIN_LOG, refusedVersion } from "@rollcall/schemas";
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
  const exception = createExceptionRow();
  const plainLogs = createPlainLogs(stamp, exception);

  return {
    incoming: createIncomingLog(),
    decoders: { json: createJsonDecoder(), protobuf: createProtobufDecoder() },
    into(recording) {
      const { batch, tally, sender, receivedMs } = recording;
      const table = deps.tables(sender.app);
      const plain = plainLogs(table, recording);
      return (incoming) => {
        const refusal = enforce(table, incoming, enforced);
        if (refusal === PLAIN_LOG) {
          plain(incoming);
          return;
        }
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
        if (enforced.layer === "base") {
          batch.appendHeartbeat(enforced, stamp);
          return;
        }
        batch.appendEvent(enforced, stamp);
        if (enforced.exceptionType === "") return;
        exception.app = sender.app;
        exception.installId = enforced.installId;
        exception.timeMs = stamp.timeMs;
        exception.receivedMs = receivedMs;
        exception.appVersion = enforced.appVersion;
        exception.source = "event";
        exception.service = "";
        exception.type = enforced.exceptionType;
        exception.message = enforced.exceptionMessage;
        exception.stack = enforced.exceptionStack;
        exception.traceId = enforced.traceId;
        exception.spanId = enforced.spanId;
        batch.appendException(exception);
      };
    },
  };
}
