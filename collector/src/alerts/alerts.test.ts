import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { createAsks } from "../read/ask.ts";
import { beat, FIXED, HOLDER, LOOPBACK, NOW, SESSION_KEY } from "../read/testing.ts";
import { openTestSettings } from "../settings/testing.ts";
import { createBudgets } from "../settings/token-budgets.ts";
import { silent, temporaryDirectory } from "../spool/testing.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { type Alerts, createAlerts } from "./alerts.ts";
import { deliver } from "./deliver.ts";
import { isSigned, startReceiver } from "./receiver.fixture.ts";
import type { Message } from "./state.ts";

const MINUTE_MS = 60_000;

let stored: TestStore;
let opened: Awaited<ReturnType<typeof openTestSettings>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let alerts: Alerts;
let moment: Date;

const later = (minutes: number) => {
  moment = new Date(moment.getTime() + minutes * MINUTE_MS);
};
const messages = () => receiver.received.map(({ body }) => JSON.parse(body) as Message);
const open = (freshness = () => moment, directory = opened.directory, holder = HOLDER) =>
  createAlerts({
    ...{ store: stored.store, holder, networks: LOOPBACK },
    ask: createAsks({ store: stored.store, duration: createMetrics("0.0.0").queryDuration })("x"),
    ...{ settings: opened.settings, directory, key: SESSION_KEY },
    budgetsOf: createBudgets(opened.settings, FIXED),
    ...{ version: "1.2.3", apps: () => ["timetracker"], freshness, log: silent },
    now: () => moment,
  });
/** Refused records of a day: 300 of them are an alert, none is none. */
const refuse = (count: number) =>
  stored.store.command(
    `INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES ('timetracker', '2026-11-20', 'refused', 'event_unlisted', 'a.b', '', ${count})`,
  );
const webhook = (
  value: { events?: string[]; disabledAt?: string | null; url?: string } = {},
  id = "one",
) =>
  opened.settings.put(
    "webhook",
    id,
    { name: id, url: receiver.url, secret: "salt", events: [], disabledAt: null, ...value },
    "test",
  );

beforeAll(async () => {
  stored = await openTestStore();
  // 150 records of today, so that their share can be told.
  const installs = Array.from({ length: 150 }, (_, at) => at);
  await beat(stored.store, [
    ...installs.map((install) => ({ install, at: "2026-11-10" })),
    ...installs.map((install) => ({ install, at: "2026-11-20" })),
  ]);
});
afterAll(() => stored?.close());
beforeEach(async () => {
  moment = NOW;
  await stored.store.command("TRUNCATE TABLE refusals");
  await stored.store.command("TRUNCATE TABLE settings_log");
  await stored.store.command("TRUNCATE TABLE alerts_told");
  opened = await openTestSettings(stored.store);
  receiver = await startReceiver();
  alerts = await open();
});
afterEach(async () => {
  await alerts.stop();
  await receiver.close();
  await opened.close();
});

