import { randomUUID } from "node:crypto";
import type { Ask } from "../read/question.ts";
import type { Kind } from "../settings/kinds.ts";
import type { BudgetsOf } from "../settings/token-budgets.ts";
import type { Settings } from "../settings/types.ts";
import { type Store, StoreUnreachable } from "../store/client.ts";
import { createTurns } from "../store/turns.ts";
import { deliver, type Tried } from "./deliver.ts";
import { createDigests } from "./digests.ts";
import { type Measured, measures } from "./measure.ts";
import type { WebhookNetworks } from "./network.ts";
import { createOutbox } from "./outbox.ts";
import { RULE_NAMES, type RuleName, rules } from "./rules.ts";
import { secretOf } from "./signature.ts";
import { type Delivery, type Message, readState, writeState } from "./state.ts";
import { createTold } from "./told.ts";

const EVALUATE_EVERY_MS = 60_000;
const DELIVER_EVERY_MS = 10_000;
/** A condition that comes and goes is one event: it is over when it has not held for so long. */
const CLEAR_AFTER_MS = 30 * 60_000;
/** With data that is later than this nothing is said: what is missing would look like a fall. */
const LATEST_DATA_MS = 60 * 60_000;

const FIRING = "firing";
const OVER = "over";
const isFiring = ({ state }: { state: string }) => state === FIRING;
const isOver = ({ state }: { state: string }) => state === OVER;

/** Thresholds, budgets and releases are part of what was measured. */
const PART_OF_MEASURES: ReadonlySet<Kind> = new Set(["alert", "app", "ingest_token", "release"]);

interface AlertsParts {
  ask: Ask;
  /** Where collectors agree on which of them tells what. */
  store: Store;
  /** The spool's UUID, by which collectors on one store are told apart. */
  holder: string;
  settings: Pick<Settings, "get" | "list" | "onChange">;
  budgetsOf: BudgetsOf;
  apps(): string[];
  /** Data received before this moment is in the store. */
  freshness(): Date;
  /** Holds `alerts.json`. */
  directory: string;
  /** 32 bytes of this collector, from which the webhooks' secrets are made. */
  key: Buffer;
  /** Where webhooks may go besides public addresses. */
  networks: WebhookNetworks;
  /** The collector's version, for the user agent. */
  version: string;
  log: { warn(fields: object, message: string): void };
  /** The clock; tests set it. */
  now?: () => Date;
}

/** A rule of an app as it is now. */
export interface AlertRow {
  rule: RuleName;
  enabled: boolean;
  threshold: number;
  /** `unknown`: off, not measured yet, or too little data to say anything. */
  state: "ok" | "firing" | "unknown";
  since: string | null;
  value: number | null;
  text: string;
}

export interface Alerts {
  start(): void;
  stop(): Promise<void>;
  /** Measures what is due and sends what follows from it. Throws nothing. */
  evaluate(): Promise<void>;
  rows(app: string): AlertRow[];
  /** Sends a message of type `test` now, once. */
  test(webhook: string): Promise<Tried | null>;
  deliveries(webhook: string): Delivery[];
  /** What a receiver checks the signature with. */
  secret(webhook: string, salt: string): string;
}

/**
 * Watches the rules of every app and tells webhooks what begins and what is over, each once.
 *
 * @example
 * const alerts = await createAlerts({ ask, store, holder, settings, budgetsOf, apps, freshness, directory, key, networks, version, log });
 * alerts.start();
 */
