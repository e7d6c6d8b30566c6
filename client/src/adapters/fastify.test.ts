import { fastify } from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { currentRequestId } from "../journal/request-context.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { start } from "../test/start.ts";
import { requestIdOf, rollcallFastify } from "./fastify.ts";
import { hiddenFields } from "./hosts.fixture.ts";

const authorize = () => ({ id: "1" });
const form = { "content-type": "application/x-www-form-urlencoded" };

function closing<A extends { close(): unknown }>(app: A): A {
  onTestFinished(() => void app.close());
  return app;
}

it("leaves the host's own form parser as it is, and needs none", async () => {
  const app = closing(fastify());
  app.addContentTypeParser(Object.values(form), { parseAs: "string" }, (_request, body, done) =>
    done(null, { parsed: body }),
  );
  const { rollcall } = start(undefined);
  await app.register(rollcallFastify(rollcall, { admin: { authorize } }));
  app.post("/own", async ({ body }) => body);
  const own = await app.inject({ method: "POST", url: "/own", headers: form, payload: "a=1" });
  expect(own.json()).toEqual({ parsed: "a=1" });

  const csrf = hiddenFields((await app.inject("/admin/telemetry")).body);
  const payload = new URLSearchParams({ ...csrf, mode: "off" }).toString();
  const headers = { ...form, origin: "http://localhost", host: "localhost" };
  await app.inject({ method: "POST", url: "/admin/telemetry/mode", headers, payload });
  expect(rollcall.consent().choice).toBe("off");
});

it("refuses forms where the host takes none, outside of its own pages", async () => {
  const app = closing(fastify());
  await app.register(rollcallFastify(start(undefined).rollcall, { admin: { authorize } }));
  app.post("/own", async ({ body }) => body);
  const own = await app.inject({ method: "POST", url: "/own", headers: form, payload: "a=1" });
  expect(own.statusCode).toBe(415);
});

it("holds for routes in plugins of the host, with their prefix in the metrics", async () => {
  const metrics = createMetrics();
  const app = closing(fastify());
  await app.register(rollcallFastify(start(undefined).rollcall, { metrics }));
  await app.register(
    async (child) => {
      child.get("/projects/:id", async () => ({ seen: currentRequestId() }));
    },
    { prefix: "/api" },
  );
  const reply = await app.inject("/api/projects/42");
  expect(reply.json()).toEqual({ seen: reply.headers["x-request-id"] });
  expect(await metrics.registry.metrics()).toContain('endpoint="/api/projects/:id"');
});

it("gives Fastify's own log the same ids", async () => {
  const app = closing(fastify({ genReqId: requestIdOf }));
  await app.register(rollcallFastify(start(undefined).rollcall));
  app.get("/", async ({ id }) => ({ id }));
  const reply = await app.inject("/");
  expect(reply.json()).toEqual({ id: reply.headers["x-request-id"] });
});

it("gives `authorize` the host's own request, with what its hooks put there", async () => {
  const app = closing(fastify());
  app.decorateRequest("session", "");
  app.addHook("onRequest", async (request) => void Object.assign(request, { session: "s-1" }));
  const seen: unknown[] = [];
  const admin = {
    authorize: (raw: unknown) => {
      seen.push(raw);
      return null;
    },
  };
  await app.register(rollcallFastify(start(undefined).rollcall, { admin }));
  expect((await app.inject("/admin/telemetry")).statusCode).toBe(403);
  expect(seen).toEqual([expect.objectContaining({ session: "s-1" })]);
});

it("stops a request at the gate before the host has read its body", async () => {
  const { rollcall } = start(undefined);
  const app = closing(fastify());
  let parsed = false;
  app.addContentTypeParser("text/x", (_request, _payload, done) => {
    parsed = true;
    done(null);
  });
  const setup = {
    title: "Welcome",
    links: { privacyPolicy: "/privacy", licence: "/licence" },
    steps: [{ id: "a", title: "A", fields: [] }],
    onComplete: async () => {},
  };
  await app.register(rollcallFastify(rollcall, { setup }));
  app.post("/own", async () => "served");
  const headers = { "content-type": "text/x" };
  const own = () => app.inject({ method: "POST", url: "/own", headers, payload: "x" });
  expect((await own()).statusCode).toBe(503);
  expect(parsed).toBe(false);
  rollcall.completeSetup({ detailed: false });
  expect((await own()).body).toBe("served");
});

it("does not gate an app that does not want it", async () => {
  const { rollcall } = start(undefined);
  const app = closing(fastify());
  const setup = {
    gate: false,
    title: "Welcome",
    links: { privacyPolicy: "/privacy", licence: "/licence" },
    steps: [{ id: "a", title: "A", fields: [] }],
    onComplete: async () => {},
  };
  await app.register(rollcallFastify(rollcall, { setup }));
  app.get("/", async () => "served");
  expect((await app.inject("/")).body).toBe("served");
  expect((await app.inject("/setup")).statusCode).toBe(200);
});
