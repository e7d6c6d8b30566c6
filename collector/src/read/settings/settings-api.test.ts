import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTokenBook } from "../../ingest/authenticate.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { ADMIN, beat, send, startApi, type TestApi } from "../testing.ts";

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  for (const table of ["settings_log", "token_uses", "events", "heartbeats"]) {
    await stored.store.command(`TRUNCATE TABLE ${table}`);
  }
  api = await startApi(stored.store);
  return () => api.close();
});

type Method = "GET" | "POST" | "PUT" | "DELETE";
const call = (method: Method, path: string, body?: unknown, token = ADMIN) =>
  api.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
const done = async (method: Method, path: string, body?: unknown) => {
  const reply = await call(method, path, body);
  expect([path, reply.statusCode, reply.body]).toEqual([path, 204, ""]);
};
const made = async (path: string, body: unknown) => {
  const reply = await call("POST", path, body);
  expect(reply.statusCode, reply.body).toBe(201);
  return reply.json<{ id: string; token: string }>();
};
const rows = async (path: string) =>
  (await call("GET", path)).json<{ rows: Record<string, unknown>[] }>().rows;
const refused = async (method: Method, path: string, body: unknown) => {
  const reply = await call(method, path, body);
  return [reply.statusCode, reply.json().code, reply.json().message];
};

describe("apps", () => {
  it("are shown with their defaults, changed field by field, and made by being set", async () => {
    expect(await rows("/settings/apps")).toEqual([
      {
        ...{ app: "empty", name: null, mode: "learning", k: 10, newInstallsPerDay: null },
        ...{
          retentionDays: { base: 761, detailed: 396, signals: 30 },
          changedAt: null,
          changedBy: null,
        },
      },
      expect.objectContaining({ app: "timetracker", mode: "catalogue" }),
    ]);
    await done("PUT", "/settings/apps/notes", { name: "Notes", k: 20 });
    await done("PUT", "/settings/apps/notes", { newInstallsPerDay: 500 });
    const [, notes] = await rows("/settings/apps");
    expect(notes).toMatchObject({
      ...{ app: "notes", name: "Notes", k: 20, newInstallsPerDay: 500, mode: "learning" },
      changedBy: "(administrator's token)",
    });
    await done("PUT", "/settings/apps/notes", { name: null, newInstallsPerDay: null });
    expect((await rows("/settings/apps"))[1]).toMatchObject({
      name: null,
      newInstallsPerDay: null,
    });
    const known = await api.read<{ rows: { app: string }[] }>("/v1/apps");
    expect(known.rows.map(({ app }) => app)).toEqual(["empty", "notes", "timetracker"]);
  });

  it.each([
    [{ k: 4 }, /^k: found something of type number, allowed is a whole number from 5 to 1000\.$/],
    [{ k: 10.5 }, /^k: /],
    [{ name: "" }, /^name: .*a name of 1 to 80 characters/],
    [{ newInstallsPerDay: 0 }, /^newInstallsPerDay: /],
  ])("refuse %j", async (body, message) => {
    const reply = await call("PUT", "/settings/apps/notes", body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "invalid_parameter" });
    expect(reply.json().message).toMatch(message);
    expect(api.settings.get("app", "notes")).toBeNull();
  });

  it("say what a retention would delete before it is set", async () => {
    await beat(stored.store, [
      { install: 1, at: "2026-11-20" },
      { install: 1, at: "2026-11-10" },
      { install: 2, at: "2026-10-01" },
    ]);
    await send(stored.store, [
      { install: 1, at: "2026-11-20", event: "timer.started" },
      { install: 1, at: "2026-11-18", event: "timer.started" },
      { install: 1, at: "2026-11-17", event: "timer.started" },
      { app: "empty", install: 1, at: "2026-01-01", event: "timer.started" },
    ]);
    const days = { base: 10, detailed: 3, signals: 7 };
    const told = await call("POST", "/settings/apps/timetracker/retention/preview", days);
    expect(told.json().rows.slice(0, 4)).toEqual([
      { table: "heartbeats", layer: "base", until: "2026-11-10", rows: 2 },
      { table: "events", layer: "detailed", until: "2026-11-17", rows: 1 },
      { table: "exceptions", layer: "detailed", until: "2026-11-17", rows: 0 },
      { table: "otel_logs", layer: "signals", until: "2026-11-13", rows: 0 },
    ]);
    expect(api.settings.get("app", "timetracker")).toBeNull();
    await done("PUT", "/settings/apps/timetracker/retention", days);
    expect((await rows("/settings/apps"))[1]).toMatchObject({ retentionDays: days, k: 10 });
    expect(await refused("PUT", "/settings/apps/timetracker/retention", { base: 0 })).toEqual([
      ...[400, "invalid_parameter"],
      "base: found something of type number, allowed is a whole number from 1 to 3660.",
    ]);
  });
});

