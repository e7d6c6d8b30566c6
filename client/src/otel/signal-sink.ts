import { withFreshConsent } from "../consent/fresh-consent.ts";
import { type RetryOptions, withRetry } from "../delivery/retry.ts";
import {
  createHttpTransport,
  endpointUrl,
  type SendResult,
  type Transport,
} from "../delivery/transport.ts";
import type { Destination } from "../delivery/types.ts";
import type { Internals } from "../internals.ts";

/** One destination for one of the signals traces and metrics. */
export interface SignalSink {
  readonly name: Destination["name"];
  /** False while the destination is left alone, because it does not take this signal. */
  takes(): boolean;
  send(body: Uint8Array, signal: AbortSignal): Promise<SendResult>;
  shutdown(): void;
}

export interface SignalSinkInput {
  internals: Internals;
  destination: Destination;
  signal: "traces" | "metrics";
  timeoutMs: number | undefined;
  retry: RetryOptions | undefined;
  /** Looks for another process' choice before each try; aborts what may no longer be sent. */
  refresh: () => void;
}

const LEFT_ALONE_MS = 3_600_000;

/**
 * Sends one signal to one destination. A destination that has no such endpoint (404, 405) is noted
 * in the log once and left alone for an hour. Nothing connects before the first `send`.
 */
export function createSignalSink(input: SignalSinkInput): SignalSink {
  const { internals, destination, signal, timeoutMs, retry, refresh } = input;
  let transport: Transport | undefined;
  let aloneUntil = 0;
  let noted = false;

  function connect(): Transport {
    const url = endpointUrl(destination.base, signal);
    const http = createHttpTransport({ url, token: destination.token, timeoutMs });
    return withRetry(withFreshConsent(http, refresh), retry);
  }

  return {
    name: destination.name,
    takes: () => Date.now() >= aloneUntil,
    async send(body, abort) {
      internals.beforeSending(destination.name);
      transport ??= connect();
      const result = await transport.send(body, abort);
      if (result.kind !== "failure" || !/^status 40[45]$/.test(result.reason)) return result;
      aloneUntil = Date.now() + LEFT_ALONE_MS;
      if (!noted) {
        const about = { destination: destination.name, signal, reason: result.reason };
        internals.log.info(about, "a collector does not take this signal and is left alone");
      }
      noted = true;
      return result;
    },
    shutdown: () => transport?.shutdown(),
  };
}
