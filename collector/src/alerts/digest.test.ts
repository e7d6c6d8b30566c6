import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { createAsks } from "../read/ask.ts";
import { beat, FIXED, HOLDER, LOOPBACK, SESSION_KEY, send } from "../read/testing.ts";
import type { Digest } from "../settings/kinds.ts";
import { createSettings, type SettingsKeeper } from "../settings/settings.ts";
import { createBudgets } from "../settings/token-budgets.ts";
import { silent, temporaryDirectory } from "../spool/testing.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { type Alerts, createAlerts } from "./alerts.ts";
import { lastDayOf } from "./digest.ts";
import { isSigned, startReceiver } from "./receiver.fixture.ts";
import type { Message } from "./state.ts";

const OTHER = "00000000-0000-4000-8000-0000000000c2";

it.each([
  // A Friday, and the Monday and Tuesday after it.
  ["2026-11-20T12:00:00Z", "2026-11-19", "2026-11-15"],
  ["2026-11-23T01:59:59Z", "2026-11-21", "2026-11-15"],
  ["2026-11-23T02:00:00Z", "2026-11-22", "2026-11-22"],
  ["2026-11-24T12:00:00Z", "2026-11-23", "2026-11-22"],
])("at %s the last daily digest is of %s, the last weekly one to %s", (now, daily, weekly) => {
  expect(lastDayOf("daily", new Date(now))).toBe(daily);
  expect(lastDayOf("weekly", new Date(now))).toBe(weekly);
});