describe("ingest tokens", () => {
  const sender = (token: string) => api.tokens.lookup(`Bearer ${token}`);

  it("open ingest from the moment they are made until they are revoked", async () => {
    const body = { app: "notes", name: "build server", backfill: true };
    const { id, token } = await made("/settings/ingest-tokens", body);
    expect(token).toMatch(/^rci_[\w-]{43}$/);
    expect(sender(token)).toMatchObject({ app: "notes", backfill: true });
    const [listed] = await rows("/settings/ingest-tokens");
    expect(listed).toEqual({
      ...{ id, ...body, source: "settings", hint: token.slice(-4), revokedAt: null },
      ...{ unattributed: false, newInstallsPerDay: null, recordsPerSecond: null },
      createdAt: "2026-11-20T12:00:00.000Z",
      lastUsedAt: "2026-11-20T12:00:00.000Z",
    });
    await done("DELETE", `/settings/ingest-tokens/${id}`);
    await done("DELETE", `/settings/ingest-tokens/${id}`);
    expect(sender(token)).toBe("unknown");
    expect((await rows("/settings/ingest-tokens"))[0]?.revokedAt).toBe("2026-11-20T12:00:00.000Z");
  });

  it("are rotated with a grace for the old one", async () => {
    const old = await made("/settings/ingest-tokens", { app: "notes", name: "build server" });
    const next = await made(`/settings/ingest-tokens/${old.id}/rotate`, {});
    expect(sender(old.token)).toMatchObject({ app: "notes", backfill: false });
    expect(sender(next.token)).toMatchObject({ app: "notes", backfill: false });
    const listed = new Map((await rows("/settings/ingest-tokens")).map((row) => [row.id, row]));
    expect(listed.get(old.id)?.revokedAt).toBe("2026-11-27T12:00:00.000Z");
    expect(listed.get(next.id)).toMatchObject({ name: "build server", revokedAt: null });

    const book = (at: string) =>
      createTokenBook([], {
        settings: api.settings,
        uses: { note() {} },
        now: () => Date.parse(at),
      });
    const header = `Bearer ${old.token}`;
    expect(book("2026-11-27T11:59:59.999Z").lookup(header)).toMatchObject({ app: "notes" });
    expect(book("2026-11-27T12:00:00.000Z").lookup(header)).toBe("unknown");

    const last = await made(`/settings/ingest-tokens/${next.id}/rotate`, { graceDays: 0 });
    expect(sender(next.token)).toBe("unknown");
    expect(sender(last.token)).toMatchObject({ app: "notes" });
    expect(await refused("POST", `/settings/ingest-tokens/${next.id}/rotate`, {})).toEqual([
      ...[404, "setting_unknown", "There is no setting of this name."],
    ]);
  });

  it("have the app's budget until they are given their own, which a rotation keeps", async () => {
    const place = "/settings/ingest-tokens";
    const own = async () =>
      Object.fromEntries((await rows(place)).map((row) => [row.id, row.newInstallsPerDay]));
    const first = await made(place, { app: "notes", name: "one" });
    const second = await made(place, { app: "notes", name: "two", newInstallsPerDay: 40 });
    expect(await own()).toMatchObject({ [first.id]: null, [second.id]: 40 });
    await done("PUT", `${place}/${first.id}`, { newInstallsPerDay: 7 });
    await done("PUT", `${place}/${second.id}`, { newInstallsPerDay: null });
    expect(await own()).toMatchObject({ [first.id]: 7, [second.id]: null });
    // It opens ingest as before.
    expect(sender(first.token)).toMatchObject({ app: "notes", token: first.id });

    const next = await made(`${place}/${first.id}/rotate`, { graceDays: 1 });
    // The old one still holds.
    await done("PUT", `${place}/${first.id}`, { newInstallsPerDay: 8 });
    expect(await own()).toMatchObject({ [first.id]: 8, [next.id]: 7 });
    await done("DELETE", `${place}/${first.id}`);
    for (const id of [first.id, "nobody"]) {
      const [status, code] = await refused("PUT", `${place}/${id}`, { newInstallsPerDay: 9 });
      expect([status, code]).toEqual([404, "setting_unknown"]);
    }
    expect((await own())[first.id]).toBe(8);
  });

  it("have the collector's rate until they are given their own, which holds at once and in a rotation", async () => {
    const place = "/settings/ingest-tokens";
    const { id, token } = await made(place, { app: "notes", name: "one", recordsPerSecond: 40 });
    expect(sender(token)).toMatchObject({ recordsPerSecond: 40 });
    await done("PUT", `${place}/${id}`, { newInstallsPerDay: 7 });
    expect(sender(token)).toMatchObject({ recordsPerSecond: 40 });
    await done("PUT", `${place}/${id}`, { newInstallsPerDay: 7, recordsPerSecond: 50 });
    const next = await made(`${place}/${id}/rotate`, {});
    expect(sender(next.token)).toMatchObject({ recordsPerSecond: 50 });
    await done("PUT", `${place}/${next.id}`, { newInstallsPerDay: 7, recordsPerSecond: null });
    expect(sender(next.token)).toMatchObject({ recordsPerSecond: null });
    expect((await rows(place)).map((row) => row.recordsPerSecond)).toContain(50);
    const body = { newInstallsPerDay: 7, recordsPerSecond: 0 };
    const [status, , said] = await refused("PUT", `${place}/${id}`, body);
    expect([status, said]).toEqual([400, expect.stringMatching(/^recordsPerSecond: /)]);
  });

  it.each([{}, { newInstallsPerDay: 0 }, { newInstallsPerDay: 1.5 }, { newInstallsPerDay: "9" }])(
    "take no budget of %j",
    async (body) => {
      const { id } = await made("/settings/ingest-tokens", { app: "notes", name: "n" });
      const [status, , said] = await refused("PUT", `/settings/ingest-tokens/${id}`, body);
      expect(status).toBe(400);
      expect(said).toMatch(/^newInstallsPerDay: .*a whole number from 1 to 10000000, or null/);
    },
  );

  it("of the environment are shown, and are not changed here", async () => {
    const [fixed] = await rows("/settings/ingest-tokens");
    expect(fixed).toMatchObject({ source: "environment", hint: "ment", app: "timetracker" });
    const place = `/settings/ingest-tokens/${fixed?.id}`;
    expect((await refused("DELETE", place, undefined)).slice(0, 2)).toEqual([409, "setting_fixed"]);
    expect(fixed?.newInstallsPerDay).toBeNull();
    const given = await refused("PUT", place, { newInstallsPerDay: 5 });
    expect(given.slice(0, 2)).toEqual([409, "setting_fixed"]);
    const rotated = await refused("POST", `${place}/rotate`, {});
    expect(rotated.slice(0, 2)).toEqual([409, "setting_fixed"]);
    expect(sender("rci_of-the-environment")).toMatchObject({ app: "timetracker" });
  });

  it("leave no clear token anywhere", async () => {
    const { token } = await made("/settings/ingest-tokens", { app: "notes", name: "n" });
    const [stock] = await stored.store.query<{ text: string }>(
      "SELECT arrayStringConcat(groupArray(value)) AS text FROM settings_log",
    );
    expect(stock?.text).toContain('"hash"');
    expect(stock?.text).not.toContain(token);
    expect(JSON.stringify(await rows("/settings/ingest-tokens"))).not.toContain(token.slice(0, 30));
  });

  it.each([
    [{ app: "No", name: "n" }, /^app: .*an app name/],
    [{ app: "notes", name: " " }, /^name: /],
    [{ app: "notes", name: "n", backfill: "yes" }, /^backfill: .*true or false/],
  ])("are not made of %j", async (body, message) => {
    const [status, , said] = await refused("POST", "/settings/ingest-tokens", body);
    expect(status).toBe(400);
    expect(said).toMatch(message);
  });
});