export async function createAlerts(parts: AlertsParts): Promise<Alerts> {
  const { ask, store, holder, settings, budgetsOf, directory, key, networks, log } = parts;
  const now = parts.now ?? (() => new Date());
  const userAgent = `Rollcall/${parts.version}`;
  const { state, problem } = await readState(directory);
  if (problem !== null) log.warn({ problem }, "alerts: alerts.json cannot be read; begun anew");
  const turns = createTurns();
  const save = () =>
    turns
      .take(() => writeState(directory, state))
      .catch((err) => log.warn({ err }, "alerts: alerts.json could not be written"));
  const outbox = createOutbox({ settings, key, userAgent, networks, now }, state, save);
  const stopping = new AbortController();
  const told = createTold({ store, holder, signal: stopping.signal, now });
  const digests = createDigests({ ask, settings, told, outbox, save, now });
  const latest = new Map<string, { at: number; measured: Measured | null }>();
  const timers: NodeJS.Timeout[] = [];
  let evaluating: Promise<void> | null = null;

  settings.onChange((kind) => {
    if (PART_OF_MEASURES.has(kind)) latest.clear();
  });

  /** What is set, or the default. */
  function ruleOf(app: string, rule: RuleName) {
    const set = settings.get("alert", `${app}/${rule}`);
    return { enabled: set?.enabled ?? true, threshold: set?.threshold ?? rules[rule].threshold };
  }

  async function evaluateAll(): Promise<void> {
    if (now().getTime() - parts.freshness().getTime() > LATEST_DATA_MS) return;
    let changed = false;
    for (const app of parts.apps()) {
      for (const rule of RULE_NAMES) {
        changed = (await evaluateOne(app, rule).catch(failed(app, rule))) || changed;
      }
      for (const every of digests.due(parts.freshness())) {
        await digests.tell(app, every).catch(failed(app, `${every} digest`));
      }
    }
    outbox.forgetRemoved();
    if (changed) await save();
  }

  const failed = (app: string, rule: string) => (err: unknown) => {
    // A store that is away is said by who loads into it.
    if (err instanceof StoreUnreachable || stopping.signal.aborted) return false;
    log.warn({ err, app, rule }, "alerts: a rule could not be measured; tried again");
    return false;
  };

  /** @returns whether something began or is over */
  async function evaluateOne(app: string, rule: RuleName): Promise<boolean> {
    const name = `${app}/${rule}`;
    const { enabled, threshold } = ruleOf(app, rule);
    if (!enabled) {
      latest.delete(name);
      if (!(name in state.firing)) return false;
      // Without a word; switched on again it is a new event.
      await told.once(name, OVER, isOver, async () => {});
      delete state.firing[name];
      return true;
    }
    const before = latest.get(name);
    const at = now().getTime();
    if (before && at - before.at < rules[rule].everyMs) return false;
    const measured = await measures[rule]({ ask, settings, budgetsOf, app, threshold, now: now() });
    latest.set(name, { at, measured });
    return measured?.firing ? begin(app, rule, measured) : end(app, rule, measured);
  }

  const wantsRule =
    (rule: RuleName) =>
    ({ events }: { events: string[] }): boolean =>
      events.length === 0 || events.includes(rule);

  async function begin(app: string, rule: RuleName, measured: Measured): Promise<boolean> {
    const name = `${app}/${rule}`;
    const firing = state.firing[name];
    if (firing) {
      const wasClear = firing.clearSince !== null;
      firing.clearSince = null;
      return wasClear;
    }
    const since = now().toISOString();
    const other = await told.once(name, FIRING, isFiring, async () => {
      outbox.add(messageOf("alert.firing", app, rule, since, measured), wantsRule(rule));
      state.firing[name] = { since, clearSince: null };
      // Before anything is sent: after a crash the same event must not be a new one.
      await save();
    });
    state.firing[name] ??= { since: other?.at.toISOString() ?? since, clearSince: null };
    return other !== null;
  }

  async function end(app: string, rule: RuleName, measured: Measured | null): Promise<boolean> {
    const name = `${app}/${rule}`;
    const firing = state.firing[name];
    if (!firing) return false;
    if (firing.clearSince === null) {
      firing.clearSince = now().toISOString();
      return true;
    }
    if (now().getTime() - Date.parse(firing.clearSince) < CLEAR_AFTER_MS) return false;
    const { since } = firing;
    const other = await told.once(name, OVER, isOver, async () => {
      outbox.add(messageOf("alert.resolved", app, rule, since, measured), wantsRule(rule));
      delete state.firing[name];
      await save();
    });
    delete state.firing[name];
    return other !== null;
  }

  function messageOf(
    type: "alert.firing" | "alert.resolved",
    app: string,
    rule: RuleName,
    since: string,
    measured: Measured | null,
  ): Message {
    const { title, unit } = rules[rule];
    return {
      ...{ id: randomUUID(), type, at: now().toISOString(), app, rule },
      title: type === "alert.resolved" ? `Over: ${title.toLowerCase()}` : title,
      text: measured?.text ?? "There is too little data to measure it now.",
      ...{ since, value: measured?.value ?? null, threshold: ruleOf(app, rule).threshold, unit },
      details: measured?.details ?? {},
    };
  }

  async function evaluate(): Promise<void> {
    evaluating ??= evaluateAll()
      .catch((err) => log.warn({ err }, "alerts: an evaluation failed"))
      .finally(() => {
        evaluating = null;
      });
    await evaluating;
    // Not part of it: a receiver that is slow delays no measurement.
    await outbox.flush();
  }

  return {
    start() {
      timers.push(setInterval(() => void evaluate(), EVALUATE_EVERY_MS));
      timers.push(setInterval(() => void outbox.flush(), DELIVER_EVERY_MS));
      for (const timer of timers) timer.unref();
      void evaluate();
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await outbox.stop();
      await evaluating;
    },
    evaluate,
    rows: (app) =>
      RULE_NAMES.map((rule) => {
        const firing = state.firing[`${app}/${rule}`];
        const measured = latest.get(`${app}/${rule}`)?.measured;
        return {
          rule,
          ...ruleOf(app, rule),
          state: firing ? "firing" : measured ? "ok" : "unknown",
          since: firing?.since ?? null,
          value: measured?.value ?? null,
          text: measured?.text ?? "",
        };
      }),
    async test(id) {
      const webhook = settings.get("webhook", id);
      if (webhook === null) return null;
      const message: Message = {
        ...{ id: randomUUID(), type: "test", at: now().toISOString(), app: null, rule: null },
        ...{ title: "Test", text: "This is a test of the webhook.", since: null },
        ...{ value: null, threshold: null, unit: null, details: {} },
      };
      const secret = secretOf(key, id, webhook.secret);
      const tried = await deliver({
        ...{ url: webhook.url, secret, message, userAgent, networks, now: now() },
      });
      outbox.note(id, {
        ...{ id: message.id, at: message.at, type: "test", app: null, rule: null, attempt: 1 },
        ...tried,
        nextAttemptAt: null,
      });
      await save();
      return tried;
    },
    deliveries: outbox.results,
    secret: (id, salt) => secretOf(key, id, salt),
  };
}
