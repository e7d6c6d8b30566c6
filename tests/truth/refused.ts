import { random } from "../demo/random.ts";
import type { Collector } from "../support/collector.ts";
import { type Attributes, keyValues, logsRequest, postJson } from "../support/otlp.ts";
import { isTaken } from "./send.ts";

/** One record that must be refused, and how it is then counted. */
export interface RefusedRecord {
  attributes: Attributes;
  version: string;
  reason: string;
  event: string;
  field: string;
}

/** What is wrong with it, and the name that it is counted under. */
const WRONG = [
  { name: "timer.split", reason: "event_unlisted", event: "timer.split" },
  { name: "report.shared", reason: "event_unlisted", event: "report.shared" },
  { name: "timer.started", id: "", reason: "install_id_malformed", event: "timer.started" },
  { name: "timer.started", id: "somebody", reason: "install_id_malformed", event: "timer.started" },
  { name: "timer.started", id: null, reason: "install_id_missing", event: "timer.started" },
  { name: "Timer Started", reason: "event_name_malformed", event: "(malformed)" },
  { name: "base_telemetry.ping", reason: "event_name_reserved", event: "base_telemetry.ping" },
];

export function randomRefused(seed: number): RefusedRecord[] {
  const dice = random(seed, 2);
  return Array.from({ length: dice.integer(20, 60) }, () => {
    const { name, id, reason, event } = dice.pick(WRONG);
    return {
      attributes: {
        event_name: name,
        ...(id !== null && { install_id: id ?? dice.uuid() }),
      },
      version: dice.pick(["1.9.0", "1.10.0", "2.0", "10.0.0", "nightly", ""]),
      ...{ reason, event, field: reason.startsWith("install_id") ? "install_id" : "event_name" },
    };
  });
}

export async function sendRefused(
  { url }: Pick<Collector, "url">,
  token: string,
  records: readonly RefusedRecord[],
): Promise<void> {
  for (const [version, same] of Map.groupBy(records, (record) => record.version)) {
    const logs = same.map(({ attributes }) => ({ attributes: keyValues(attributes) }));
    const reply = await postJson(url, token, logsRequest(logs, version));
    const text = await reply.text();
    if (!reply.ok || !isTaken(text, same.length)) throw new Error(`${reply.status} ${text}`);
  }
}
