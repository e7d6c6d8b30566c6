import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, tokenIn } from "../test/pages.ts";
import { status } from "../test/server.ts";
import { serve, start } from "../test/start.ts";
import { until } from "../test/support.ts";
import { createAdminHandler } from "./handler.ts";
import type { AdminOptions } from "./types.ts";

const PAGE = "/admin/telemetry";

/** The page over a client as an app would make it, with an administrator called 4. */
async function open(change: Parameters<typeof start>[1] = {}, options: Partial<AdminOptions> = {}) {
  const server = await serve();
  const started = start(server.endpoint, change);
  const handler = createAdminHandler(started.rollcall, {
    authorize: () => ({ id: "4" }),
    ...options,
  });
  const get = (url = PAGE) => ask(handler, "GET", url);
  return {
    ...started,
    server,
    handler,
    get,
    async post(route: string, form: Record<string, string> = {}) {
      const csrf = tokenIn(await get());
      return ask(handler, "POST", `${PAGE}/${route}`, { form: { csrf, ...form } });
    },
    file: () => JSON.parse(readFileSync(join(started.dataDir, "installation.json"), "utf8")),
  };
}

test("without authorize the page refuses to be mounted", () => {
  const { rollcall } = start(undefined);
  expect(() => createAdminHandler(rollcall, {} as AdminOptions)).toThrow(/needs `authorize`/);
});

test("a stranger sees nothing and changes nothing, or is sent to sign in", async () => {
  const { rollcall } = start(undefined);
  const closed = createAdminHandler(rollcall, { authorize: () => null });
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/preview.json"],
    ["GET", "/export"],
    ["POST", "/mode"],
  ] as const) {
    const reply = await ask(closed, method, PAGE + path, { form: { mode: "on" } });
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain(rollcall.state().identity?.installId);
  }
  expect(rollcall.consent().choice).toBeNull();
  const login = createAdminHandler(rollcall, { authorize: () => null, loginPath: "/login" });
  expect(await ask(login, "GET", PAGE)).toMatchObject({
    status: 303,
    headers: { location: "/login" },
  });
});

test("an authorize that throws lets nobody in, and only its code is logged", async () => {
  const authorize = () => {
    throw Object.assign(new Error("secret of the host"), { code: "E_SESSION" });
  };
  const { handler, log } = await open({}, { authorize });
  expect((await ask(handler, "GET", PAGE)).status).toBe(403);
  expect(log.text()).toContain("E_SESSION");
  expect(log.text()).not.toContain("secret of the host");
});

test("the host's other paths are nobody's", async () => {
  const { handler } = await open();
  const request = {
    method: "GET",
    query: new URLSearchParams(),
    headers: {},
    form: new URLSearchParams(),
    raw: null,
  };
  for (const path of ["/", "/admin", "/admin/telemetry2", "/admin/telemetry/other", "/setup"]) {
    expect(await handler({ ...request, path })).toBeNull();
  }
});

test("the page shows this install: id, masked salt, and neither salt nor token nor private key", async () => {
  const { get, file, rollcall } = await open();
  const { body } = await get();
  expect(body).toContain(rollcall.state().identity?.installId);
  expect(body).toContain(rollcall.state().identity?.fingerprint);
  expect(body).toContain(file().telemetry_salt.slice(0, 4));
  for (const secret of [file().telemetry_salt, file().install_key_private, ">secret<"]) {
    expect(body).not.toContain(secret);
  }
});

test("the toggle turns detailed on and off, in the administrator's name", async () => {
  const { post, rollcall, file } = await open();
  const on = await post("toggle", { detailed: "on" });
  expect(on).toMatchObject({ status: 303, headers: { location: `${PAGE}?done=mode` } });
  expect(rollcall.consent()).toMatchObject({ detailed: true, choice: "on" });
  expect(file().telemetry_decided_by).toBe("4");
  await post("toggle", { detailed: "off" });
  expect(rollcall.consent()).toMatchObject({ detailed: false, base: true, choice: "base" });
});

test.each(["off", "local-only", "base", "on"])("the form records the mode %s", async (mode) => {
  const { post, rollcall, get } = await open();
  await post("mode", { mode });
  expect(rollcall.consent().choice).toBe(mode);
  expect((await get()).body).toMatch(new RegExp(`value="${mode}" checked`));
});

