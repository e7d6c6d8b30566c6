import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCOPES, type Scope } from "../settings/kinds.ts";
import { hashOfToken, newToken } from "../settings/new-token.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { ADMIN, beat, install, NOW, startApi, type TestApi } from "./testing.ts";

/*
 * Every operation of the OpenAPI document against every kind of credentials. A route that is added is
 * in it by itself: it needs "read" here unless its path says more.
 */

interface Operation {
  operationId: string;
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    example?: unknown;
    schema?: { example?: unknown };
  }[];
  requestBody?: { content: Record<string, { schema: { $ref?: string; example?: unknown } }> };
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { example?: unknown; examples?: unknown[] }> };
}
type Method = "GET" | "POST" | "PUT" | "DELETE";
interface Call {
  method: Method;
  path: string;
  url: string;
  /** By `app` in the query; these answer for one app. */
  ofApp: boolean;
  payload?: string;
}

const APP = "timetracker";

let stored: TestStore;
let api: TestApi;
let calls: Call[];
beforeAll(async () => {
  stored = await openTestStore();
  await beat(stored.store, [
    { install: 1, at: "2026-11-20", app_version: "2.3.1" },
    { app: "empty", install: 2, at: "2026-11-20", app_version: "2.3.1" },
  ]);
  api = await startApi(stored.store, {
    bounds: { perMinute: 1e9, burst: 1e9, wrongTokens: 1e9 },
  });
  const document: Document = (await api.app.inject("/api/openapi.json")).json();
  calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      callOf(document, path, method, operation),
    ),
  );
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

/** A request that is right in everything but, maybe, who makes it. */
function callOf(document: Document, path: string, method: string, operation: Operation): Call {
  const of = (name: string) => operation.parameters?.find((one) => one.name === name);
  const exampleOf = (name: string) => String(of(name)?.example ?? of(name)?.schema?.example ?? "x");
  const inPath: Record<string, string> = {
    app: APP,
    // Nothing that is there: the calls change as little as they can.
    ...{ install_id: install(99), id: "none", name: "nobody" },
  };
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => inPath[name] ?? exampleOf(name));
  const needed = (operation.parameters ?? []).filter((one) => one.in === "query" && one.required);
  const query = new URLSearchParams(
    needed.flatMap(({ name }) => {
      if (name === "app") return [[name, APP]];
      // A funnel has two steps or more.
      return name === "step"
        ? [
            ["step", "a.b"],
            ["step", "c.d"],
          ]
        : [[name, exampleOf(name)]];
    }),
  );
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const named = document.components.schemas[schema?.$ref?.split("/").at(-1) ?? ""] ?? schema;
  // Nobody hands on what they do not have themselves.
  const over = operation.operationId === "create_api_token" ? { scopes: ["settings"] } : {};
  const example = named?.example ?? (named as { examples?: unknown[] } | undefined)?.examples?.[0];
  return {
    ...{ method: method.toUpperCase() as Method, path, url: `${filled}?${query}` },
    ofApp: needed.some(({ name }) => name === "app"),
    ...(schema && { payload: JSON.stringify({ ...(example as object), ...over }) }),
  };
}

/** What a route needs, said a second time. */
function neededFor({ method, path }: Call): Scope | "open" | "signed_in" {
  if (path === "/api/v1/session/password") return "signed_in";
  if (path === "/api/v1/session") return method === "POST" ? "open" : "signed_in";
  if (path.startsWith("/api/v1/settings/")) return "settings";
  if (path.startsWith("/api/v1/published")) return "restricted";
  if (path.startsWith("/api/v1/export/")) return "export";
  if (path === "/api/v1/sql") return "sql";
  if (path === "/api/v1/installs/{install_id}") return method === "GET" ? "export" : "settings";
  return "read";
}

const make = ({ method, url, payload }: Call, headers: Record<string, string>) =>
  api.app.inject({
    ...{ method, url },
    headers: { ...headers, ...(payload !== undefined && { "content-type": "application/json" }) },
    ...(payload !== undefined && { payload }),
  });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** An API token as the settings keep it. */
async function apiToken(
  scopes: Scope[],
  { apps = null, expiresAt = null }: { apps?: string[] | null; expiresAt?: string | null } = {},
) {
  const { id, token, hash, hint } = newToken("rcp");
  const value = {
    name: "a test",
    hash,
    hint,
    scopes,
    apps,
    expiresAt,
    createdAt: NOW.toISOString(),
  };
  await api.settings.put("api_token", id, value, "a test");
  return { id, token };
}

