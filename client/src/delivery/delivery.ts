import { createOnce, type Logger } from "../log.ts";
import { encodeLogs, type LogResource, type OutgoingRecord } from "./encode.ts";
import type { SendResult, Transport } from "./transport.ts";

/** How the last request ended, for the page and for `state()`. */
export interface LastResult {
  /** ISO 8601. */
  at: string;
  kind: SendResult["kind"];
  /** Empty for a success without refusals. */
  reason: string;
}

/** Encodes records, sends them as one request and reports how that went. */
export interface Delivery {
  deliver(records: readonly OutgoingRecord[], signal: AbortSignal): Promise<SendResult>;
  last(): LastResult | null;
  totals(): { sent: number; rejected: number };
  shutdown(): void;
}

export interface DeliveryInput {
  resource: LogResource;
  /** Called at the first delivery: while everything is off nothing exists that could connect. */
  connect: () => Transport;
  /** Called before the first byte of each request. */
  beforeSending: () => void;
  log: Logger;
}

export function createDelivery(input: DeliveryInput): Delivery {
  const { resource, connect, beforeSending, log } = input;
  const firstTime = createOnce();
  let transport: Transport | undefined;
  let last: LastResult | null = null;
  let sent = 0;
  let rejected = 0;

  async function deliver(
    records: readonly OutgoingRecord[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    const result = await attempt(records, signal);
    if (!signal.aborted) note(result, records.length);
    return result;
  }

  async function attempt(
    records: readonly OutgoingRecord[],
    signal: AbortSignal,
  ): Promise<SendResult> {
    try {
      beforeSending();
      transport ??= connect();
      return await transport.send(encodeLogs(records, resource), signal);
    } catch (error) {
      // A token that cannot be a header, say. The app must not see it as an unhandled rejection.
      return { kind: "failure", reason: (error as NodeJS.ErrnoException).code ?? "internal error" };
    }
  }

  function note(result: SendResult, records: number): void {
    const reason = result.kind === "success" ? result.message : result.reason;
    last = { at: new Date().toISOString(), kind: result.kind, reason };
    if (result.kind === "success") {
      sent += records - Math.min(records, result.rejected);
      rejected += result.rejected;
      // Counts differ from request to request; what they are about is worth one line.
      const worthALine = reason !== "" && firstTime(`remark ${reason.replace(/\d+/g, "#")}`);
      if (worthALine || (reason === "" && result.rejected > 0 && firstTime("refused"))) {
        log.warn({ rejected: result.rejected, reason }, "the collector refused telemetry in part");
      }
    } else if (firstTime(`${result.kind} ${reason}`)) {
      const what = result.kind === "failure" ? "was dropped" : "has to wait";
      log.warn({ reason, records }, `telemetry could not be delivered and ${what}`);
    }
  }

  return {
    deliver,
    last: () => last,
    totals: () => ({ sent, rejected }),
    shutdown: () => transport?.shutdown(),
  };
}
