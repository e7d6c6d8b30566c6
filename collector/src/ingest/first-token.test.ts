import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createErasures } from "../installs/erasures.ts";
import { exportInstall } from "../installs/export.ts";
import { createSettle } from "../installs/settle.ts";
import { silent } from "../spool/testing.ts";
import { createFlatInstalls } from "../store/flat.ts";
import { createLoader } from "../store/load.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { idOfFixedToken } from "./authenticate.ts";
import {
  BACKFILL_TOKEN,
  exportLogs,
  JSON_TYPE,
  logRecord,
  send,
  startIngest,
  TOKEN,
} from "./server.fixture.ts";

/** Which token brought an install: from a request over HTTP to the row of `installs_flat`. */
const APP = "timetracker";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.now();
const FIRST = idOfFixedToken(TOKEN);
const SECOND = idOfFixedToken(BACKFILL_TOKEN);

let opened: TestStore;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  opened = await openTestStore();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => opened.close());

/** Ingest on a real port with its spool and loader; all of them load into one store. */
async function startCollector() {
  let receivedAt = NOW;
  const server = await startIngest({ now: () => receivedAt });
  const { store } = opened;
  const loader = createLoader({ spool: server.spool, store, log: silent });
  loader.start();
  const flat = createFlatInstalls({
    ...{ store, spoolUuid: server.spool.uuid, loadedUntil: loader.freshness, log: silent },
  });
  closing.push(async () => {
    await loader.stop();
    await server.close();
  });
  return {
    ...{ loader, flat },
    /** Sends a base record, or another event, of an install; both times in hours after now. */
    async sends(
      token: string,
      install: string,
      at: { received: number; time?: number },
      event?: string,
    ) {
      receivedAt = NOW + at.received * HOUR_MS;
      const time = NOW + (at.time ?? at.received) * HOUR_MS;
      const fields = { install_id: install, app_version: "1.0.0", platform: "Linux" };
      const record = event
        ? logRecord(event, { install_id: install }, time)
        : logRecord("base_telemetry.heartbeat", fields, time);
      const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
      const reply = await send(server, { headers, body: exportLogs(record) });
      expect([reply.status, reply.body.toString()]).toEqual([200, "{}"]);
    },
    async load() {
      await loader.idle();
      await flat.refresh();
    },
  };
}

async function firstTokens(installs: string[]): Promise<(string | undefined)[]> {
  const rows = await opened.store.query<{ id: string; first_token: string }>(
    `SELECT toString(install_id) AS id, first_token FROM installs_flat
     WHERE app = {app:String} AND install_id IN {installs:Array(UUID)}`,
    { app: APP, installs },
  );
  const byId = new Map(rows.map(({ id, first_token }) => [id, first_token]));
  return installs.map((install) => byId.get(install));
}

test("an install is of the token by which its first base record was received, in one load or in two", async () => {
  const { sends, load } = await startCollector();
  const [one, other] = [randomUUID(), randomUUID()];
  await sends(TOKEN, one, { received: -5 });
  await sends(BACKFILL_TOKEN, one, { received: -4 });
  await sends(BACKFILL_TOKEN, other, { received: -3 });
  await load();
  expect(await firstTokens([one, other])).toEqual([FIRST, SECOND]);
  await sends(BACKFILL_TOKEN, one, { received: -2 });
  await sends(TOKEN, other, { received: -1 });
  await load();
  expect(await firstTokens([one, other])).toEqual([FIRST, SECOND]);
});

test("a record of long ago that comes later by another token changes nothing", async () => {
  const { sends, load } = await startCollector();
  const install = randomUUID();
  await sends(TOKEN, install, { received: -5 });
  await load();
  await sends(BACKFILL_TOKEN, install, { received: -4, time: -60 * 24 });
  await load();
  expect(await firstTokens([install])).toEqual([FIRST]);
  const [row] = await opened.store.query<{ first: number }>(
    "SELECT toUnixTimestamp64Milli(first_seen) AS first FROM installs_flat WHERE install_id = {install:UUID}",
    { install },
  );
  // It was known before: by what the second token says.
  expect(Number(row?.first)).toBe(NOW - 60 * DAY_MS);
});

