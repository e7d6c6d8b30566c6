import { randomUUID } from "node:crypto";
import { validate } from "node-cron";
import { expect, test } from "vitest";
import { completeInstallation } from "../installation/installation-file.ts";
import {
  baseKeys,
  CLAIM_MS,
  dueReports,
  firstSeenUid,
  firstTriedAt,
  heartbeatCron,
  isClaimed,
} from "./schedule.ts";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-11-01T03:30:00Z");
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const KEYS = baseKeys("maintainer");
const OWN = baseKeys("own");
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
  expect(dueReports(state({}), KEYS, "check", NOW)).toEqual({ firstSeen: true, heartbeat: true });
});

test("a restart repeats nothing and skips nothing", () => {
  const sent = { base_first_seen_sent_at: ago(50 * HOUR) };
  const due = (last: number) =>
    dueReports(state({ ...sent, last_heartbeat_sent_at: ago(last) }), KEYS, "check", NOW);
  expect(due(0)).toEqual({ firstSeen: false, heartbeat: false });
  expect(due(23 * HOUR)).toEqual({ firstSeen: false, heartbeat: false });
  expect(due(25 * HOUR)).toEqual({ firstSeen: false, heartbeat: true });
});

test("the daily time sends unless another process just did", () => {
  const due = (last: number) =>
    dueReports(state({ last_heartbeat_sent_at: ago(last) }), KEYS, "daily", NOW).heartbeat;
  expect(due(24 * HOUR - 5_000)).toBe(true);
  expect(due(2 * HOUR)).toBe(true);
  expect(due(60_000)).toBe(false);
});

test("a last heartbeat in the future, or one that is no time, does not silence the install", () => {
  const due = (last: string) =>
    dueReports(state({ last_heartbeat_sent_at: last }), KEYS, "check", NOW).heartbeat;
  expect(due("2031-01-01T00:00:00Z")).toBe(true);
  expect(due("soon")).toBe(true);
});

test("a claim holds for a while and then lapses", () => {
  const claimed = (at: string) => isClaimed(state({ base_claimed_at: at }), KEYS, NOW);
  expect(claimed(ago(1_000))).toBe(true);
  expect(claimed(ago(CLAIM_MS + 1))).toBe(false);
  expect(claimed("2031-01-01T00:00:00Z")).toBe(false);
  expect(isClaimed(state({}), KEYS, NOW)).toBe(false);
});

test("what went to one destination says nothing about the other", () => {
  const sent = { base_first_seen_sent_at: ago(HOUR), last_heartbeat_sent_at: ago(HOUR) };
  const install = state({ ...sent, own_base_claimed_at: ago(0) });
  expect(dueReports(install, KEYS, "check", NOW)).toEqual({ firstSeen: false, heartbeat: false });
  expect(dueReports(install, OWN, "check", NOW)).toEqual({ firstSeen: true, heartbeat: true });
  expect(isClaimed(install, KEYS, NOW)).toBe(false);
  expect(isClaimed(install, OWN, NOW)).toBe(true);
});

test("first_seen has one uid for an install and destination", () => {
  const id = randomUUID();
  const uid = firstSeenUid(id, "maintainer");
  expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(firstSeenUid(id, "maintainer")).toBe(uid);
  expect(firstSeenUid(id, "own")).not.toBe(uid);
  expect(firstSeenUid(randomUUID(), "maintainer")).not.toBe(uid);
});

test("first_seen keeps the time of its first try, unless that cannot be true", () => {
  const tried = (at: unknown) => firstTriedAt(state({ base_first_seen_tried_at: at }), KEYS, NOW);
  expect(tried(ago(5_000))).toBe(NOW - 5_000);
  expect(tried("2031-01-01T00:00:00Z")).toBe(NOW);
  for (const none of [undefined, "soon", 5]) expect(tried(none)).toBe(NOW);
});
