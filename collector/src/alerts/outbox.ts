import type { Settings } from "../settings/types.ts";
import { deliver } from "./deliver.ts";
import { secretOf } from "./signature.ts";
import type { AlertState, Delivery, Message, Pending } from "./state.ts";

const MINUTE_MS = 60_000;
/** Pauses after each failed try: a receiver may be away for a night. */
const RETRY_AFTER_MS = [1, 5, 30, 120, 300, 600].map((minutes) => minutes * MINUTE_MS);
const KEPT_RESULTS = 20;
/** Messages that wait; the oldest go first where a receiver is away for long. */
const MOST_WAITING = 500;

export interface OutboxParts {
  settings: Pick<Settings, "get" | "list">;
  /** Makes the webhooks' secrets. */
  key: Buffer;
  userAgent: string;
  now(): Date;
}

/** Messages on their way to webhooks; `state` is changed, and `save` called before anything is sent. */
export function createOutbox(parts: OutboxParts, state: AlertState, save: () => Promise<void>) {
  const { settings, key, userAgent, now } = parts;
  let delivering: Promise<void> | null = null;
  let stopped = false;

  /** For every webhook that is on and wants the rule. Saving is the caller's. */
  function add(message: Message): void {
    for (const { key: webhook, value } of settings.list("webhook")) {
      const wanted =
        value.events.length === 0 || (message.rule !== null && value.events.includes(message.rule));
      if (value.disabledAt !== null || !wanted) continue;
      state.outbox.push({ webhook, message, attempts: 0, nextAt: now().toISOString() });
    }
    state.outbox.splice(0, state.outbox.length - MOST_WAITING);
  }

  async function deliverDue(): Promise<void> {
    for (const pending of [...state.outbox]) {
      if (stopped) return;
      if (Date.parse(pending.nextAt) > now().getTime()) continue;
      const webhook = settings.get("webhook", pending.webhook);
      if (webhook === null || webhook.disabledAt !== null) {
        remove(pending);
        continue;
      }
      await tryOnce(pending, webhook);
    }
  }

  async function tryOnce(pending: Pending, webhook: { url: string; secret: string }) {
    const secret = secretOf(key, pending.webhook, webhook.secret);
    const { message } = pending;
    const tried = await deliver({ url: webhook.url, secret, message, userAgent, now: now() });
    const pause = RETRY_AFTER_MS[pending.attempts];
    pending.attempts++;
    const again = !tried.ok && pause !== undefined;
    if (again) pending.nextAt = new Date(now().getTime() + pause).toISOString();
    else remove(pending);
    note(pending.webhook, {
      ...{ id: message.id, at: now().toISOString(), type: message.type },
      ...{ app: message.app, rule: message.rule, attempt: pending.attempts },
      ...tried,
      nextAttemptAt: again ? pending.nextAt : null,
    });
    // After each, so that a restart repeats none that has arrived.
    await save();
  }

  function remove(pending: Pending): void {
    const at = state.outbox.indexOf(pending);
    if (at >= 0) state.outbox.splice(at, 1);
  }

  function note(webhook: string, result: Delivery): void {
    state.deliveries[webhook] = [result, ...(state.deliveries[webhook] ?? [])].slice(
      0,
      KEPT_RESULTS,
    );
  }

  return {
    add,
    note,
    /** Sends what is due, one after the other. A call while that goes on waits for it. */
    flush(): Promise<void> {
      delivering ??= deliverDue().finally(() => {
        delivering = null;
      });
      return delivering;
    },
    /** Ends after the try at hand, whose result is saved: what is left is sent after the next start. */
    async stop(): Promise<void> {
      stopped = true;
      await delivering;
    },
    results: (webhook: string): Delivery[] => state.deliveries[webhook] ?? [],
    /** Forgets webhooks that are not there any more. */
    forgetRemoved(): void {
      const known = new Set(settings.list("webhook").map(({ key: id }) => id));
      for (const id of Object.keys(state.deliveries))
        if (!known.has(id)) delete state.deliveries[id];
    },
  };
}
