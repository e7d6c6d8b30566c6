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
  for (const table of ["events", "heartbeats", "settings_log", "exceptions", ...SIGNALS]) {
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

const left = async (table: "events" | "heartbeats" | "exceptions", app: string) => {
  const found = await stored.store.query<{ day: string }>(
    `SELECT DISTINCT toString(toDate(time)) AS day FROM ${table} WHERE app = '${app}' ORDER BY day DESC`,
  );
  return found.map(({ day }) => (NOW.getTime() - Date.parse(`${day}T12:00:00Z`)) / 86_400_000);
};

const keep = (base: number, detailed: number, signals = 30) => ({
  retentionDays: { base, detailed, signals },
});

const SIGNALS = [
  "otel_logs",
  "otel_traces",
  "otel_traces_trace_id_ts",
  ...["gauge", "sum", "histogram", "exp_histogram", "summary"].map(
    (kind) => `otel_metrics_${kind}`,
  ),
];
const dayOf = (table: string) =>
  table === "otel_traces_trace_id_ts"
    ? "Day"
    : `toDate(${table.startsWith("otel_metrics") ? "TimeUnix" : "Timestamp"})`;

/** A row of every signal at noon of each of the days; that of traces makes one of their times. */
async function signals(app: string, daysAgo: number[]): Promise<void> {
  for (const table of SIGNALS.filter((name) => name !== "otel_traces_trace_id_ts")) {
    const time = table.startsWith("otel_metrics") ? "TimeUnix" : "Timestamp";
    const trace = table === "otel_traces" ? ["TraceId, ", "'ab', "] : ["", ""];
    const values = daysAgo.map(
      (days) => `(${trace[1]}'${app}', '${ID}', '${dayAgo(days)} 12:00:00')`,
    );
    await stored.store.command(
      `INSERT INTO ${table} (${trace[0]}App, InstallId, ${time}) VALUES ${values.join(", ")}`,
    );
  }
}

async function exceptions(app: string, daysAgo: number[]): Promise<void> {
  const values = daysAgo.map((days) => `('${app}', 'TypeError', '${dayAgo(days)} 12:00:00')`);
  await stored.store.command(
    `INSERT INTO exceptions (app, type, time) VALUES ${values.join(", ")}`,
  );
}

async function signalsLeft(table: string, app: string): Promise<number[]> {
  const found = await stored.store.query<{ day: string }>(
    `SELECT DISTINCT toString(${dayOf(table)}) AS day FROM ${table} WHERE App = '${app}' ORDER BY day DESC`,
  );
  return found.map(({ day }) => (NOW.getTime() - Date.parse(`${day}T12:00:00Z`)) / 86_400_000);
}

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

  it("deletes signals by their own days, with what was made of them, and exceptions like events", async () => {
    await signals("one", [0, 6, 7, 40]);
    await signals("two", [0, 29, 30]);
    await settings.put("app", "two", keep(761, 396, 31), "maria");
    await exceptions("one", [0, 9, 10]);
    await settings.put("app", "one", keep(30, 10, 7), "maria");
    await retention().run();
    for (const table of SIGNALS) {
      expect(await signalsLeft(table, "one"), table).toEqual([0, 6]);
      expect(await signalsLeft(table, "two"), table).toEqual([0, 29, 30]);
    }
    expect(await left("exceptions", "one")).toEqual([0, 9]);
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
    await signals("one", [0, 6, 7, 8]);
    const days = { base: 30, detailed: 10, signals: 7 };
    const told = await retention().preview("one", days);
    expect(told).toEqual([
      { table: "heartbeats", layer: "base", until: dayAgo(30), rows: 3 },
      { table: "events", layer: "detailed", until: dayAgo(10), rows: 10 },
      { table: "exceptions", layer: "detailed", until: dayAgo(10), rows: 0 },
      ...SIGNALS.filter((table) => table !== "otel_traces_trace_id_ts").map((table) => ({
        ...{ table, layer: "signals", until: dayAgo(7), rows: 2 },
      })),
    ]);
    expect(await left("events", "one")).toHaveLength(7);
    await settings.put("app", "one", { retentionDays: days }, "maria");
    await retention().run();
    const again = await retention().preview("one", days);
    expect(again.every(({ rows }) => rows === 0)).toBe(true);
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
