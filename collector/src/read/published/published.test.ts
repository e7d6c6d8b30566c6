import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPublished } from "../../published/published.ts";
import type { PublishedReader } from "../../published/reader.ts";
import type { Report } from "../../published/report.ts";
import { newToken } from "../../settings/new-token.ts";
import { silent } from "../../spool/testing.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { beat, NOW, send, startApi, type TestApi } from "../testing.ts";
import { createDoors, registerOpenDoors } from "./open.ts";

/*
 * 100 installs until 19 November: 70 on Linux of which 60 in Docker, 27 on Windows, 3 on Darwin. Half of
 * them share detailed usage.
 */

let stored: TestStore;
let api: TestApi;
let doors: FastifyInstance;
let reader: PublishedReader;
let token: string;
let at = NOW;

const platformOf = (number: number) =>
  number <= 70 ? "linux" : number <= 97 ? "windows" : "darwin";

beforeAll(async () => {
  stored = await openTestStore();
  const beats = Array.from({ length: 100 }, (_, number) => number + 1).flatMap((number) =>
    ["2026-11-12", "2026-11-18", "2026-11-19"].map((day) => ({
      install: number,
      at: day,
      platform: platformOf(number),
      deployment_type: number <= 60 ? "docker" : "bare_metal",
      app_version: day === "2026-11-12" || number > 80 ? "1.9.0" : "2.0.0",
      release_channel: "stable",
      locale: "de-DE",
    })),
  );
  await beat(stored.store, beats);
  await send(
    stored.store,
    Array.from({ length: 50 }, (_, number) => ({
      install: number + 1,
      at: "2026-11-19",
      event: "timer.started",
    })),
  );
  api = await startApi(stored.store);
  const published = createPublished({
    ...{ store: stored.store, settings: api.settings, metrics: api.metrics, log: silent },
    ...{
      holder: "00000000-0000-4000-8000-0000000000c1",
      key: Buffer.alloc(32, 1),
      apps: () => ["timetracker"],
      freshness: () => NOW,
    },
    quietMs: 0,
    now: () => NOW,
  });
  await published.publisher.publish();
  api.metrics.watchPublished(published.publisher.latest);
  reader = published.reader;
  doors = Fastify();
  const now = () => at;
  registerOpenDoors(doors, {
    ...{ reader, now, doors: createDoors(api.settings, now), nameOf: (app: string) => app },
  });
  const made = newToken("rcp");
  token = made.token;
  await api.settings.put(
    "api_token",
    made.id,
    {
      ...{ name: "viewer", hash: made.hash, hint: made.hint, scopes: ["restricted"] },
      ...{ apps: ["timetracker"], expiresAt: null, createdAt: NOW.toISOString() },
    },
    "test",
  );
});
afterAll(async () => {
  await doors?.close();
  await api?.close();
  await stored?.close();
});

const asViewer = (path: string, query: Record<string, string> = {}) =>
  api.app.inject({
    method: "GET",
    url: `/api/v1/published${path}`,
    query,
    headers: { authorization: `Bearer ${token}` },
  });
const viewer = async <T>(path: string, query: Record<string, string> = {}) => {
  const reply = await asViewer(path, { app: "timetracker", ...query });
  if (reply.statusCode !== 200) throw new Error(`${path}: ${reply.statusCode} ${reply.body}`);
  return reply.json<T>();
};
/** The multiples of 5 beside a count. */
const near = (truth: number) => [Math.floor(truth / 5) * 5, Math.floor(truth / 5) * 5 + 5];

