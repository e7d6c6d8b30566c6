import { randomUUID } from "node:crypto";
import type { Internals } from "../internals.ts";
import { CLIENT_VERSION } from "../version.ts";
import { createPoster } from "./post.ts";
import { type ScrubbedEvent, scrubEvent } from "./scrubbed-event.ts";
import { fieldsOf, listOf, textOf } from "./untrusted.ts";

/**
 * The SDK's transport: the one way out of it. Whatever an app, a scope, an integration or `beforeSend`
 * has put into an envelope, only events and transactions pass, made anew from the allow-list,
 * journalled first, and only while detailed telemetry is on.
 */
export interface Gate {
  send(envelope: unknown): Promise<{ statusCode?: number }>;
  /** Resolves when nothing is under way, or after `timeout` ms with false. */
  flush(timeout?: number): Promise<boolean>;
  /** Closes for good, and cancels what is under way. */
  close(): void;
}

const MAX_UNDER_WAY = 16;
const FLUSH_MS = 2_000;

/**
 * @param url envelope endpoint with the key of the DSN
 * @param onStale called when another process has opted out and in again: what the SDK has gathered
 *   is of before, and must go
 */
export function createGate(internals: Internals, url: URL, onStale: () => void): Gate {
  const { journal } = internals;
  const openedAt = Date.now();
  const epoch = internals.epoch();
  const poster = createPoster(url);
  const cancel = new AbortController();
  const underWay = new Set<Promise<void>>();
  let pausedUntil = 0;

  function open(): boolean {
    internals.refresh();
    if (!cancel.signal.aborted && internals.epoch() !== epoch) onStale();
    return !cancel.signal.aborted && internals.consent().detailed;
  }

  async function pass(event: ScrubbedEvent): Promise<void> {
    const batch = randomUUID();
    const name = event.type === "transaction" ? "sentry transaction" : "sentry event";
    const item = { signal: "error", name, time: Date.now(), content: event } as const;
    if (!(await journal.sending("sentry", batch, [item]))) return;
    // Somebody may have opted out while the journal was written.
    if (!open()) return journal.outcome("sentry", batch, { kind: "failure", reason: "cancelled" });
    const result = await poster.post(envelopeOf(event), cancel.signal);
    if (result.kind === "retryable") pausedUntil = Date.now() + (result.retryAfterMs ?? 0);
    journal.outcome("sentry", batch, result);
  }

  async function send(envelope: unknown): Promise<{ statusCode?: number }> {
    if (!open()) return {};
    for (const event of eventsIn(envelope)) {
      const scrubbed = scrubEvent(event, internals);
      if (scrubbed === null || begun(scrubbed) < openedAt || Date.now() < pausedUntil) continue;
      if (underWay.size >= MAX_UNDER_WAY) {
        journal.withheld("queue_full", 1);
        continue;
      }
      const done = pass(scrubbed).catch(() => {
        internals.log.warn({ fault: "sentry" }, "an error report could not be sent");
      });
      underWay.add(done);
      await done;
      underWay.delete(done);
    }
    return {};
  }

  async function flush(timeout = FLUSH_MS): Promise<boolean> {
    if (underWay.size === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    // Referenced on purpose: after a fatal error nothing else keeps the process alive.
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeout);
    });
    const all = Promise.allSettled(underWay).then(() => true);
    const inTime = await Promise.race([all, late]);
    clearTimeout(timer);
    return inTime;
  }

  return {
    send,
    flush,
    close() {
      cancel.abort();
      poster.shutdown();
    },
  };
}

/** The payloads of the items that may be events. Sessions, logs, profiles, attachments … are not. */
function eventsIn(envelope: unknown): unknown[] {
  return listOf(listOf(envelope)[1])
    .map(listOf)
    .filter(([head]) => ["event", "transaction"].includes(textOf(fieldsOf(head).type)))
    .map(([, payload]) => payload);
}

/** When the event began, ms since the epoch. */
function begun(event: ScrubbedEvent): number {
  const seconds = event.start_timestamp ?? event.timestamp;
  return typeof seconds === "number" ? seconds * 1_000 : Number.POSITIVE_INFINITY;
}

function envelopeOf(event: ScrubbedEvent): string {
  const head = {
    event_id: event.event_id,
    sent_at: new Date().toISOString(),
    sdk: { name: "rollcall.sentry.node", version: CLIENT_VERSION },
  };
  const item = { type: event.type === "transaction" ? "transaction" : "event" };
  return `${JSON.stringify(head)}\n${JSON.stringify(item)}\n${JSON.stringify(event)}\n`;
}
