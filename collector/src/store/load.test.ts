import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { appendInt64 } from "../spool/column.ts";
import { realFiles } from "../spool/files.ts";
import { createNativeBlock, encodeBlock } from "../spool/native.ts";
import { createOpenSegment } from "../spool/open-segment.ts";
import { createSpool, type LoadableSpool, type SpoolOptions } from "../spool/spool.ts";
import { DAY_MS, NOON, record, silent, stamp, type TestRecord } from "../spool/testing.ts";
import type { Stamp } from "../spool/types.ts";
import { createLoader, type Loader, type LoaderOptions } from "./load.ts";
import { refusals, type Table } from "./tables.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;
const running: { spool: LoadableSpool; loader: Loader }[] = [];

beforeAll(async () => {
  opened = await openTestStore();
});
afterEach(async () => {
  for (const { spool, loader } of running.splice(0)) {
    await spool.drain();
    await loader.stop();
  }
});
afterAll(() => opened.close());

/** A spool with its loader; `name` is the same directory again, as after a restart. */
async function start(
  name: string,
  options: { spool?: Partial<SpoolOptions>; loader?: Partial<LoaderOptions> } = {},
) {
  const spool = await createSpool({
    directory: join(opened.directory, name),
    maxBytes: 1e9,
    minFreeBytes: 0,
    sealAfterMs: 60_000,
    log: silent,
    ...options.spool,
  });
  const loader = createLoader({
    spool,
    store: opened.store,
    log: silent,
    retryMinMs: 5,
    retryMaxMs: 50,
    ...options.loader,
  });
  running.push({ spool, loader });
  loader.start();
  return { spool, loader };
}

async function commitEvents(
  spool: LoadableSpool,
  app: string,
  rows: (TestRecord & { time?: number; stamp?: Partial<Stamp> })[],
): Promise<void> {
  const batch = spool.open()!;
  for (const row of rows) batch.appendEvent(record(row), stamp(app, row.time ?? NOON, row.stamp));
  expect(await spool.commit(batch)).toBe("committed");
}

async function countEvents(app: string): Promise<number> {
  const [row] = await opened.store.query<{ n: number }>(
    "SELECT count() AS n FROM events WHERE app = {app:String}",
    { app },
  );
  return row!.n;
}