describe("a digest", () => {
  let stored: TestStore;
  let settings: SettingsKeeper;
  let directories: Awaited<ReturnType<typeof temporaryDirectory>>[];
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let moment: Date;
  let fresh: Date;
  const open: Alerts[] = [];

  /**
   * The week is 9 to 15 November. Installs 1 to 40 report every week, 41 to 60 left in October, 61 to 65
   * come in the week, 66 comes once and is not admitted, 67 and 68 come the day after.
   */
  beforeAll(async () => {
    stored = await openTestStore();
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => from + at);
    const on = (installs: number[], version: string, ...days: string[]) =>
      days.flatMap((at) => installs.map((install) => ({ install, at, app_version: version })));
    await beat(stored.store, [
      ...on(numbers(1, 60), "1.0.0", "2026-10-10", "2026-10-14"),
      ...on(numbers(1, 40), "1.0.0", "2026-10-25", "2026-11-05"),
      ...on(numbers(1, 30), "1.1.0", "2026-11-09", "2026-11-15"),
      ...on(numbers(31, 40), "1.0.0", "2026-11-10", "2026-11-15"),
      ...on(numbers(61, 65), "1.1.0", "2026-11-11", "2026-11-12"),
      ...on([66], "9.9.9", "2026-11-12"),
      ...on([67, 68], "1.1.0", "2026-11-16", "2026-11-17"),
    ]);
    await send(stored.store, [
      ...[1, 2, 3, 4].map((install) => ({ install, at: "2026-11-12", event: "timer.started" })),
      ...[1, 1, 2].map((install) => ({
        ...{ install, at: "2026-11-13", event: "system.error" },
        properties: { error_type: "database" },
      })),
      ...[3].map((install) => ({
        ...{ install, at: "2026-11-16", event: "system.error" },
        properties: { error_type: "network" },
      })),
    ]);
    await stored.store.command(
      `INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES
       ('timetracker', '2026-11-12', 'refused', 'event_unlisted', 'a.b', '', 7),
       ('timetracker', '2026-11-13', 'refused', 'event_unlisted', 'c.d', '', 2),
       ('timetracker', '2026-11-13', 'dropped', 'field_name_pii', 'c.d', 'x', 90),
       ('timetracker', '2026-11-16', 'refused', 'event_unlisted', 'a.b', '', 50)`,
    );
  });
  afterAll(() => stored?.close());
  beforeEach(async () => {
    await stored.store.command("TRUNCATE TABLE settings_log");
    await stored.store.command("TRUNCATE TABLE alerts_told");
    moment = new Date("2026-11-13T12:00:00Z");
    fresh = new Date("2026-11-30T00:00:00Z");
    directories = [await temporaryDirectory(), await temporaryDirectory()];
    const directory = directories[0]?.path as string;
    settings = await createSettings({
      ...{ store: stored.store, directory, log: silent, now: () => moment },
    });
    await settings.load();
    receiver = await startReceiver();
  });
  afterEach(async () => {
    for (const alerts of open.splice(0)) await alerts.stop();
    await receiver.close();
    await settings.stop();
    for (const directory of directories) await directory.remove();
  });

  async function collector(holder = HOLDER, place = 0) {
    const alerts = await createAlerts({
      ask: createAsks({ store: stored.store, duration: createMetrics("0.0.0").queryDuration })("x"),
      ...{ store: stored.store, holder, networks: LOOPBACK, settings, key: SESSION_KEY },
      directory: directories[place]?.path as string,
      budgetsOf: createBudgets(settings, FIXED),
      ...{ version: "1.2.3", apps: () => ["timetracker", "empty"], log: silent },
      freshness: () => (fresh < moment ? fresh : moment),
      now: () => moment,
    });
    open.push(alerts);
    return alerts;
  }
  const webhook = (digest: Digest, id: string = digest) =>
    settings.put(
      "webhook",
      id,
      {
        name: id,
        url: receiver.url,
        secret: "salt",
        events: ["install_flood"],
        digest,
        disabledAt: null,
      },
      "a test",
    );
  const digests = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as Message)
      .filter(({ type }) => type === "digest");

  it("says what the records say, signed, once a week", async () => {
    await webhook("weekly");
    const alerts = await collector();
    await alerts.evaluate();
    expect(digests(), "the week before was due before the webhook was there").toEqual([]);
    moment = new Date("2026-11-16T01:59:00Z");
    await alerts.evaluate();
    expect(digests()).toEqual([]);
    moment = new Date("2026-11-16T02:00:00Z");
    await alerts.evaluate();
    moment = new Date("2026-11-22T12:00:00Z");
    await alerts.evaluate();
    expect(digests()).toEqual([
      {
        ...{ id: expect.any(String), type: "digest", at: "2026-11-16T02:00:00.000Z" },
        ...{ app: "timetracker", rule: null, title: "Weekly digest", since: null },
        ...{ value: null, threshold: null, unit: null, details: {} },
        text: "From 2026-11-09 to 2026-11-15: 45 active installs in 28 days (-15), 5 new, 20 gone quiet. Most are on 1.1.0 (77.8%). 1.1.0, out since 2026-11-09: 30 of the 40 that reported on 2026-11-15. 2 of 4 sharing installs had an error. 9 records refused (8.4%).",
        digest: {
          ...{ from: "2026-11-09", to: "2026-11-15" },
          active: { installs: 45, before: 60 },
          ...{ new: 5, churned: 20 },
          versions: [
            { version: "1.1.0", installs: 35, share: 35 / 45 },
            { version: "1.0.0", installs: 10, share: 10 / 45 },
          ],
          release: { version: "1.1.0", released: "2026-11-09", installs: 30, reporting: 40 },
          errors: {
            ...{ installs: 2, sharing: 4 },
            types: [{ type: "database", installs: 2, count: 3 }],
          },
          refusals: {
            refused: 9,
            share: expect.closeTo(9 / 107, 10),
            reasons: [{ reason: "event_unlisted", count: 9 }],
          },
        },
      },
    ]);
    const [sent] = receiver.received;
    const secret = alerts.secret("weekly", "salt");
    expect(await isSigned(secret, sent?.headers["rollcall-signature"], sent?.body ?? "")).toBe(
      true,
    );
  });

  it("comes daily, weekly or not, as each webhook is set, with or without rules", async () => {
    await webhook("daily");
    await webhook("off");
    const alerts = await collector();
    moment = new Date("2026-11-14T02:00:00Z");
    await alerts.evaluate();
    moment = new Date("2026-11-17T09:00:00Z");
    await alerts.evaluate();
    expect(digests().map(({ digest }) => [digest?.from, digest?.to])).toEqual([
      ["2026-11-13", "2026-11-13"],
      ["2026-11-16", "2026-11-16"],
    ]);
    expect(digests()[1]?.digest).toMatchObject({
      ...{ new: 2, errors: { types: [{ type: "network", installs: 1, count: 1 }] } },
      refusals: { refused: 50 },
    });
    expect(alerts.deliveries("off")).toEqual([]);
  });

  it("waits until its days are loaded", async () => {
    await webhook("daily");
    const alerts = await collector();
    moment = new Date("2026-11-14T02:00:00Z");
    fresh = new Date("2026-11-13T23:59:59Z");
    moment = new Date("2026-11-14T00:30:00Z");
    await alerts.evaluate();
    expect(digests()).toEqual([]);
    fresh = new Date("2026-11-30T00:00:00Z");
    moment = new Date("2026-11-14T02:00:00Z");
    await alerts.evaluate();
    expect(digests()).toHaveLength(1);
  });

  it("is sent by one of two collectors on one store, and not again by a restart", async () => {
    await webhook("weekly");
    const [one, other] = [await collector(), await collector(OTHER, 1)];
    moment = new Date("2026-11-16T02:00:00Z");
    await Promise.all([one.evaluate(), other.evaluate()]);
    await (await collector()).evaluate();
    expect(digests()).toHaveLength(1);
  });
});
