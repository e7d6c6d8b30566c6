import type { ValueOf } from "../settings/kinds.ts";
import type { Settings } from "../settings/types.ts";
import { deliver, type Tried } from "./deliver.ts";
import type { WebhookNetworks } from "./network.ts";
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
  networks: WebhookNetworks;
  now(): Date;
}

type Webhook = ValueOf<"webhook">;

/** Messages on their way to webhooks; `state` is changed, and `save` called before anything is sent. */
export function createOutbox(parts: OutboxParts, state: AlertState, save: () => Promise<void>) {
  const { settings, key, userAgent, networks, now } = parts;
  /** What each webhook is being sent: one thing at a time, and none waits for another webhook. */
  const lanes = new Map<string, Promise<void>>();
  let stopped = false;

  /** For every webhook that is on and wants it. Saving is the caller's. */
  function add(message: Message, wants: (webhook: Webhook, changedAt: Date) => boolean): void {
    for (const { key: webhook, value, changedAt } of settings.list("webhook")) {
      if (value.disabledAt !== null || !wants(value, changedAt)) continue;
      state.outbox.push({ webhook, message, attempts: 0, nextAt: now().toISOString() });
    }
    state.outbox.splice(0, state.outbox.length - MOST_WAITING);
  }

  const isDue = ({ nextAt }: Pending) => Date.parse(nextAt) <= now().getTime();

  async function deliverTo(id: string): Promise<void> {
    for (const pending of state.outbox.filter((one) => one.webhook === id && isDue(one))) {
      if (stopped) return;
      const webhook = settings.get("webhook", id);
      if (webhook === null || webhook.disabledAt !== null) {
        remove(pending);
        continue;
      }
      const { status } = await tryOnce(pending, webhook);
      // Whoever does not answer one message is not asked to take the next in the same round.
      if (status === null) return;
    }
  }

  async function tryOnce(pending: Pending, webhook: Webhook): Promise<Tried> {
    const secret = secretOf(key, pending.webhook, webhook.secret);
    const { message } = pending;
    const { url } = webhook;
    const tried = await deliver({ url, secret, message, userAgent, networks, now: now() });
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
    return tried;
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
    /** Sends what is due, to all webhooks at once. A webhook that is being sent something is left to it. */
    async flush(): Promise<void> {
      for (const id of new Set(state.outbox.filter(isDue).map(({ webhook }) => webhook))) {
        if (stopped || lanes.has(id)) continue;
        lanes.set(
          id,
          deliverTo(id).finally(() => lanes.delete(id)),
        );
      }
      await Promise.all(lanes.values());
    },
    /** Ends after the tries at hand, whose results are saved: what is left is sent after the next start. */
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(lanes.values());
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
export type Outbox = ReturnType<typeof createOutbox>;