describe("what comes out is what went in", () => {
  const hostile = [
    "",
    "plain",
    "NUL \0 inside",
    "a\n\nDROP TABLE events",
    "'; DROP TABLE events; --",
    '`back` "quotes" \\ \t \r\n',
    "emoji 🦉 and ünïcode",
    "x".repeat(47),
    "x".repeat(48),
    "é".repeat(63),
    "y".repeat(127),
    "z".repeat(128),
    "w".repeat(20_000),
  ];

  test("hostile strings, in values and in names, are read back exactly", async () => {
    const { spool, loader } = await start("hostile");
    await commitEvents(
      spool,
      "hostile",
      hostile.map((text, i) => ({
        event: `e${String(i).padStart(2, "0")}`,
        appVersion: text,
        traceId: text,
        properties: { [`key ${text}`]: text, last: "l" },
        numbers: { [`number ${text}`]: i / 3, negative: -1e300 },
      })),
    );
    await loader.idle();
    const rows = await opened.store.query<Record<string, unknown>>(
      `SELECT app_version, trace_id, properties, numbers FROM events
       WHERE app = 'hostile' ORDER BY event`,
    );
    expect(rows).toEqual(
      hostile.map((text, i) => ({
        app_version: text,
        trace_id: text,
        properties: { [`key ${text}`]: text, last: "l" },
        numbers: { [`number ${text}`]: i / 3, negative: -1e300 },
      })),
    );
  });

  test("a lone surrogate becomes the replacement character", async () => {
    const { spool, loader } = await start("surrogate");
    await commitEvents(spool, "surrogate", [
      { properties: { a: "x\ud800y", b: "\udfff".repeat(60) } },
    ]);
    await loader.idle();
    const [row] = await opened.store.query("SELECT properties FROM events WHERE app = 'surrogate'");
    expect(row).toEqual({ properties: { a: "x\ufffdy", b: "\ufffd".repeat(60) } });
  });

  test("ids, times, flags and 64-bit numbers are exact", async () => {
    const { spool, loader } = await start("exact");
    const installId = "0123abcd-4567-89ef-8123-456789abcdef";
    const time = Date.UTC(2100, 10, 3, 4, 5, 6, 789);
    await commitEvents(spool, "exact", [
      {
        installId,
        time,
        stamp: { receivedMs: time + 1, timeClamped: true, user: 2n ** 64n - 1n },
      },
    ]);
    await loader.idle();
    const [row] = await opened.store.query(
      `SELECT install_id, time, received_at, time_clamped, toString(user) AS user,
         toString(_spool) AS spool, _seg AS segment FROM events WHERE app = 'exact'`,
    );
    expect(row).toEqual({
      install_id: installId,
      time: "2100-11-03 04:05:06.789",
      received_at: "2100-11-03 04:05:06.790",
      time_clamped: true,
      user: "18446744073709551615",
      spool: spool.uuid,
      segment: 1,
    });
  });

  test("rows of a request that was taken back are not there, those around it are", async () => {
    const { spool, loader } = await start("rewind");
    const batch = spool.open()!;
    batch.appendEvent(record({ event: "before", properties: { a: "1" } }), stamp("rewind"));
    batch.mark();
    batch.appendEvent(record({ event: "gone", properties: { b: "2", c: "3" } }), stamp("rewind"));
    batch.appendHeartbeat(record({ event: "base_telemetry.heartbeat" }), stamp("rewind"));
    batch.rewind();
    batch.mark();
    batch.appendEvent(
      record({ event: "later", properties: { d: "4" }, numbers: { n: 5 } }),
      stamp("rewind"),
    );
    await spool.commit(batch);
    await loader.idle();
    const rows = await opened.store.query(
      "SELECT event, properties, numbers FROM events WHERE app = 'rewind' ORDER BY event",
    );
    expect(rows).toEqual([
      { event: "before", properties: { a: "1" }, numbers: {} },
      { event: "later", properties: { d: "4" }, numbers: { n: 5 } },
    ]);
    const [beats] = await opened.store.query(
      "SELECT count() AS n FROM heartbeats WHERE app = 'rewind'",
    );
    expect(beats).toEqual({ n: 0 });
  });

  test("refusals of one name are one row with their count", async () => {
    const { spool, loader } = await start("refusals");
    const refusal = {
      app: "refusals",
      outcome: "dropped",
      reason: "field_unknown",
      event: "timer.started",
      field: "colour",
      appVersion: "1.0.0",
      receivedMs: NOON,
      count: 2,
    } as const;
    for (let i = 0; i < 3; i++) {
      const batch = spool.open()!;
      batch.countRefusal(refusal);
      batch.countRefusal({ ...refusal, count: 5 });
      batch.countRefusal({ ...refusal, field: "size" });
      await spool.commit(batch);
    }
    await loader.idle();
    const rows = await opened.store.query(
      `SELECT toString(day) AS day, outcome, reason, event, field, app_version, count
       FROM refusals WHERE app = 'refusals' ORDER BY field`,
    );
    const common = {
      day: "2100-11-02",
      outcome: "dropped",
      reason: "field_unknown",
      event: "timer.started",
      app_version: "1.0.0",
    };
    expect(rows).toEqual([
      { ...common, field: "colour", count: 21 },
      { ...common, field: "size", count: 6 },
    ]);
  });
});

describe("installs", () => {
  test("heartbeats of two received days admit an install, and its fields are the latest non-empty", async () => {
    const { spool, loader } = await start("installs");
    const installId = randomUUID();
    const beat = (
      day: number,
      base: TestRecord["base"],
      appVersion: string,
      event = "heartbeat",
    ) => {
      const batch = spool.open()!;
      batch.appendHeartbeat(
        record({ event: `base_telemetry.${event}`, installId, appVersion, base: base ?? {} }),
        stamp("installs", NOON + day * DAY_MS),
      );
      return spool.commit(batch);
    };
    const read = async () => {
      await loader.idle();
      const [row] = await opened.store.query(
        `SELECT admitted, days_seen, app_version, platform, install_key,
           toString(first_seen) AS first_seen, last_detailed
         FROM installs_latest WHERE app = 'installs'`,
      );
      return row;
    };
    await beat(0, { platform: "linux", install_key: "first" }, "1.0.0", "first_seen");
    await beat(1, { install_key: "second" }, "1.1.0");
    expect(await read()).toEqual({
      admitted: false,
      days_seen: 2,
      app_version: "1.1.0",
      platform: "linux",
      install_key: "first",
      first_seen: "2100-11-02 12:00:00.000",
      last_detailed: null,
    });
    await beat(2, {}, "");
    await commitEvents(spool, "installs", [
      { installId, appVersion: "2.0.0", time: NOON + 3 * DAY_MS },
    ]);
    expect(await read()).toMatchObject({
      admitted: true,
      days_seen: 3,
      app_version: "2.0.0",
      last_detailed: "2100-11-05 12:00:00.000",
    });
  });

  test("an install that only detailed records speak of has a row", async () => {
    const { spool, loader } = await start("detailed-only");
    await commitEvents(spool, "detailed-only", [{ appVersion: "3.0.0", time: NOON }]);
    await loader.idle();
    const rows = await opened.store.query(
      `SELECT admitted, app_version, toString(first_seen) AS first_seen, last_seen = last_detailed AS alive
       FROM installs_latest WHERE app = 'detailed-only'`,
    );
    expect(rows).toEqual([
      {
        admitted: false,
        app_version: "3.0.0",
        first_seen: "2100-11-02 12:00:00.000",
        alive: 1,
      },
    ]);
  });
});