describe("API tokens", () => {
  const status = async (method: Method, path: string, token: string, body?: unknown) =>
    (await call(method, path, body, token)).statusCode;

  it("open what their scopes say, and nothing else", async () => {
    const { token } = await made("/settings/api-tokens", { name: "Grafana", scopes: ["read"] });
    expect(token).toMatch(/^rcp_[\w-]{43}$/);
    expect(await status("GET", "/apps", token)).toBe(200);
    expect(await status("POST", "/sql", token, { query: "SELECT 1" })).toBe(403);
    expect(await status("GET", "/settings/users", token)).toBe(403);
    expect(await status("DELETE", "/installs/x?app=timetracker", token)).toBe(403);
    const sql = await made("/settings/api-tokens", { name: "s", scopes: ["sql", "sql"] });
    expect(await status("POST", "/sql", sql.token, { query: "SELECT 1" })).toBe(200);
    expect(await status("GET", "/apps", sql.token)).toBe(403);
    const session = await call("GET", "/session", undefined, sql.token);
    expect(session.json()).toEqual({
      ...{ signedIn: true, name: "API token s", role: "viewer", scopes: ["sql"] },
      ...{ apps: null, expiresAt: null },
    });
  });

  it("that are kept to some apps know of no other", async () => {
    const body = { name: "g", scopes: ["read"], apps: ["empty"] };
    const { token } = await made("/settings/api-tokens", body);
    const apps = (await call("GET", "/apps", undefined, token)).json();
    expect(apps.rows.map(({ app }: { app: string }) => app)).toEqual(["empty"]);
    expect(await status("GET", "/installs/summary?app=empty", token)).toBe(200);
    const other = await call("GET", "/installs/summary?app=timetracker", undefined, token);
    const nobody = await call("GET", "/installs/summary?app=nobody", undefined, token);
    expect([other.statusCode, other.json().code]).toEqual([404, "app_unknown"]);
    expect(nobody.json().message).toBe(other.json().message);
  });

  it("end when they say, and when they are revoked", async () => {
    const expiresAt = "2026-11-20T13:00:00+00:00";
    const { id, token } = await made("/settings/api-tokens", {
      name: "g",
      scopes: ["read"],
      expiresAt,
    });
    expect(await status("GET", "/apps", token)).toBe(200);
    expect((await rows("/settings/api-tokens"))[0]).toEqual({
      ...{ id, name: "g", hint: token.slice(-4), scopes: ["read"], apps: null },
      createdAt: "2026-11-20T12:00:00.000Z",
      expiresAt: "2026-11-20T13:00:00.000Z",
      lastUsedAt: "2026-11-20T12:00:00.000Z",
    });
    const later = new Date("2026-11-20T13:00:00.000Z");
    const other = await startApi(stored.store, { now: () => later });
    const headers = { authorization: `Bearer ${token}` };
    expect((await other.app.inject({ url: "/api/v1/apps", headers })).statusCode).toBe(401);
    await other.close();
    await done("DELETE", `/settings/api-tokens/${id}`);
    expect(await status("GET", "/apps", token)).toBe(401);
    expect(await rows("/settings/api-tokens")).toEqual([]);
  });

  it.each([
    [{ name: "g", scopes: [] }, /^scopes: /],
    [{ name: "g", scopes: ["everything"] }, /^scopes: .*a list of read, export/],
    [{ name: "g", scopes: ["read", "sql"], apps: ["empty"] }, /^apps: .*null where .*sql/],
    [{ name: "g", scopes: ["settings"], apps: ["empty"] }, /^apps: /],
    [{ name: "g", scopes: ["read"], expiresAt: "2026-11-20T12:00:00Z" }, /^expiresAt: /],
    [{ name: "g", scopes: ["read"], expiresAt: "tomorrow" }, /^expiresAt: /],
    // In UTC it is in the year 10000.
    [{ name: "g", scopes: ["read"], expiresAt: "9999-12-31T23:59:59-23:59" }, /^expiresAt: /],
  ])("are not made of %j", async (body, message) => {
    const [code, , said] = await refused("POST", "/settings/api-tokens", body);
    expect(code).toBe(400);
    expect(said).toMatch(message);
  });
});

