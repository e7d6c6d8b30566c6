import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSpool, type LoadableSpool } from "../spool/spool.ts";
import { NOON, record, silent, stamp } from "../spool/testing.ts";
import { createLoader, type Loader } from "./load.ts";
import { loadUntil as loadUntilPlace, openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
});
const spools: LoadableSpool[] = [];
afterAll(async () => {
  for (const spool of spools) await spool.checkpoint.close();
  await opened.close();
});

/** Months that no other test uses: one of them is taken out of the table to stand for a torn insert. */
const MONTHS = [Date.UTC(2101, 0, 5), Date.UTC(2101, 1, 5)];
const EVENTS = 40;
/** Steps of one segment that has rows for every table. */
const STEPS = [
  "read",
  "stage",
  "claim",
  "events",
  "numbers",
  "installs",
  "days",
  "events checkpoint",
  "stage",
  "heartbeats",
  "numbers",
  "installs",
  "days",
  "heartbeats checkpoint",
  "stage",
  "refusals",
  "refusals checkpoint",
  "checkpoint",
  "delete",
];

async function openSpool(name: string): Promise<LoadableSpool> {
  const directory = join(opened.directory, name);
  const spool = await createSpool({
    directory,
    maxBytes: 1e9,
    minFreeBytes: 0,
    sealAfterMs: 60_000,
    log: silent,
  });
  spools.push(spool);
  return spool;
}

/** Commits one segment with rows for every table in both months, half with a uid, some repeated. */
async function commitAll(spool: LoadableSpool, app: string): Promise<void> {
  for (let frame = 0; frame < 2; frame++) {
    const batch = spool.open()!;
    for (let i = 0; i < EVENTS / 2; i++) {
      const uid = i % 2 === 0 ? randomUUID() : "";
      const event = record({ uid });
      batch.appendEvent(event, stamp(app, MONTHS[i % 4 < 2 ? 0 : 1]));
      if (i % 4 === 0) batch.appendEvent(event, stamp(app, MONTHS[0]));
    }
    batch.appendHeartbeat(record({ event: "base_telemetry.heartbeat" }), stamp(app, MONTHS[frame]));
    batch.countRefusal({
      app,
      outcome: "refused",
      reason: "event_unlisted",
      event: "x.y",
      field: "",
      appVersion: "",
      receivedMs: MONTHS[frame]!,
      count: 5,
    });
    expect(await spool.commit(batch)).toBe("committed");
  }
  await spool.seal();
}

async function counts(app: string) {
  const [row] = await opened.store.query(
    `SELECT
       (SELECT count() FROM events WHERE app = {app:String}) AS events,
       (SELECT count() FROM events WHERE app = {app:String} AND toYYYYMM(time) = 210101) AS january,
       (SELECT sum(count) FROM refusals WHERE app = {app:String}) AS refusals,
       (SELECT count() FROM heartbeats FINAL WHERE app = {app:String}) AS heartbeats,
       (SELECT count() FROM installs_latest WHERE app = {app:String}) AS installs,
       (SELECT sum(days_seen) FROM installs_latest WHERE app = {app:String}) AS days,
       (SELECT count() FROM install_numbers WHERE app = {app:String}) AS numbered,
       (SELECT uniqExact(number) FROM install_numbers WHERE app = {app:String}) AS numbers,
       (SELECT max(number) FROM install_numbers WHERE app = {app:String}) AS highest,
       (SELECT groupBitmapMerge(installs) FROM event_days WHERE app = {app:String}) AS in_event_days,
       (SELECT groupBitmapMerge(installs) FROM active_days WHERE app = {app:String}) AS in_active_days,
       (SELECT groupBitmapMerge(installs) FROM version_days WHERE app = {app:String}) AS in_version_days`,
    { app },
  );
  return row;
}

const EXACT = {
  events: EVENTS,
  january: EVENTS / 2,
  refusals: 10,
  heartbeats: 2,
  installs: EVENTS + 2,
  days: 2,
  numbered: EVENTS + 2,
  numbers: EVENTS + 2,
  highest: EVENTS + 1,
  in_event_days: EVENTS,
  in_active_days: 2,
  in_version_days: 2,
};

const loadUntil = (spool: LoadableSpool, place: number) =>
  loadUntilPlace(spool, opened.store, place);

async function loadRest(name: string): Promise<Loader> {
  const spool = await openSpool(name);
  const loader = createLoader({ spool, store: opened.store, log: silent, retryMinMs: 5 });
  loader.start();
  await loader.idle();
  expect(spool.state()).toMatchObject({ segments: 0, bytes: 0 });
  await loader.stop();
  return loader;
}

describe("a process that dies before a step leaves nothing lost and nothing doubled", () => {
  for (const [place, step] of STEPS.entries()) {
    test(`${place + 1}. ${step}`, async () => {
      const name = `crash ${place}`;
      const spool = await openSpool(name);
      await commitAll(spool, name);
      expect(await loadUntil(spool, place)).toBe(step);
      // Its successor dies too, somewhere else.
      await Promise.race([
        loadUntil(await openSpool(name), (place * 7) % 5),
        new Promise((resolve) => setTimeout(resolve, 500)),
      ]);
      await loadRest(name);
      expect(await counts(name)).toEqual(EXACT);
    });
  }
});

test("an insert of which one month was stored is completed, not repeated", async () => {
  const app = "half";
  const spool = await openSpool(app);
  await commitAll(spool, app);
  expect(await loadUntil(spool, STEPS.indexOf("installs"))).toBe("installs");
  await opened.store.command("ALTER TABLE events DROP PARTITION 210102", {
    settings: { mutations_sync: 2 },
  });
  await loadRest(app);
  expect(await counts(app)).toEqual(EXACT);
});

test("a stage that an engine's restart emptied is noticed", async () => {
  const app = "lost stage";
  const spool = await openSpool(app);
  await commitAll(spool, app);
  const stages = `stage_events_${spool.uuid.replaceAll("-", "")}`;
  let emptied = 0;
  const loader = createLoader({
    spool,
    store: opened.store,
    log: silent,
    retryMinMs: 5,
    async onStep(step) {
      if (!["claim", "events", "installs"].includes(step) || emptied > 6) return;
      // Every other time, so that each of the steps is met once with an empty stage.
      if (emptied++ % 2 === 0) await opened.store.command(`TRUNCATE TABLE ${stages}`);
    },
  });
  loader.start();
  await loader.idle();
  await loader.stop();
  expect(emptied).toBeGreaterThan(3);
  expect(await counts(app)).toEqual(EXACT);
});

test("the engine killed again and again under load: none lost, none doubled", async () => {
  const app = "killed engine";
  const spool = await openSpool(app);
  const loader = createLoader({ spool, store: opened.store, log: silent, retryMinMs: 5 });
  loader.start();
  let committed = 0;
  for (let round = 0; round < 8; round++) {
    for (let segment = 0; segment < 3; segment++) {
      const batch = spool.open()!;
      for (let i = 0; i < 200; i++) {
        const uid = i % 2 === 0 ? randomUUID() : "";
        batch.appendEvent(record({ uid }), stamp(app, i % 3 === 0 ? NOON : MONTHS[0]));
      }
      expect(await spool.commit(batch)).toBe("committed");
      committed += 200;
      await spool.seal();
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    const pid = opened.engine.pid();
    if (pid !== null) process.kill(pid, "SIGKILL");
  }
  await loader.idle();
  await loader.stop();
  const [row] = await opened.store.query(
    "SELECT count() AS n FROM events WHERE app = {app:String}",
    {
      app,
    },
  );
  expect(row).toEqual({ n: committed });
}, 60_000);
