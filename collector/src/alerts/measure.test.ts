import { afterAll, beforeAll, expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { createAsks } from "../read/ask.ts";
import { type Beat, beat, FIXED, NOW, type SentEvent, send } from "../read/testing.ts";
import { openTestSettings } from "../settings/testing.ts";
import { createBudgets } from "../settings/token-budgets.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { measures } from "./measure.ts";
import { type RuleName, rules } from "./rules.ts";

let stored: TestStore;
let opened: Awaited<ReturnType<typeof openTestSettings>>;

const span = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
/** Heartbeats of a run of installs on each of these days: two days admit them. */
const beats = (app: string, installs: number[], days: string[], version = "1.0.0"): Beat[] =>
  installs.flatMap((install) =>
    days.map((at) => ({ app, install, at, app_version: version, platform: "linux" })),
  );
/** New installs of this morning, by a token. */
const brought = (installs: number[], token: string): Beat[] =>
  installs.map((install) => ({ app: "brought", install, at: "2026-11-20T08:00:00Z", token }));
const events = (app: string, installs: number[], event: string): SentEvent[] =>
  installs.map((install) => ({ app, install, at: "2026-11-19", event }));

beforeAll(async () => {
  stored = await openTestStore();
  opened = await openTestSettings(stored.store);
  await beat(stored.store, [
    // Active in the older window alone; in both; and pending ones in the newer, which do not count.
    ...beats("falling", span(1, 40), ["2026-10-17", "2026-10-18"]),
    ...beats("falling", span(100, 60), ["2026-11-01", "2026-11-02"]),
    ...beats("falling", span(200, 50), ["2026-11-18"]),
    ...beats("small", span(1, 20), ["2026-10-17", "2026-10-18"]),
    // On 1.9.0 since long, on 2.0.0 since the 17th.
    ...beats("spiky", span(1, 80), ["2026-11-01", "2026-11-19"], "1.9.0"),
    ...beats("spiky", span(101, 40), ["2026-11-17", "2026-11-19"], "2.0.0"),
    // Pending, on the new version.
    ...beats("spiky", span(500, 100), ["2026-11-19"], "2.0.0"),
    ...beats("refused", span(1, 100), ["2026-11-19", "2026-11-20"]),
    ...brought(span(1, 30), "id-image"),
    ...brought(span(101, 25), "id-site"),
    ...beats("flooded", span(1, 28), ["2026-11-10"]),
    ...span(100, 70).map((install) => ({
      ...{ app: "flooded", install, platform: "linux", app_version: "1.0.0" },
      at: new Date(NOW.getTime() - (install - 100) * 60_000).toISOString(),
    })),
  ]);
  await send(stored.store, [
    ...events("spiky", span(1, 80), "timer.started"),
    ...events("spiky", span(1, 4), "error_occurred"),
    ...events("spiky", span(101, 40), "timer.started"),
    ...events("spiky", span(101, 7), "error_occurred"),
    // Two had both kinds of error: they are counted once.
    ...events("spiky", span(106, 5), "system.error"),
    ...events("spiky", span(500, 100), "error_occurred"),
  ]);
  await stored.store.command(
    `INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES
     ('refused', '2026-11-20', 'refused', 'event_unlisted', 'a.b', '', 300),
     ('refused', '2026-11-19', 'refused', 'event_unlisted', 'a.b', '', 25)`,
  );
});
afterAll(async () => {
  await opened?.close();
  await stored?.close();
});

function measure(
  rule: RuleName,
  app: string,
  threshold: number = rules[rule].threshold,
  now = NOW,
) {
  const duration = createMetrics("0.0.0").queryDuration;
  const ask = createAsks({ store: stored.store, duration })("alerts");
  const { settings } = opened;
  const budgetsOf = createBudgets(settings, FIXED);
  return measures[rule]({ ask, settings, budgetsOf, app, threshold, now });
}

it("active_falling compares 28 days with those a week earlier, of admitted installs", async () => {
  // 23 October to 19 November, against 16 October to 12 November.
  expect(await measure("active_falling", "falling")).toEqual({
    value: 40,
    firing: true,
    text: "60 admitted installs were active in the 28 days to 2026-11-19, 100 in those to 2026-11-12: 40.0% fewer.",
    details: { active: 60, before: 100, last_day: "2026-11-19" },
  });
  expect(await measure("active_falling", "falling", 41)).toMatchObject({ firing: false });
  expect(await measure("active_falling", "small")).toBeNull();
});

it("error_spike compares the newest release with the one before, by installs", async () => {
  // Installs 101 to 110 of 40, against 4 of 80: 25% and 5%.
  expect(await measure("error_spike", "spiky")).toMatchObject({
    value: 5,
    firing: true,
    text: "25.0% of the installs on 2.0.0 had an error since 2026-11-17 (10 of 40), and 5.0% of those on 1.9.0.",
    details: { version: "2.0.0", affected: 10, installs: 40, previous_affected: 4 },
  });
  expect(await measure("error_spike", "spiky", 6)).toMatchObject({ firing: false });
  const later = new Date("2026-11-24T12:00:00.000Z");
  expect(await measure("error_spike", "spiky", 2, later), "8 days after").toBeNull();
  expect(await measure("error_spike", "falling"), "one release alone").toBeNull();
});

it("refusals_rising compares today's share with the usual one", async () => {
  // 300 of 400 today; the only other day has 25 of 125.
  expect(await measure("refusals_rising", "refused")).toEqual({
    value: 75,
    firing: true,
    text: "75.0% of today's records were refused (300); the median of the last 28 days is 20.0%.",
    details: { refused: 300, accepted: 100 },
  });
  expect(await measure("refusals_rising", "refused", 80)).toMatchObject({ firing: false });
  expect(await measure("refusals_rising", "small")).toBeNull();
});

it("install_flood compares 24 hours with the median where there is no budget", async () => {
  expect(await measure("install_flood", "flooded")).toEqual({
    value: 70,
    firing: true,
    text: "70 new installs came in the last 24 hours; the median of 28 days is 0. The token “not known” brought 70.",
    details: {
      ...{ last_24_hours: 70, median: 0, threshold: 50 },
      ...{ token: "not known", token_id: "", token_last_24_hours: 70 },
    },
  });
  expect(await measure("install_flood", "small")).toEqual({
    value: 0,
    firing: false,
    text: "0 new installs came in the last 24 hours; the median of 28 days is 0.",
    details: { last_24_hours: 0, median: 0, threshold: 50 },
  });
});

it("install_flood names the token that is over its budget, and never says the token", async () => {
  const { settings } = opened;
  const budget = (newInstallsPerDay: number | null) =>
    settings.put("app", "brought", { budget: { newInstallsPerDay } }, "test");
  const token = (id: string, name: string, newInstallsPerDay: number | null = null) =>
    settings.put(
      "ingest_token",
      id,
      {
        ...{ app: "brought", name, hash: "h".repeat(43), hint: "x1Y2", backfill: false },
        ...{ createdAt: NOW.toISOString(), revokedAt: null, newInstallsPerDay },
      },
      "test",
    );
  await token("id-image", "Container image");
  await token("id-site", "Web site");
  // 30 by one token and 25 by the other: more than 50 together.
  expect(await measure("install_flood", "brought")).toMatchObject({
    firing: true,
    text: "55 new installs came in the last 24 hours; the median of 28 days is 0. The token “Container image” brought 30.",
    details: { token: "Container image", token_last_24_hours: 30 },
  });
  await budget(30);
  expect(await measure("install_flood", "brought")).toEqual({
    value: 55,
    firing: false,
    text: "55 new installs came in the last 24 hours; no token is over its budget.",
    details: { last_24_hours: 55, median: 0, threshold: 50 },
  });
  await token("id-site", "Web site", 24);
  expect(await measure("install_flood", "brought")).toEqual({
    value: 55,
    firing: true,
    text: "55 new installs came in the last 24 hours. The token “Web site” brought 25 of them; its budget is 24.",
    details: {
      ...{ last_24_hours: 55, median: 0, threshold: 50 },
      ...{ token: "Web site", token_id: "id-site", token_last_24_hours: 25, token_budget: 24 },
    },
  });
  await budget(1);
  expect(await measure("install_flood", "brought")).toMatchObject({
    text: "55 new installs came in the last 24 hours. The token “Container image” brought 30 of them; its budget is 1. 2 tokens are over theirs.",
    details: { token: "Container image", token_budget: 1 },
  });
  // Without the app's, the other token's 30 are no flood by themselves: 50 would not be.
  await budget(null);
  await token("id-site", "Web site", 25);
  expect(await measure("install_flood", "brought")).toMatchObject({
    firing: false,
    text: "55 new installs came in the last 24 hours, 30 by tokens without a budget; the median of 28 days is 0.",
  });
});
