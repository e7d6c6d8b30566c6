import { createHash } from "node:crypto";
import type { SinkName } from "../delivery/types.ts";
import type { InstallationState } from "../installation/installation-file.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_HOUR = 3;
const JITTER_SECONDS = 4 * 3_600;
/** A process that sends on behalf of the install is given this long before another may. */
export const CLAIM_MS = 5 * 60_000;

/**
 * When this install's daily heartbeat goes out, as a cron expression with seconds in local time:
 * 03:00 plus up to four hours, drawn from the install id, so that it is the same after a restart
 * and a fleet does not arrive at one moment.
 *
 * @example
 * heartbeatCron("5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11"); // "14 26 5 * * *"
 */
export function heartbeatCron(installId: string): string {
  const drawn = createHash("sha256").update(`heartbeat ${installId}`).digest().readUInt32BE(0);
  const jitter = drawn % JITTER_SECONDS;
  const hour = FIRST_HOUR + Math.floor(jitter / 3_600);
  return `${jitter % 60} ${Math.floor(jitter / 60) % 60} ${hour} * * *`;
}

/** Where `installation.json` remembers what went to a destination. All are ISO 8601. */
export interface BaseKeys {
  firstSeenSent: string;
  /** When first_seen was tried first: the time it carries, also when it is sent again. */
  firstSeenTried: string;
  heartbeatSent: string;
  /** Set while one process of the install is sending base reports. */
  claimed: string;
}

/** @example baseKeys("own").heartbeatSent; // "own_last_heartbeat_sent_at" */
export function baseKeys(sink: SinkName): BaseKeys {
  const prefix = sink === "maintainer" ? "" : `${sink}_`;
  return {
    firstSeenSent: `${prefix}base_first_seen_sent_at`,
    firstSeenTried: `${prefix}base_first_seen_tried_at`,
    heartbeatSent: `${prefix}last_heartbeat_sent_at`,
    claimed: `${prefix}base_claimed_at`,
  };
}

/**
 * The `log.record.uid` of an install's first_seen for one destination: always the same, so that a
 * repeat after a crash is counted once.
 *
 * @returns in the form of a UUID
 */
export function firstSeenUid(installId: string, sink: SinkName): string {
  const hex = createHash("sha256").update(`first_seen ${sink} ${installId}`).digest("hex");
  // Version 8 of RFC 9562: a UUID whose bits are the sender's own affair.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** Why the base layer looks: at its daily time, or at start and every hour in case that was missed. */
export type Occasion = "daily" | "check";

/**
 * Which base reports are due. A heartbeat is due at its daily time, and whenever the last is over a
 * day old. At the daily time one of less than an hour ago counts: another process sent it.
 *
 * @param now milliseconds since the epoch
 */
export function dueReports(
  state: Readonly<InstallationState>,
  keys: BaseKeys,
  occasion: Occasion,
  now: number,
): { firstSeen: boolean; heartbeat: boolean } {
  const age = now - timeOf(state[keys.heartbeatSent]);
  const patience = occasion === "daily" ? HOUR_MS : DAY_MS;
  return {
    firstSeen: state[keys.firstSeenSent] === undefined,
    // A last time in the future comes from a clock that was wrong; waiting for it could take years.
    heartbeat: Number.isNaN(age) || age > patience || age < -HOUR_MS,
  };
}

/** Whether another process of the install is sending base reports at this moment. */
export function isClaimed(
  state: Readonly<InstallationState>,
  keys: BaseKeys,
  now: number,
  claimMs = CLAIM_MS,
): boolean {
  const age = now - timeOf(state[keys.claimed]);
  return age >= 0 && age < claimMs;
}

/**
 * When first_seen was tried first; `now` where that is not known or cannot be true.
 *
 * @returns milliseconds since the epoch
 */
export function firstTriedAt(
  state: Readonly<InstallationState>,
  keys: BaseKeys,
  now: number,
): number {
  const tried = timeOf(state[keys.firstSeenTried]);
  return tried <= now ? tried : now;
}

function timeOf(value: unknown): number {
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}
