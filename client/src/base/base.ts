import { randomUUID } from "node:crypto";
import { BASE_FIRST_SEEN, BASE_HEARTBEAT } from "@rollcall/schemas";
import { type ScheduledTask, schedule } from "node-cron";
import type { Delivery } from "../delivery/delivery.ts";
import { type BaseReport, baseRecord, type OutgoingRecord } from "../delivery/encode.ts";
import type { SinkName } from "../delivery/types.ts";
import type { Installation } from "../installation/installation.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import type { Logger } from "../log.ts";
import {
  baseKeys,
  CLAIM_MS,
  dueReports,
  firstSeenUid,
  firstTriedAt,
  heartbeatCron,
  isClaimed,
  type Occasion,
} from "./schedule.ts";

/** Sends `first_seen` once and a heartbeat a day to one destination, while it is started. */
export interface BaseLayer {
  /** Looks now, every hour and at the install's daily time. Does nothing when already started. */
  start(): void;
  /** Ends what is on its way, too. */
  stop(): void;
  /** Looks no more, and resolves when what is on its way has ended. */
  finish(): Promise<void>;
  /** When the next heartbeat is planned; null while stopped. */
  next(): Date | null;
  /** The heartbeat as it would be sent; null when the schema refuses it. */
  nextReport(now: Date): OutgoingRecord | null;
  /** Body of the last accepted heartbeat as sent; null before one in this process. */
  lastHeartbeatBytes(): number | null;
}

export interface BaseInput {
  sink: SinkName;
  installation: Installation;
  /** Awaited before a report is made. The signal ends it. */
  prepare: (signal: AbortSignal) => Promise<void>;
  report: (now: Date) => BaseReport;
  /** What the schema keeps of a report, in its spelling; null when it keeps none. */
  checkBase: (eventName: string, report: BaseReport) => BaseReport | null;
  delivery: Delivery;
  /** Looks for a choice that another process recorded, and applies it. */
  refresh: () => void;
  /** How long a process that sends on behalf of the install is waited for, default five minutes. */
  claimMs?: number | undefined;
  log: Logger;
}

/** What a process may send on behalf of the install. */
interface Claim {
  firstSeen: boolean;
  heartbeat: boolean;
  installId: string;
  /** Milliseconds since the epoch. */
  firstTriedAt: number;
  at: string;
}

