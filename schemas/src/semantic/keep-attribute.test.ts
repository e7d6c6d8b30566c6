import { expect, it } from "vitest";
import { keepAttribute, keepAttributes } from "./keep-attribute.ts";
import { SEMANTIC_ATTRIBUTES } from "./table.ts";

// What instrumentations of the time tracker and of apps like it really set.
it("keeps of Flask's old conventions what names nobody", () => {
  const kept = keepAttributes("span", {
    "http.method": "GET",
    "http.server_name": "tracker.ann-smith.example",
    "http.scheme": "http",
    "net.host.name": "ann-laptop",
    "net.host.port": 5000,
    "http.host": "localhost:5000",
    "http.target": "/projects/42?client=ann@example.org",
    "http.user_agent": "Mozilla/5.0",
    "net.peer.ip": "192.0.2.7",
    "net.peer.port": 53211,
    "http.flavor": "1.1",
    "http.route": "/projects/<int:project_id>",
    "http.status_code": 200,
  });
  expect(kept).toEqual({
    "http.request.method": "GET",
    "url.scheme": "http",
    "network.protocol.version": "1.1",
    "http.route": "/projects/{project_id}",
    "http.response.status_code": 200,
  });
});

it("keeps of SQLAlchemy's and SQLite's conventions the system and the operation", () => {
  expect(
    keepAttributes("span", {
      "db.system": "sqlite",
      "db.name": "/home/ann/tracker.db",
      "db.statement": "SELECT * FROM users WHERE email = 'ann@example.org'",
      "db.operation": "select",
      "db.user": "ann",
      "net.peer.name": "db.internal",
    }),
  ).toEqual({ "db.system.name": "sqlite", "db.operation.name": "SELECT" });
  expect(
    keepAttributes("span", {
      "db.system.name": "microsoft.sql_server",
      "db.namespace": "acme",
      "db.query.text": "SELECT 1",
      "db.query.summary": "SELECT users",
      "db.collection.name": "users",
      "db.response.status_code": "23505",
    }),
  ).toEqual({ "db.system.name": "microsoft.sql_server", "db.response.status_code": "23505" });
});

it("keeps of the JS HTTP and undici conventions what names nobody", () => {
  expect(
    keepAttributes("span", {
      "http.request.method": "POST",
      "url.full": "https://api.example.org/v1/users/ann?token=abc",
      "url.path": "/v1/users/ann",
      "url.query": "token=abc",
      "url.scheme": "https",
      "server.address": "api.example.org",
      "server.port": 443,
      "client.address": "192.0.2.1",
      "user_agent.original": "curl/8",
      "network.peer.address": "192.0.2.1",
      "network.protocol.version": "1.1",
      "http.response.status_code": 201,
      "http.request.header.cookie": ["session=abc"],
      "error.type": "ECONNREFUSED",
      "http.status_text": "CREATED",
    }),
  ).toEqual({
    "http.request.method": "POST",
    "url.scheme": "https",
    "network.protocol.version": "1.1",
    "http.response.status_code": 201,
    "error.type": "ECONNREFUSED",
  });
});

