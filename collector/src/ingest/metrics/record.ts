import {
  createEnforcedMetric,
  enforceMetric,
  keepSchemaUrl,
  METRIC_EVENT,
} from "@rollcall/schemas";
import { createOrigin } from "../origin.ts";
import { recordDrops, type SignalRecorder, type SignalRecorderDeps } from "../recorder.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingMetric, type IncomingMetric } from "./incoming.ts";
import { createPointTimes, stampPoint } from "./times.ts";

/** Data points of metrics of every kind. */
export function createMetricRecorder(deps: SignalRecorderDeps): SignalRecorder<IncomingMetric> {
  const origin = createOrigin(METRIC_EVENT);
  const { resource, scope } = origin;
  const incoming = createIncomingMetric();
  const enforced = createEnforcedMetric(incoming);
  const stamp = {
    ...createPointTimes(),
    ...{ app: "", resourceSchemaUrl: "", scopeSchemaUrl: "", scopeAttributes: 0 },
  };

  return {
    incoming,
    decoders: { json: createJsonDecoder(), protobuf: createProtobufDecoder() },
    into(recording) {
      const { batch, tally, sender, receivedMs } = recording;
      const table = deps.tables(sender.app);
      let scopeTurn = -1;
      origin.begin(recording, table);
      stamp.app = sender.app;
      const dropTime = (field: string) =>
        tally.drop("value_malformed", METRIC_EVENT, field, resource.appVersion);

      return (point) => {
        const refusal = origin.look(point) ?? enforceMetric(table, point, resource, enforced);
        if (refusal !== null) {
          tally.refuse(refusal.reason, refusal.event, refusal.field, resource.appVersion);
          return;
        }
        tally.accept(null);
        recordDrops(tally, enforced, METRIC_EVENT, resource.appVersion);
        if (point.scopeTurn !== scopeTurn) {
          scopeTurn = point.scopeTurn;
          stamp.resourceSchemaUrl = keepSchemaUrl(point.resourceSchemaUrl);
          stamp.scopeSchemaUrl = keepSchemaUrl(point.scopeSchemaUrl);
          stamp.scopeAttributes = point.scope.attributes.length;
        }
        stampPoint(stamp, point, enforced, receivedMs, sender.backfill);
        if (stamp.timeClamped) dropTime("(time)");
        if (stamp.startDropped) dropTime("(start_time)");
        batch.appendPoint(enforced, resource, scope, stamp);
      };
    },
  };
}