interface Running {
  /** The id that the daily time was drawn from. */
  installId: string;
  daily: ScheduledTask;
  timers: NodeJS.Timeout[];
  cancel: AbortController;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function createBaseLayer(input: BaseInput): BaseLayer {
  const {
    sink,
    installation,
    prepare,
    report,
    checkBase,
    delivery,
    refresh,
    log,
    claimMs = CLAIM_MS,
  } = input;
  const keys = baseKeys(sink);
  let running: Running | null = null;
  let busy: Promise<void> | null = null;
  let heartbeatBytes: number | null = null;
  /** After an answer that another try would not change, only the next day may. */
  let refusedUntil = 0;

  function look(occasion: Occasion): void {
    if (running === null || busy !== null) return;
    const { signal } = running.cancel;
    busy = sendDue(occasion, signal)
      .catch((error: unknown) => log.error({ error: nameOf(error) }, "base telemetry failed"))
      .finally(() => {
        busy = null;
        // Started anew meanwhile: that look found this one still busy.
        if (signal.aborted) look("check");
      });
  }

  async function sendDue(occasion: Occasion, signal: AbortSignal): Promise<void> {
    refresh();
    if (signal.aborted || (occasion === "check" && Date.now() < refusedUntil)) return;
    const claim = claimDue(occasion);
    if (claim === null) return;
    await prepare(signal).catch((error: unknown) =>
      log.error({ error: nameOf(error) }, "a base report could not be prepared"),
    );
    const sent: Record<string, string> = {};
    // One after the other: a first_seen that never arrives must not hide the heartbeat.
    if (claim.firstSeen && (await sendFirstSeen(claim, signal))) {
      sent[keys.firstSeenSent] = new Date().toISOString();
    }
    if (claim.heartbeat && !signal.aborted && (await sendHeartbeat(signal))) {
      sent[keys.heartbeatSent] = new Date().toISOString();
    }
    settle(claim, sent);
  }

  /** Of several processes of one install, one sends. */
  function claimDue(occasion: Occasion): Claim | null {
    const now = Date.now();
    const at = new Date(now).toISOString();
    let claim: Claim | null = null;
    let taken = false;
    const result = installation.update((disk) => {
      const due = dueReports(disk, keys, occasion, now);
      if (!due.firstSeen && !due.heartbeat) return null;
      taken = isClaimed(disk, keys, now, claimMs);
      if (taken) return null;
      const tried = firstTriedAt(disk, keys, now);
      claim = { ...due, installId: disk.install_id, firstTriedAt: tried, at };
      const mark = due.firstSeen ? { [keys.firstSeenTried]: new Date(tried).toISOString() } : {};
      return { ...mark, [keys.claimed]: at };
    });
    if (!result.ok) {
      // What cannot be recorded as sent would be sent again and again.
      log.error({ problem: result.problem }, "installation.json could not be written");
      return null;
    }
    // Whoever holds the claim may die before it is done.
    if (taken) running?.timers.push(setTimeout(() => look(occasion), claimMs).unref());
    return claim;
  }

  function settle(claim: Claim, sent: Record<string, string>): void {
    // Writing reads the file as well; a refusal in it must have been noticed before.
    refresh();
    const saved = installation.update((disk) => {
      // A new identity meanwhile: nothing was sent in its name.
      if (disk.install_id !== claim.installId) return null;
      const release = disk[keys.claimed] === claim.at ? { [keys.claimed]: undefined } : {};
      return { ...sent, ...release };
    });
    if (!saved.ok) log.error({ problem: saved.problem }, "installation.json could not be written");
  }

  /** The same record each time, for the collector counts its uid once. */
  async function sendFirstSeen(claim: Claim, signal: AbortSignal): Promise<boolean> {
    const { installId, firstTriedAt: time } = claim;
    const checked = checkBase(BASE_FIRST_SEEN, report(new Date(time)));
    if (checked === null) return false;
    const record = baseRecord(BASE_FIRST_SEEN, checked, time, firstSeenUid(installId, sink));
    return (await send(record, signal)).stored;
  }

  async function sendHeartbeat(signal: AbortSignal): Promise<boolean> {
    const record = nextReport(new Date());
    if (record === null) return false;
    const { stored, bytes } = await send(record, signal);
    if (stored) heartbeatBytes = bytes;
    return stored;
  }

  function nextReport(now: Date): OutgoingRecord | null {
    const checked = checkBase(BASE_HEARTBEAT, report(now));
    return checked === null ? null : baseRecord(BASE_HEARTBEAT, checked, now.getTime());
  }

  /** `stored` when the collector has it. */
  async function send(
    record: OutgoingRecord,
    signal: AbortSignal,
  ): Promise<{ stored: boolean; bytes: number }> {
    const result = await delivery.deliver({ id: randomUUID(), records: [record] }, signal);
    const stored = result.kind === "success" && result.rejected === 0;
    const final = !stored && result.kind !== "retryable" && !signal.aborted;
    if (final) refusedUntil = Date.now() + DAY_MS;
    return { stored, bytes: result.bytes ?? 0 };
  }

  function unschedule(): void {
    if (running === null) return;
    for (const timer of running.timers) clearTimeout(timer);
    // Takes it out of node-cron's own list as well.
    void running.daily.destroy();
  }

  function stop(): void {
    unschedule();
    running?.cancel.abort();
    running = null;
  }

  return {
    start() {
      const { install_id: installId } = installation.current();
      if (running?.installId === installId) return;
      // Another identity has another daily time, and owes its own first_seen.
      stop();
      refusedUntil = 0;
      const daily = schedule(
        heartbeatCron(installId),
        () => look("daily"),
        // The hourly check takes care of a time that was slept through.
        { unref: true, suppressMissedWarning: true, name: `rollcall heartbeat ${sink}` },
      );
      const first = setTimeout(() => look("check"), 0).unref();
      const hourly = setInterval(() => look("check"), HOUR_MS).unref();
      const cancel = new AbortController();
      running = { installId, daily, timers: [first, hourly], cancel };
    },
    stop,
    async finish() {
      unschedule();
      await busy;
      running = null;
    },
    next: () => running?.daily.getNextRun() ?? null,
    nextReport,
    lastHeartbeatBytes: () => heartbeatBytes,
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** When base reports reached a destination, as `installation.json` has it. */
export function baseSent(
  state: Readonly<InstallationState>,
  sink: SinkName,
): { firstSeenSentAt: string | null; lastHeartbeatSentAt: string | null } {
  const keys = baseKeys(sink);
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return {
    firstSeenSentAt: text(state[keys.firstSeenSent]),
    lastHeartbeatSentAt: text(state[keys.heartbeatSent]),
  };
}
