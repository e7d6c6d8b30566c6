import { afterAll, beforeAll, expect, it } from "vitest";
import { newToken } from "../../settings/new-token.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { type Beat, beat, NOW, send, startApi, type TestApi } from "../testing.ts";
import type { Machine } from "./machine.ts";

/** Refused records and dropped fields as the loader stores them. */
interface Refused {
  day: string;
  outcome?: "refused" | "dropped";
  reason?: string;
  event?: string;
  field?: string;
  version?: string;
  count: number;
}

const REFUSED: Refused[] = [
  { day: "2026-11-18", event: "timer.paused", version: "5.11.0", count: 7 },
  { day: "2026-11-20", event: "timer.paused", version: "5.11.0", count: 2 },
  { day: "2026-11-20", event: "timer.paused", version: "5.10.0", count: 4 },
  { day: "2026-11-20", event: "timer.paused", version: "5.9.0", count: 3 },
  { day: "2026-11-20", event: "timer.paused", version: "5.8.0", count: 1 },
  { day: "2026-11-19", event: "task.moved", version: "", count: 5 },
  { day: "2026-11-20", reason: "install_id_missing", event: "auth.login", count: 6 },
  {
    ...{ day: "2026-11-20", outcome: "dropped", reason: "field_name_pii", event: "auth.login" },
    ...{ field: "user_email", version: "5.11.0", count: 40 },
  },
  { day: "2026-10-01", event: "long.ago", count: 100 },
];

const MACHINE: Machine = {
  startedAt: new Date("2026-11-18T07:00:00.000Z"),
  spool: () => ({ bytes: 12, segments: 1, oldestAgeSeconds: 2, accepting: true, reason: "" }),
  loader: () => ({ segment: 3, failures: 2, lastError: "no answer" }),
  engine: () => ({ state: "ready", memoryBytes: 100, limitBytes: 1000 }),
  counts: async () => ({ retries: 5, quarantined: 1, engineRestarts: 2 }),
  rateLimited: async (app) => ({ token: app.length, install: 4 }),
  lastStoredAt: async () => new Date("2026-11-20T11:59:00.000Z"),
  disk: async () => ({ freeBytes: 10, totalBytes: 100 }),
  minutes: async () => ({ starts: [], accepted: [], refused: [], dropped: [] }),
  start() {},
  stop() {},
};

let stored: TestStore;
let api: TestApi;

async function refuse(rows: Refused[]): Promise<void> {
  const values = rows.map(
    ({ day, outcome = "refused", reason = "event_unlisted", event = "", field = "", ...row }) =>
      `('timetracker', '${day}', '${outcome}', '${reason}', '${event}', '${field}', '${row.version ?? ""}', ${row.count})`,
  );
  await stored.store.command(
    `INSERT INTO refusals (app, day, outcome, reason, event, field, app_version, count) VALUES ${values.join(", ")}`,
  );
}

/** Three installs a day from 20 October to 19 November, and 60 within the last 24 hours. */
const arriving: Beat[] = [
  ...Array.from({ length: 31 }, (_, day) =>
    [0, 1, 2].map((nth) => ({
      install: 1000 + day * 3 + nth,
      at: new Date(Date.UTC(2026, 9, 20 + day, 9)).toISOString(),
    })),
  ).flat(),
  ...Array.from({ length: 60 }, (_, nth) => ({
    install: 5000 + nth,
    at: new Date(NOW.getTime() - nth * 60_000).toISOString(),
  })),
];