describe("users", () => {
  const maria = { name: "Maria", password: "correct horse battery", role: "administrator" };
  const signIn = (name: string, password: string) =>
    api.app.inject({ method: "POST", url: "/api/v1/session", payload: { name, password } });
  const cookieOf = async (name: string, password: string) => {
    const [header] = [(await signIn(name, password)).headers["set-cookie"]].flat();
    return String(header).split(";")[0] ?? "";
  };
  const as = (cookie: string, url: string) =>
    api.app.inject({ url: `/api/v1${url}`, headers: { cookie } });

  it("sign in by name and password, and act in their own name", async () => {
    await done("POST", "/settings/users", maria);
    const cookie = await cookieOf("MARIA", maria.password);
    expect((await as(cookie, "/session")).json()).toMatchObject({ name: "maria", apps: null });
    expect((await as(cookie, "/settings/users")).statusCode).toBe(200);
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const payload = { k: 12 };
    await api.app.inject({ method: "PUT", url: "/api/v1/settings/apps/notes", headers, payload });
    expect(api.settings.list("app")[0]?.changedBy).toBe("maria");
  });

  it("who are viewers open nothing that tells of single installs", async () => {
    await done("POST", "/settings/users", { ...maria, role: "viewer", apps: ["empty"] });
    const cookie = await cookieOf("maria", maria.password);
    expect((await as(cookie, "/session")).json()).toMatchObject({
      ...{ role: "viewer", scopes: ["restricted"], apps: ["empty"] },
    });
    for (const url of [
      "/apps",
      "/installs/summary?app=empty",
      "/settings/users",
      "/releases?app=empty",
    ]) {
      expect((await as(cookie, url)).json().code, url).toBe("forbidden");
    }
  });

  it("are refused with a wrong password as without being there, in the same words", async () => {
    await done("POST", "/settings/users", maria);
    const wrong = await signIn("maria", "wrong horse battery");
    const nobody = await signIn("nobody", "wrong horse battery");
    expect([wrong.statusCode, nobody.statusCode]).toEqual([401, 401]);
    expect(wrong.json().message).toBe(nobody.json().message);
    expect(wrong.headers["set-cookie"]).toBeUndefined();
  });

  it("lose their sessions with a new password, a new role, and when they are removed", async () => {
    await done("POST", "/settings/users", maria);
    const holds = async (cookie: string) => (await as(cookie, "/session")).statusCode === 200;
    const first = await cookieOf("maria", maria.password);
    await done("PUT", "/settings/users/maria", { role: "administrator", apps: null });
    expect(await holds(first)).toBe(true);
    await done("PUT", "/settings/users/maria/password", { password: "another horse battery" });
    expect(await holds(first)).toBe(false);
    expect((await signIn("maria", maria.password)).statusCode).toBe(401);
    const second = await cookieOf("maria", "another horse battery");
    expect(await holds(second)).toBe(true);
    await done("PUT", "/settings/users/maria", { role: "viewer" });
    expect(await holds(second)).toBe(false);
    const third = await cookieOf("maria", "another horse battery");
    await done("DELETE", "/settings/users/maria");
    expect(await holds(third)).toBe(false);
    // The last administrator may go: the token always works.
    expect(await rows("/settings/users")).toEqual([]);
  });

  it("do not lie about as anything but an argon2id hash", async () => {
    await done("POST", "/settings/users", maria);
    const { passwordHash } = api.settings.get("user", "maria") ?? {};
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const listed = await call("GET", "/settings/users");
    expect(listed.body).not.toContain("argon2");
  });

  it("cannot guess faster by asking many times at once", async () => {
    await done("POST", "/settings/users", maria);
    const tries = await Promise.all(
      Array.from({ length: 40 }, () => signIn("maria", "wrong horse battery")),
    );
    const answers = tries.map(({ statusCode }) => statusCode);
    expect(answers.filter((code) => code === 401).length).toBeLessThanOrEqual(10);
    expect(new Set(answers)).toEqual(new Set([401, 429]));
    expect((await signIn("maria", maria.password)).statusCode).toBe(429);
  });

  it.each([
    [{ ...maria, password: "short" }, 400, /^password: .*12 to 256 characters/],
    [{ ...maria, name: "a b" }, 400, /^name: /],
    [{ ...maria, name: "(administrator's token)" }, 400, /^name: /],
    [{ ...maria, role: "owner" }, 400, /^role: .*administrator or viewer/],
    [{ ...maria, apps: ["empty"] }, 400, /^apps: .*sees every app/],
    [{ name: "taken", password: "correct horse battery", role: "viewer" }, 409, /already/],
  ])("are not made of %j", async (body, code, message) => {
    await done("POST", "/settings/users", { ...maria, name: "taken" });
    const [status, , said] = await refused("POST", "/settings/users", body);
    expect(status).toBe(code);
    expect(said).toMatch(message);
  });

  it("are made once where two make the same at once", async () => {
    const both = await Promise.all([1, 2].map(() => call("POST", "/settings/users", maria)));
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
  });
});