describe("a record that comes twice", () => {
  for (const [kind, uid] of [
    ["a UUID", "7f0e9f3e-3f6e-4f7e-9b56-0a1b2c3d4e5f"],
    ["other text", "01ARZ3NDEKTSV4RRFFQ69G5FAV"],
  ] as const) {
    test(`is counted once, in whatever frame, segment or process (${kind})`, async () => {
      const app = `twice ${kind}`;
      const installId = randomUUID();
      const retry = [{ uid, installId, time: NOON }];
      const first = await start(app);
      await commitEvents(first.spool, app, [...retry, ...retry]);
      await commitEvents(first.spool, app, retry);
      await first.loader.idle();
      expect(await countEvents(app)).toBe(1);
      await commitEvents(first.spool, app, retry);
      await first.loader.idle();
      await first.spool.drain();
      await first.loader.stop();
      const second = await start(app);
      await commitEvents(second.spool, app, [...retry, { uid: "another", installId }]);
      await second.loader.idle();
      expect(await countEvents(app)).toBe(2);
    });
  }

  test("the same uid from another install or in another app is another record", async () => {
    const { spool, loader } = await start("scoped");
    const installId = randomUUID();
    await commitEvents(spool, "scoped", [{ uid: "u", installId }, { uid: "u" }]);
    await commitEvents(spool, "scoped too", [{ uid: "u", installId }]);
    await loader.idle();
    expect(await countEvents("scoped")).toBe(2);
    expect(await countEvents("scoped too")).toBe(1);
  });

  test("records without a uid are all counted, and the repeats are reported", async () => {
    const loaded: number[] = [];
    const { spool, loader } = await start("no uid", {
      loader: { onLoaded: ({ repeats }) => loaded.push(repeats) },
    });
    const same = { installId: randomUUID() };
    await commitEvents(spool, "no uid", [same, same, { ...same, uid: "a" }, { ...same, uid: "a" }]);
    await loader.idle();
    expect(await countEvents("no uid")).toBe(3);
    expect(loaded).toEqual([1]);
  });

  test("through two collectors at once is counted once", async () => {
    const app = "two collectors";
    const one = await start("spool one");
    const two = await start("spool two");
    const shared = Array.from({ length: 300 }, () => ({
      uid: randomUUID(),
      installId: randomUUID(),
    }));
    const own = () => Array.from({ length: 20 }, () => ({ uid: randomUUID() }));
    const rounds = 5;
    for (let round = 0; round < rounds; round++) {
      const part = shared.slice(round * 60, (round + 1) * 60);
      await Promise.all([
        commitEvents(one.spool, app, [...part, ...own()]),
        commitEvents(two.spool, app, [...own(), ...part]),
      ]);
      await Promise.all([one.loader.idle(), two.loader.idle()]);
    }
    expect(await countEvents(app)).toBe(shared.length + rounds * 40);
  });
});