test("what was received first counts, also where another collector loads it last", async () => {
  const [early, late] = [await startCollector(), await startCollector()];
  const install = randomUUID();
  // Received and not loaded yet: its segment is open.
  await early.sends(TOKEN, install, { received: -5 });
  await late.sends(BACKFILL_TOKEN, install, { received: -4 });
  await late.load();
  expect(await firstTokens([install])).toEqual([SECOND]);
  await early.load();
  expect(await firstTokens([install])).toEqual([FIRST]);
});

test("an install is first received when its first record of either layer is, whatever times they say", async () => {
  const [early, late] = [await startCollector(), await startCollector()];
  const install = randomUUID();
  const received = async () => {
    const [row] = await opened.store.query<{ at: number }>(
      "SELECT toUnixTimestamp64Milli(first_received) AS at FROM installs_flat WHERE install_id = {install:UUID}",
      { install },
    );
    return (Number(row?.at) - NOW) / HOUR_MS;
  };
  await early.sends(TOKEN, install, { received: -5 }, "timer.started");
  await early.sends(TOKEN, install, { received: -2 }, "timer.started");
  // It says that it is three weeks old.
  await late.sends(TOKEN, install, { received: -4, time: -20 * 24 });
  await late.sends(TOKEN, install, { received: -1, time: -21 * 24 });
  await late.load();
  expect(await received()).toBe(-4);
  await early.load();
  expect(await received()).toBe(-5);
  await late.sends(TOKEN, install, { received: -3, time: -10 * 24 });
  await late.load();
  expect(await received()).toBe(-5);
});

test("detailed records alone name no token; the first base record does", async () => {
  const { sends, load } = await startCollector();
  const install = randomUUID();
  await sends(TOKEN, install, { received: -5 }, "timer.started");
  await load();
  expect(await firstTokens([install])).toEqual([""]);
  await sends(BACKFILL_TOKEN, install, { received: -4 });
  await load();
  expect(await firstTokens([install])).toEqual([SECOND]);
});

test("an install's export has the token's id as any other column, and its erasure takes it along", async () => {
  const { sends, load, loader, flat } = await startCollector();
  const { store } = opened;
  const [gone, stays] = [randomUUID(), randomUUID()];
  await sends(TOKEN, gone, { received: -30 });
  await sends(BACKFILL_TOKEN, gone, { received: -2 });
  await sends(TOKEN, stays, { received: -2 });
  await load();

  let text = "";
  const of = { app: APP, installId: gone };
  for await (const part of exportInstall(store, of, new Date(NOW))) text += part;
  const { tables } = JSON.parse(text) as { tables: Record<string, Record<string, unknown>[]> };
  expect(tables.heartbeats?.map(({ token }) => token)).toEqual([FIRST, SECOND]);
  expect(tables.installs?.map(({ first_token }) => first_token)).toEqual([FIRST]);
  for (const token of [TOKEN, BACKFILL_TOKEN]) expect(text).not.toContain(token);

  const settle = createSettle(loader, 10_000);
  const refreshCopies = flat.refresh;
  const erasures = createErasures({ store, loader, settle, refreshCopies, log: silent });
  closing.push(erasures.stop);
  expect(await erasures.erase(APP, gone, "install")).toMatchObject({ kind: "erased" });
  expect(await firstTokens([gone, stays])).toEqual([undefined, FIRST]);
  for (const table of ["heartbeats", "installs", "installs_flat"]) {
    const [left] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${table} WHERE install_id = {gone:UUID}`,
      { gone },
    );
    expect([table, Number(left?.rows)]).toEqual([table, 0]);
  }
});
