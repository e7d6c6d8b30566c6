import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as Sentry from "@sentry/node";
import { expect, it, onTestFinished } from "vitest";
import { serve } from "../test/internals.ts";
import { until } from "../test/support.ts";
import { itemsOf, started } from "./started.fixture.ts";

const PLANTED =
  /ann|smith|example\.(?:org|com)|192\.0\.2|ghp_|secret|token|invoice|cookie|publickey@|laptop/i;

it("sends of an error its class, frames and safe tags, and nothing that somebody planted", async () => {
  const server = await serve();
  const raw: string[] = [];
  const beforeSend = (event: Sentry.ErrorEvent) => {
    raw.push(JSON.stringify(event));
    return event;
  };
  const { client } = await started(server, {}, { options: { beforeSend } });
  Sentry.setUser({ id: "ann", email: "ann@example.org", ip_address: "192.0.2.1" });
  Sentry.setTag("module", "billing");
  Sentry.setTag("customer", "ann smith");
  Sentry.setTag("email", "billing");
  Sentry.setTag("contact", "ann@example.org");
  Sentry.setTag("rows", 12);
  Sentry.setExtra("invoice", { to: "ann@example.org" });
  Sentry.setContext("invoice of ann", { token: "ghp_16C7e42F292c6912E7710c838347Ae178B4a" });
  Sentry.addBreadcrumb({ message: "GET https://ann.example.org/?token=secret" });
  Sentry.captureException(
    Object.assign(new TypeError("no invoice of ann@example.org at 192.0.2.1?token=secret"), {
      stack:
        "TypeError: no invoice of ann\n    at findProject (/home/ann/tracker/src/projects/find.ts:10:5)\n    at ann@example.org (/home/ann/x.ts:1:2)\n    at query (/home/ann/tracker/node_modules/pg/lib/client.js:7:9)",
    }),
    {
      contexts: { trace: { data: { "url.full": "https://ann.example.org" } } as never },
      fingerprint: ["ann"],
    },
  );
  await until(() => server.requests.length > 0);
  await Sentry.flush(2_000);

  const items = itemsOf(server);
  expect(items.map(({ type }) => type)).toEqual(["event"]);
  const event = items[0]?.event as Record<string, unknown>;
  expect(event).toMatchObject({
    level: "error",
    platform: "node",
    release: "timetracker@5.10.0",
    environment: "production",
    tags: { module: "billing", rows: 12 },
    exception: {
      values: [
        {
          type: "TypeError",
          stacktrace: {
            frames: [
              { function: "query", filename: "node_modules/pg/lib/client.js", lineno: 7, colno: 9 },
              { function: "?", filename: "x.ts" },
              {
                function: "findProject",
                filename: "src/projects/find.ts",
                lineno: 10,
                in_app: true,
              },
            ],
          },
        },
      ],
    },
  });
  expect(Object.keys(event).sort()).toEqual(
    "contexts environment event_id exception level platform release tags timestamp".split(" "),
  );
  const wire = server.requests.map(({ body }) => body.toString("utf8")).join("\n");
  expect(wire).not.toMatch(PLANTED);
  expect(raw.join()).toMatch(PLANTED);
  expect(wire).toContain("findProject");
  expect(client.lines.map(({ sink, item }) => [sink, item.signal])).toEqual([["sentry", "error"]]);
  expect(client.lines[0]?.item.content).toEqual(event);
  expect(client.outcomes).toMatchObject([{ kind: "success" }]);
});

it("sends of a transaction templates and listed attributes", async () => {
  const server = await serve();
  await started(server, {}, { tracesSampleRate: 1 });
  Sentry.startSpan(
    {
      name: "GET /users/ann?token=secret",
      op: "http.server",
      forceTransaction: true,
      attributes: { "http.method": "GET", "http.url": "https://ann.example.org", "user.id": "ann" },
    },
    () => {
      Sentry.startSpan(
        {
          name: "SELECT * FROM users WHERE email = 'ann@example.org'",
          op: "db",
          attributes: { "db.system": "postgresql", "db.statement": "ann" },
        },
        () => {},
      );
    },
  );
  await Sentry.flush(2_000);
  await until(() => server.requests.length > 0);
  const [item] = itemsOf(server);
  expect(item?.type).toBe("transaction");
  expect(item?.event).toMatchObject({
    type: "transaction",
    transaction: "GET /users/{id}",
    contexts: { trace: { op: "http.server", data: { "http.request.method": "GET" } } },
    spans: [{ description: "SELECT", op: "db", data: { "db.system.name": "postgresql" } }],
  });
  expect(JSON.stringify(itemsOf(server))).not.toMatch(PLANTED);
});

it("scrubs what a real request leaves behind, and puts no trace headers on the app's own", async () => {
  const server = await serve();
  const headers: object[] = [];
  const { client } = await started(server, {}, { tracesSampleRate: 1 });
  const other = createServer((request, response) => {
    headers.push(request.headers);
    response.end("ok");
  });
  const app = createServer((request, response) => {
    void (async () => {
      await fetch(`http://127.0.0.1:${(other.address() as AddressInfo).port}/users/ann`);
      Sentry.captureException(new RangeError(`no user of ${request.url}`));
      response.end("ok");
    })();
  });
  for (const listening of [other, app]) {
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void listening.close());
  }
  await fetch(`http://127.0.0.1:${(app.address() as AddressInfo).port}/users/ann?token=secret`, {
    method: "POST",
    headers: {
      cookie: "session=secret",
      "user-agent": "ann's laptop",
      "x-forwarded-for": "192.0.2.9",
    },
    body: "invoice=ann",
  });
  await until(() => itemsOf(server).some(({ event }) => event.type === undefined));
  await Sentry.flush(2_000);
  await until(() => itemsOf(server).some(({ event }) => event.type === "transaction"));
  const wire = JSON.stringify(itemsOf(server));
  expect(wire).toContain("RangeError");
  expect(wire).toContain("POST");
  expect(wire).not.toMatch(PLANTED);
  expect(wire).not.toContain("127.0.0.1");
  expect(JSON.stringify(client.lines)).not.toMatch(PLANTED);
  expect(headers).toHaveLength(1);
  expect(JSON.stringify(headers)).not.toMatch(/sentry-trace|baggage|traceparent/);
});

it("lets nothing but events and transactions out", async () => {
  const server = await serve();
  await started(server);
  Sentry.captureCheckIn({ monitorSlug: "ann", status: "ok" });
  Sentry.captureFeedback({ message: "from ann", email: "ann@example.org" });
  Sentry.startSession({ did: "ann" } as never);
  Sentry.endSession();
  Sentry.captureException(new Error("x"), { attachments: [{ filename: "ann.txt", data: "ann" }] });
  Sentry.captureMessage("a message about ann@example.org");
  await Sentry.flush(2_000);
  await until(() => itemsOf(server).length === 2);
  expect(itemsOf(server).map(({ type }) => type)).toEqual(["event", "event"]);
  expect(JSON.stringify(itemsOf(server))).not.toMatch(PLANTED);
});

it("runs what the app's own beforeSend returns through the same scrubbing", async () => {
  const server = await serve();
  await started(
    server,
    {},
    { options: { beforeSend: (event) => ({ ...event, message: "ann", user: { id: "ann" } }) } },
  );
  Sentry.captureException(new Error("x"));
  await Sentry.flush(2_000);
  expect(itemsOf(server)).toHaveLength(1);
  expect(JSON.stringify(itemsOf(server))).not.toMatch(PLANTED);
});
