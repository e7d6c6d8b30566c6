import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createErasures } from "../installs/erasures.ts";
import { install } from "../read/testing.ts";
import { createSpool, type LoadableSpool } from "../spool/spool.ts";
import { DAY_MS, NOON, record, silent, stamp } from "../spool/testing.ts";
import type { Store } from "./client.ts";
import { createFlatInstalls } from "./flat.ts";
import { fillArrivalsStage, fillFlatStage, replaceFlat } from "./flat-sql.ts";
import { createLoader, type Loader } from "./load.ts";
import { openTestStore, type TestStore } from "./testing.ts";

/* Rows of installs that have changed are made anew, all others copied: the same as making all anew. */

const APPS = ["one", "two"];
const INSTALLS = 300;
const VERSIONS = ["", "1.9.0", "1.10.0-rc.1", "1.10.0", "2.0.0"];
const PLATFORMS = ["", "Linux", "macOS"];

let opened: TestStore;
let spool: LoadableSpool;
let loader: Loader;
beforeAll(async () => {
  opened = await openTestStore();
  const options = { maxBytes: 1e9, minFreeBytes: 0, log: silent };
  spool = await createSpool({ directory: join(opened.directory, "spool"), ...options });
  loader = createLoader({ spool, store: opened.store, log: silent });
  loader.start();
});
afterAll(async () => {
  await spool.drain();
  await loader.stop();
  await opened.close();
});

/** The same numbers every time (mulberry32). */
function createRandom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A store that remembers how the rows were made. */
function watched(store: Store) {
  const made = { copied: 0, anew: 0 };
  const command: Store["command"] = (sql, options) => {
    if (sql.startsWith("INSERT INTO stage_installs_flat_")) {
      if (sql.includes("SELECT * FROM installs_flat")) made.copied++;
      else if (!sql.includes("stage_installs_changed_")) made.anew++;
    }
    return store.command(sql, options);
  };
  return { made, store: { ...store, command } };
}

let records = 0;

/** Records of random days in any order, none of them at the same moment: which of two counts then is open. */
async function load(random: (below: number) => number, ids: readonly number[]): Promise<void> {
  const batch = spool.open();
  for (const id of ids) {
    const installId = install(id);
    const app = APPS[id % APPS.length] as string;
    const at = NOON - random(40) * DAY_MS + records++;
    const base = { platform: PLATFORMS[random(PLATFORMS.length)] as string };
    const appVersion = VERSIONS[random(VERSIONS.length)] as string;
    if (random(3) === 0) {
      batch?.appendEvent(record({ installId, appVersion }), stamp(app, at));
    } else {
      const event = random(5) === 0 ? "base_telemetry.first_seen" : "base_telemetry.heartbeat";
      batch?.appendHeartbeat(record({ event, installId, appVersion, base }), stamp(app, at));
    }
  }
  if (batch === null) throw new Error("the spool is full");
  expect(await spool.commit(batch)).toBe("committed");
  await loader.idle();
}

/** What is there, and what it is when all rows are made anew. */
async function compared(app: string) {
  const { store } = opened;
  const params = { app };
  const rowsOf = (table: string, order: string) =>
    store.query(`SELECT * FROM ${table} WHERE app = {app:String} ORDER BY ${order}`, params);
  for (const table of ["installs_flat", "version_arrivals"]) {
    await store.command(`CREATE TABLE IF NOT EXISTS whole_${table} AS ${table}`);
    await store.command(`TRUNCATE TABLE whole_${table}`);
  }
  await store.command(fillFlatStage("whole_installs_flat", null), { params });
  await store.command(fillArrivalsStage("whole_version_arrivals", "whole_installs_flat"));
  const both = async (prefix: string) => [
    await rowsOf(`${prefix}installs_flat`, "number"),
    await rowsOf(`${prefix}version_arrivals`, "version, day"),
  ];
  return { found: await both(""), whole: await both("whole_") };
}

test("is the same as making all anew, after whatever loads, merges, erasures and other collectors do", async () => {
  const random = createRandom(20);
  const { store, made } = watched(opened.store);
  const create = (of: Store, spoolUuid: string) =>
    createFlatInstalls({ store: of, spoolUuid, loadedUntil: () => new Date(), log: silent });
  const flat = create(store, spool.uuid);
  const another = create(opened.store, "00000000-0000-4000-8000-00000000000b");
  const erasures = createErasures({
    ...{ store: opened.store, loader, log: silent },
    settle: async () => true,
    refreshCopies: flat.refresh,
  });
  const ids = Array.from({ length: INSTALLS }, (_, id) => id);
  await load(random, ids);
  await flat.refresh();
  await load(random, ids);
  await flat.refresh();
  let next = INSTALLS;
  const some = () => [random(next), random(next), random(next), random(next), next++];
  const steps: Record<string, () => Promise<unknown>> = {
    load: () => load(random, some()),
    "load in two segments": async () => {
      await load(random, some());
      await load(random, some());
    },
    "merge installs": () => opened.store.command("OPTIMIZE TABLE installs FINAL"),
    "merge something new with what was there": async () => {
      await load(random, some());
      await opened.store.command("OPTIMIZE TABLE installs FINAL");
    },
    "merge installs_flat": () => opened.store.command("OPTIMIZE TABLE installs_flat FINAL"),
    "erase one": () => {
      const id = random(next);
      return erasures.erase(APPS[id % APPS.length] as string, install(id), "administrator");
    },
    "another collector makes it": () => another.refresh(),
    "another collector puts older rows there": async () => {
      await opened.store.command("CREATE TABLE IF NOT EXISTS older AS installs_flat");
      for (const app of APPS) {
        await opened.store.command(
          `ALTER TABLE older REPLACE PARTITION '${app}' FROM installs_flat`,
        );
      }
      await load(random, [next++, next++]);
      await flat.refresh();
      for (const app of APPS) {
        await opened.store.command(replaceFlat("installs_flat", "older", app));
      }
      await load(random, [next++, next++]);
    },
    "another collector makes it before the load is seen": async () => {
      await another.refresh();
      await load(random, some());
    },
  };
  const names = Object.keys(steps);
  const done: string[] = [];
  for (let step = 0; step < 25; step++) {
    // Loads are what mostly happens; each of the others comes, too.
    const name =
      step < names.length ? names[step] : names[random(3) > 0 ? 0 : random(names.length)];
    done.push(name as string);
    await steps[name as string]?.();
    await flat.refresh();
    for (const app of APPS) {
      const { found, whole } = await compared(app);
      expect(found, `${app}, after: ${done.join(", ")}`).toEqual(whole);
    }
  }
  expect(made.copied).toBeGreaterThan(done.length / 2);
  expect(made.anew).toBeGreaterThan(4);
}, 240_000);
