import { rm, unlink } from "node:fs/promises";
import { createBatch, type SpoolBatch } from "./batch.ts";
import { openSpoolDirectory, type SealedSegment } from "./directory.ts";
import { watchDisk } from "./disk-health.ts";
import { realFiles } from "./files.ts";
import { createOpenSegment, type OpenSegment } from "./open-segment.ts";
import type { LoadableSpool, SpoolOptions } from "./options.ts";
import type { SetAside } from "./quarantine.ts";
import { createSealedQueue } from "./sealed-queue.ts";
import { segmentName } from "./segment.ts";
import type { Batch, SpoolState } from "./types.ts";

export type { LoadableSpool, SpoolLog, SpoolOptions } from "./options.ts";

/** Closed segments that wait, from which on small ones are no longer closed by age. */
const FAR_BEHIND = 8;

/**
 * Opens the durable queue between the acknowledgement and the store.
 *
 * @example
 *   const spool = await createSpool({ directory: "data/spool", maxBytes: 2 ** 30, log });
 *   const batch = spool.open();            // null: answer 503
 *   batch.appendEvent(record, stamp);
 *   if ((await spool.commit(batch)) === "committed") reply(200);
 */
export async function createSpool(options: SpoolOptions): Promise<LoadableSpool> {
  const { directory, maxBytes, log } = options;
  const sealAfterMs = options.sealAfterMs ?? 1000;
  const sealBytes = options.sealBytes ?? 8 * 1024 * 1024;
  const sealRows = options.sealRows ?? 250_000;
  const maxBatchBytes = options.maxBatchBytes ?? 32 * 1024 * 1024;
  const now = options.now ?? Date.now;
  const files = options.files ?? realFiles;

  const opened = await openSpoolDirectory(directory, report);
  const disk = watchDisk({
    files,
    directory,
    minFreeBytes: options.minFreeBytes ?? 64 * 1024 * 1024,
    now,
  });

  const sealed = createSealedQueue(opened.restored);
  let nextNumber = opened.nextNumber;
  /** The last segment with data in it; the next one names it, so that a lost file is noticed. */
  let previousNumber = opened.nextNumber - 1;
  let current: OpenSegment | null = null;
  /** A segment whose last write failed, until it is cut to what is durable. */
  let cutting: OpenSegment | null = null;
  let sealTimer: NodeJS.Timeout | undefined;
  let tooOld = false;

  let gathering: SpoolBatch = createBatch();
  let spare: SpoolBatch = createBatch();
  let waiting: ((outcome: "committed" | "failed") => void)[] = [];
  /** When the first rows of the gathering batch and of the one being written were received. */
  let gatheringSince: number | null = null;
  let writingSince: number | null = null;
  /** Set while a batch is written or a segment closed; both touch `current`. */
  let working: Promise<void> | null = null;
  let draining = false;

  function report(aside: SetAside): void {
    log.error({ ...aside }, `spool: set aside (${aside.what}): ${aside.reason}`);
    options.onSetAside?.(aside);
  }

  function usedBytes(): number {
    return sealed.bytes() + (cutting?.durableBytes ?? 0) + (current?.durableBytes ?? 0);
  }

  function refusal(): string {
    if (draining) return "the collector is shutting down";
    const gathered = gathering.bytes();
    if (gathered >= maxBatchBytes) return "the spool's disk is slower than its senders";
    if (usedBytes() + gathered >= maxBytes) {
      return "the spool is full: the store has not taken data for a while";
    }
    return disk.reason();
  }

  function open(): SpoolBatch | null {
    return refusal() === "" ? gathering : null;
  }

  function commit(batch: Batch): Promise<"committed" | "failed"> {
    if (batch !== gathering) throw new Error("a batch was kept across an await");
    if (gathering.rows() === 0) return Promise.resolve("committed");
    gatheringSince ??= now();
    return new Promise((resolve) => {
      waiting.push(resolve);
      // Not at once: other requests of this turn of the event loop join the same frame.
      if (waiting.length === 1) setImmediate(work);
    });
  }

  /** Writes batch after batch while requests wait, then closes the segment if it is due. */
  function work(): void {
    working ??= run().finally(() => {
      working = null;
      if (waiting.length > 0 || sealIsDue()) work();
    });
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = gathering;
      const requests = waiting;
      gathering = spare;
      spare = batch;
      waiting = [];
      writingSince = gatheringSince;
      gatheringSince = null;
      const outcome = await write(batch);
      batch.reset();
      writingSince = null;
      for (const resolve of requests) resolve(outcome);
      if (sealIsDue()) await closeCurrent();
    }
    if (sealIsDue()) await closeCurrent();
  }

  async function write(batch: SpoolBatch): Promise<"committed" | "failed"> {
    const started = performance.now();
    const rows = batch.rows();
    let outcome: "committed" | "failed" = "committed";
    try {
      current ??= await startSegment();
      await current.append(batch.sections(current.rows));
      disk.succeeded();
    } catch (error) {
      outcome = "failed";
      disk.failed(error);
      log.error({ err: error }, "spool: a write failed; its requests are answered with 503");
      await failCurrent();
    }
    options.onCommit?.({ rows, milliseconds: performance.now() - started, outcome });
    return outcome;
  }

  async function startSegment(): Promise<OpenSegment> {
    const createdMs = writingSince ?? now();
    // Spent even if the file cannot be made or is cut to nothing: no number is used twice.
    const number = nextNumber++;
    const header = { spool: opened.uuid, number, previous: previousNumber, createdMs };
    const segment = await createOpenSegment(files, directory, header);
    sealTimer = setTimeout(age, sealAfterMs);
    sealTimer.unref();
    return segment;
  }

  /**
   * The open segment has its age. While the loader is far behind, a day of small segments would
   * take it hours: then the segment grows until the loader has caught up, or by size.
   */
  function age(): void {
    if (sealed.length() >= FAR_BEHIND) return;
    tooOld = true;
    work();
  }

  function sealIsDue(): boolean {
    if (current === null) return false;
    return tooOld || current.durableBytes >= sealBytes || current.rows >= sealRows;
  }

  function release(): void {
    current = null;
    tooOld = false;
    clearTimeout(sealTimer);
  }

  async function closeCurrent(): Promise<void> {
    const segment = current;
    if (segment === null) return;
    release();
    // First of all, so that at no moment it is neither open nor waiting. Its content is on disk
    // already: a failing close loses nothing.
    enqueue(segment);
    await segment.close().catch((error) => log.warn({ err: error }, "spool: closing a segment"));
  }

  async function failCurrent(): Promise<void> {
    const segment = current;
    if (segment === null) return;
    release();
    cutting = segment;
    await segment.cut();
    cutting = null;
    if (segment.durableBytes > 0) enqueue(segment);
    else await unlink(segment.path).catch(() => {});
  }

  function enqueue({ number, path, durableBytes, createdMs }: OpenSegment): void {
    previousNumber = number;
    sealed.push({ number, path, bytes: durableBytes, createdMs, restored: false });
  }

  async function seal(): Promise<number> {
    while (working) await working;
    working = closeCurrent().finally(() => {
      working = null;
      if (waiting.length > 0) work();
    });
    await working;
    return previousNumber;
  }

  function forget(segment: SealedSegment): void {
    if (!sealed.remove(segment) || current === null) return;
    const isDue = now() - current.createdMs >= sealAfterMs;
    if (sealed.length() === FAR_BEHIND - 1 && isDue) age();
  }

  function oldestMs(): number | null {
    return (
      sealed.oldest()?.createdMs ??
      cutting?.createdMs ??
      current?.createdMs ??
      writingSince ??
      gatheringSince
    );
  }

  function state(): SpoolState {
    const oldest = oldestMs();
    const reason = refusal();
    return {
      bytes: usedBytes(),
      segments: sealed.length() + (current ? 1 : 0),
      oldestAgeSeconds: oldest === null ? 0 : Math.max(0, (now() - oldest) / 1000),
      accepting: reason === "",
      reason,
    };
  }

  return {
    uuid: opened.uuid,
    directory,
    checkpoint: opened.checkpoint,
    quarantine: opened.quarantine,
    open,
    commit,
    state,
    next: sealed.next,
    seal,
    report,
    oldestMs,
    isWaiting: (upTo) => (sealed.oldest()?.number ?? Number.POSITIVE_INFINITY) <= upTo,
    async drain() {
      draining = true;
      while (working || waiting.length > 0) {
        work();
        await working;
      }
      await seal();
    },
    async remove(segment) {
      await rm(segment.path, { force: true });
      forget(segment);
    },
    async setAside(segment, what, reason) {
      const name = segmentName(segment.number);
      await opened.checkpoint.finish(segment.number, "aside");
      await opened.quarantine.move(segment.path, name, reason);
      report({ what, segment: segment.number, reason, bytes: segment.bytes });
      forget(segment);
    },
  };
}