describe("one event", () => {
  it("is one signed message, and one when it is over", async () => {
    await webhook();
    await refuse(300);
    for (let nth = 0; nth < 3; nth++) {
      await alerts.evaluate();
      later(2);
    }
    expect(receiver.received).toHaveLength(1);
    const [first] = receiver.received;
    expect(JSON.parse(first?.body ?? "")).toEqual({
      ...{ id: first?.headers["rollcall-delivery"], type: "alert.firing" },
      ...{ at: NOW.toISOString(), app: "timetracker", rule: "refusals_rising" },
      title: "Refused records are rising",
      text: "66.7% of today's records were refused (300); the median of the last 28 days is 0.0%.",
      ...{ since: NOW.toISOString(), value: (300 / 450) * 100, threshold: 5, unit: "percent" },
      details: { refused: 300, accepted: 150 },
    });
    expect(first?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Rollcall/1.2.3",
    });
    const secret = alerts.secret("one", "salt");
    const signature = first?.headers["rollcall-signature"];
    expect(await isSigned(secret, signature, first?.body ?? "")).toBe(true);
    expect(await isSigned(secret, signature, `${first?.body} `)).toBe(false);
    expect(await isSigned(`${secret}x`, signature, first?.body ?? "")).toBe(false);
    expect(signature).toMatch(`t=${NOW.getTime() / 1000},`);

    await stored.store.command("TRUNCATE TABLE refusals");
    await alerts.evaluate();
    later(20);
    await alerts.evaluate();
    expect(receiver.received, "20 minutes are not enough").toHaveLength(1);
    later(11);
    await alerts.evaluate();
    expect(messages()[1]).toMatchObject({
      ...{ type: "alert.resolved", rule: "refusals_rising", since: NOW.toISOString() },
      title: "Over: refused records are rising",
    });
    later(60);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(2);
  });

  it("is not over when its condition comes back within half an hour", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    await stored.store.command("TRUNCATE TABLE refusals");
    later(2);
    await alerts.evaluate();
    await refuse(300);
    later(20);
    await alerts.evaluate();
    await stored.store.command("TRUNCATE TABLE refusals");
    later(20);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
    expect(alerts.rows("timetracker")).toContainEqual(
      expect.objectContaining({ rule: "refusals_rising", state: "firing" }),
    );
  });

  it("is not sent again by a restart, whether it was delivered or not", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    await alerts.stop();
    alerts = await open();
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
    expect(alerts.rows("timetracker")).toContainEqual(
      expect.objectContaining({
        rule: "refusals_rising",
        state: "firing",
        since: NOW.toISOString(),
      }),
    );
  });

  it("goes to the webhooks that are on and want it", async () => {
    await webhook({ events: ["install_flood"] }, "other rule");
    await webhook({ disabledAt: NOW.toISOString() }, "off");
    await webhook({ events: ["refusals_rising"] }, "this rule");
    await refuse(300);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
    expect(alerts.deliveries("this rule")).toHaveLength(1);
  });

  it("is none where the rule is off, and ends without a word when it is switched off", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    const off = { app: "timetracker", rule: "refusals_rising", enabled: false, threshold: null };
    await opened.settings.put("alert", "timetracker/refusals_rising", off, "test");
    later(60);
    await alerts.evaluate();
    later(60);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
    expect(alerts.rows("timetracker")).toContainEqual(
      expect.objectContaining({ rule: "refusals_rising", state: "unknown", enabled: false }),
    );
  });

  it("is judged by the threshold that was set", async () => {
    await webhook();
    await refuse(300);
    const value = { app: "timetracker", rule: "refusals_rising", enabled: true, threshold: 70 };
    await opened.settings.put("alert", "timetracker/refusals_rising", value, "test");
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(0);
    await opened.settings.put(
      ...(["alert", "timetracker/refusals_rising", { ...value, threshold: 60 }, "test"] as const),
    );
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
  });

  it("is not made up from data that is late", async () => {
    await webhook();
    await refuse(300);
    const late = await open(() => new Date(moment.getTime() - 2 * 60 * MINUTE_MS));
    await late.evaluate();
    await late.stop();
    expect(receiver.received).toHaveLength(0);
  });
});

describe("a receiver that fails", () => {
  it("is tried again after 1, 5, 30 minutes and on, also after a restart, with the same id", async () => {
    await webhook();
    receiver.answers({ status: 500 });
    await refuse(300);
    await alerts.evaluate();
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(1);
    later(1);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(2);
    await alerts.stop();
    alerts = await open();
    later(4);
    await alerts.evaluate();
    expect(receiver.received, "5 minutes have not gone by").toHaveLength(2);
    later(1);
    receiver.answers({ status: 200 });
    await alerts.evaluate();
    later(120);
    await alerts.evaluate();
    expect(receiver.received).toHaveLength(3);
    expect(new Set(messages().map(({ id }) => id)).size).toBe(1);
    expect(alerts.deliveries("one")).toMatchObject([
      { attempt: 3, ok: true, status: 200, nextAttemptAt: null },
      { attempt: 2, ok: false, status: 500, nextAttemptAt: "2026-11-20T12:06:00.000Z" },
      { attempt: 1, ok: false, message: "answered 500", nextAttemptAt: "2026-11-20T12:01:00.000Z" },
    ]);
  });

  it("is given up after seven tries, and the last 20 results are kept", async () => {
    await webhook();
    receiver.answers({ status: 503 });
    await refuse(300);
    for (let nth = 0; nth < 9; nth++) {
      await alerts.evaluate();
      later(605);
    }
    const tried = alerts.deliveries("one").filter(({ type }) => type === "alert.firing");
    expect(tried).toHaveLength(7);
    expect(tried[0]).toMatchObject({ attempt: 7, ok: false, nextAttemptAt: null });
    for (let nth = 0; nth < 25; nth++) await alerts.test("one");
    expect(alerts.deliveries("one")).toHaveLength(20);
  });

  it("delays nobody else while it is silent", async () => {
    const silentOne = await startReceiver();
    silentOne.answers("silence");
    await webhook({ url: silentOne.url }, "a silent one");
    await webhook();
    await refuse(300);
    // Not waited for: each ends with the silent receiver's patience.
    const sending = [alerts.evaluate()];
    await Promise.all([silentOne.next(), receiver.next()]);
    // What begins meanwhile goes out, too, and waits for the silent one only where it is for it.
    await stored.store.command("TRUNCATE TABLE refusals");
    const evaluated = (done: () => boolean) =>
      expect
        .poll(() => sending.push(alerts.evaluate()) > 0 && done(), { timeout: 20_000 })
        .toBe(true);
    later(2);
    const file = join(opened.directory, "alerts.json");
    await evaluated(() => readFileSync(file, "utf8").includes('"clearSince":"'));
    later(31);
    await evaluated(() => receiver.received.length === 2);
    expect(messages().map(({ type }) => type)).toEqual(["alert.firing", "alert.resolved"]);
    await silentOne.close();
    await Promise.all(sending);
    const tried = alerts.deliveries("a silent one").map(({ status }) => status);
    expect(new Set(tried)).toEqual(new Set([null]));
  });

  it("is not followed to another address", async () => {
    const other = await startReceiver();
    await webhook();
    receiver.answers({ status: 307, headers: { location: other.url } });
    expect(await alerts.test("one")).toEqual({
      ok: false,
      status: 307,
      message: "answered 307; redirects are not followed",
    });
    expect(other.received).toHaveLength(0);
    await other.close();
  });

  it("may be silent, or not there", async () => {
    const message = { id: "x", type: "test" } as Message;
    const parts = {
      ...{ secret: "s", message, now: NOW, userAgent: "x", timeoutMs: 200 },
      networks: LOOPBACK,
    };
    receiver.answers("silence");
    expect(await deliver({ ...parts, url: receiver.url })).toEqual({
      ...{ ok: false, status: null, message: "no answer within 0.2 s" },
    });
    await receiver.close();
    expect(await deliver({ ...parts, url: receiver.url })).toMatchObject({
      ...{ ok: false, message: "no connection (ECONNREFUSED)" },
    });
  });
});

