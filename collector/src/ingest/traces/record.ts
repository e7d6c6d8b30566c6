import { createEnforcedSpan, enforceSpan, SPAN_EVENT } from "@rollcall/schemas";
import { createOrigin } from "../origin.ts";
import { recordDrops, type SignalRecorder, type SignalRecorderDeps } from "../recorder.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { appendExceptions } from "./exceptions.ts";
import { createIncomingSpan, type IncomingSpan } from "./incoming.ts";
import { createSpanTimes, stampSpan } from "./times.ts";

/** Spans, their events and links. */
export function createSpanRecorder(deps: SignalRecorderDeps): SignalRecorder<IncomingSpan> {
  const origin = createOrigin(SPAN_EVENT);
  const { resource, scope } = origin;
  const enforced = createEnforcedSpan();
  const stamp = { ...createSpanTimes(), app: "" };

  return {
    incoming: createIncomingSpan(),
    decoders: { json: createJsonDecoder(), protobuf: createProtobufDecoder() },
    into(recording) {
      const { batch, tally, sender, receivedMs } = recording;
      const table = deps.tables(sender.app);
      origin.begin(recording, table);
      stamp.app = sender.app;
      const dropTime = (field: string) =>
        tally.drop("value_malformed", SPAN_EVENT, field, resource.appVersion);

      return (incoming) => {
        const refusal = origin.look(incoming) ?? enforceSpan(table, incoming, resource, enforced);
        if (refusal !== null) {
          tally.refuse(refusal.reason, refusal.event, refusal.field, resource.appVersion);
          return;
        }
        tally.accept(null);
        recordDrops(tally, enforced, SPAN_EVENT, resource.appVersion);
        stampSpan(stamp, incoming, receivedMs, sender.backfill);
        if (stamp.startClamped) dropTime("(start_time)");
        if (stamp.endClamped) dropTime("(end_time)");
        batch.appendSpan(enforced, resource, scope, stamp);
        appendExceptions(batch, enforced, resource, stamp, receivedMs);
      };
    },
  };
}
