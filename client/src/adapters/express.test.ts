import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import express, { Router } from "express";
import { expect, it } from "vitest";
import { createMetrics } from "../metrics/metrics.ts";
import { start } from "../test/start.ts";
import { rollcallExpress } from "./express.ts";
import { listen } from "./hosts.fixture.ts";

/** The endpoints that were counted for these paths. */
async function endpointsOf(build: (app: express.Express) => void, paths: string[]) {
  const metrics = createMetrics();
  const app = express();
  app.use(rollcallExpress(start(undefined).rollcall, { metrics }));
  build(app);
  const base = await listen(createServer(app));
  for (const path of paths) await (await fetch(base + path)).text();
  const found = (await metrics.registry.metrics()).matchAll(
    /^tt_requests_total\{.*endpoint="([^"]*)"/gm,
  );
  return [...found].map(([, endpoint]) => endpoint);
}

const end: express.RequestHandler = (_, response) => void response.end("ok");

it("names a route by the templates of all routers above it", async () => {
  const build = (app: express.Express) => {
    const projects = Router({ mergeParams: true }).get("/:id", end).get("/", end);
    const orgs = Router().use("/projects", projects);
    app.use("/orgs", (_request, _response, next) => next());
    app.use("/orgs/:org", (_request, _response, next) => next(), orgs);
    app.use(Router().use("/api/v1", Router().get("/users/:user", end)));
  };
  const paths = [
    "/orgs/ann/projects/7",
    "/orgs/bob/projects",
    "/ORGS/Eve/Projects/8",
    "/api/v1/users/9",
  ];
  expect(await endpointsOf(build, paths)).toEqual([
    "/orgs/:org/projects/:id",
    "/orgs/:org/projects",
    "/api/v1/users/:user",
  ]);
});

it("names what it cannot know of a mounted app by a star, never by what was sent", async () => {
  const build = (app: express.Express) => {
    const inner = express();
    inner.use("/teams/:team", Router().get("/members", end));
    app.use("/tenants/:tenant", inner);
  };
  const [endpoint] = await endpointsOf(build, ["/tenants/ann/teams/bob/members"]);
  expect(endpoint).toMatch(/members$/);
  expect(endpoint).not.toMatch(/ann|bob/);
});

it("names patterns and lists of paths, and what no route served", async () => {
  const build = (app: express.Express) => {
    app.get(/^\/files\/.*\.pdf$/, end);
    app.get(["/a", "/b"], end);
  };
  const endpoints = await endpointsOf(build, ["/files/ann.pdf", "/a", "/b", "/ann"]);
  expect(endpoints).toEqual([String.raw`/^\\/files\\/.*\\.pdf$/`, "/a|/b", "(none)"]);
});

it("stands under a prefix with the same paths as at the top", async () => {
  const { rollcall } = start(undefined);
  const app = express();
  const authorize = () => ({ id: "1" });
  app.use("/admin", rollcallExpress(rollcall, { admin: { authorize } }));
  const base = await listen(createServer(app));
  expect((await fetch(`${base}/admin/telemetry`)).status).toBe(200);
});

it("hands a fault of the app's own check to the app", async () => {
  const { rollcall } = start(undefined);
  const metrics = createMetrics();
  metrics.handler = () => Promise.reject(new Error("broken registry"));
  const app = express();
  app.use(rollcallExpress(rollcall, { metrics }));
  const report: express.ErrorRequestHandler = (_error, _request, response, _next) => {
    response.status(500).end("the app's own page");
  };
  app.use(report);
  const reply = await fetch(`${await listen(createServer(app))}/metrics`);
  expect([reply.status, await reply.text()]).toEqual([500, "the app's own page"]);
});

it("names a router under a pattern by a star, also where the path is no URL encoding", async () => {
  const metrics = createMetrics();
  const app = express();
  app.use(rollcallExpress(start(undefined).rollcall, { metrics }));
  app.use(/^\/o[^/]*/, Router().get("/x", end));
  app.use("/files/*rest", Router().get("/", end));
  const { port } = new URL(await listen(createServer(app)));
  for (const path of ["/o%E0%A4%A/x", "/oann/x", "/files/ann/bob"]) {
    // Not by fetch, which would mend the path.
    const [reply] = (await once(get({ port, path, host: "127.0.0.1" }), "response")) as [
      IncomingMessage,
    ];
    expect(reply.statusCode).toBe(200);
    await once(reply.resume(), "close");
  }
  const text = await metrics.registry.metrics();
  expect(text).toContain('endpoint="/*/x",http_status="200"} 2');
  expect(text).toContain('endpoint="/files/*rest"');
  expect(text).not.toMatch(/ann|bob|%E0/);
});