/** The cookie of a user who signs in. */
async function signedIn(name: string, role: "viewer" | "administrator", apps: string[] | null) {
  const password = "correct horse battery";
  const json = { "content-type": "application/json" };
  const user = await api.app.inject({
    ...{ method: "POST", url: "/api/v1/settings/users" },
    headers: { ...bearer(ADMIN), ...json },
    payload: JSON.stringify({ name, password, role, apps }),
  });
  expect(user.statusCode, user.body).toBe(204);
  const reply = await api.app.inject({
    ...{ method: "POST", url: "/api/v1/session", headers: json },
    payload: JSON.stringify({ name, password }),
  });
  expect(reply.statusCode, reply.body).toBe(204);
  return { cookie: String([reply.headers["set-cookie"]].flat()[0]).split(";")[0] ?? "" };
}
const FROM_OUR_PAGE = { "sec-fetch-site": "same-origin" };

/** Calls whose answer is not the one that their scope says, in words. */
async function wrongWith(headers: Record<string, string>, has: ReadonlySet<Scope>) {
  const wrong: string[] = [];
  for (const call of calls) {
    const needed = neededFor(call);
    // It would sign out nobody: sessions are not stored.
    if (needed === "open") continue;
    const reply = await make(call, headers);
    const let_in = needed === "signed_in" || has.has(needed);
    const right = let_in
      ? ![401, 403].includes(reply.statusCode) && reply.statusCode < 500
      : reply.statusCode === 403 && reply.json().code === "forbidden";
    if (!right) wrong.push(`${call.method} ${call.path}: ${reply.statusCode} ${reply.body}`);
  }
  return wrong;
}

describe("every operation", () => {
  it("is in the matrix with a call that can be answered", () => {
    expect(calls.length).toBeGreaterThan(60);
    expect(new Set(calls.map(neededFor))).toEqual(new Set([...SCOPES, "open", "signed_in"]));
  });

  it("opens to the administrator's token, and to an administrator's session", async () => {
    const all = new Set(SCOPES);
    expect(await wrongWith(bearer(ADMIN), all)).toEqual([]);
    const session = await signedIn("ada", "administrator", null);
    expect(await wrongWith({ ...session, ...FROM_OUR_PAGE }, all)).toEqual([]);
  });

  it.each(SCOPES)("opens to a token of the scope %s where it needs that", async (scope) => {
    const { token } = await apiToken([scope]);
    expect(await wrongWith(bearer(token), new Set([scope]))).toEqual([]);
  });

  it("opens to a viewer where it is for restricted readers", async () => {
    const session = await signedIn("vera", "viewer", null);
    expect(await wrongWith({ ...session, ...FROM_OUR_PAGE }, new Set(["restricted"]))).toEqual([]);
  });

  it("opens to no other credentials: none, expired, revoked, of ingest, of a share link", async () => {
    const before = new Date(NOW.getTime() - 1).toISOString();
    const expired = await apiToken([...SCOPES], { expiresAt: before });
    const revoked = await apiToken([...SCOPES]);
    await api.settings.remove("api_token", revoked.id, "a test");
    const link = newToken("rcs");
    const shared = { app: APP, name: "a test", charts: ["summary"], filters: {}, expiresAt: null };
    await api.settings.put(
      "share_link",
      link.id,
      { ...shared, hash: link.hash, hint: link.hint, createdAt: NOW.toISOString() },
      "a test",
    );
    const ingest = newToken("rci");
    await api.settings.put(
      "ingest_token",
      ingest.id,
      {
        ...{ app: APP, name: "a test", hash: ingest.hash, hint: ingest.hint, backfill: true },
        ...{ createdAt: NOW.toISOString(), revokedAt: null },
      },
      "a test",
    );
    const credentials: Record<string, string>[] = [
      {},
      bearer(expired.token),
      bearer(revoked.token),
      bearer(link.token),
      bearer(ingest.token),
      bearer("rci_of-the-environment"),
      // What is stored opens nothing.
      bearer(hashOfToken(ADMIN)),
      { cookie: `rollcall_session=${link.token}` },
    ];
    for (const call of calls) {
      if (neededFor(call) === "open") continue;
      for (const headers of credentials) {
        const reply = await make(call, headers);
        expect(reply.statusCode, `${call.method} ${call.path} ${JSON.stringify(headers)}`).toBe(
          401,
        );
      }
    }
  });

  it("changes nothing for a cookie that another site's page sent along", async () => {
    const session = await signedIn("alan", "administrator", null);
    const changes = calls.filter((call) => call.method !== "GET" && neededFor(call) !== "open");
    for (const call of changes) {
      for (const site of ["cross-site", "same-site", "none"]) {
        const reply = await make(call, { ...session, "sec-fetch-site": site });
        expect(reply.statusCode, `${call.method} ${call.path} ${site}`).toBe(403);
      }
    }
  });
});

