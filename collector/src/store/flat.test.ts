import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beat, install, makeFlat, send } from "../read/testing.ts";
import { createSpool } from "../spool/spool.ts";
import { record, silent, stamp } from "../spool/testing.ts";
import { createFlatInstalls, type FlatInstalls } from "./flat.ts";
import { createLoader } from "./load.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const UUID = "00000000-0000-4000-8000-00000000000a";

const rows = (app: string) =>
  opened.store.query<{ install_id: string; number: number }>(
    `SELECT toString(install_id) AS install_id, number, admitted, app_version, versions, version_days
     FROM installs_flat WHERE app = {app:String} ORDER BY number`,
    { app },
  );

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error("it did not happen within ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function create(loadedUntil: () => Date): FlatInstalls {
  return createFlatInstalls({ store: opened.store, spoolUuid: UUID, loadedUntil, log: silent });
}

test("a row an install, its versions in the order of their first days, upgrades of one day by number", async () => {
  const app = "order";
  await beat(opened.store, [
    { app, install: 1, at: "2026-11-03", app_version: "1.9.0" },
    { app, install: 1, at: "2026-11-05T01:00:00Z", app_version: "1.10.0" },
    { app, install: 1, at: "2026-11-05T02:00:00Z", app_version: "1.10.0-rc.10" },
    { app, install: 1, at: "2026-11-05T03:00:00Z", app_version: "1.10.0-rc.2" },
    { app, install: 1, at: "2026-11-06", app_version: "1.9.0" },
    // Late: it was said before all others.
    { app, install: 1, at: "2026-11-01", app_version: "1.8.0" },
    { app, install: 2, at: "2026-11-05" },
  ]);
  expect(await rows(app)).toEqual([
    {
      install_id: install(1),
      number: 0,
      admitted: true,
      app_version: "1.9.0",
      versions: ["1.8.0", "1.9.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0"],
      version_days: ["2026-11-01", "2026-11-03", "2026-11-05", "2026-11-05", "2026-11-05"],
    },
    {
      install_id: install(2),
      number: 1,
      admitted: false,
      app_version: "",
      versions: [],
      version_days: [],
    },
  ]);
});

test("numbers go on where they ended, each app's from 0, and one with events only has one, too", async () => {
  await beat(opened.store, [{ app: "one", install: 5, at: "2026-11-01" }]);
  await send(opened.store, [{ app: "one", install: 4, at: "2026-11-02", event: "timer.started" }]);
  await beat(opened.store, [{ app: "two", install: 5, at: "2026-11-01" }]);
  const numbers = async (app: string) =>
    (await rows(app)).map((row) => [Number(row.install_id.slice(-3)), row.number]);
  expect(await numbers("one")).toEqual([
    [5, 0],
    [4, 1],
  ]);
  expect(await numbers("two")).toEqual([[5, 0]]);
});

test("says until when it is fresh: never later than what is in the rows", async () => {
  let loaded = new Date("2026-11-20T10:00:00Z");
  const flat = create(() => loaded);
  try {
    expect(flat.freshness()).toEqual(new Date(0));
    flat.start();
    await until(() => flat.freshness().getTime() === loaded.getTime());
    // Nothing came meanwhile: all that was received is there.
    loaded = new Date("2026-11-20T10:00:05Z");
    expect(flat.freshness()).toEqual(loaded);
    flat.changed();
    expect(flat.freshness()).toEqual(new Date("2026-11-20T10:00:00Z"));
    await until(() => flat.freshness().getTime() === loaded.getTime());
  } finally {
    await flat.stop();
  }
});

test("makes only those apps anew that have changed, and takes rows away that are gone", async () => {
  const flat = create(() => new Date());
  await flat.refresh();
  const before = await parts();
  await opened.store.command(
    `INSERT INTO installs (app, install_id, first_seen, last_seen) SELECT 'two', '${install(9)}', now64(3), now64(3)`,
  );
  await opened.store.command(
    `INSERT INTO install_numbers (app, install_id, number) VALUES ('two', '${install(9)}', 1)`,
  );
  await flat.refresh();
  const after = await parts();
  expect(after.one).toBe(before.one);
  expect(after.two).not.toBe(before.two);
  expect(await rows("two")).toHaveLength(2);

  await opened.store.command(
    `ALTER TABLE installs DELETE WHERE app = 'two' AND install_id = '${install(9)}'`,
    { settings: { mutations_sync: 2 } },
  );
  await makeFlat(opened.store);
  expect(await rows("two")).toHaveLength(1);
});

test("misses no install, at whatever step of a load it is made anew", async () => {
  const { store, directory } = opened;
  const options = { maxBytes: 1e9, minFreeBytes: 0, log: silent };
  const spool = await createSpool({ directory: join(directory, "steps"), ...options });
  const flat = createFlatInstalls({
    ...{ store, spoolUuid: spool.uuid, loadedUntil: () => new Date(), log: silent },
  });
  const steps: string[] = [];
  const onStep = async (step: string) => {
    steps.push(step);
    await flat.refresh();
  };
  const loader = createLoader({ spool, store, log: silent, onStep });
  loader.start();
  const batch = spool.open();
  const base = { platform: "Linux" };
  for (const id of [randomUUID(), randomUUID()]) {
    const beat = record({ event: "base_telemetry.heartbeat", installId: id, base });
    batch?.appendHeartbeat(beat, stamp("steps"));
    batch?.appendEvent(record({ installId: randomUUID() }), stamp("steps"));
  }
  expect(batch && (await spool.commit(batch))).toBe("committed");
  await loader.idle();
  await flat.refresh();
  expect(steps).toContain("numbers");
  expect(await rows("steps")).toHaveLength(4);
  await spool.drain();
  await loader.stop();
});

/** The part of each app by name; a new one has another. */
async function parts(): Promise<Record<string, string>> {
  const found = await opened.store.query<{ partition: string; name: string }>(
    "SELECT partition, name FROM system.parts WHERE table = 'installs_flat' AND active",
  );
  return Object.fromEntries(found.map(({ partition, name }) => [partition, name]));
}
