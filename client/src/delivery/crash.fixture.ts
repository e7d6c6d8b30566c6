import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createMemoryJournal } from "../test/journal.ts";
import { createDelivery } from "./delivery.ts";
import { createDiskQueue, queueDirectory } from "./disk-queue.ts";
import { createResource, detailedRecord, type OutgoingRecord } from "./encode.ts";
import { createQueue } from "./queue.ts";
import { createSender } from "./sender.ts";
import { createHttpTransport, endpointUrl } from "./transport.ts";

/**
 * An app that writes and sends until it is killed:
 * `crash.fixture.ts <dataDir> <endpoint> <write|deliver>`. What its disk queue acknowledged, and what
 * it gave up, stands in `acknowledged` and `lost` beside the queue, written before it goes on.
 */
const [dataDir = "", endpoint = "", mode = ""] = process.argv.slice(2);
const CLAIM_MS = 250;
const log = { info() {}, warn() {}, error() {} };
const lost = (reason: string, records: number): void =>
  appendFileSync(join(dataDir, "lost"), `${reason} ${records}\n`);
const uidOf = ({ attributes }: OutgoingRecord) => attributes["log.record.uid"];

const real = createDiskQueue({
  directory: queueDirectory(dataDir, "maintainer"),
  maxBytes: 50 * 1024 * 1024,
  batchRecords: 50,
  claimMs: CLAIM_MS,
  lost,
  log,
});
const disk: typeof real = {
  ...real,
  async write(records, epoch) {
    const result = await real.write(records, epoch);
    const uids = records.map((record) => `${uidOf(record)}\n`).join("");
    if (result.ok) appendFileSync(join(dataDir, "acknowledged"), uids);
    return result;
  },
};
const delivery = createDelivery({
  sink: "maintainer",
  resource: createResource({ app: "timetracker", version: "1.0.0" }),
  connect: () =>
    createHttpTransport({
      url: endpointUrl(new URL(endpoint), "logs"),
      token: "t",
      timeoutMs: 200,
    }),
  journal: createMemoryJournal(),
  beforeSending: () => {},
  refresh: () => {},
  retry: { tries: 2, baseMs: 1, capMs: 5 },
  log,
});
const sender = createSender({
  memory: createQueue({ records: 100_000, bytes: 1e9 }),
  disk,
  delivery,
  refresh: () => {},
  allowed: () => true,
  epoch: () => 0,
  lost,
  flushAfterMs: 2,
  pauseMs: 5,
  batchRecords: 50,
  claimMs: CLAIM_MS,
  log,
});

function record(): OutgoingRecord {
  return detailedRecord({
    eventName: "timer.started",
    installId: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
    appVersion: "1.0.0",
    properties: { project_id: Math.floor(Math.random() * 1e6) },
  });
}

sender.resume();
if (mode === "write") {
  setInterval(() => {
    for (let i = Math.floor(Math.random() * 40); i >= 0; i -= 1) sender.accept(record());
  }, 1);
} else {
  const look = setInterval(() => {
    if (real.size().records > 0) return;
    clearInterval(look);
    void sender.drain(AbortSignal.timeout(5_000));
  }, 20);
}