describe("a token for settings alone", () => {
  const PASSWORD = "correct horse battery";
  const change = (token: string, method: Method, path: string, body?: object) => {
    const url = `/api/v1/settings/${path}`;
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    return make({ ...{ method, path, url, ofApp: false }, ...payload }, bearer(token));
  };

  it("makes nothing that may do more than it", async () => {
    const { token } = await apiToken(["settings"]);
    await signedIn("grace", "administrator", null);
    const administrator = { role: "administrator", apps: null };
    const viewer = { role: "viewer", apps: null };
    const refused: [Method, string, object?][] = [
      ["POST", "api-tokens", { name: "more", scopes: ["settings", "sql"] }],
      ["POST", "users", { name: "mallory", password: PASSWORD, ...administrator }],
      ["PUT", "users/grace", viewer],
      ["PUT", "users/grace/password", { password: "another long password" }],
      ["DELETE", "users/grace"],
    ];
    for (const [method, path, body] of refused) {
      const reply = await change(token, method, path, body);
      expect([path, reply.statusCode, reply.json().code]).toEqual([path, 403, "forbidden"]);
    }
    expect(api.settings.get("user", "mallory")).toBeNull();
    expect(api.settings.get("user", "grace")?.role).toBe("administrator");
    // What it may do itself it hands on; viewers are its business.
    const same = { name: "same", scopes: ["settings"] };
    expect((await change(token, "POST", "api-tokens", same)).statusCode).toBe(201);
    const user = { name: "victor", password: PASSWORD, ...viewer };
    expect((await change(token, "POST", "users", user)).statusCode).toBe(204);
    expect((await change(token, "PUT", "users/victor", administrator)).statusCode).toBe(403);
    expect((await change(token, "PUT", "users/victor", viewer)).statusCode).toBe(204);
    expect((await change(token, "DELETE", "users/victor")).statusCode).toBe(204);
  });
});

describe("credentials for some apps", () => {
  it.each([["read"], ["export"], ["restricted"]] as const)(
    "of the scope %s do not tell another app from one that is not there",
    async (scope) => {
      const { token } = await apiToken([scope], { apps: ["empty"] });
      const mine = calls.filter((call) => neededFor(call) === scope);
      expect(mine.length).toBeGreaterThan(0);
      for (const call of mine) {
        const reply = await make(call, bearer(token));
        const about = `${call.method} ${call.path}: ${reply.body}`;
        if (!call.ofApp) {
          // What counts all apps together is for who sees all of them.
          if (call.path === "/api/v1/health/system") {
            expect([reply.statusCode, reply.json().code], about).toEqual([403, "forbidden"]);
            continue;
          }
          // What is about no app in particular names none that the caller does not see.
          expect(reply.statusCode, about).toBe(200);
          expect(reply.body, about).not.toContain(APP);
          continue;
        }
        const url = call.url.replace(`app=${APP}`, "app=no-such-app");
        const absent = await make({ ...call, url }, bearer(token));
        expect(reply.statusCode, about).toBe(404);
        expect({ ...reply.json(), requestId: "" }).toEqual({ ...absent.json(), requestId: "" });
        // Named twice, neither counts.
        const twice = await make({ ...call, url: `${call.url}&app=empty` }, bearer(token));
        expect(twice.statusCode, about).toBe(400);
        const own = call.url.replace(`app=${APP}`, "app=empty");
        const opened = await make({ ...call, url: own }, bearer(token));
        expect([200, 404], `${call.path} ${opened.body}`).toContain(opened.statusCode);
        expect(opened.body).not.toContain("app_unknown");
        // By minute the collector counts all apps together.
        if (call.path === "/api/v1/health/ingest") expect(opened.json().minutes).toBeNull();
      }
    },
  );
});
