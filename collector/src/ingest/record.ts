import {
  createEnforcedRecord,
  type DecisionTable,
  enforce,
  refusedVersion,
} from "@rollcall/schemas";
import type { Batch, Spool, Stamp } from "../spool/types.ts";
import type { Sender } from "./authenticate.ts";
import type { Format } from "./framing.ts";
import { createUserHasher } from "./identity.ts";
import { createJsonDecoder } from "./logs/decode-json.ts";
import { createProtobufDecoder } from "./logs/decode-protobuf.ts";
import { createIncomingLog, type IncomingLog } from "./logs/incoming.ts";
import type { Problem } from "./problem.ts";
import type { IngestRates } from "./rates.ts";
import { createTally, type Tally } from "./tally.ts";
import { stampTimes } from "./time.ts";

interface RecorderDeps {
  spool: Spool;
  tables: (app: string) => DecisionTable;
  userHashKey: Buffer;
  rates: IngestRates;
  now: () => number;
}

/** A request whose rows are in the batch of the next commit, not yet on disk. */
interface RecordedRequest {
  batch: Batch;
  tally: Tally;
}

/** Decodes, enforces and appends one request's records; all of them or, on a problem, none. */
type Recorder = (body: Buffer, format: Format, sender: Sender) => RecordedRequest | Problem;

/**
 * The synchronous middle of an event's journey. Nothing in it waits, so requests never interleave
 * in a batch, and one set of objects serves every record of every request.
 */
export function createRecorder(deps: RecorderDeps): Recorder {
  const decoders = { json: createJsonDecoder(), protobuf: createProtobufDecoder() };
  const hashUser = createUserHasher(deps.userHashKey);
  const log = createIncomingLog();
  const enforced = createEnforcedRecord();
  const stamp: Stamp = {
    app: "",
    token: "",
    timeMs: 0,
    receivedMs: 0,
    timeClamped: false,
    senderMs: 0,
    admissionMs: 0,
    user: 0n,
  };

  function recordInto(batch: Batch, tally: Tally, sender: Sender, receivedMs: number) {
    const table = deps.tables(sender.app);
    return (incoming: IncomingLog): void => {
      const refusal = enforce(table, incoming, enforced);
      if (refusal !== null) {
        const version = refusedVersion(table, incoming);
        tally.refuse(refusal.reason, refusal.event, refusal.field, version);
        return;
      }
      tally.accept(enforced.installId);
      for (let at = 0; at < enforced.dropped; at++) {
        const reason = enforced.droppedReasons[at] as (typeof enforced.droppedReasons)[number];
        const field = enforced.droppedFields[at] as string;
        tally.drop(reason, enforced.event, field, enforced.appVersion);
      }
      stampTimes(stamp, incoming, receivedMs, sender.backfill);
      stamp.app = sender.app;
      stamp.token = sender.token;
      stamp.user = hashUser(sender.app, enforced.installId, enforced.identity);
      if (enforced.layer === "base") batch.appendHeartbeat(enforced, stamp);
      else batch.appendEvent(enforced, stamp);
    };
  }

  return (body, format, sender) => {
    const batch = deps.spool.open();
    if (batch === null) {
      return { fault: "spool_unavailable", description: deps.spool.state().reason };
    }
    const receivedMs = deps.now();
    const tally = createTally(sender.app, receivedMs);
    batch.mark();
    let complete = false;
    try {
      const fault = decoders[format](body, log, recordInto(batch, tally, sender, receivedMs));
      if (fault !== null) return fault;
      const limited = deps.rates.take(sender, tally);
      if (limited !== null) return limited;
      complete = true;
    } finally {
      if (!complete) batch.rewind();
    }
    for (const count of tally.counts) batch.countRefusal(count);
    return { batch, tally };
  };
}
