import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SettingsKeeper } from "../settings/settings.ts";
import { openTestSettings } from "../settings/testing.ts";
import { silent } from "../spool/testing.ts";
import { createRetention } from "./retention.ts";
import { openTestStore, type TestStore } from "./testing.ts";

/** Ahead of the machine's clock, so that the tables' own TTL takes nothing away meanwhile. */
const NOW = new Date("2099-11-20T12:00:00.000Z");
const ID = "00000000-0000-4000-8000-000000000001";

let stored: TestStore;
let settings: SettingsKeeper;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  for (const table of ["events", "heartbeats", "settings_log"]) {
    await stored.store.command(`TRUNCATE TABLE ${table}`);
  }
  const opened = await openTestSettings(stored.store);
  settings = opened.settings;
  return () => opened.close();
});

const retention = () =>
  createRetention({ store: stored.store, settings, log: silent, now: () => NOW });

/** A heartbeat and two events of an app on each of the days, which are counted back from today. */
async function rows(app: string, daysAgo: number[]): Promise<void> {
  const days = daysAgo.map(dayAgo);
  const at = (day: string, time: string) => `'${day} ${time}', '${day} 12:00:00'`;
  const beats = days.map((day) => `('${app}', '${ID}', '${day}', ${at(day, "12:00:00")})`);
  const events = days.flatMap((day) =>
    ["00:00:00", "23:59:59.999"].map((time) => `('${app}', '${ID}', 'a.b', ${at(day, time)})`),
  );
  await stored.store.command(
    `INSERT INTO heartbeats (app, install_id, day, time, received_at) VALUES ${beats.join(", ")}`,
  );
  await stored.store.command(
    `INSERT INTO events (app, install_id, event, time, received_at) VALUES ${events.join(", ")}`,
  );
}

const dayAgo = (days: number) =>
  new Date(NOW.getTime() - days * 86_400_000).toISOString().slice(0, 10);

const left = async (table: "events" | "heartbeats", app: string) => {
  const found = await stored.store.query<{ day: string }>(
    `SELECT DISTINCT toString(toDate(time)) AS day FROM ${table} WHERE app = '${app}' ORDER BY day DESC`,
  );
  return found.map(({ day }) => (NOW.getTime() - Date.parse(`${day}T12:00:00Z`)) / 86_400_000);
};

const keep = (base: number, detailed: number) => ({ retentionDays: { base, detailed } });

describe("retention", () => {
  it("deletes what an app keeps no longer, by layer, and nothing of another app", async () => {
    await rows("one", [0, 9, 10, 29, 30, 31, 100]);
    // The last is left to the table, which drops whole months by its own limit.
    await rows("two", [0, 9, 10, 100, 900]);
    await settings.put("app", "one", keep(30, 10), "maria");
    await retention().run();
    // Kept for ten days: today and the nine before.
    expect(await left("events", "one")).toEqual([0, 9]);
    expect(await left("heartbeats", "one")).toEqual([0, 9, 10, 29]);
    expect(await left("events", "two")).toEqual([0, 9, 10, 100, 900]);
    expect(await left("heartbeats", "two")).toEqual([0, 9, 10, 100, 900]);
  });

  it("deletes what is older than the default of an app without settings where the table keeps more", async () => {
    await rows("one", [0, 395, 396, 760, 761, 900]);
    await rows("two", [0, 395, 396, 760, 761, 900]);
    await settings.put("app", "one", keep(1000, 899), "maria");
    await retention().run();
    expect(await left("events", "one")).toEqual([0, 395, 396, 760, 761]);
    expect(await left("heartbeats", "one")).toEqual([0, 395, 396, 760, 761, 900]);
    expect(await left("events", "two")).toEqual([0, 395]);
    expect(await left("heartbeats", "two")).toEqual([0, 395, 396, 760]);
  });

  it("deletes at its next run what came late for a day that was deleted", async () => {
    await rows("one", [0, 20]);
    await settings.put("app", "one", keep(30, 10), "maria");
    const own = retention();
    await own.run();
    await rows("one", [9, 20, 21]);
    expect(await left("events", "one")).toEqual([0, 9, 20, 21]);
    await own.run();
    expect(await left("events", "one")).toEqual([0, 9]);
  });

  it("counts beforehand exactly what it then deletes", async () => {
    await rows("one", [0, 9, 10, 29, 30, 31, 100]);
    await rows("two", [50]);
    const days = { base: 30, detailed: 10 };
    const told = await retention().preview("one", days);
    expect(told).toEqual([
      { table: "heartbeats", layer: "base", until: dayAgo(30), rows: 3 },
      { table: "events", layer: "detailed", until: dayAgo(10), rows: 10 },
    ]);
    expect(await left("events", "one")).toHaveLength(7);
    await settings.put("app", "one", { retentionDays: days }, "maria");
    await retention().run();
    const again = await retention().preview("one", days);
    expect(again.map((table) => table.rows)).toEqual([0, 0]);
  });

  it("moves the tables' own limit up to the longest, for rows that are there already, and back", async () => {
    await rows("one", [0]);
    const limit = async (table: string) => {
      const [found] = await stored.store.query<{ days: number }>(
        `SELECT dateDiff('day', max(max_time), max(delete_ttl_info_max)) AS days FROM system.parts WHERE active AND table = '${table}'`,
      );
      return found?.days;
    };
    await settings.put("app", "one", keep(761, 2000), "maria");
    await retention().run();
    await expect.poll(() => limit("events"), { timeout: 10_000 }).toBe(2000);
    await settings.put("app", "one", keep(761, 396), "maria");
    await retention().run();
    await expect.poll(() => limit("events"), { timeout: 10_000 }).toBeLessThan(400);
    expect(await left("events", "one")).toEqual([0]);
  });

  it("runs by itself after an app's settings change", async () => {
    await rows("one", [0, 20]);
    const own = retention();
    own.start();
    await settings.put("app", "one", keep(10, 10), "maria");
    await expect.poll(() => left("events", "one"), { timeout: 10_000 }).toEqual([0]);
    await own.stop();
  });
});
