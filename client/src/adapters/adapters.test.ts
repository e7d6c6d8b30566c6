import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { AdminOptions } from "../admin/types.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { start } from "../test/start.ts";
import { hiddenFields, hosts } from "./hosts.fixture.ts";
import type { MountOptions, SetupOptions } from "./mount.ts";

const HTML = { accept: "text/html,application/xhtml+xml" };
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The administrator is who says so: what `authorize` is given is the host's own request. */
const admin: AdminOptions = {
  authorize: (raw) => {
    const { headers } = raw as { headers: Record<string, string | undefined> };
    return headers["x-admin"] === "yes" ? { id: "1" } : null;
  },
};
const asAdmin = { ...HTML, "x-admin": "yes" };

function setup(completed: Record<string, unknown>[] = []): SetupOptions {
  return {
    title: "Welcome",
    links: { privacyPolicy: "/privacy", licence: "/licence" },
    steps: [
      {
        id: "company",
        title: "Company",
        fields: [{ name: "company", label: "Name", type: "text", required: true }],
      },
    ],
    onComplete: async (values) => void completed.push(values),
    open: ["/static/"],
  };
}

describe.each(Object.entries(hosts))("%s", (_, host) => {
  async function serve(options: MountOptions) {
    const { rollcall } = start(undefined);
    const base = await host(rollcall, options);
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(base + path, { headers, redirect: "manual" });
    const post = (path: string, form: Record<string, string>, headers: Record<string, string>) =>
      fetch(base + path, {
        method: "POST",
        redirect: "manual",
        headers: { origin: base, ...headers },
        body: new URLSearchParams(form),
      });
    return { rollcall, base, get, post };
  }

  it("gives each request an id, which the host's code sees too", async () => {
    const { base, get } = await serve({});
    const reply = await get("/projects/42");
    const id = reply.headers.get("x-request-id");
    expect(id).toMatch(UUID);
    expect(await reply.json()).toEqual({ seen: id });
    const given = await get("/projects/42", { "x-request-id": "proxy-7f3a.1" });
    expect(await given.json()).toEqual({ seen: "proxy-7f3a.1" });

    const note = await fetch(`${base}/notes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "hello" }),
    });
    const seen = note.headers.get("x-request-id");
    expect(await note.json()).toEqual({ seen, body: { text: "hello" } });
  });

  it("keeps the id while a body comes in slowly, in a context of its own", async () => {
    const { base } = await serve({});
    const outgoing = request(`${base}/notes`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": "slow-0001" },
    });
    const text = new Promise<string>((resolve) => {
      outgoing.on("response", (reply) => {
        reply.setEncoding("utf8").on("data", resolve);
      });
    });
    outgoing.write('{"text":');
    await new Promise((resolve) => setTimeout(resolve, 30));
    outgoing.end('"hello"}');
    expect(JSON.parse(await text)).toEqual({ seen: "slow-0001", body: { text: "hello" } });
  });

  it("sends people to the wizard until setup is complete, and tells programs why", async () => {
    const { rollcall, get, base } = await serve({ setup: setup(), admin });
    const page = await get("/projects/42", HTML);
    expect([page.status, page.headers.get("location")]).toEqual([303, "/setup"]);
    expect((await get("/admin/telemetry", asAdmin)).status).toBe(303);

    const program = await get("/projects/42");
    expect(program.status).toBe(503);
    expect(await program.json()).toMatchObject({ error: "setup_incomplete", setup: "/setup" });
    const write = await fetch(`${base}/notes`, { method: "POST", headers: HTML, body: "x" });
    expect(write.status).toBe(503);

    expect(await (await get("/static/app.css")).text()).toBe("css");
    expect((await get("/livez")).status).toBe(404);
    expect((await get("/setup", HTML)).status).toBe(200);

    rollcall.completeSetup({ detailed: false });
    expect((await get("/projects/42", HTML)).status).toBe(200);
    expect((await get("/admin/telemetry", asAdmin)).status).toBe(200);
  });

  it("lets no path around the gate that only looks open", async () => {
    const { base } = await serve({ setup: setup() });
    const port = Number(new URL(base).port);
    // `fetch` would resolve these before it sends them.
    const statusOf = (path: string) =>
      new Promise((resolve) => {
        request({ port, host: "127.0.0.1", path }, (reply) => resolve(reply.statusCode)).end();
      });
    for (const path of ["/static/../projects/42", "/static/%2e%2e/projects/42", "/static//x"]) {
      expect([path, await statusOf(path)]).toEqual([path, 503]);
    }
  });

  it("takes the wizard's one form to its end", async () => {
    const completed: Record<string, unknown>[] = [];
    const { rollcall, get, post } = await serve({ setup: setup(completed) });
    const page = await get("/setup", HTML);
    const cookie = page.headers.get("set-cookie")?.split(";")[0] ?? "";
    const csrf = hiddenFields(await page.text());
    const answers = { ...csrf, company: "Münster & Söhne", finish: "yes" };
    const reply = await post("/setup", answers, { ...HTML, cookie });
    expect(reply.status).toBe(303);
    expect(completed).toEqual([{ company: "Münster & Söhne" }]);
    expect(rollcall.state().setup.complete).toBe(true);
  });

  it("shows the telemetry page to administrators, and takes their forms", async () => {
    const { rollcall, get, post } = await serve({ admin });
    expect((await get("/admin/telemetry", HTML)).status).toBe(403);
    const page = await get("/admin/telemetry", asAdmin);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const csrf = hiddenFields(await page.text());
    const reply = await post("/admin/telemetry/mode", { ...csrf, mode: "off" }, asAdmin);
    expect(reply.status).toBe(303);
    expect(rollcall.state().consent.choice).toBe("off");
    const foreign = await post("/admin/telemetry/mode", { mode: "on" }, asAdmin);
    expect(foreign.status).toBe(403);
    expect(rollcall.state().consent.choice).toBe("off");
    expect((await get("/admin/telemetry/preview.json", asAdmin)).status).toBe(200);
    expect((await get("/admin/telemetry/nothing", asAdmin)).status).toBe(404);
  });

  it("takes no form that is too long, and nothing that is no form", async () => {
    const { base, post } = await serve({ admin });
    const long = await post("/admin/telemetry/mode", { mode: "x".repeat(70_000) }, asAdmin);
    expect(long.status).toBe(413);
    const json = await fetch(`${base}/admin/telemetry/mode`, {
      method: "POST",
      headers: { ...asAdmin, "content-type": "application/json" },
      body: "{}",
    });
    expect(json.status).toBe(415);
  });

  it("counts requests by route, and never by a path as sent", async () => {
    const metrics = createMetrics();
    const { get, base } = await serve({ admin, metrics });
    for (const id of [1, 2, 3]) await get(`/projects/${id}?secret=${id}`);
    await get("/nowhere/17");
    await get("/admin/telemetry", asAdmin);
    await get("/admin/telemetry/preview.json", asAdmin);
    await fetch(`${base}/projects/9`, { method: "PROPFIND" });
    const reply = await get("/metrics");
    expect(reply.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await reply.text();
    for (const [endpoint, status, count] of [
      ["/projects/:id", 200, 3],
      ["(none)", 404, 1],
      ["/admin/telemetry", 200, 1],
      ["/admin/telemetry/*", 200, 1],
    ]) {
      const labels = `{method="GET",endpoint="${endpoint}",http_status="${status}"}`;
      expect(text).toContain(`tt_requests_total${labels} ${count}`);
    }
    expect(text).toContain('tt_request_latency_seconds_count{endpoint="/projects/:id"}');
    expect(text).not.toMatch(/PROPFIND|secret|nowhere|\/17|\/2"/);
    expect((await (await get("/metrics")).text()).includes('endpoint="/metrics"')).toBe(true);
  });

  it("shows metrics only to whom the app lets see them", async () => {
    const metrics = { ...createMetrics(), path: "/internal/metrics", authorize: admin.authorize };
    const { get } = await serve({ metrics });
    expect((await get("/internal/metrics")).status).toBe(403);
    expect((await get("/internal/metrics", asAdmin)).status).toBe(200);
    expect((await get("/metrics")).status).toBe(404);
  });

  it("shows them to nobody where the app's check says no in its own way", async () => {
    const authorize = (() => false) as unknown as typeof admin.authorize;
    const { get } = await serve({ metrics: { ...createMetrics(), authorize } });
    expect((await get("/metrics")).status).toBe(403);
  });

  it("refuses to start an admin page that is open to everybody", async () => {
    const open = { admin: {} as AdminOptions };
    await expect(serve(open)).rejects.toThrow("the telemetry page needs `authorize`");
  });

  it("answers a fault in the app's own callback, and goes on", async () => {
    const wizard = setup();
    wizard.values = () => Promise.reject(new Error("no database"));
    const fault = () => Promise.reject(new Error("no session store"));
    const metrics = { ...createMetrics(), authorize: fault };
    const { get } = await serve({ setup: wizard, admin: { authorize: fault }, metrics });
    expect((await get("/setup", HTML)).status).toBe(200);
    expect((await get("/metrics")).status).toBe(403);
    expect((await get("/static/app.css")).status).toBe(200);
  });

  it("answers 500 where a page cannot be made, and goes on", async () => {
    const handler = () => Promise.reject(new Error("broken registry"));
    const { get } = await serve({ metrics: { ...createMetrics(), handler } });
    const reply = await get("/metrics");
    expect(reply.status).toBe(500);
    expect((await get("/static/app.css")).status).toBe(200);
  });
});