describe("for viewers", () => {
  it("lists the apps that they see", async () => {
    const { rows } = (await asViewer("/apps")).json();
    expect(rows).toEqual([{ app: "timetracker", name: "timetracker", day: "2026-11-19" }]);
  });

  it("answers a report from the published days", async () => {
    const report = await viewer<Report>("/report");
    expect(report).toMatchObject({
      ...{ day: "2026-11-19", k: 10, rounding: 5, least: 15, filters: {} },
    });
    expect(report.nextAt).toBe("2026-11-21T02:00:00.000Z");
    expect(near(100)).toContain(report.installs);
    expect(report.active?.days).toHaveLength(8);
    expect(report.versions?.rows.map(({ version }) => version)).toEqual(["2.0.0", "1.9.0"]);
    // On 12 November all of them said 1.9.0.
    expect(near(100)).toContain(report.versions?.rows[1]?.installs[0]);
    expect(report.versions?.rows[0]?.installs[0]).toBeNull();
    expect(report.breakdowns.map(({ field }) => field)).toContain("platform");
    expect(near(50)).toContain(report.events?.[0]?.installs);
  });

  it("narrows by one field and by two, and says what is withheld by null", async () => {
    const last = async (filter: Record<string, string>) =>
      (await viewer<{ rows: { installs: number | null }[] }>("", filter)).rows.at(-1)?.installs;
    expect(near(73)).toContain(await last({ platform: "linux" }));
    expect(near(63)).toContain(await last({ platform: "linux", deployment_type: "docker" }));
    expect(await last({ platform: "darwin" })).toBeNull();
    expect(await last({ platform: "plan9" })).toBeNull();
    expect(await last({ platform: "windows", deployment_type: "docker" })).toBeNull();
  });

  it("breaks down by a field under one filter", async () => {
    const found = await viewer<{ rows: { value: string }[]; withheld: boolean }>("/breakdown", {
      field: "deployment_type",
      platform: "windows",
    });
    expect(found.rows.map(({ value }) => value)).toEqual(["bare_metal"]);
    expect(found.withheld).toBe(true);
  });

  it.each([
    ["/report", { platform: "linux", locale: "de-DE", app_version: "2.0.0" }],
    ["", { locale: "de-DE", timezone: "UTC" }],
    ["/breakdown", { field: "timezone", locale: "de-DE" }],
    ["/breakdown", { field: "platform", app_version: "1", deployment_type: "docker" }],
  ])("refuses %s with %j, in words", async (path, query) => {
    const reply = await asViewer(path, { app: "timetracker", ...query });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "invalid_parameter" });
    expect(reply.json().message).toMatch(/allowed is/);
  });

  it("opens nothing finer, and no other app", async () => {
    const get = (url: string) =>
      api.app.inject({ method: "GET", url, headers: { authorization: `Bearer ${token}` } });
    for (const path of ["installs/summary", "installs/breakdown", "events", "export/installs"]) {
      const reply = await get(`/api/v1/${path}?app=timetracker&field=platform`);
      expect([path, reply.statusCode]).toEqual([path, 403]);
    }
    expect((await get("/api/v1/settings/share-links?app=timetracker")).statusCode).toBe(403);
    expect((await get("/api/v1/published/report?app=empty")).statusCode).toBe(404);
    expect((await get("/api/v1/published/report?app=nothing")).statusCode).toBe(404);
  });
});

const settings = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, payload?: object) =>
  api.app.inject({
    method,
    url: `/api/v1/settings/${path}`,
    headers: { authorization: "Bearer admin-token-of-the-tests" },
    ...(payload && { payload }),
  });
const open = (url: string, headers: Record<string, string> = {}) =>
  doors.inject({ method: "GET", url, headers });

describe("the public page", () => {
  it("is not there until the maintainer chooses charts, and gone when none is left", async () => {
    const doorsOf = ["/public/timetracker.json", "/badge/timetracker/active.svg"];
    for (const door of doorsOf) expect((await open(door)).statusCode).toBe(404);
    const put = await settings("PUT", "public-page", {
      app: "timetracker",
      charts: ["platform", "summary"],
    });
    expect(put.statusCode).toBe(204);
    for (const door of doorsOf) expect((await open(door)).statusCode).toBe(200);
    expect((await open("/badge/timetracker/versions.svg")).statusCode).toBe(404);
    const shown = (await settings("GET", "public-page?app=timetracker")).json();
    expect(shown.charts).toEqual(["summary", "platform"]);
    await settings("PUT", "public-page", { app: "timetracker", charts: [] });
    for (const door of doorsOf) expect((await open(door)).statusCode).toBe(404);
  });

  it("shows the chosen charts and no other, to any site, without a cookie, once an hour", async () => {
    await settings("PUT", "public-page", { app: "timetracker", charts: ["summary", "versions"] });
    const reply = await open("/public/timetracker.json", { cookie: "rollcall_session=x" });
    const report = reply.json<Report>();
    expect(report.active).toBeNull();
    expect(report.events).toBeNull();
    expect(report.breakdowns.map(({ field }) => field)).toEqual(["app_version"]);
    expect(report.totals?.month).toBe(report.installs);
    expect(reply.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=3600",
      "x-content-type-options": "nosniff",
    });
    expect(reply.headers["set-cookie"]).toBeUndefined();
    const again = await open("/public/timetracker.json", {
      "if-none-match": String(reply.headers.etag),
    });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    // Filters are no business of who reads it.
    expect((await open("/public/timetracker.json?platform=linux")).json()).toEqual(report);
  });

  it("has badges", async () => {
    await settings("PUT", "public-page", { app: "timetracker", charts: ["summary", "versions"] });
    const active = await open("/badge/timetracker/active.svg");
    expect(active.headers["content-type"]).toBe("image/svg+xml; charset=utf-8");
    expect(active.body).toMatch(/active installs: 10[05]/);
    expect((await open("/badge/timetracker/versions.svg")).body).toMatch(/version: 2\.0\.0 · 8\d%/);
    expect(active.body).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });
});

