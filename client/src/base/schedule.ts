import { createHash } from "node:crypto";
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
  occasion: Occasion,
  now: number,
): { firstSeen: boolean; heartbeat: boolean } {
  const sentAt = Date.parse(state.last_heartbeat_sent_at ?? "");
  const age = now - sentAt;
  const patience = occasion === "daily" ? HOUR_MS : DAY_MS;
  return {
    firstSeen: state.base_first_seen_sent_at === undefined,
    // A last time in the future comes from a clock that was wrong; waiting for it could take years.
    heartbeat: Number.isNaN(age) || age > patience || age < -HOUR_MS,
  };
}

/** Whether another process of the install is sending base reports at this moment. */
export function isClaimed(state: Readonly<InstallationState>, now: number): boolean {
  const age = now - Date.parse(state.base_claimed_at ?? "");
  return age >= 0 && age < CLAIM_MS;
}