describe("a batch that the store refuses", () => {
  test("is set aside after some tries, and later ones are loaded", async () => {
    const app = "poison";
    const reasons: string[] = [];
    const spoolOptions = { onSetAside: ({ reason }: { reason: string }) => reasons.push(reason) };
    const { spool, loader } = await start("poison", {
      spool: spoolOptions,
      loader: { maxRefusals: 3 },
    });
    await loader.stop();
    await spool.drain();
    const path = join(opened.directory, "poison");
    // A frame whose checksum is right and whose block is not one.
    const poison = await createOpenSegment(realFiles, path, {
      spool: spool.uuid,
      number: 1,
      previous: 0,
      createdMs: NOON,
    });
    await poison.append([{ table: "events", rows: 1, pieces: [Buffer.from("not a block")] }]);
    await poison.close();

    const next = await start("poison", { spool: spoolOptions, loader: { maxRefusals: 3 } });
    await commitEvents(next.spool, app, [{}, {}]);
    await next.loader.idle();
    expect(await countEvents(app)).toBe(2);
    expect(reasons).toHaveLength(1);
    expect(await readdir(join(path, "quarantine"))).toEqual([
      "000000000001.segment",
      "000000000001.segment.reason.txt",
    ]);
  });

  test("one insert takes a backfill of decades", async () => {
    const { spool, loader } = await start("decades");
    const rows = Array.from({ length: 30 * 12 }, (_, month) => ({
      time: Date.UTC(2100 + Math.floor(month / 12), month % 12, 5),
    }));
    await commitEvents(spool, "decades", rows);
    await loader.idle();
    expect(await countEvents("decades")).toBe(rows.length);
    expect(loader.state().failures).toBe(0);
  }, 60_000);
});

describe("a spool of another version", () => {
  const signal = new AbortController().signal;

  async function writeSegment(name: string, table: Table, tableName: string): Promise<void> {
    const { spool, loader } = await start(name);
    await loader.stop();
    const block = createNativeBlock(table);
    block.rows = 1;
    for (const { streams } of block.columns)
      for (const s of streams) appendInt64(s, Math.floor(NOON / DAY_MS));
    const segment = await createOpenSegment(realFiles, join(opened.directory, name), {
      spool: spool.uuid,
      number: 1,
      previous: 0,
      createdMs: NOON,
    });
    await segment.append([{ table: tableName, rows: 1, pieces: encodeBlock(block) }]);
    await segment.close();
  }

  test("that lacks a column is loaded with the column's default", async () => {
    const [first, second] = [refusals.columns.find(({ name }) => name === "count")!, "day"];
    const older: Table = {
      ...refusals,
      columns: [first, { name: second, spool: "UInt64", table: null }],
    };
    await writeSegment("older", older, "refusals");
    const { spool, loader } = await start("older");
    await loader.idle();
    const rows = await opened.store.query(
      "SELECT app, event FROM refusals WHERE _spool = {uuid:UUID}",
      { uuid: spool.uuid },
    );
    expect(rows).toEqual([{ app: "", event: "" }]);
  });

  test("that has rows for an unknown table is kept in quarantine", async () => {
    const newer: Table = {
      ...{ name: "metrics", app: "app", installId: "install_id", partition: null },
      columns: [{ name: "value", spool: "UInt64", table: null }],
    };
    await writeSegment("newer", newer, "metrics");
    const { spool, loader } = await start("newer");
    await loader.idle();
    expect(spool.state().segments).toBe(0);
    expect(await spool.next(AbortSignal.any([signal, AbortSignal.timeout(10)]))).toBeNull();
    const [reason] = (await readdir(join(opened.directory, "newer", "quarantine"))).filter((name) =>
      name.endsWith(".txt"),
    );
    expect(
      await readFile(join(opened.directory, "newer", "quarantine", reason!), "utf8"),
    ).toContain("knows no table metrics");
  });
});

test("the projection answers as the raw rows do, and is used", async () => {
  const { spool, loader } = await start("projection");
  const installs = Array.from({ length: 50 }, () => randomUUID());
  for (let segment = 0; segment < 4; segment++) {
    await commitEvents(
      spool,
      "projection",
      Array.from({ length: 500 }, (_, i) => ({
        event: `e${i % 3}`,
        appVersion: `1.${i % 2}.0`,
        installId: installs[(i * 7 + segment) % 50]!,
        time: NOON + (i % 4) * DAY_MS,
        stamp: { user: BigInt(i % 11) },
      })),
    );
    await loader.idle();
  }
  const sql = `SELECT toDate(time) AS day, event, app_version, count() AS n,
      uniq(install_id) AS installs, uniq(user) AS users
    FROM events WHERE app = 'projection' GROUP BY day, event, app_version ORDER BY ALL`;
  const raw = await opened.store.query(sql, {}, { settings: { optimize_use_projections: 0 } });
  const projected = await opened.store.query(
    sql,
    {},
    { settings: { force_optimize_projection: 1 } },
  );
  expect(raw.length).toBeGreaterThan(10);
  expect(projected).toEqual(raw);
});

test("data is fresh until the oldest record that is not stored", async () => {
  const { spool, loader } = await start("fresh", { spool: { now: () => NOON } });
  await loader.stop();
  await commitEvents(spool, "fresh", [{}]);
  expect(loader.freshness().getTime()).toBe(NOON);
});
