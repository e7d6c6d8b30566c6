import { afterAll, beforeAll, expect, test } from "vitest";
import { beat, install, send } from "../read/testing.ts";
import { openTestStore, rowsByTable, type TestStore } from "../store/testing.ts";
import { countRows, exportInstall } from "./export.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const app = "timetracker";
const NOW = new Date("2026-11-20T12:00:00.000Z");

interface Exported {
  rows: Record<string, number>;
  tables: Record<string, Record<string, unknown>[]>;
}

async function exported(installId: string): Promise<Exported> {
  let text = "";
  for await (const part of exportInstall(opened.store, { app, installId }, NOW)) text += part;
  return JSON.parse(text) as Exported;
}

/** Events numbered from `first`, each so many milliseconds after the one before. */
async function plant(number: number, first: number, rows: number, from: string, stepMs: number) {
  await opened.store.command(
    `INSERT INTO events (app, install_id, event, time, received_at, user, properties)
     SELECT '${app}', '${install(number)}', 'timer.started',
       toDateTime64('${from}', 3, 'UTC') + toIntervalMillisecond(number * ${stepMs}) AS at, at,
       18446744073709551615, map('project_id', toString(${first} + number)) FROM numbers(${rows})`,
  );
}

test("every row is in it once: over months, within a day and within one minute", async () => {
  await plant(1, 0, 400, "2026-01-01 00:00:00", 86_400_000 / 2);
  await plant(1, 400, 7_000, "2026-11-18 00:00:00", 10_000);
  await plant(1, 7_400, 5_000, "2026-11-19 10:00:00", 1);
  await plant(2, 0, 100, "2026-11-19 10:00:00", 1);
  const { rows, tables } = await exported(install(1));
  expect(rows).toEqual(rowsByTable({ events: 12_400 }));
  const numbers = tables.events?.map((row) =>
    Number((row.properties as Record<string, string>).project_id),
  );
  expect(numbers?.length).toBe(12_400);
  expect(new Set(numbers).size).toBe(12_400);
  const times = tables.events?.map(({ time }) => String(time)) ?? [];
  expect(times).toEqual([...times].sort());
  // A hash of 64 bits is text: a number would be rounded by whoever reads it.
  expect(tables.events?.[0]?.user).toBe("18446744073709551615");
});

test("it counts as an erasure does", async () => {
  await beat(opened.store, [
    { install: 3, at: "2026-11-18" },
    { install: 3, at: "2026-11-19", kind: "first_seen" },
    // Replaces the one before: a row is an install on a day.
    { install: 3, at: "2026-11-19T13:00:00Z" },
  ]);
  await send(opened.store, [{ install: 3, at: "2026-11-19", event: "timer.started" }]);
  const { rows, tables } = await exported(install(3));
  expect(rows).toEqual(rowsByTable({ events: 1, heartbeats: 2, installs: 1 }));
  expect(await countRows(opened.store, { app, installId: install(3) })).toEqual(rows);
  expect(tables.heartbeats?.map(({ kind }) => kind)).toEqual(["heartbeat", "heartbeat"]);
});

test("an install without rows has empty tables", async () => {
  expect(await exported(install(9))).toEqual({
    app,
    install_id: install(9),
    exported_at: NOW.toISOString(),
    tables: Object.fromEntries(Object.keys(rowsByTable({})).map((name) => [name, []])),
    rows: rowsByTable({}),
  });
});
