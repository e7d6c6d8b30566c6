import type { Journal } from "../journal/types.ts";
import { createOnce, type Logger } from "../log.ts";
import { encodeLogs, type LogResource, type OutgoingRecord } from "./encode.ts";
import { journalItem } from "./journal-item.ts";
import { type RetryOptions, withRetry } from "./retry.ts";
import type { SendResult, Transport } from "./transport.ts";
import type { LastResult, SinkName } from "./types.ts";

/** Records that go out as one request. */
export interface Batch {
  /** Joins what the journal says about it. Not used for other records. */
  id: string;
  records: readonly OutgoingRecord[];
}

/** Writes a batch down, sends it as one request and reports how that went. */
export interface Delivery {
  /** @param tries default as configured; 1 for a look whether the collector is back */
  deliver(batch: Batch, signal: AbortSignal, tries?: number): Promise<SendResult>;
  last(): LastResult | null;
  totals(): { sent: number; rejected: number };
  shutdown(): void;
}

export interface DeliveryInput {
  sink: SinkName;
  resource: LogResource;
  /** Called at the first delivery: while everything is off nothing exists that could connect. */
  connect: () => Transport;
  journal: Journal;
  /** Called before the first byte of each request. */
  beforeSending: (sink: SinkName) => void;
  /**
   * Looks whether another process of the install has recorded a refusal. It passes that on by
   * aborting the signals of what may no longer be sent.
   */
  refresh: () => void;
  retry: RetryOptions | undefined;
  log: Logger;
}

const CANCELLED: SendResult = { kind: "failure", reason: "cancelled" };
const CANNOT_BE_ENCODED: SendResult = { kind: "failure", reason: "cannot be encoded" };

/** What fails without a byte sent is told once, when the batch is given up. */
const wasTried = (result: SendResult): boolean =>
  result.kind !== "failure" || result.bytes !== undefined;

export function createDelivery(input: DeliveryInput): Delivery {
  const { sink, resource, connect, journal, beforeSending, refresh, log } = input;
  const firstTime = createOnce();
  /** Batches that stand in the journal and wait for another try. */
  const written = new Set<string>();
  let transport: Transport | undefined;
  let last: LastResult | null = null;
  /** Milliseconds since the epoch, by the collector's Retry-After. */
  let notBefore = 0;
  let sent = 0;
  let rejected = 0;

  /** consent → transparency log → encode → send. */
  async function deliver(batch: Batch, signal: AbortSignal, tries?: number): Promise<SendResult> {
    refresh();
    if (signal.aborted) return CANCELLED;
    // Whoever was told to wait, base report or events: it holds for the destination.
    const retryAfterMs = notBefore - Date.now();
    if (retryAfterMs > 0) {
      return { kind: "retryable", reason: "the collector asked to wait", retryAfterMs };
    }
    if (!(await writeDown(batch))) {
      // What the self-hoster cannot see must not leave.
      const result: SendResult = { kind: "retryable", reason: "transparency log not writable" };
      note(result, batch);
      report(result, batch);
      return result;
    }
    const options = { ...input.retry, ...(tries === undefined ? {} : { tries }) };
    const body = encode(batch);
    const result = body
      ? await withRetry(journalled(batch), options).send(body, signal)
      : CANNOT_BE_ENCODED;
    if (result.kind !== "retryable") written.delete(batch.id);
    // It ended without a try, or in the pause before one: the journal says that none follows.
    if (!wasTried(result)) journal.outcome(sink, batch.id, result);
    if (result.kind === "success" || !signal.aborted) report(result, batch);
    return result;
  }

  function encode({ records }: Batch): Uint8Array | null {
    try {
      return encodeLogs(records, resource);
    } catch {
      return null;
    }
  }

  async function writeDown({ id, records }: Batch): Promise<boolean> {
    if (written.has(id)) return true;
    const items = records.map((record) => journalItem(record, resource));
    const stands = await journal.sending(sink, id, items).catch(() => false);
    if (stands) written.add(id);
    return stands;
  }

  /** One try looks for consent first, also one after a long backoff, and its end is written down. */
  function journalled(batch: Batch): Transport {
    return {
      async send(body, signal) {
        refresh();
        if (signal?.aborted) return CANCELLED;
        const result = await attempt(body, signal);
        if (wasTried(result)) journal.outcome(sink, batch.id, result);
        if (!signal?.aborted) note(result, batch);
        return result;
      },
      shutdown: () => {},
    };
  }

  async function attempt(body: Uint8Array, signal: AbortSignal | undefined): Promise<SendResult> {
    try {
      beforeSending(sink);
      transport ??= connect();
      const result = await transport.send(body, signal);
      if (result.kind === "retryable") {
        notBefore = Math.max(notBefore, Date.now() + (result.retryAfterMs ?? 0));
      }
      return result;
    } catch (error) {
      return { kind: "failure", reason: (error as NodeJS.ErrnoException).code ?? "internal error" };
    }
  }

  function note(result: SendResult, { records }: Batch): void {
    const reason = result.kind === "success" ? result.message : result.reason;
    const bytes = result.bytes ?? 0;
    const at = new Date().toISOString();
    last = { at, kind: result.kind, reason, records: records.length, bytes };
  }

  function report(result: SendResult, { records }: Batch): void {
    if (result.kind === "success") {
      const { message } = result;
      const refused = Math.min(records.length, result.rejected);
      sent += records.length - refused;
      rejected += refused;
      // Counts differ from request to request; what they are about is worth one line.
      const remark = message === "" ? "refused" : `remark ${message.replace(/\d+/g, "#")}`;
      if ((message !== "" || refused > 0) && firstTime(remark)) {
        const fields = { sink, rejected: refused, reason: message };
        const what = refused > 0 ? "refused records" : "took all records, with a remark";
        log.warn(fields, `the collector ${what}`);
      }
    } else if (firstTime(`${result.kind} ${result.reason}`)) {
      const what = result.kind === "failure" ? "was dropped" : "has to wait";
      const fields = { sink, reason: result.reason, records: records.length };
      log.warn(fields, `telemetry could not be delivered and ${what}`);
    }
  }

  return {
    deliver,
    last: () => last,
    totals: () => ({ sent, rejected }),
    shutdown: () => transport?.shutdown(),
  };
}
