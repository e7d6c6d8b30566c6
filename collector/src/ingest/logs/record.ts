import { createEnforcedRecord, enforce, refusedVersion } from "@rollcall/schemas";
import { createUserHasher } from "../identity.ts";
import { recordDrops, type SignalRecorder, type SignalRecorderDeps } from "../recorder.ts";
import { createStamp, stampTimes } from "../time.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingLog, type IncomingLog } from "./incoming.ts";

/** Log records: heartbeats and events, and what else a logger says. */
export function createLogRecorder(deps: SignalRecorderDeps): SignalRecorder<IncomingLog> {
  const hashUser = createUserHasher(deps.userHashKey);
  const enforced = createEnforcedRecord();
  const stamp = createStamp();

  return {
    incoming: createIncomingLog(),
    decoders: { json: createJsonDecoder(), protobuf: createProtobufDecoder() },
    into({ batch, tally, sender, receivedMs }) {
      const table = deps.tables(sender.app);
      return (incoming) => {
        const refusal = enforce(table, incoming, enforced);
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
        if (enforced.layer === "base") batch.appendHeartbeat(enforced, stamp);
        else batch.appendEvent(enforced, stamp);
      };
    },
  };
}
