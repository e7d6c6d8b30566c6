import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSpool, type LoadableSpool } from "../spool/spool.ts";
import { NOON, record, silent, stamp } from "../spool/testing.ts";
import { createFlatInstalls } from "../store/flat.ts";
import { createLoader, type Loader, type LoaderOptions } from "../store/load.ts";
import { openTestStore, rowsByTable, type TestStore } from "../store/testing.ts";
import { createErasures, type Erasures } from "./erasures.ts";
import { countRows } from "./export.ts";
import { createSettle } from "./settle.ts";

let opened: TestStore;
const running: { spool: LoadableSpool; loader: Loader; erasures: Erasures }[] = [];
beforeAll(async () => {
  opened = await openTestStore();
});
afterEach(async () => {
  for (const { spool, loader, erasures } of running.splice(0)) {
    await erasures.stop();
    await spool.drain();
    await loader.stop();
  }
});
afterAll(() => opened.close());

type Parts = Parameters<typeof createErasures>[0];

/** A collector without its doors; the same name is the same spool again. */
async function start(
  name: string,
  over: { loader?: Partial<LoaderOptions>; erasures?: Partial<Parts>; load?: boolean } = {},
) {
  const { store } = opened;
  const directory = join(opened.directory, name);
  const spool = await createSpool({ directory, maxBytes: 1e9, minFreeBytes: 0, log: silent });
  const loader = createLoader({ spool, store, log: silent, ...over.loader });
  const settle = createSettle(loader, 10_000);
  const erasures = createErasures({ store, loader, settle, log: silent, ...over.erasures });
  running.push({ spool, loader, erasures });
  if (over.load !== false) loader.start();
  return { spool, loader, erasures };
}

const base = { install_key: "k", platform: "Linux" };

/** Two events, one of them with a uid, and two heartbeats. */
async function commit(spool: LoadableSpool, app: string, installId: string): Promise<void> {
  const batch = spool.open()!;
  batch.appendEvent(record({ installId, uid: randomUUID() }), stamp(app));
  batch.appendEvent(record({ installId }), stamp(app, NOON + 40 * 86_400_000));
  for (const day of [0, 1]) {
    const beat = record({ event: "base_telemetry.heartbeat", installId, base });
    batch.appendHeartbeat(beat, stamp(app, NOON + day * 86_400_000));
  }
  expect(await spool.commit(batch)).toBe("committed");
}

const rowsOf = (app: string, installId: string) => countRows(opened.store, { app, installId });
const NONE = rowsByTable({});
const ALL = rowsByTable({ events: 2, heartbeats: 2, installs: 1 });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const stepOf = async (app: string) => {
  const rows = await opened.store.query<{ step: number }>(
    "SELECT step FROM erasures FINAL WHERE app = {app:String}",
    { app },
  );
  return rows.map(({ step }) => step);
};