test("a mode that is none changes nothing", async () => {
  const { post, rollcall } = await open();
  expect((await post("mode", { mode: "all" })).headers.location).toBe(`${PAGE}?done=unknown_mode`);
  expect(rollcall.consent().choice).toBeNull();
});

test("what a layer above forbids is not recorded for later; a refusal is", async () => {
  const { post, rollcall } = await open({ env: { ENABLE_TELEMETRY: "false" } });
  expect((await post("mode", { mode: "on" })).headers.location).toBe(`${PAGE}?done=locked`);
  expect((await post("toggle", { detailed: "on" })).headers.location).toBe(`${PAGE}?done=locked`);
  expect(rollcall.consent().choice).toBeNull();
  await post("mode", { mode: "off" });
  expect(rollcall.consent().choice).toBe("off");
});

test("under a kill switch a choice of before can be withdrawn", async () => {
  const before = await open();
  await before.post("toggle", { detailed: "on" });
  await before.rollcall.close({ deadline: 0 });
  const { post, rollcall } = await open({ dataDir: before.dataDir, env: { DO_NOT_TRACK: "1" } });
  expect(rollcall.consent().choice).toBe("on");
  await post("toggle", { detailed: "off" });
  expect(rollcall.consent().choice).toBe("base");
});

test("a form without its token, with another's or from another site changes nothing", async () => {
  const { handler, rollcall, get } = await open();
  const csrf = tokenIn(await get());
  const foreign = { headers: { host: "app.test", "sec-fetch-site": "cross-site" } };
  for (const request of [
    { form: {} },
    { form: { csrf: `${csrf}x` } },
    { form: { csrf }, ...foreign },
  ]) {
    const form = { mode: "on", ...request.form };
    const reply = await ask(handler, "POST", `${PAGE}/mode`, { ...request, form });
    expect(reply.status).toBe(403);
  }
  expect(rollcall.consent().choice).toBeNull();
});

test("nothing is changed by a GET, and the page itself takes no POST", async () => {
  const { get, handler, rollcall } = await open();
  for (const route of ["toggle", "mode", "accept", "test"]) {
    expect(await get(`${PAGE}/${route}?mode=on&detailed=on`)).toMatchObject({ status: 303 });
  }
  expect((await ask(handler, "POST", PAGE)).status).toBe(405);
  expect((await ask(handler, "DELETE", PAGE)).status).toBe(405);
  expect(rollcall.consent().choice).toBeNull();
});

test("a new identity is asked for first, and changes the id", async () => {
  const { get, post, rollcall } = await open();
  const id = rollcall.state().identity?.installId;
  expect((await get(`${PAGE}/rotate`)).body).toContain("Make a new identity?");
  expect((await post("rotate")).headers.location).toBe(`${PAGE}?done=not_confirmed`);
  expect(rollcall.state().identity?.installId).toBe(id);
  expect((await post("rotate", { confirm: "yes" })).headers.location).toBe(`${PAGE}?done=rotated`);
  expect(rollcall.state().identity?.installId).not.toBe(id);
});

test("erasure shows the receipt, and the page goes on without an identity", async () => {
  const { get, post, rollcall, server } = await open();
  const id = rollcall.state().identity?.installId ?? "";
  expect((await get(`${PAGE}/erase`)).body).toContain(server.endpoint);
  const receipt = {
    app: "timetracker",
    install_id: id,
    erased_at: "2026-11-20T10:00:00.000Z",
    rows: { events: 41 },
    remains: ["backups until 2026-12-20"],
  };
  server.answer((response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(receipt));
  });
  const reply = await post("erase", { confirm: "yes" });
  expect(reply.status).toBe(200);
  for (const shown of [id, "events: 41", "backups until 2026-12-20"])
    expect(reply.body).toContain(shown);
  expect(rollcall.state().identity).toBeNull();
  expect((await get()).body).toContain("This install has no identity");
  expect((await get(`${PAGE}/erase`)).status).toBe(303);
});

