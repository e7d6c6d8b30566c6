import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createSessions } from "./session.ts";
import { ADMIN, NOW, SESSION_KEY, startApi, type TestApi } from "./testing.ts";

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  await stored.store.command("TRUNCATE TABLE settings_log");
  api = await startApi(stored.store);
  return () => api.close();
});

const signIn = (token: unknown, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { "content-type": "application/json", ...headers },
    payload: JSON.stringify({ token }),
  });

async function cookie(): Promise<string> {
  const [header] = [(await signIn(ADMIN)).headers["set-cookie"]].flat();
  return String(header).split(";")[0] ?? "";
}

const ask = (headers: Record<string, string>, method: "GET" | "POST" | "DELETE" = "GET") =>
  api.app.inject({
    method,
    url:
      method === "POST" ? "/api/v1/sql" : method === "DELETE" ? "/api/v1/session" : "/api/v1/apps",
    headers,
    ...(method === "POST" ? { payload: JSON.stringify({ query: "SELECT 1" }) } : {}),
  });

describe("credentials", () => {
  it.each([
    [{}],
    [{ authorization: "Bearer wrong" }],
    [{ authorization: `Bearer ${ADMIN}x` }],
    [{ authorization: ADMIN }],
    [{ authorization: "Bearer " }],
    [{ authorization: `Basic ${Buffer.from(`admin:${ADMIN}`).toString("base64")}` }],
    [{ cookie: "rollcall_session=" }],
    [{ cookie: `rollcall_session=${ADMIN}` }],
    [{ cookie: "rollcall_session=9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ])("are needed: %j open nothing", async (headers) => {
    const reply = await ask(headers as Record<string, string>);
    expect(reply.statusCode).toBe(401);
    expect(reply.json()).toEqual({
      code: "unauthorized",
      message: expect.any(String),
      requestId: expect.any(String),
    });
    expect(reply.headers["www-authenticate"]).toBe("Bearer");
  });

  it("are the administrator's token, or the cookie it was traded for", async () => {
    expect((await ask({ authorization: `Bearer ${ADMIN}` })).statusCode).toBe(200);
    expect((await ask({ authorization: `bearer  ${ADMIN}` })).statusCode).toBe(200);
    expect((await ask({ cookie: await cookie() })).statusCode).toBe(200);
  });

  it("do not fall back to the cookie where a wrong token is sent", async () => {
    const headers = { authorization: "Bearer wrong", cookie: await cookie() };
    expect((await ask(headers)).statusCode).toBe(401);
  });

  it("never let a reply be kept by a cache", async () => {
    expect((await ask({ authorization: `Bearer ${ADMIN}` })).headers["cache-control"]).toBe(
      "no-store",
    );
    expect((await ask({})).headers["cache-control"]).toBe("no-store");
  });
});

describe("the session's cookie", () => {
  it("is out of reach of scripts and other sites, for 30 days", async () => {
    const reply = await signIn(ADMIN);
    expect(reply.statusCode).toBe(204);
    expect(reply.body).toBe("");
    const [header] = [reply.headers["set-cookie"]].flat();
    expect(header).toMatch(
      /^rollcall_session=\d+\.[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it("is Secure where the browser came by https", async () => {
    const [header] = [
      (await signIn(ADMIN, { "x-forwarded-proto": "https" })).headers["set-cookie"],
    ].flat();
    expect(header).toContain("; Secure");
  });

  it("says when it ends", async () => {
    const reply = await api.app.inject({
      url: "/api/v1/session",
      headers: { cookie: await cookie() },
    });
    const administrator = {
      signedIn: true,
      name: "(administrator's token)",
      role: "administrator",
      scopes: ["read", "export", "sql", "settings", "restricted"],
      apps: null,
    };
    expect(reply.json()).toEqual({ ...administrator, expiresAt: "2026-12-20T12:00:00.000Z" });
    const token = await api.app.inject({
      url: "/api/v1/session",
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(token.json()).toEqual({ ...administrator, expiresAt: null });
    expect((await api.app.inject("/api/v1/session")).statusCode).toBe(401);
  });

  it("ends after 30 days, with a new token and with a new key", async () => {
    const value = (await cookie()).split("=")[1];
    const month = new Date(NOW.getTime() + 30 * 24 * 3600 * 1000);
    const sessions = createSessions(SESSION_KEY, ADMIN);
    expect(sessions.check(value, new Date(month.getTime() - 1000))?.expiresAt).toEqual(month);
    expect(sessions.check(value, month)).toBeNull();
    expect(createSessions(SESSION_KEY, "another-token").check(value, NOW)).toBeNull();
    expect(createSessions(Buffer.alloc(32, 8), ADMIN).check(value, NOW)).toBeNull();
  });

  it("cannot be prolonged by its holder", async () => {
    const value = (await cookie()).split("=")[1] ?? "";
    const later = `${Number(value.split(".")[0]) + 1}.${value.split(".")[1]}`;
    expect(createSessions(SESSION_KEY, ADMIN).check(later, NOW)).toBeNull();
  });

  it("is removed at sign-out", async () => {
    const reply = await ask({ cookie: await cookie(), "sec-fetch-site": "same-origin" }, "DELETE");
    expect(reply.statusCode).toBe(204);
    const [header] = [reply.headers["set-cookie"]].flat();
    expect(header).toMatch(/^rollcall_session=; .*Expires=Thu, 01 Jan 1970/);
  });

  it("may be removed by a request that says JSON and has no body", async () => {
    const headers = {
      cookie: await cookie(),
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    };
    expect((await ask(headers, "DELETE")).statusCode).toBe(204);
  });
});

describe("a request that another site makes the browser send", () => {
  const json = { "content-type": "application/json", host: "rollcall.example" };

  it.each([
    [{}],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site", origin: "https://other.rollcall.example" }],
    [{ "sec-fetch-site": "none" }],
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ origin: "https://rollcall.example:8443" }],
    [{ origin: "https://rollcall.example.evil.example" }],
  ])("changes nothing with the cookie: %j", async (headers) => {
    for (const method of ["POST", "DELETE"] as const) {
      const reply = await ask({ ...json, cookie: await cookie(), ...headers }, method);
      expect(reply.statusCode).toBe(403);
      expect(reply.json().code).toBe("forbidden");
    }
  });

  it.each([[{ "sec-fetch-site": "same-origin" }], [{ origin: "https://rollcall.example" }]])(
    "is told from one of the dashboard's own: %j",
    async (headers) => {
      const reply = await ask({ ...json, cookie: await cookie(), ...headers }, "POST");
      expect(reply.statusCode).toBe(200);
    },
  );

  it("cannot be a form, whatever it says about itself", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const reply = await ask(
        { cookie: await cookie(), "sec-fetch-site": "same-origin", "content-type": type },
        "POST",
      );
      expect(reply.statusCode).toBe(415);
      expect(reply.json().code).toBe("media_type_unsupported");
    }
  });

  it("needs no origin where a token is sent: no browser adds that by itself", async () => {
    const reply = await ask({ ...json, authorization: `Bearer ${ADMIN}` }, "POST");
    expect(reply.statusCode).toBe(200);
  });
});

describe("signing in", () => {
  it("refuses a wrong token without repeating it", async () => {
    const reply = await signIn("wrong-token-0001");
    expect(reply.statusCode).toBe(401);
    expect(reply.json().code).toBe("unauthorized");
    expect(reply.headers["set-cookie"]).toBeUndefined();
    expect(reply.body).not.toContain("wrong-token-0001");
  });

  it.each([[7], [null], [""], ["x".repeat(300)], [undefined]])(
    "refuses the body { token: %j } without repeating it",
    async (token) => {
      const reply = await signIn(token);
      expect(reply.statusCode).toBe(400);
      expect(reply.json().message).toMatch(/^token: found something of type \w+, allowed is /);
    },
  );

  it("refuses what is no JSON without repeating it", async () => {
    const reply = await api.app.inject({
      method: "POST",
      url: "/api/v1/session",
      headers: { "content-type": "application/json" },
      payload: '{"token": "secret-tok',
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().code).toBe("invalid_request");
    expect(reply.body).not.toContain("secret-tok");
  });

  it("limits wrong tokens wherever they are shown, and never turns the right one away", async () => {
    for (let attempt = 0; attempt < 30; attempt++) {
      expect((await signIn(`wrong-token-${attempt}`)).statusCode).toBe(401);
      expect((await ask({ authorization: `Bearer wrong-${attempt}` })).statusCode).toBe(401);
    }
    for (const reply of [await signIn("wrong"), await ask({ authorization: "Bearer wrong" })]) {
      expect(reply.statusCode).toBe(429);
      expect(reply.json().code).toBe("rate_limited");
      expect(reply.headers["retry-after"]).toBe("5");
    }
    expect((await ask({})).statusCode, "no token is no wrong one").toBe(401);
    expect((await signIn(ADMIN)).statusCode).toBe(204);
    expect((await ask({ authorization: `Bearer ${ADMIN}` })).statusCode).toBe(200);
  });
});

describe("users", () => {
  const PASSWORD = "correct horse battery";
  const json = { "content-type": "application/json" };
  const OUR_PAGE = { "sec-fetch-site": "same-origin" };
  const add = (name: string) =>
    api.app.inject({
      ...{ method: "POST", url: "/api/v1/settings/users" },
      headers: { ...json, authorization: `Bearer ${ADMIN}` },
      payload: JSON.stringify({ name, password: PASSWORD, role: "viewer" }),
    });
  const enter = (name: string, password: string) =>
    api.app.inject({
      ...{ method: "POST", url: "/api/v1/session", headers: json },
      payload: JSON.stringify({ name, password }),
    });
  const cookieOf = (reply: LightMyRequestResponse) =>
    String([reply.headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
  const whose = async (cookie: string) => {
    const reply = await api.app.inject({ url: "/api/v1/session", headers: { cookie } });
    return reply.statusCode === 200 ? reply.json().name : reply.statusCode;
  };
  const change = (headers: Record<string, string>, current: string, password: string) =>
    api.app.inject({
      ...{ method: "PUT", url: "/api/v1/session/password" },
      headers: { ...json, ...OUR_PAGE, ...headers },
      payload: JSON.stringify({ current, password }),
    });

  it("are locked out by name: who guesses at one locks out no other and no token", async () => {
    for (const name of ["maria", "victor"]) expect((await add(name)).statusCode).toBe(204);
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await enter("Maria", `a wrong password ${attempt}`)).statusCode).toBe(401);
    }
    for (let attempt = 0; attempt < 20; attempt++) {
      expect((await enter("maria", PASSWORD)).statusCode).toBe(429);
    }
    expect((await enter("victor", PASSWORD)).statusCode).toBe(204);
    expect((await signIn(ADMIN)).statusCode).toBe(204);
    // A name that is not there is locked the same way, so that the lock tells nobody who is.
    for (let attempt = 0; attempt < 10; attempt++) await enter("nobody", PASSWORD);
    expect((await enter("nobody", PASSWORD)).statusCode).toBe(429);
  });

  it("change their own password, which ends their other sessions", async () => {
    await add("maria");
    const [mine, left] = [
      cookieOf(await enter("maria", PASSWORD)),
      cookieOf(await enter("maria", PASSWORD)),
    ];
    const wrong = await change({ cookie: mine }, "not my password", "another horse battery");
    expect([wrong.statusCode, wrong.json().message]).toEqual([
      ...[400, "current: found another password, allowed is the one you signed in with."],
    ]);
    expect((await change({ cookie: mine }, PASSWORD, "short")).statusCode).toBe(400);
    const done = await change({ cookie: mine }, PASSWORD, "another horse battery");
    expect([done.statusCode, done.body]).toEqual([204, ""]);
    expect(await whose(cookieOf(done))).toBe("maria");
    expect([await whose(mine), await whose(left)]).toEqual([401, 401]);
    expect((await enter("maria", PASSWORD)).statusCode).toBe(401);
    expect((await enter("maria", "another horse battery")).statusCode).toBe(204);
    const log = JSON.stringify(await stored.store.query("SELECT * FROM settings_log"));
    expect(log).not.toContain("another horse battery");
  });

  it("change no password with a stolen session by guessing the one of now", async () => {
    await add("maria");
    const cookie = cookieOf(await enter("maria", PASSWORD));
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(
        (await change({ cookie }, `guess ${attempt}`, "another horse battery")).statusCode,
      ).toBe(400);
    }
    expect((await change({ cookie }, PASSWORD, "another horse battery")).statusCode).toBe(429);
  });

  it("and nobody else have one: tokens do not, and another site's page changes none", async () => {
    await add("maria");
    const cookie = cookieOf(await enter("maria", PASSWORD));
    const foreign = { cookie, "sec-fetch-site": "cross-site" };
    expect((await change(foreign, PASSWORD, "another horse battery")).statusCode).toBe(403);
    const token = { authorization: `Bearer ${ADMIN}` };
    const reply = await change(token, PASSWORD, "another horse battery");
    expect([reply.statusCode, reply.json().code]).toEqual([409, "setting_fixed"]);
    expect((await change({}, PASSWORD, "another horse battery")).statusCode).toBe(401);
  });
});

describe("an address that nobody registered", () => {
  it.each(["/api/v1/unknown", "/api/unknown", "/api/", "/api/v1/installs"])(
    "%s is a 404",
    async (url) => {
      for (const method of ["GET", "POST", "DELETE"] as const) {
        const reply = await api.app.inject({ method, url });
        expect(reply.statusCode).toBe(404);
        expect(reply.json()).toEqual({
          code: "not_found",
          message: expect.any(String),
          requestId: expect.any(String),
        });
      }
    },
  );
});
