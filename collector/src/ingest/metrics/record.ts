import { createEnforcedMetric, enforceMetric, METRIC_EVENT } from "@rollcall/schemas";
import { createOrigin } from "../origin.ts";
import { recordDrops, type SignalRecorder, type SignalRecorderDeps } from "../recorder.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { createIncomingMetric, type IncomingMetric } from "./incoming.ts";
import { createPointStamp, stampPoint } from "./time.ts";