describe("releases and annotations", () => {
  it("are what charts are given, with those that enough installs run", async () => {
    await api.settings.put("app", "timetracker", { k: 5 }, "maria");
    const beats = [1, 2, 3, 4, 5, 6].flatMap((install) =>
      ["2026-11-01", "2026-11-02"].map((at) => ({
        ...{ install, at, app_version: install < 6 ? "2.3.0" : "9.9.9" },
      })),
    );
    await beat(stored.store, beats);
    const release = { app: "timetracker", version: "2.4.0", day: "2026-11-19", note: "Invoices" };
    await done("PUT", "/settings/releases", release);
    expect((await api.read<{ rows: unknown }>("/v1/releases")).rows).toEqual([
      { version: "2.4.0", day: "2026-11-19", listed: true, known: true, note: "Invoices" },
      { version: "2.3.0", day: "2026-11-01", listed: false, known: false, note: null },
    ]);
    await done("PUT", "/settings/releases", { ...release, day: "2026-11-18", note: undefined });
    expect((await api.read<{ rows: unknown[] }>("/v1/releases")).rows[0]).toEqual({
      ...{ version: "2.4.0", day: "2026-11-18", listed: true, known: true, note: null },
    });
    await done("DELETE", "/settings/releases?app=timetracker&version=2.4.0");
    expect((await api.read<{ rows: unknown[] }>("/v1/releases")).rows).toHaveLength(1);
    const again = await refused(
      "DELETE",
      "/settings/releases?app=timetracker&version=2.4.0",
      undefined,
    );
    expect(again[1]).toBe("setting_unknown");
  });

  it("are annotations of the days asked about, of the app alone", async () => {
    const note = (app: string, day: string, text: string) =>
      made("/settings/annotations", { app, day, text });
    const { id } = await note("timetracker", "2026-11-10", "Forum");
    await note("timetracker", "2026-11-01", "Fair");
    await note("timetracker", "2026-01-01", "Long ago");
    await note("empty", "2026-11-10", "Another app's");
    const read = async () => (await api.read<{ rows: { text: string }[] }>("/v1/annotations")).rows;
    expect((await read()).map(({ text }) => text)).toEqual(["Fair", "Forum"]);
    await done("PUT", `/settings/annotations/${id}`, { day: "2026-11-11", text: "The forum" });
    expect((await read())[1]).toEqual({ id, day: "2026-11-11", text: "The forum" });
    await done("DELETE", `/settings/annotations/${id}`);
    expect(await read()).toHaveLength(1);
    const gone = await refused("PUT", `/settings/annotations/${id}`, {
      day: "2026-11-11",
      text: "x",
    });
    expect(gone[1]).toBe("setting_unknown");
    const bad = { app: "empty", day: "2026-02-30", text: "x" };
    expect((await refused("POST", "/settings/annotations", bad))[2]).toMatch(/^day: /);
  });
});

