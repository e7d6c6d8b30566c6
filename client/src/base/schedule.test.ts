import { randomUUID } from "node:crypto";
import { validate } from "node-cron";
import { expect, test } from "vitest";
import { completeInstallation } from "../installation/installation-file.ts";
import { CLAIM_MS, dueReports, heartbeatCron, isClaimed } from "./schedule.ts";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-11-01T03:30:00Z");
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const state = (found: Record<string, unknown>) => completeInstallation(found, new Date(NOW));

test("heartbeats of a fleet are spread evenly over 03:00 to 07:00 local time", () => {
  const quarters = [0, 0, 0, 0];
  for (let i = 0; i < 4_000; i += 1) {
    const cron = heartbeatCron(randomUUID());
    expect(validate(cron)).toBe(true);
    const [, , hour] = cron.split(" ").map(Number);
    expect(hour).toBeGreaterThanOrEqual(3);
    expect(hour).toBeLessThan(7);
    quarters[hour! - 3]! += 1;
  }
  // 1,000 expected in each; ten standard deviations away.
  for (const count of quarters) expect(Math.abs(count - 1_000)).toBeLessThan(275);
});

test("an install keeps its time", () => {
  const id = randomUUID();
  expect(heartbeatCron(id)).toBe(heartbeatCron(id));
});

test("a new install owes both reports", () => {
  expect(dueReports(state({}), "check", NOW)).toEqual({ firstSeen: true, heartbeat: true });
});

test("a restart repeats nothing and skips nothing", () => {
  const sent = { base_first_seen_sent_at: ago(50 * HOUR) };
  const due = (last: number) =>
    dueReports(state({ ...sent, last_heartbeat_sent_at: ago(last) }), "check", NOW);
  expect(due(0)).toEqual({ firstSeen: false, heartbeat: false });
  expect(due(23 * HOUR)).toEqual({ firstSeen: false, heartbeat: false });
  expect(due(25 * HOUR)).toEqual({ firstSeen: false, heartbeat: true });
});

test("the daily time sends unless another process just did", () => {
  const due = (last: number) =>
    dueReports(state({ last_heartbeat_sent_at: ago(last) }), "daily", NOW).heartbeat;
  expect(due(24 * HOUR - 5_000)).toBe(true);
  expect(due(2 * HOUR)).toBe(true);
  expect(due(60_000)).toBe(false);
});

test("a last heartbeat in the future, or one that is no time, does not silence the install", () => {
  const due = (last: string) =>
    dueReports(state({ last_heartbeat_sent_at: last }), "check", NOW).heartbeat;
  expect(due("2031-01-01T00:00:00Z")).toBe(true);
  expect(due("soon")).toBe(true);
});

test("a claim holds for a while and then lapses", () => {
  const claimed = (at: string) => isClaimed(state({ base_claimed_at: at }), NOW);
  expect(claimed(ago(1_000))).toBe(true);
  expect(claimed(ago(CLAIM_MS + 1))).toBe(false);
  expect(claimed("2031-01-01T00:00:00Z")).toBe(false);
  expect(isClaimed(state({}), NOW)).toBe(false);
});