it("keeps of a resource what describes the program and not the machine", () => {
  expect(
    keepAttributes("resource", {
      "service.name": "timetracker",
      "service.version": "5.10.0",
      "service.instance.id": "627cc493-f310-47de-96bd-71410b7dec09",
      "deployment.environment": "prod",
      "telemetry.sdk.name": "opentelemetry",
      "telemetry.sdk.language": "python",
      "telemetry.sdk.version": "1.2.3",
      "os.type": "linux",
      "os.version": "6.1.0-ann-laptop",
      "process.runtime.name": "cpython",
      "process.runtime.version": "3.11.4",
      "process.pid": 4711,
      "process.owner": "ann",
      "process.command_args": ["python", "/home/ann/app.py"],
      "process.executable.path": "/home/ann/venv/bin/python",
      "host.name": "ann-laptop",
      "host.id": "fdbf79e8af94cb7f9e8df36789187052",
      "host.arch": "amd64",
      "cloud.region": "eu-central-1",
      "k8s.pod.name": "tracker-ann-0",
    }),
  ).toEqual({
    "service.name": "timetracker",
    "service.version": "5.10.0",
    "service.instance.id": "627cc493-f310-47de-96bd-71410b7dec09",
    "deployment.environment.name": "production",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.version": "1.2.3",
    "os.type": "linux",
    "os.version": "6.1.0",
    "process.runtime.name": "cpython",
    "process.runtime.version": "3.11.4",
    "host.arch": "x86_64",
  });
  expect(keepAttribute("resource", "service.instance.id", "ann-laptop:5000")).toBeNull();
  expect(keepAttribute("resource", "service.name", "tracker.ann.example.org")).toBeNull();
});

it("keeps of an exception its class and its frames, and no message", () => {
  const stack = [
    "TypeError: no user ann@example.org",
    "    at findUser (/home/ann/tracker/src/users/find.ts:10:5)",
    "    at ann@example.org (/home/ann/x.txt:1:1)",
  ].join("\n");
  expect(
    keepAttributes("span_event", {
      "exception.type": "TypeError",
      "exception.message": "no user ann@example.org",
      "exception.stacktrace": stack,
      "exception.escaped": false,
    }),
  ).toEqual({
    "exception.type": "TypeError",
    "exception.stacktrace": "at findUser (src/users/find.ts:10:5)\nat ? (?:1:1)",
    "exception.escaped": false,
  });
});

it("lets the current name win over the old one, whichever comes first", () => {
  const current = { "http.request.method": "PUT" };
  expect(keepAttributes("span", { "http.method": "GET", ...current })).toEqual(current);
  expect(keepAttributes("span", { ...current, "http.method": "GET" })).toEqual(current);
});

it("keeps an attribute only where its signal has it", () => {
  expect(keepAttribute("span", "service.name", "timetracker")).toBeNull();
  expect(keepAttribute("metric", "exception.type", "TypeError")).toBeNull();
  expect(keepAttribute("metric", "http.route", "/projects/:id")?.value).toBe("/projects/{id}");
});

it("takes a number as text or as a bigint, within its bounds", () => {
  expect(keepAttribute("span", "http.status_code", "404")?.value).toBe(404);
  expect(keepAttribute("span", "http.status_code", 404n)?.value).toBe(404);
  expect(keepAttribute("span", "http.status_code", 49151)).toBeNull();
  expect(keepAttribute("span", "http.request.body.size", Number.NaN)).toBeNull();
});

const PLANTED = [
  "ann@example.org",
  "192.0.2.1",
  "2001:db8::1",
  "https://ann.example.org/x?token=1",
  "/home/ann/invoices.pdf",
  "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
  "+49 151 23456789",
  "DE89 3704 0044 0532 0130 00",
  "Ann Smith",
  "mq.ann.example.org",
  "__proto__ ann",
];

it.each(SEMANTIC_ATTRIBUTES.map(({ key }) => key))("holds nothing of a person in %s", (key) => {
  for (const signal of ["resource", "span", "span_event", "metric"] as const) {
    for (const planted of PLANTED) {
      // Four numbers and dots are a version where a version is asked for.
      if (/^(?:192|2001)/.test(planted) && key.endsWith("version")) continue;
      const kept = keepAttribute(signal, key, planted);
      expect(String(kept?.value ?? "")).not.toMatch(/ann|192\.0|2001|ghp_|151|3704/i);
    }
    for (const value of [null, undefined, {}, ["GET"], new Uint8Array(3)]) {
      expect(keepAttribute(signal, key, value)).toBeNull();
    }
  }
});

it.each(["__proto__", "constructor", "toString", ""])("knows no attribute %j", (key) => {
  expect(keepAttribute("span", key, "GET")).toBeNull();
});
