import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silent, temporaryDirectory } from "../spool/testing.ts";
import { createStore, StoreUnreachable } from "../store/client.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createSettings, type SettingsKeeper } from "./settings.ts";
import { openTestSettings } from "./testing.ts";

let stored: TestStore;
let settings: SettingsKeeper;
let directory: string;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  await stored.store.command("TRUNCATE TABLE settings_log");
  const opened = await openTestSettings(stored.store);
  settings = opened.settings;
  directory = opened.directory;
  return () => opened.close();
});

const HASH = "h".repeat(43);
const token = {
  app: "timetracker",
  name: "build server",
  hash: HASH,
  hint: "x1Y2",
  backfill: false,
  unattributed: false,
  createdAt: "2026-11-20T12:00:00.000Z",
  revokedAt: null,
  newInstallsPerDay: null,
  recordsPerSecond: null,
};

/** The log as it stands in the store, oldest first. */
const log = () =>
  stored.store.query<Record<string, unknown>>(
    "SELECT by, action, kind, key, value, removed FROM settings_log ORDER BY seq",
  );

/** A collector that starts with the same store, in a directory of its own or in this one. */
async function another(of?: string) {
  const own = await temporaryDirectory();
  const other = await createSettings({
    store: stored.store,
    directory: of ?? own.path,
    log: silent,
  });
  return {
    other,
    async close() {
      await other.stop();
      await own.remove();
    },
  };
}

describe("the settings", () => {
  it("have what was put last, with defaults filled in, and who put it", async () => {
    expect(settings.get("app", "timetracker")).toBeNull();
    await settings.put("app", "timetracker", { k: 12 }, "maria");
    await settings.put("app", "timetracker", { k: 20, name: "Time Tracker" }, "jo");
    expect(settings.get("app", "timetracker")).toEqual({
      name: "Time Tracker",
      k: 20,
      retentionDays: { base: 761, detailed: 396, signals: 30 },
      budget: { newInstallsPerDay: null },
    });
    const [entry] = settings.list("app");
    expect(entry).toMatchObject({ key: "timetracker", changedBy: "jo" });
    expect(Date.now() - (entry?.changedAt.getTime() ?? 0)).toBeLessThan(60_000);
  });

  it("are listed by key, a kind at a time", async () => {
    await settings.put("annotation", "b", { app: "a", day: "2026-11-02", text: "two" }, "maria");
    await settings.put("annotation", "a", { app: "a", day: "2026-11-01", text: "one" }, "maria");
    await settings.put("app", "c", {}, "maria");
    expect(settings.list("annotation").map(({ key }) => key)).toEqual(["a", "b"]);
    expect(settings.list("release")).toEqual([]);
  });

  it("leave one row of the log for each change, and none where nothing changed", async () => {
    await settings.put("app", "one", { k: 5 }, "maria");
    await settings.put("app", "one", { k: 6 }, "jo", "raised");
    await settings.remove("app", "one", "maria");
    await settings.remove("app", "one", "maria");
    await settings.change("app", "one", "maria", (before) => before);
    const rows = await log();
    expect(rows.map(({ by, action, removed }) => [by, action, removed])).toEqual([
      ["maria", "created", 0],
      ["jo", "raised", 0],
      ["maria", "removed", 1],
    ]);
    expect(settings.get("app", "one")).toBeNull();
  });

  it("refuse a value that the kind does not have, and stay as they were", async () => {
    await expect(settings.put("app", "one", { k: 4 }, "maria")).rejects.toThrow(/expected number/);
    expect(settings.get("app", "one")).toBeNull();
    expect(await log()).toEqual([]);
  });

  it("lose nothing where many change the same thing at once", async () => {
    const more = Array.from({ length: 20 }, (_, at) =>
      settings.change("app", "one", `person ${at}`, (before) => ({
        k: (before?.k ?? 10) + 1,
      })),
    );
    await Promise.all(more);
    expect(settings.get("app", "one")?.k).toBe(30);
    expect(await log()).toHaveLength(20);
  });

  it("tell who listens, after the change", async () => {
    const heard: unknown[] = [];
    settings.onChange((kind, key) => heard.push([kind, key, settings.get("app", key)?.k ?? null]));
    await settings.put("app", "one", { k: 7 }, "maria");
    await settings.remove("app", "one", "maria");
    expect(heard).toEqual([
      ["app", "one", 7],
      ["app", "one", null],
    ]);
  });

  it("take a value of a hundred kilobytes, and text of any language", async () => {
    const catalogue = { app: "timetracker", note: "é’漢字\n\u0000\"'\\".repeat(8_000) };
    await settings.put("catalogue", "timetracker", { catalogue }, "Zoë");
    const { other, close } = await another();
    await other.load();
    expect(other.get("catalogue", "timetracker")).toEqual({ catalogue });
    expect(other.list("catalogue")[0]?.changedBy).toBe("Zoë");
    await close();
  });
});