beforeAll(async () => {
  stored = await openTestStore();
  await beat(stored.store, [
    ...arriving,
    // Admitted by a second day.
    { install: 1000, at: "2026-11-19" },
    { install: 1003, at: "2026-11-20" },
  ]);
  await send(stored.store, [
    { install: 1000, at: "2026-11-18", event: "auth.login" },
    { install: 1000, at: "2026-11-20", event: "auth.login" },
    { install: 1001, at: "2026-11-20", event: "auth.login" },
  ]);
  await refuse(REFUSED);
  api = await startApi(stored.store, { machine: MACHINE });
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const RANGE = { from: "2026-11-18", to: "2026-11-20" };

it("ingest: records of each day, counted once", async () => {
  const { rows, interval, minutes, rateLimited } = await api.read("/v1/health/ingest", RANGE);
  expect(interval).toBe("day");
  expect(rows).toEqual([
    { start: "2026-11-18", events: 1, base: 3, refused: 7, dropped: 0, complete: true },
    // Three that arrive, and install 1000 once more.
    { start: "2026-11-19", events: 0, base: 4, refused: 5, dropped: 0, complete: true },
    { start: "2026-11-20", events: 2, base: 61, refused: 16, dropped: 40, complete: false },
  ]);
  expect(minutes).toEqual({ starts: [], accepted: [], refused: [], dropped: [] });
  // Of this app alone.
  expect(rateLimited).toEqual({ token: "timetracker".length, install: 4 });
});

it("ingest: a long range is answered by week, and by month, within 400 points", async () => {
  const weeks = await api.read<{ rows: { start: string; events: number }[]; interval: string }>(
    "/v1/health/ingest",
    { from: "2025-01-01", to: "2026-11-20" },
  );
  expect(weeks.interval).toBe("week");
  expect(weeks.rows.length).toBeLessThanOrEqual(400);
  // Three each on Monday to Wednesday, then 4 and 61.
  expect(weeks.rows.at(-1)).toMatchObject({ start: "2026-11-16", events: 3, base: 74 });
  const months = await api.read<{ rows: unknown[]; interval: string }>("/v1/health/ingest", {
    from: "2017-01-01",
    to: "2026-11-20",
  });
  expect(months.interval).toBe("month");
  expect(months.rows.length).toBeLessThanOrEqual(400);
});

it("refusals: most first, with the versions that send them and the share of all records", async () => {
  const answer = await api.read<Record<string, never> & { rows: object[] }>("/v1/refusals", RANGE);
  expect(answer.rows).toEqual([
    {
      ...{ outcome: "dropped", reason: "field_name_pii", event: "auth.login", field: "user_email" },
      ...{ count: 40, versions: [{ version: "5.11.0", count: 40 }] },
      ...{ firstDay: "2026-11-20", lastDay: "2026-11-20" },
    },
    {
      ...{ outcome: "refused", reason: "event_unlisted", event: "timer.paused", field: "" },
      count: 17,
      versions: [
        { version: "5.11.0", count: 9 },
        { version: "5.10.0", count: 4 },
        { version: "5.9.0", count: 3 },
      ],
      ...{ firstDay: "2026-11-18", lastDay: "2026-11-20" },
    },
    {
      ...{ outcome: "refused", reason: "install_id_missing", event: "auth.login", field: "" },
      ...{ count: 6, versions: [{ version: "", count: 6 }] },
      ...{ firstDay: "2026-11-20", lastDay: "2026-11-20" },
    },
    {
      ...{ outcome: "refused", reason: "event_unlisted", event: "task.moved", field: "" },
      ...{ count: 5, versions: [{ version: "", count: 5 }] },
      ...{ firstDay: "2026-11-19", lastDay: "2026-11-19" },
    },
  ]);
  expect(answer).toMatchObject({
    groups: 4,
    // Events 1 + 0 + 2, base 3 + 4 + 61.
    total: { accepted: 71, refused: 28, dropped: 40, refusedShare: 28 / 99 },
    series: {
      starts: ["2026-11-18", "2026-11-19", "2026-11-20"],
      refused: [7, 5, 16],
      dropped: [0, 0, 40],
      refusedShare: [7 / 11, 5 / 9, 16 / 79],
    },
    incomplete: 1,
  });
});

it("unlisted: only events that the catalogue does not have", async () => {
  const { rows, groups } = await api.read<{ rows: object[]; groups: number }>(
    "/v1/health/unlisted",
    RANGE,
  );
  expect(rows).toMatchObject([
    { event: "timer.paused", count: 17, firstDay: "2026-11-18", lastDay: "2026-11-20" },
    { event: "task.moved", count: 5, versions: [{ version: "", count: 5 }] },
  ]);
  expect(groups).toBe(2);
});

it("unlisted: is empty for an app that sends nothing else", async () => {
  expect(await api.read("/v1/health/unlisted", { app: "empty" })).toMatchObject({
    rows: [],
    groups: 0,
  });
});

it("system: what the machine says, and how much each table holds", async () => {
  const { rows, machine } = await api.read<{ rows: { table: string }[]; machine: object }>(
    "/v1/health/system",
  );
  expect(machine).toEqual({
    startedAt: "2026-11-18T07:00:00.000Z",
    spool: { bytes: 12, segments: 1, oldestAgeSeconds: 2, accepting: true, reason: "" },
    loader: {
      ...{ failures: 2, lastError: "no answer", lastStoredAt: "2026-11-20T11:59:00.000Z" },
      ...{ lagSeconds: 0, retries: 5, quarantined: 1 },
    },
    engine: { state: "ready", memoryBytes: 100, limitBytes: 1000, restarts: 2 },
    disk: { freeBytes: 10, totalBytes: 100 },
  });
  const of = (name: string) => rows.find(({ table }) => table === name);
  expect(of("events")).toMatchObject({ rows: 3, oldest: "2026-11-18", newest: "2026-11-20" });
  expect(of("active_days")).toMatchObject({ oldest: "2026-10-20", newest: "2026-11-20" });
  expect(of("installs_flat")).toMatchObject({ rows: 153, oldest: null, newest: null });
});

it("system: is there without a machine, too", async () => {
  const bare = await startApi(stored.store);
  expect(await bare.read("/v1/health/system")).toMatchObject({ machine: null });
  await bare.close();
});

it("arrivals: new installs by day and hour, and that today is a flood", async () => {
  const answer = await api.read<{
    rows: { start: string }[];
    hours: { starts: string[]; new: number[]; pending: number[] };
  }>("/v1/health/arrivals", { from: "2026-10-20", to: "2026-11-20" });
  expect(answer.rows.slice(0, 3)).toEqual([
    { start: "2026-10-20", new: 3, pending: 2, complete: true },
    { start: "2026-10-21", new: 3, pending: 2, complete: true },
    { start: "2026-10-22", new: 3, pending: 3, complete: true },
  ]);
  expect(answer.rows.at(-1)).toEqual({
    ...{ start: "2026-11-20", new: 60, pending: 60, complete: false },
  });
  expect(answer).toMatchObject({
    pending: 151,
    // The three of 19 November came over 24 hours ago.
    flood: {
      ...{ last24h: 60, unbudgeted: 60, median: 3, threshold: 50, budget: null, flooding: true },
      tokens: [{ id: "", name: "not known", last24h: 60, budget: null, over: false }],
    },
  });
  expect(answer.hours.starts).toHaveLength(48);
  expect(answer.hours.starts.slice(-2)).toEqual([
    "2026-11-20T11:00:00.000Z",
    "2026-11-20T12:00:00.000Z",
  ]);
  expect(answer.hours.new.slice(-2)).toEqual([59, 1]);
  // 9 o'clock of 19 November.
  expect(answer.hours.new.at(-28)).toBe(3);
});

it("says of all apps together nothing to credentials for some of them", async () => {
  const ask = async (path: string, apps: string[] | null) => {
    const { id, token, hash, hint } = newToken("rcp");
    const createdAt = NOW.toISOString();
    const value = { name: "a test", hash, hint, scopes: ["read" as const], apps, createdAt };
    await api.settings.put("api_token", id, { ...value, expiresAt: null }, "a test");
    const headers = { authorization: `Bearer ${token}` };
    return api.app.inject({ url: `/api/v1/health/${path}`, headers });
  };
  const ingest = "ingest?app=timetracker";
  expect((await ask(ingest, null)).json().minutes).toEqual(await MACHINE.minutes(60, NOW));
  expect((await ask(ingest, ["timetracker", "empty"])).json().minutes).toBeNull();
  expect((await ask("system", null)).json().machine.spool.bytes).toBe(12);
  const refused = await ask("system", ["timetracker", "empty"]);
  expect([refused.statusCode, refused.json().code]).toEqual([403, "forbidden"]);
});
