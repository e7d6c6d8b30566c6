import type { SinkTest } from "../api.ts";
import { baseSent, createBaseLayer } from "../base/base.ts";
import type { Installation } from "../installation/installation.ts";
import type { Journal, JournalItem, WithheldReason } from "../journal/types.ts";
import type { Logger } from "../log.ts";
import type { DeliveryOptions } from "../options.ts";
import { createDelivery } from "./delivery.ts";
import { createDiskQueue, queueDirectory } from "./disk-queue.ts";
import { type BaseReport, createResource, type OutgoingRecord } from "./encode.ts";
import { withinGrace } from "./grace.ts";
import { journalItem } from "./journal-item.ts";
import { createQueue } from "./queue.ts";
import { createSender } from "./sender.ts";
import { testDestination } from "./test-destination.ts";
import { createHttpTransport, endpointUrl } from "./transport.ts";
import type { Destination, SinkName, SinkState } from "./types.ts";

/** Everything that sends to one destination. It does so only while consent holds it open. */
export interface Outlet {
  /**
   * To be called after each change of what may be sent, and of epoch or identity. When it returns
   * with `detailed` false, what waited is gone from memory and disk and requests are aborted.
   */
  open(consent: { base: boolean; detailed: boolean }): void;
  /** Takes a detailed record. Synchronous, touches no disk and never throws. */
  accept(record: OutgoingRecord): void;
  /**
   * Sends what is left for at most `deadline` ms. Resolves with the number of records left; those
   * stay on disk for the next start.
   */
  close(deadline: number): Promise<number>;
  state(): SinkState;
  /** Sends an empty request. Nothing is sent while both layers are off. */
  test(): Promise<SinkTest>;
  /** Detailed records that wait, oldest first. */
  waiting(limit: number): Promise<OutgoingRecord[]>;
  /** The heartbeat exactly as it would be sent now, but for its uid; null when it cannot be. */
  nextReport(now: Date): OutgoingRecord | null;
  /** A record as the transparency log shows it when it leaves by this outlet. */
  item(record: OutgoingRecord): JournalItem;
}

export interface OutletInput {
  destination: Destination;
  app: string;
  version: string;
  environment?: string | undefined;
  /** Batches wait in `queue/<destination>` in it. */
  dataDir: string;
  tuning?: DeliveryOptions | undefined;
  installation: Installation;
  journal: Journal;
  /** What the schema keeps of a base report, in its spelling; null when it keeps none. */
  checkBase: (eventName: string, report: BaseReport) => BaseReport | null;
  /** The base report of this moment. */
  report: (now: Date) => BaseReport;
  /** Awaited before a base report is made. Must end by itself. */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Called before each request: the notice stands in the log before any packet. */
  beforeSending: (sink: SinkName) => void;
  /** Looks for a choice that another process recorded, and applies it. */
  refresh: () => void;
  /** How long another process may hold a batch without a sign of life, default three minutes. */
  claimMs?: number | undefined;
  log: Logger;
}

const MEMORY_RECORDS = 10_000;
const MEMORY_BYTES = 5 * 1024 * 1024;
const DISK_BYTES = 20 * 1024 * 1024;
const CLAIM_MS = 3 * 60_000;

export function createOutlet(input: OutletInput): Outlet {
  const { destination, installation, journal, beforeSending, refresh, log, tuning = {} } = input;
  const { name: sink, token } = destination;
  const { claimMs = CLAIM_MS } = input;
  const resource = createResource(input);
  const batchRecords = tuning.batchRecords ?? 512;
  let consent = { base: false, detailed: false };
  let closing = false;
  let droppedOnDisk = 0;

  const memory = createQueue({
    records: tuning.queueRecords ?? MEMORY_RECORDS,
    bytes: tuning.queueBytes ?? MEMORY_BYTES,
  });
  const disk = createDiskQueue({
    directory: queueDirectory(input.dataDir, sink),
    maxBytes: tuning.diskBytes ?? DISK_BYTES,
    batchRecords,
    claimMs,
    lost(reason, records) {
      if (reason === "queue_full") droppedOnDisk += records;
      lost(reason, records);
    },
    log,
  });
  const delivery = createDelivery({
    sink,
    resource,
    connect,
    journal,
    beforeSending,
    refresh,
    retry: tuning.retry,
    log,
  });
  const sender = createSender({
    memory,
    disk,
    delivery,
    refresh,
    allowed: () => consent.detailed,
    epoch: () => epochOf(installation),
    lost,
    flushAfterMs: tuning.flushAfterMs ?? 5_000,
    pauseMs: tuning.pauseMs ?? 30_000,
    batchRecords,
    claimMs,
    log,
  });
  const base = createBaseLayer({
    sink,
    installation,
    prepare: input.prepare ?? (async () => {}),
    report: input.report,
    checkBase: input.checkBase,
    delivery,
    refresh,
    claimMs: input.claimMs,
    log,
  });

  function connect() {
    const url = endpointUrl(destination.base, "logs");
    return createHttpTransport({ url, token, timeoutMs: tuning.timeoutMs });
  }

  function lost(reason: WithheldReason, records: number): void {
    journal.withheld(reason, records, sink);
  }

  async function close(deadline: number): Promise<number> {
    closing = true;
    const cancel = new AbortController();
    // Referenced on purpose: nothing else keeps the process alive while the last batch is sent.
    const timer = setTimeout(() => {
      cancel.abort();
      base.stop();
    }, deadline);
    const [left] = await Promise.all([
      sender.drain(cancel.signal),
      withinGrace(base.finish(), cancel.signal),
    ]);
    clearTimeout(timer);
    delivery.shutdown();
    return left;
  }

  function state(): SinkState {
    return {
      name: sink,
      destination: destination.base.origin,
      source: destination.source,
      variable: destination.variable ?? null,
      queue: { ...sender.size(), dropped: memory.dropped() + droppedOnDisk },
      ...delivery.totals(),
      givenUp: sender.givenUp(),
      last: delivery.last(),
      base: {
        ...baseSent(installation.current(), sink),
        lastHeartbeatBytes: base.lastHeartbeatBytes(),
        nextHeartbeatAt: base.next()?.toISOString() ?? null,
      },
    };
  }

  return {
    open(now) {
      consent = now;
      if (!now.base) base.stop();
      else if (!closing) base.start();
      if (now.detailed) sender.resume();
      else sender.forget();
    },
    accept: (record) => sender.accept(record),
    close,
    state,
    async test() {
      refresh();
      const allowed = () => consent.base || consent.detailed;
      const { timeoutMs } = tuning;
      return testDestination({ destination, allowed, journal, timeoutMs, beforeSending });
    },
    waiting: (limit) => sender.waiting(limit),
    nextReport: (now) => base.nextReport(now),
    item: (record) => journalItem(record, resource),
  };
}

/** Counts withdrawals and new identities. Files of before there was a count have none. */
function epochOf(installation: Installation): number {
  const { consent_epoch: epoch } = installation.current();
  return typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : 0;
}