describe("a restart", () => {
  it("keeps everything, also with an empty directory", async () => {
    await settings.put("app", "one", { k: 7 }, "maria");
    await settings.put("ingest_token", "t1", token, "maria");
    await settings.put("app", "two", {}, "maria");
    await settings.remove("app", "two", "maria");
    const { other, close } = await another();
    await other.load();
    expect(other.get("app", "one")?.k).toBe(7);
    expect(other.get("ingest_token", "t1")).toEqual(token);
    expect(other.list("app").map(({ key }) => key)).toEqual(["one"]);
    await close();
  });

  it("has everything from settings.json before the store answers, which is the owner's alone", async () => {
    await settings.put("ingest_token", "t1", token, "maria");
    const path = join(directory, "settings.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { other, close } = await another(directory);
    expect(other.get("ingest_token", "t1")).toEqual(token);
    await close();
  });

  it("goes by the store where the copy says something else", async () => {
    await settings.put("app", "one", { k: 7 }, "maria");
    const path = join(directory, "settings.json");
    const old = await readFile(path, "utf8");
    await settings.put("app", "one", { k: 8 }, "maria");
    await writeFile(path, old);
    const { other, close } = await another(directory);
    expect(other.get("app", "one")?.k).toBe(7);
    const heard: string[] = [];
    other.onChange((kind, key) => heard.push(`${kind} ${key}`));
    await other.load();
    expect(other.get("app", "one")?.k).toBe(8);
    expect(heard).toEqual(["app one"]);
    await close();
  });

  it("does not stop at a copy that is no JSON", async () => {
    await settings.put("app", "one", { k: 7 }, "maria");
    await writeFile(join(directory, "settings.json"), '{"entries": [');
    const { other, close } = await another(directory);
    expect(other.get("app", "one")).toBeNull();
    await other.load();
    expect(other.get("app", "one")?.k).toBe(7);
    await close();
  });

  it("leaves out what a newer version wrote, and keeps it in the store", async () => {
    await stored.store.command(
      `INSERT INTO settings_log (at, seq, by, action, kind, key, value, removed) VALUES
       (now64(3), 5, 'maria', 'created', 'robot', 'r', '{}', 0),
       (now64(3), 6, 'maria', 'created', 'app', 'one', '{"k": "many"}', 0)`,
    );
    const { other, close } = await another();
    await other.load();
    expect(other.get("app", "one")).toBeNull();
    expect(await log()).toHaveLength(2);
    await close();
  });
});

describe("two collectors on one store", () => {
  it("see each other's changes, and the later one stands", async () => {
    const { other, close } = await another();
    await other.load();
    await other.put("app", "one", { k: 7 }, "jo");
    await settings.change("app", "one", "maria", (before) => ({ k: (before?.k ?? 0) + 1 }));
    expect(settings.get("app", "one")?.k).toBe(8);
    await other.put("app", "two", {}, "jo");
    expect(other.get("app", "one")?.k).toBe(8);
    await close();
  });
});

describe("a store that is away", () => {
  it("lets nothing change, and leaves everything readable", async () => {
    await settings.put("app", "one", { k: 7 }, "maria");
    const away = createStore({ clickhouseUrl: "http://127.0.0.1:1/default" });
    const other = await createSettings({ store: away, directory, log: silent });
    expect(other.get("app", "one")?.k).toBe(7);
    const change = other.put("app", "one", { k: 8 }, "maria");
    await expect(change).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(other.load()).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(other.remove("app", "one", "maria")).rejects.toBeInstanceOf(StoreUnreachable);
    expect(other.get("app", "one")?.k).toBe(7);
    expect(JSON.parse(await readFile(join(directory, "settings.json"), "utf8")).entries).toEqual([
      expect.objectContaining({ key: "one" }),
    ]);
    await other.stop();
    await away.close();
  });

  it("lets nothing change where it goes away later, and changes go on when it is back", async () => {
    await settings.put("app", "one", { k: 7 }, "maria");
    await stored.store.command("RENAME TABLE settings_log TO settings_log_away");
    await expect(settings.put("app", "one", { k: 8 }, "maria")).rejects.toThrow();
    expect(settings.get("app", "one")?.k).toBe(7);
    await stored.store.command("RENAME TABLE settings_log_away TO settings_log");
    await settings.put("app", "one", { k: 9 }, "maria");
    expect(settings.get("app", "one")?.k).toBe(9);
    expect(await log()).toHaveLength(2);
  });
});