describe("share links", () => {
  const link = { app: "timetracker", name: "Board", charts: ["summary", "deployment_type"] };

  it("open the chosen charts with the filters enforced, until they are removed", async () => {
    const made = await settings("POST", "share-links", { ...link, filters: { platform: "linux" } });
    expect(made.statusCode).toBe(201);
    const { id, token: secret, path } = made.json();
    expect(path).toBe(`/share/${secret}`);
    const reply = await open(`${path}.json?platform=windows`);
    const report = reply.json<Report>();
    expect(report.filters).toEqual({ platform: "linux" });
    expect(report.totals).toBeNull();
    expect(near(73)).toContain(report.installs);
    expect(report.breakdowns.map(({ field }) => field)).toEqual(["deployment_type"]);
    expect(reply.headers["cache-control"]).toBe("no-store");
    const listed = await settings("GET", "share-links?app=timetracker");
    expect(listed.json().rows).toMatchObject([{ id, name: "Board", expired: false }]);
    expect(listed.body).not.toContain(secret);
    const rows = await stored.store.query<{ value: string }>(
      "SELECT value FROM settings_log WHERE kind = 'share_link'",
    );
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect((await settings("DELETE", `share-links/${id}`)).statusCode).toBe(204);
    expect((await open(`${path}.json`)).statusCode).toBe(404);
    expect((await settings("DELETE", `share-links/${id}`)).statusCode).toBe(404);
  });

  it("end when they expire", async () => {
    const made = await settings("POST", "share-links", {
      ...link,
      expiresAt: "2026-11-20T13:00:00Z",
    });
    const { path } = made.json();
    expect((await open(`${path}.json`)).statusCode).toBe(200);
    at = new Date("2026-11-20T13:00:00Z");
    expect((await open(`${path}.json`)).statusCode).toBe(404);
    at = NOW;
  });

  it.each([
    [{ ...link, charts: [] }],
    [{ ...link, charts: ["everything"] }],
    [{ ...link, filters: { platform: "a", locale: "b", timezone: "c" } }],
    [{ ...link, filters: { locale: "a", timezone: "b" } }],
    [{ ...link, filters: { install_id: "a" } }],
    [{ ...link, expiresAt: "tomorrow" }],
    // In UTC these lie in the years −1 and 10000.
    [{ ...link, expiresAt: "0000-01-01T00:00:00+23:59" }],
    [{ ...link, expiresAt: "9999-12-31T23:59:59-23:59" }],
  ])("are not made of %j", async (body) => {
    const reply = await settings("POST", "share-links", body);
    expect([reply.statusCode, reply.json().code]).toEqual([400, "invalid_parameter"]);
  });

  it("open nothing for a token that nobody was given", async () => {
    for (const guess of ["rcs_x", "x".repeat(90), "..%2f"]) {
      expect((await open(`/share/${guess}.json`)).statusCode).toBe(404);
    }
  });
});

it("tells a new name from a new choice of charts, whatever is in the name", async () => {
  let name = "Clocks";
  const open = Fastify();
  const clock = () => NOW;
  registerOpenDoors(open, {
    ...{ reader, now: clock, doors: createDoors(api.settings, clock), nameOf: () => name },
  });
  const shown = async () => {
    const { name, charts } = (await open.inject("/public/timetracker.json")).json<Report>();
    return [name, ...charts];
  };
  await api.settings.put("public_page", "timetracker", { charts: ["summary", "active"] }, "test");
  expect(await shown()).toEqual(["Clocks", "summary", "active"]);
  name = "Clocks/summary";
  await api.settings.put("public_page", "timetracker", { charts: ["active"] }, "test");
  expect(await shown()).toEqual(["Clocks/summary", "active"]);
  await api.settings.remove("public_page", "timetracker", "test");
  await open.close();
});

it("gives Prometheus the published numbers", async () => {
  const text = await api.metrics.registry.metrics();
  expect(text).toMatch(/rollcall_active_installs\{app="timetracker",window="month"\} 10[05]/);
  expect(text).toMatch(/rollcall_installs_by_version\{app="timetracker",version="2.0.0"\} 8\d/);
});

it("answers 503 in words where the store is away", async () => {
  const away = Fastify();
  registerOpenDoors(away, {
    reader: { days: () => Promise.reject(new Error("away")), documents: async () => [] },
    doors: { publicCharts: () => ["summary"], shared: () => null },
    nameOf: (app) => app,
    now: () => NOW,
  });
  const reply = await away.inject("/public/timetracker.json");
  expect([reply.statusCode, reply.json().code]).toEqual([503, "store_unavailable"]);
  expect(reply.headers["cache-control"]).toBe("no-store");
});
