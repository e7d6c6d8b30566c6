import type { Transport } from "../delivery/transport.ts";

/**
 * Wraps a transport so that each try, also one after a long backoff, first looks whether another
 * process of the install has recorded a refusal meanwhile. `refresh` passes that on by aborting the
 * signals of what may no longer be sent.
 */
export function withFreshConsent(inner: Transport, refresh: () => void): Transport {
  return {
    async send(body, signal) {
      refresh();
      if (signal?.aborted) return { kind: "failure", reason: "cancelled" };
      return inner.send(body, signal);
    },
    shutdown: () => inner.shutdown(),
  };
}