describe("two collectors on one store", () => {
  const OTHER = "00000000-0000-4000-8000-0000000000c2";
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let other: Alerts;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    other = await open(() => moment, directory.path, OTHER);
    return async () => {
      await other.stop();
      await directory.remove();
    };
  });

  it("tell each event once, however they take turns", async () => {
    await webhook();
    await refuse(300);
    await Promise.all([alerts.evaluate(), other.evaluate()]);
    expect(messages().map(({ type }) => type)).toEqual(["alert.firing"]);
    for (const one of [alerts, other]) {
      expect(one.rows("timetracker")[2]).toMatchObject({
        ...{ rule: "refusals_rising", state: "firing", since: NOW.toISOString() },
      });
    }
    await stored.store.command("TRUNCATE TABLE refusals");
    for (const minutes of [2, 31]) {
      later(minutes);
      await Promise.all([other.evaluate(), alerts.evaluate()]);
    }
    expect(messages().map(({ type }) => type)).toEqual(["alert.firing", "alert.resolved"]);
    await refuse(300);
    later(2);
    await other.evaluate();
    await alerts.evaluate();
    expect(messages().map(({ type }) => type)).toEqual([
      ...["alert.firing", "alert.resolved", "alert.firing"],
    ]);
  });

  it("tell what is over also where the one that began it is gone", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    await alerts.stop();
    await other.evaluate();
    await stored.store.command("TRUNCATE TABLE refusals");
    for (const minutes of [2, 31]) {
      later(minutes);
      await other.evaluate();
    }
    expect(messages().map(({ type }) => type)).toEqual(["alert.firing", "alert.resolved"]);
    expect(messages()[1]?.since).toBe(NOW.toISOString());
  });

  it("tell a rule anew that was switched off while it fired", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    const rule = { app: "timetracker", rule: "refusals_rising", threshold: null };
    const name = "timetracker/refusals_rising";
    await opened.settings.put("alert", name, { ...rule, enabled: false }, "test");
    await alerts.evaluate();
    await opened.settings.put("alert", name, { ...rule, enabled: true }, "test");
    await other.evaluate();
    await alerts.evaluate();
    expect(messages().map(({ type }) => type)).toEqual(["alert.firing", "alert.firing"]);
  });
});

describe("alerts.json", () => {
  it("is the owner's alone and holds no secret", async () => {
    await webhook();
    await refuse(300);
    await alerts.evaluate();
    const path = join(opened.directory, "alerts.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).not.toContain(alerts.secret("one", "salt"));
  });

  it("that is damaged is begun anew", async () => {
    writeFileSync(join(opened.directory, "alerts.json"), '{"firing":');
    const warned: object[] = [];
    const again = await createAlerts({
      ask: createAsks({ store: stored.store, duration: createMetrics("0.0.0").queryDuration })("x"),
      ...{ store: stored.store, holder: HOLDER, networks: LOOPBACK },
      ...{ settings: opened.settings, directory: opened.directory, key: SESSION_KEY },
      ...{ version: "1", apps: () => [], freshness: () => moment },
      budgetsOf: createBudgets(opened.settings, FIXED),
      log: { warn: (fields) => void warned.push(fields) },
    });
    await again.evaluate();
    expect(warned).toHaveLength(1);
  });
});
