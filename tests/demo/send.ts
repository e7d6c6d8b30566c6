import { Agent, request } from "node:http";
import {
  baseRecord,
  createResource,
  detailedRecord,
  encodeLogs,
  type LogResource,
  type OutgoingRecord,
} from "@rollcall/client";
import type { FleetRecord } from "./fleet.ts";

const BATCH = 1_000;
const IN_FLIGHT = 4;
const PATIENCE_MS = 60_000;

/** Collects records by release and posts them to `/v1/logs` in batches. */
export interface Sender {
  /** Resolves at once while there is room, else when a request in flight is answered. */
  send(record: FleetRecord): Promise<void> | undefined;
  /** Posts what is collected and waits for all answers. */
  flush(): Promise<void>;
  /** Records the collector acknowledged, and those of them that it refused with a reason. */
  acknowledged(): number;
  refused(): string[];
  close(): void;
}

/** @throws from `send` and `flush` when the collector refuses a request or is away for a minute */
export function createSender(url: string, token: string): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const lanes = new Map<string, { resource: LogResource; records: OutgoingRecord[] }>();
  const pending = new Set<Promise<void>>();
  const refused: string[] = [];
  let acknowledged = 0;

  const post = async (records: OutgoingRecord[], resource: LogResource) => {
    const body = encodeLogs(records, resource);
    for (const deadline = Date.now() + PATIENCE_MS; ; ) {
      const reply = await postOnce(agent, url, token, body);
      if (reply.status === 200) {
        acknowledged += records.length;
        // Protobuf: an empty body is full success, anything else holds the reason as text.
        if (reply.body.length > 0)
          refused.push(reply.body.toString("utf8").replace(/[^ -~]+/g, " "));
        return;
      }
      if (reply.status !== 503 && reply.status !== 429) {
        throw new Error(`the collector answered ${reply.status}: ${reply.body.toString("utf8")}`);
      }
      if (Date.now() > deadline) throw new Error("the collector was not ready for a minute");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const start = (lane: { resource: LogResource; records: OutgoingRecord[] }) => {
    const task = post(lane.records, lane.resource).finally(() => pending.delete(task));
    pending.add(task);
    lane.records = [];
  };
  return {
    send(record) {
      let lane = lanes.get(record.version);
      if (lane === undefined) {
        lane = {
          resource: createResource({ app: "timetracker", version: record.version }),
          records: [],
        };
        lanes.set(record.version, lane);
      }
      lane.records.push(outgoing(record));
      if (lane.records.length < BATCH) return undefined;
      start(lane);
      return pending.size < IN_FLIGHT ? undefined : Promise.race(pending);
    },
    async flush() {
      for (const lane of lanes.values()) if (lane.records.length > 0) start(lane);
      await Promise.all(pending);
    },
    acknowledged: () => acknowledged,
    refused: () => refused,
    close: () => agent.destroy(),
  };
}

/** The record as the client would put it on the wire. */
export function outgoing(record: FleetRecord): OutgoingRecord {
  const { install, event, version, time, uid, properties } = record;
  if (record.layer === "detailed") {
    return detailedRecord({
      eventName: event,
      installId: install.id,
      appVersion: version,
      identity: record.user,
      properties,
      time,
      uid,
    });
  }
  const name = event as "base_telemetry.heartbeat" | "base_telemetry.first_seen";
  const report = {
    install_id: install.id,
    app_version: version,
    telemetry_fingerprint: install.fingerprint,
    ...(properties as Record<string, string>),
  };
  return baseRecord(name, report, time, uid);
}

async function postOnce(
  agent: Agent,
  url: string,
  token: string,
  body: Uint8Array,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/x-protobuf",
      "content-length": body.length,
      authorization: `Bearer ${token}`,
    };
    const call = request(`${url}/v1/logs`, { method: "POST", agent, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("end", () =>
        resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks) }),
      );
      reply.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}
