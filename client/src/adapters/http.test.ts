import { createServer, request } from "node:http";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { createMetrics } from "../metrics/metrics.ts";
import { start } from "../test/start.ts";
import { until } from "../test/support.ts";
import { listen } from "./hosts.fixture.ts";
import { rollcallHttp } from "./http.ts";

const admin = { authorize: () => ({ id: "1" }) };

it("says to a host that calls by itself whether it has answered", async () => {
  const telemetry = rollcallHttp(start(undefined).rollcall, { admin });
  const base = await listen(
    createServer(async (incoming, response) => {
      if (!(await telemetry.handle(incoming, response))) response.end("the app");
    }),
  );
  expect(await (await fetch(`${base}/`)).text()).toBe("the app");
  const page = await fetch(`${base}/admin/telemetry`);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

it("answers HEAD without a body, and does not know other methods", async () => {
  const telemetry = rollcallHttp(start(undefined).rollcall, { admin, metrics: createMetrics() });
  const base = await listen(createServer(telemetry.listener((_, response) => response.end())));
  const head = await fetch(`${base}/admin/telemetry`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await fetch(`${base}/admin/telemetry`, { method: "DELETE" })).status).toBe(405);
  expect((await fetch(`${base}/metrics`, { method: "POST" })).status).toBe(405);
});

it("counts a client that went away as such, not as served", async () => {
  const metrics = createMetrics();
  const served: string[] = [];
  const route = () => {
    served.push("/slow");
    return "/slow";
  };
  const telemetry = rollcallHttp(start(undefined).rollcall, { metrics, route });
  let reached = false;
  const base = await listen(
    createServer(
      telemetry.listener(() => {
        reached = true;
      }),
    ),
  );
  const outgoing = request(`${base}/slow`);
  outgoing.on("error", () => {});
  outgoing.end();
  await until(() => reached);
  outgoing.destroy();
  await until(() => served.length > 0);
  const text = await metrics.registry.metrics();
  expect(text).toContain('endpoint="/slow",http_status="499"} 1');
});

it("goes on after a form that breaks off, and after a body that never ends", async () => {
  const telemetry = rollcallHttp(start(undefined).rollcall, { admin });
  const base = await listen(createServer(telemetry.listener((_, response) => response.end("ok"))));
  const port = Number(new URL(base).port);
  const head =
    "POST /admin/telemetry/mode HTTP/1.1\r\nHost: a\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\n";

  const broken = connect(port, "127.0.0.1");
  await new Promise<void>((resolve) =>
    broken.write(`${head}Content-Length: 100\r\n\r\nmode=`, () => resolve()),
  );
  broken.destroy();

  const endless = connect(port, "127.0.0.1");
  endless.on("error", () => {});
  endless.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  const pump = () => {
    while (!endless.destroyed && endless.write(chunk));
  };
  endless.on("drain", pump);
  let reply = "";
  endless.on("data", (data) => {
    reply += data;
  });
  pump();
  await new Promise<void>((resolve) => endless.on("close", () => resolve()));
  expect(reply === "" || reply.startsWith("HTTP/1.1 413")).toBe(true);
  expect(await (await fetch(`${base}/`)).text()).toBe("ok");
});

it("answers 500 where a page fails, and a host's faulty route template costs nothing", async () => {
  const metrics = createMetrics();
  const broken = { ...metrics, handler: () => Promise.reject(new Error("broken")) };
  const route = () => {
    throw new Error("no router");
  };
  const telemetry = rollcallHttp(start(undefined).rollcall, { metrics: broken, route });
  const base = await listen(createServer(telemetry.listener((_, response) => response.end("ok"))));
  const reply = await fetch(`${base}/metrics`);
  expect([reply.status, await reply.text()]).toEqual([500, "this page failed\n"]);
  expect(await (await fetch(`${base}/a`)).text()).toBe("ok");
  expect(await metrics.registry.metrics()).toContain('endpoint="(none)",http_status="200"');
});