describe("the audit log", () => {
  it("says who changed what, newest first, page by page, and never a secret", async () => {
    await done("POST", "/settings/users", {
      ...{ name: "maria", password: "correct horse battery", role: "viewer" },
    });
    await done("PUT", "/settings/users/maria/password", { password: "another horse battery" });
    for (let k = 10; k < 60; k++) await api.settings.put("app", "timetracker", { k }, "jo");
    const first = (await call("GET", "/settings/audit")).json();
    expect(first.rows).toHaveLength(50);
    expect(first.rows[0]).toEqual({
      ...{ at: expect.any(String), by: "jo", action: "changed", kind: "app", key: "timetracker" },
      ...{ label: "timetracker", changes: [{ field: "k", before: "58", after: "59" }] },
    });
    const second = (await call("GET", `/settings/audit?before=${first.next}`)).json();
    expect(second.next).toBeNull();
    expect(second.rows.map(({ action, kind }: Record<string, unknown>) => [action, kind])).toEqual([
      ["password", "user"],
      ["created", "user"],
    ]);
    expect(second.rows[0].changes).toEqual([{ field: "passwordHash", before: null, after: null }]);
    expect(second.rows[1].changes).toEqual([
      { field: "role", before: null, after: "viewer" },
      { field: "passwordHash", before: null, after: null },
    ]);
    expect(JSON.stringify(second)).not.toContain("argon2");
    const users = (await call("GET", "/settings/audit?kind=user")).json();
    expect(users.rows).toHaveLength(2);
  });
});

