import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as Sentry from "@sentry/node";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { createSmallClient, type SmallClient, serve } from "../test/internals.ts";
import type { TestServer } from "../test/server.ts";
import { until } from "../test/support.ts";
import { createSentry, type SentryOptions } from "./index.ts";

type Parts = Parameters<typeof createSmallClient>[0];
type Sent = Record<string, never> & { type?: string };

let client: SmallClient | null = null;
// One SDK in a process: each test leaves it stopped.
afterEach(() => client?.close(0));

async function started(server: TestServer, parts: Parts = {}, settings: SentryOptions = {}) {
  const dsn = server.endpoint.replace("http://", "http://publickey@");
  client = createSmallClient({
    sentryDsn: { dsn: `${dsn}/1`, source: "options" },
    ...parts,
  });
  const sentry = createSentry(client.rollcall, { sdk: Sentry, ...settings });
  await sentry.settled();
  return { client, sentry };
}

/** The items of all envelopes that arrived, and what stands in front of them. */
function itemsOf(server: TestServer): { head: object; type: string; event: Sent }[] {
  return server.requests.flatMap(({ body }) => {
    const [head, ...rest] = body
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const items = [];
    for (let at = 0; at < rest.length; at += 2) {
      items.push({ head, type: rest[at].type, event: rest[at + 1] });
    }
    return items;
  });
}

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
  console.info("a line on the console about ann@example.org");
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

it("makes no connection and no SDK client while nobody opted in", async () => {
  const server = await serve();
  const { sentry } = await started(server, { recording: "none" });
  Sentry.captureException(new Error("before"));
  await Sentry.flush(1_000);
  expect(Sentry.getClient()).toBeUndefined();
  expect(server.connections()).toBe(0);
  expect(sentry.state()).toMatchObject({ active: false, source: "options", tracesSampleRate: 0 });
  expect(client?.sentry()?.dsnHost).toBe(server.endpoint.slice("http://".length));
});

it("follows two rounds of opt-in and opt-out", async () => {
  const server = await serve();
  const { client, sentry } = await started(server, { recording: "none" });
  const handlers = process.listenerCount("uncaughtException");
  for (const round of [1, 2]) {
    client.choose("send");
    await sentry.settled();
    expect(sentry.state().active).toBe(true);
    Sentry.captureException(new Error("on"));
    await Sentry.flush(2_000);
    expect(itemsOf(server)).toHaveLength(round);

    const queued = Sentry.getClient();
    client.choose("none");
    queued?.captureException(new Error("through an old client"));
    Sentry.captureException(new Error("off"));
    await sentry.settled();
    Sentry.captureException(new Error("still off"));
    await Sentry.flush(1_000);
    expect(sentry.state().active).toBe(false);
    expect(itemsOf(server)).toHaveLength(round);
    expect(process.listenerCount("uncaughtException")).toBe(handlers);
  }
});

it("cancels at an opt-out what is under way", async () => {
  const server = await serve(() => {});
  const { client } = await started(server);
  Sentry.captureException(new Error("hangs"));
  await until(() => server.requests.length === 1);
  client.choose("none");
  await until(() => client.outcomes.length === 1);
  expect(client.outcomes).toMatchObject([{ kind: "failure", reason: "cancelled" }]);
});

it("notices at the sending that another process of the install recorded a refusal", async () => {
  const server = await serve();
  const { client, sentry } = await started(server);
  client.chooseElsewhere("none");
  Sentry.captureException(new Error("too late"));
  await Sentry.flush(1_000);
  await sentry.settled();
  expect(server.connections()).toBe(0);
  expect(sentry.state().active).toBe(false);
});

it("begins anew when another process opted out and in again", async () => {
  const server = await serve();
  const { client, sentry } = await started(server);
  client.withdrawAndReturnElsewhere();
  Sentry.captureException(new Error("of before"));
  await Sentry.flush(1_000);
  await sentry.settled();
  expect(server.connections()).toBe(0);
  expect(sentry.state().active).toBe(true);
  Sentry.captureException(new Error("of after"));
  await Sentry.flush(1_000);
  expect(itemsOf(server)).toHaveLength(1);
});

it("sends nothing that could not be journalled", async () => {
  const server = await serve();
  const { client } = await started(server);
  client.breakJournal(true);
  Sentry.captureException(new Error("unwritten"));
  await Sentry.flush(1_000);
  expect(server.connections()).toBe(0);
});

it("waits as long as a busy Sentry asks for", async () => {
  const server = await serve((response) => {
    response.writeHead(429, { "retry-after": "60" }).end();
  });
  await started(server);
  for (const name of ["one", "two"]) {
    Sentry.captureException(new Error(name));
    await Sentry.flush(1_000);
  }
  expect(server.requests).toHaveLength(1);
});

it("imports the SDK by itself, and starts in the app's context and not in a request's", async () => {
  const server = await serve();
  const { client, sentry } = await started(
    server,
    { recording: "none" },
    { sdk: undefined as never },
  );
  await Sentry.withIsolationScope(async () => {
    client.choose("send");
    await sentry.settled();
  });
  Sentry.captureException(new Error("outside of the request"));
  await Sentry.flush(2_000);
  expect(itemsOf(server)).toHaveLength(1);
  await Sentry.withIsolationScope(async () => {
    client.choose("none");
    await sentry.settled();
  });
  expect(Sentry.getClient()).toBeUndefined();
});

it("takes the rate from the environment, and no rate that is none", async () => {
  const server = await serve();
  const at = async (env: Record<string, string>, settings: SentryOptions = {}) => {
    const { sentry, client } = await started(server, { env, recording: "none" }, settings);
    return { rate: sentry.state().tracesSampleRate, lines: client.log.lines.length };
  };
  expect(await at({ SENTRY_TRACES_RATE: "0.1" })).toEqual({ rate: 0.1, lines: 0 });
  expect(await at({ SENTRY_TRACES_RATE: "0.1" }, { tracesSampleRate: 0.5 })).toEqual({
    rate: 0.5,
    lines: 0,
  });
  expect(await at({ SENTRY_TRACES_RATE: "often" })).toEqual({ rate: 0, lines: 1 });
});

it.each([null, { dsn: "not a DSN", source: "environment" as const }])(
  "does nothing with the DSN %j",
  async (sentryDsn) => {
    const server = await serve();
    const { sentry } = await started(server, { sentryDsn });
    expect(sentry.state()).toMatchObject({ active: false, dsnHost: null });
    expect(Sentry.getClient()).toBeUndefined();
  },
);