test("an erasure that a collector does not answer says so and keeps the identity", async () => {
  const { post, rollcall, server } = await open();
  server.answer(status(503));
  expect((await post("erase", { confirm: "yes" })).status).toBe(502);
  expect(rollcall.state().identity).not.toBeNull();
});

test("the export is a download, or says in words why there is none", async () => {
  const { get, server, rollcall } = await open();
  const data = {
    app: "timetracker",
    install_id: rollcall.state().identity?.installId,
    exported_at: "2026-11-20T10:00:00.000Z",
    rows: {},
    tables: {},
  };
  server.answer((response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(data));
  });
  const reply = await get(`${PAGE}/export`);
  expect(reply.headers["content-disposition"]).toContain("attachment");
  expect(JSON.parse(reply.body)).toEqual([{ sink: "maintainer", ...data }]);
  server.answer(status(503));
  expect(await get(`${PAGE}/export`)).toMatchObject({ status: 502 });
});

test("a test send says what was answered and shows the request", async () => {
  const { post, server } = await open();
  const good = await post("test", { sink: "maintainer" });
  expect(good.body).toContain("address and token are good");
  expect(good.body).toContain("/v1/logs");
  expect(good.body).not.toContain("Bearer secret");
  server.answer(status(401));
  expect((await post("test", { sink: "maintainer" })).body).toContain("did not accept it");
  expect((await post("test", { sink: "elsewhere" })).status).toBe(404);
});

test.each(["off", "local-only"])("with %s a test makes no connection", async (mode) => {
  const { post, rollcall, server } = await open({ baseTelemetry: "after-setup" });
  rollcall.setMode(mode as "off", "4");
  const before = server.connections();
  expect((await post("test", { sink: "maintainer" })).headers.location).toBe(
    `${PAGE}?done=test_off`,
  );
  expect(server.connections()).toBe(before);
});

test("what was sent stands under Sent, exactly as it left", async () => {
  const { rollcall, server, get, post } = await open();
  await post("toggle", { detailed: "on" });
  rollcall.track("timer.started", { project_id: 977 });
  await until(() => server.records().some(({ eventName }) => eventName === "timer.started"));
  const { body } = await get(`${PAGE}?tab=sent`);
  expect(body).toContain("timer.started");
  expect(body).toContain("977");
  expect(JSON.parse((await get(`${PAGE}/preview.json`)).body).report.app_version).toBe("5.10.0");
});

test.each([false, 0, "", true, "admin", undefined, {}, { id: undefined }, { id: {} }])(
  "an authorize that returns %j lets nobody in",
  async (answer) => {
    const authorize = (() => answer) as unknown as AdminOptions["authorize"];
    const { handler, rollcall } = await open({}, { authorize });
    expect((await ask(handler, "GET", PAGE)).status).toBe(403);
    expect((await ask(handler, "POST", `${PAGE}/mode`, { form: { mode: "on" } })).status).toBe(403);
    expect(rollcall.consent().choice).toBeNull();
  },
);

test("an administrator whose id is a number can decide, and decide again", async () => {
  const authorize = (() => ({ id: 17 })) as unknown as AdminOptions["authorize"];
  const { post, file } = await open({}, { authorize });
  expect((await post("mode", { mode: "on" })).headers.location).toContain("done=mode");
  expect((await post("toggle", { detailed: "off" })).headers.location).toContain("done=mode");
  expect(file()).toMatchObject({ telemetry_mode: "base", telemetry_decided_by: "17" });
});

test("another site's link or picture does not make the app ask the collector", async () => {
  const { handler, server, rollcall } = await open();
  rollcall.setMode("off", "4");
  for (const site of ["cross-site", "same-site"]) {
    const headers = { host: "app.test", "sec-fetch-site": site };
    expect((await ask(handler, "GET", `${PAGE}/export`, { headers })).status).toBe(303);
  }
  expect((await ask(handler, "HEAD", `${PAGE}/export`)).status).toBe(303);
  expect(server.requests.filter(({ path }) => path.includes("installs"))).toEqual([]);
  await ask(handler, "GET", `${PAGE}/export`, { headers: { "sec-fetch-site": "none" } });
  expect(server.requests.filter(({ path }) => path.includes("installs"))).toHaveLength(1);
});
