import { randomUUID } from "node:crypto";
import type { RetryOptions } from "../delivery/retry.ts";
import { type Internals, internalsOf } from "../internals.ts";
import type { JournalItem } from "../journal/types.ts";
import { createSignalSink, type SignalSink } from "./signal-sink.ts";

/** What both exporters take. */
export interface ExporterOptions {
  /** Exports under way at once, default 4; what comes on top is dropped. */
  concurrency?: number;
  /** For one request, default 10,000 ms. */
  timeoutMs?: number;
  retry?: RetryOptions;
}

/** What one export sends: already reduced to what may leave. */
export interface Shipment {
  items: readonly JournalItem[];
  encode(): Uint8Array | undefined;
}

/** The gate, the journal and the wire of one exporter. */
export interface Shipper {
  /**
   * Since when records may leave, ms since the epoch, or null while none may. Looks for choices of
   * other processes first. What was recorded before must not be sent.
   */
  allowedSince(): number | null;
  /** Whether records go into the journal as held, because of Local only. */
  holds(): boolean;
  /** Sends to every destination. Resolves false when one of them did not get it, and never rejects. */
  ship(shipment: Shipment): Promise<boolean>;
  /** Writes into the journal what Local only holds back. */
  hold(items: readonly JournalItem[]): void;
  /** Resolves when what is under way has ended. */
  flush(): Promise<void>;
  /** Waits for what is under way for at most `deadline` ms, then cancels it. */
  shutdown(deadline: number): Promise<void>;
}

/** Larger requests are refused by most collectors. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export function createShipper(
  rollcall: object,
  signal: "traces" | "metrics",
  options: ExporterOptions,
): Shipper {
  const internals = internalsOf(rollcall);
  const { concurrency = 4, timeoutMs, retry } = options;
  const sinks = internals.destinations.map((destination) =>
    createSignalSink({ internals, destination, signal, timeoutMs, retry, refresh }),
  );
  const underWay = new Map<Promise<boolean>, AbortController>();
  let since = internals.consent().detailed ? 0 : null;
  let epoch = internals.epoch();
  let closed = false;
  internals.onConsent(anew);
  internals.onClose(shutdown);

  /** Whatever changed: what was recorded before it is not sent. */
  function anew(): void {
    epoch = internals.epoch();
    since = internals.consent().detailed ? Date.now() : null;
    cancelAll();
  }

  /** Sees also that another process opted out and in again, after which consent looks as before. */
  function refresh(): void {
    internals.refresh();
    if (internals.epoch() !== epoch) anew();
  }

  function cancelAll(): void {
    for (const cancel of underWay.values()) cancel.abort();
  }

  async function shutdown(deadline: number): Promise<void> {
    closed = true;
    // Referenced on purpose: nothing else keeps the process alive for the last requests.
    const timer = setTimeout(cancelAll, deadline);
    await flush();
    clearTimeout(timer);
    for (const sink of sinks) sink.shutdown();
  }

  async function flush(): Promise<void> {
    await Promise.allSettled(underWay.keys());
  }

  return {
    allowedSince() {
      refresh();
      return closed || !internals.consent().detailed ? null : since;
    },
    holds: () => !closed && internals.consent().recording === "local",
    hold(items) {
      for (const item of items) internals.journal.held(item);
    },
    async ship(shipment) {
      if (closed || shipment.items.length === 0) return true;
      if (underWay.size >= concurrency) {
        internals.journal.withheld("queue_full", shipment.items.length);
        return false;
      }
      const cancel = new AbortController();
      const done = shipToAll(internals, sinks, shipment, cancel.signal);
      underWay.set(done, cancel);
      try {
        return await done;
      } finally {
        underWay.delete(done);
      }
    },
    flush,
    shutdown,
  };
}

async function shipToAll(
  internals: Internals,
  sinks: readonly SignalSink[],
  shipment: Shipment,
  signal: AbortSignal,
): Promise<boolean> {
  const taking = sinks.filter((sink) => sink.takes());
  if (taking.length === 0) return true;
  try {
    const body = shipment.encode();
    if (body === undefined || body.byteLength > MAX_BODY_BYTES) return false;
    const results = await Promise.all(
      taking.map((sink) => shipToOne(internals, sink, shipment.items, body, signal)),
    );
    return results.every((delivered) => delivered);
  } catch {
    // A fault in the app's own objects (a getter, a proxy) must not become an unhandled rejection.
    internals.log.warn({ fault: "export" }, "telemetry could not be exported");
    return false;
  }
}

async function shipToOne(
  { journal }: Internals,
  sink: SignalSink,
  items: readonly JournalItem[],
  body: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const batch = randomUUID();
  if (!(await journal.sending(sink.name, batch, items))) return false;
  // An opt-out that came while the journal was written.
  const result = signal.aborted
    ? ({ kind: "failure", reason: "cancelled" } as const)
    : await sink.send(body, signal);
  journal.outcome(sink.name, batch, result);
  // Cancelled by a person is as it should be, and no fault that the SDK should report.
  return result.kind === "success" || signal.aborted || !sink.takes();
}
