import { BASE_FIRST_SEEN, BASE_HEARTBEAT } from "@rollcall/schemas";
import { type ScheduledTask, schedule } from "node-cron";
import type { Delivery } from "../delivery/delivery.ts";
import { type BaseReport, baseRecord } from "../delivery/encode.ts";
import type { Guard } from "../events/guard.ts";
import type { Installation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";
import { CLAIM_MS, dueReports, heartbeatCron, isClaimed, type Occasion } from "./schedule.ts";

/** Sends `first_seen` once and a heartbeat a day, for as long as it is started. */
export interface BaseLayer {
  /** Looks now, every hour and at the install's daily time. Does nothing when already started. */
  start(): void;
  /** Ends what is on its way, too. */
  stop(): void;
  /** Looks no more, and resolves when what is on its way has ended. */
  finish(): Promise<void>;
  /** When the next heartbeat is planned; null while stopped. */
  next(): Date | null;
}

export interface BaseInput {
  installation: Installation;
  report: (now: Date) => BaseReport;
  guard: Guard;
  delivery: Delivery;
  /** Looks for a choice that another process recorded, and applies it. */
  refresh: () => void;
  log: Logger;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createBaseLayer(input: BaseInput): BaseLayer {
  const { installation, report, guard, delivery, refresh, log } = input;
  let running: { daily: ScheduledTask; timers: NodeJS.Timeout[]; cancel: AbortController } | null =
    null;
  let busy: Promise<void> | null = null;
  /** After an answer that another try would not change, only the next day may. */
  let refusedUntil = 0;

  function look(occasion: Occasion): void {
    if (running === null || busy !== null) return;
    const { signal } = running.cancel;
    busy = sendDue(occasion, signal)
      .catch((error: unknown) => log.error({ error: String(error) }, "base telemetry failed"))
      .finally(() => {
        busy = null;
      });
  }

  async function sendDue(occasion: Occasion, signal: AbortSignal): Promise<void> {
    refresh();
    if (signal.aborted || (occasion === "check" && Date.now() < refusedUntil)) return;
    const due = claim(occasion);
    if (due === null) return;
    const sent: { base_first_seen_sent_at?: string; last_heartbeat_sent_at?: string } = {};
    // One after the other: a first_seen that never arrives must not hide the heartbeat.
    if (due.firstSeen && (await send(BASE_FIRST_SEEN, signal))) {
      sent.base_first_seen_sent_at = new Date().toISOString();
    }
    if (due.heartbeat && !signal.aborted && (await send(BASE_HEARTBEAT, signal))) {
      sent.last_heartbeat_sent_at = new Date().toISOString();
    }
    const saved = installation.update(() => ({ ...sent, base_claimed_at: undefined }));
    if (!saved.ok) log.error({ problem: saved.problem }, "installation.json could not be written");
  }

  /** Of several processes of one install, one sends. */
  function claim(occasion: Occasion): { firstSeen: boolean; heartbeat: boolean } | null {
    const now = Date.now();
    let due = { firstSeen: false, heartbeat: false };
    let claimed = false;
    const result = installation.update((disk) => {
      due = dueReports(disk, occasion, now);
      if (!due.firstSeen && !due.heartbeat) return null;
      claimed = isClaimed(disk, now);
      return claimed ? null : { base_claimed_at: new Date(now).toISOString() };
    });
    if (!result.ok) {
      // What cannot be recorded as sent would be sent again and again.
      log.error({ problem: result.problem }, "installation.json could not be written");
      return null;
    }
    // Whoever holds the claim may die before it is done.
    if (claimed) running?.timers.push(setTimeout(() => look(occasion), CLAIM_MS).unref());
    return result.changed ? due : null;
  }

  /** True when the collector has it. */
  async function send(
    eventName: typeof BASE_FIRST_SEEN | typeof BASE_HEARTBEAT,
    signal: AbortSignal,
  ): Promise<boolean> {
    const now = new Date();
    const checked = guard.checkBase(eventName, report(now));
    if (checked === null) return false;
    const result = await delivery.deliver([baseRecord(eventName, checked, now.getTime())], signal);
    const stored = result.kind === "success" && result.rejected === 0;
    const final = !stored && result.kind !== "retryable" && !signal.aborted;
    if (final) refusedUntil = Date.now() + DAY_MS;
    return stored;
  }

  function unschedule(): void {
    if (running === null) return;
    for (const timer of running.timers) clearTimeout(timer);
    // Takes it out of node-cron's own list as well.
    void running.daily.destroy();
  }

  return {
    start() {
      if (running !== null) return;
      const daily = schedule(
        heartbeatCron(installation.current().install_id),
        () => look("daily"),
        // The hourly check takes care of a time that was slept through.
        { unref: true, suppressMissedWarning: true, name: "rollcall heartbeat" },
      );
      const first = setTimeout(() => look("check"), 0).unref();
      const hourly = setInterval(() => look("check"), HOUR_MS).unref();
      running = { daily, timers: [first, hourly], cancel: new AbortController() };
    },
    stop() {
      unschedule();
      running?.cancel.abort();
      running = null;
    },
    async finish() {
      unschedule();
      await busy;
      running = null;
    },
    next: () => running?.daily.getNextRun() ?? null,
  };
}