describe("every route of the settings", () => {
  it("is closed to whoever may not change settings", async () => {
    const document = (await api.app.inject("/api/openapi.json")).json();
    const reader = await made("/settings/api-tokens", {
      ...{ name: "all but settings", scopes: ["read", "export", "sql", "restricted"] },
    });
    const routes = Object.entries<Record<string, unknown>>(document.paths).flatMap(
      ([path, operations]) =>
        path.includes("/settings/")
          ? Object.keys(operations).map((method) => ({ path, method }))
          : [],
    );
    expect(routes.length).toBeGreaterThan(20);
    for (const { path, method } of routes) {
      const url = path.replace("/api/v1", "").replace(/\{\w+\}/g, "x");
      const body = method === "get" || method === "delete" ? undefined : {};
      const upper = method.toUpperCase() as Method;
      expect((await call(upper, url, body, reader.token)).statusCode, `${method} ${path}`).toBe(
        403,
      );
      expect((await call(upper, url, body, "nobody")).statusCode, `${method} ${path}`).toBe(401);
    }
  });

  it("changes nothing while the store is away", async () => {
    await done("PUT", "/settings/apps/notes", { k: 12 });
    await stored.engine.stop();
    try {
      for (const [method, path, body] of [
        ["PUT", "/settings/apps/notes", { k: 20 }],
        ["POST", "/settings/ingest-tokens", { app: "notes", name: "n" }],
        [
          "POST",
          "/settings/users",
          { name: "jo", password: "correct horse battery", role: "viewer" },
        ],
        ["GET", "/settings/audit", undefined],
      ] as const) {
        const reply = await call(method, path, body);
        expect([path, reply.statusCode, reply.json().code]).toEqual([
          path,
          503,
          "store_unavailable",
        ]);
      }
      expect(api.settings.get("app", "notes")?.k).toBe(12);
      expect(api.settings.list("ingest_token")).toEqual([]);
      // What is set already is still read.
      expect((await call("GET", "/settings/apps")).statusCode).toBe(200);
    } finally {
      await stored.close();
      stored = await openTestStore();
    }
  });
});