describe("an erasure", () => {
  test("leaves no row that names the install, and its number is nobody's for ever", async () => {
    const app = "numbers";
    const { store } = opened;
    const ids = [randomUUID(), randomUUID()];
    const { spool, loader, erasures } = await start(app);
    for (const id of ids) await commit(spool, app, id);
    await loader.idle();
    const uuid = spool.uuid;
    const flat = createFlatInstalls({
      ...{ store, spoolUuid: uuid, loadedUntil: loader.freshness, log: silent },
    });
    await flat.refresh();
    const numberOf = async (id: string) => {
      const [row] = await store.query<{ number: number }>(
        "SELECT number FROM installs_flat WHERE app = {app:String} AND install_id = {id:UUID}",
        { app, id },
      );
      return row?.number;
    };
    const highest = (await numberOf(ids[0] as string)) === 1 ? 0 : 1;
    const gone = ids[highest] as string;
    expect(await numberOf(gone)).toBe(1);

    await erasures.erase(app, gone, "install");
    expect(await numberOf(gone)).toBeUndefined();
    for (const table of ["installs_flat", "install_numbers"]) {
      const rows = await store.query(
        `SELECT 1 FROM ${table} WHERE app = {app:String} AND install_id = {gone:UUID}`,
        { app, gone },
      );
      expect(rows, table).toEqual([]);
    }
    for (const table of ["active_days", "version_days", "event_days"]) {
      const [left] = await store.query(
        `SELECT bitmapToArray(groupBitmapMergeState(installs)) AS numbers FROM ${table}
         WHERE app = {app:String}`,
        { app },
      );
      expect(left, table).toEqual({ numbers: [0] });
    }
    // The next new install is counted in sets of its own.
    const next = randomUUID();
    await commit(spool, app, next);
    await loader.idle();
    await flat.refresh();
    expect(await numberOf(next)).toBe(2);
  });

  test("counts and removes what is stored and what is still in the spool", async () => {
    const app = "whole";
    const [gone, stays] = [randomUUID(), randomUUID()];
    const { spool, loader, erasures } = await start(app);
    await commit(spool, app, gone);
    await commit(spool, app, stays);
    await loader.idle();
    await commit(spool, app, gone);
    const done = await erasures.erase(app, gone, "install");
    expect(done).toMatchObject({
      kind: "erased",
      receipt: { app, install_id: gone, rows: { ...ALL, events: 4 } },
    });
    expect(await rowsOf(app, gone)).toEqual(NONE);
    expect(await rowsOf(app, stays)).toEqual(ALL);
    expect(await stepOf(app)).toEqual([1]);
  });

  test("gives the receipt of then when it is asked for again", async () => {
    const app = "again";
    const id = randomUUID();
    const { spool, erasures } = await start(app);
    await commit(spool, app, id);
    const done = await erasures.erase(app, id, "administrator");
    const again = await erasures.erase(app, id, "install");
    expect(again).toEqual({ ...done, kind: "already" });
    expect(await erasures.find(app, id)).toEqual(again);
  });

  test("of an install that nobody knows is none, and leaves nothing behind", async () => {
    const { erasures } = await start("unknown");
    expect(await erasures.erase("unknown", randomUUID(), "install")).toEqual({ kind: "unknown" });
    expect(await stepOf("unknown")).toEqual([]);
  });

  test("leaves the install out of everything that is loaded later, also under another collector", async () => {
    const app = "late";
    const [gone, stays] = [randomUUID(), randomUUID()];
    const one = await start("late one");
    const erased: number[] = [];
    const onLoaded = (loaded: { erased: number }) => erased.push(loaded.erased);
    const two = await start("late two", { load: false, loader: { onLoaded } });
    await commit(one.spool, app, gone);
    // Acknowledged before the erasure by a collector whose loader is behind.
    await commit(two.spool, app, gone);
    await commit(two.spool, app, stays);
    await one.erasures.erase(app, gone, "install");
    two.loader.start();
    await two.loader.idle();
    await commit(one.spool, app, gone);
    await one.loader.idle();
    expect(await rowsOf(app, gone)).toEqual(NONE);
    expect(await rowsOf(app, stays)).toEqual(ALL);
    expect(erased.reduce((sum, rows) => sum + rows, 0)).toBe(4);
    // The same install id in another app is another install.
    await commit(one.spool, "late elsewhere", gone);
    await one.loader.idle();
    expect(await rowsOf("late elsewhere", gone)).toEqual(ALL);
  });

  test("holds when a segment is replayed after a crash in the middle of its load", async () => {
    const app = "replay";
    const [gone, stays] = [randomUUID(), randomUUID()];
    const crash = (step: string) => {
      if (step === "heartbeats") throw Object.assign(new Error("crash"), { syscall: "test" });
    };
    const first = await start("replayed", { loader: { onStep: crash, retryMinMs: 60_000 } });
    await commit(first.spool, app, gone);
    await commit(first.spool, app, stays);
    await first.spool.seal();
    await until(async () => (await rowsOf(app, gone)).events === 2);
    await first.loader.stop();
    running.splice(0);
    // Another collector erases while the segment waits half loaded for its collector to come back.
    const other = await start("replay other");
    await other.erasures.erase(app, gone, "administrator");
    const second = await start("replayed");
    await second.loader.idle();
    expect(await rowsOf(app, gone)).toEqual(NONE);
    expect(await rowsOf(app, stays)).toEqual(ALL);
  });

  test.each(["delete", "record"] as const)(
    "that a crash ended before %s is finished by the next process",
    async (at) => {
      const app = `crash before ${at}`;
      const id = randomUUID();
      const onStep = (step: string) => {
        if (step === at) throw new Error("crash");
      };
      const first = await start(app, { erasures: { onStep } });
      await commit(first.spool, app, id);
      await expect(first.erasures.erase(app, id, "install")).rejects.toThrow("crash");
      expect(await stepOf(app)).toEqual([0]);
      await first.erasures.stop();

      const next = await start(`${app}, next`);
      next.erasures.start();
      await until(async () => (await stepOf(app))[0] === 1);
      expect(await rowsOf(app, id)).toEqual(NONE);
      // Counted before the crash.
      expect(await next.erasures.find(app, id)).toMatchObject({ receipt: { rows: ALL } });
    },
  );

  test("that a crash ended before the tombstone has not begun", async () => {
    const app = "crash before tombstone";
    const id = randomUUID();
    const onStep = () => {
      throw new Error("crash");
    };
    const { spool, erasures } = await start(app, { erasures: { onStep } });
    await commit(spool, app, id);
    await expect(erasures.erase(app, id, "install")).rejects.toThrow("crash");
    expect(await stepOf(app)).toEqual([]);
    expect(await rowsOf(app, id)).toEqual(ALL);
  });

  test("is swept once more for what another collector was storing at that moment", async () => {
    const app = "sweep";
    const id = randomUUID();
    let arrived = () => {};
    let goOn = () => {};
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    // It has looked into the ledger and found nothing, and has not stored its rows yet.
    const onStep = async (step: string) => {
      if (step !== "claim") return;
      arrived();
      await held;
    };
    const one = await start("sweep one", { erasures: { sweepAfterMs: 0, lookEveryMs: 20 } });
    const two = await start("sweep two", { loader: { onStep } });
    await commit(one.spool, app, id);
    await one.loader.idle();
    await commit(two.spool, app, id);
    await two.spool.seal();
    await there;
    await one.erasures.erase(app, id, "install");
    goOn();
    await two.loader.idle();
    one.erasures.start();
    await until(async () => (await stepOf(app))[0] === 2);
    expect(await rowsOf(app, id)).toEqual(NONE);
  });

  test("waits for no loader that cannot work: it is told to come back", async () => {
    const app = "stuck";
    const id = randomUUID();
    const settle = async () => false;
    const { spool, loader, erasures } = await start(app, { erasures: { settle } });
    await commit(spool, app, id);
    await loader.idle();
    expect(await erasures.erase(app, id, "install")).toEqual({ kind: "busy" });
    expect(await rowsOf(app, id)).toEqual(ALL);
  });

  test("keeps no install id in the store, not even in the text of its deletions", async () => {
    const app = "traces";
    const id = randomUUID();
    const { spool, erasures } = await start(app);
    await commit(spool, app, id);
    await erasures.erase(app, id, "install");
    const mutations = await opened.store.query<{ command: string }>(
      "SELECT command FROM system.mutations",
    );
    expect(mutations.length).toBeGreaterThan(0);
    const ledger = await opened.store.query("SELECT * FROM erasures");
    expect(JSON.stringify([mutations, ledger])).not.toContain(id);
  });
});
