import { expect, it } from "vitest";
import { keepMetric } from "./metric.ts";
import { keepScope, spanEventName } from "./names.ts";
import { templateRoute } from "./route.ts";
import { spanName } from "./span-name.ts";
import { reduceStack, sourcePath } from "./stack.ts";

it.each([
  ["GET /projects/42", "GET /projects/{id}"],
  ["GET /projects/:id/tasks", "GET /projects/{id}/tasks"],
  ["POST /users/ann", "POST /users/{id}"],
  ["GET /projects/acme", "GET /projects/{id}"],
  ["GET /projects/new", "GET /projects/new"],
  ["GET /settings/profile", "GET /settings/profile"],
  ["GET", "GET"],
  ["HTTP POST", "HTTP POST"],
  ["GET https://ann.example.org/x?token=1", "GET"],
  ["GET ann@example.org", "GET"],
  ["/api/clients/0b9c7a1e-1111-4222-8333-abcdefabcdef", "/api/clients/{id}"],
  ["SELECT * FROM users WHERE email = 'ann@example.org'", "SELECT"],
  ["SELECT timetracker", "SELECT"],
  ["select 1", "select"],
  ["pg.query:SELECT ann_db", "pg.query:SELECT"],
  ["connect", "connect"],
  ["pg-pool.connect", "pg-pool.connect"],
  ["middleware - jsonParser", "middleware - jsonParser"],
  ["request handler - /projects/:id", "request handler - /projects/{id}"],
  ["grpc.health.v1.Health/Check", "grpc.health.v1.Health/Check"],
  ["run/tasks.add", "run/tasks.add"],
  ["home/ann", "(other)"],
  ["query GetProjects", "query GetProjects"],
  ["fs readFile", "fs readFile"],
  ["redis-GET", "redis-GET"],
  ["GET session:ann", "GET"],
  ["tcp.connect", "tcp.connect"],
  ["orders process", "orders process"],
  ["renderInvoice", "renderInvoice"],
  ["render invoice 4711", "render invoice {id}"],
  ["process payment for the customer of today", "process"],
  ["invoice Ann", "invoice"],
  ["mail ann@example.org", "mail"],
  ["Überweisung an Ann", "(other)"],
  ["Smith family holiday for Ann", "(other)"],
  ["Ann Smith's report", "(other)"],
  ["https://ann.example.org", "(other)"],
  ["mq.ann.example.org receive", "(other)"],
  ["192.0.2.1", "(other)"],
  ["", "(other)"],
])("names the span %j as %j, and so again", (name, expected) => {
  expect(spanName(name)).toBe(expected);
  expect(spanName(expected)).toBe(expected);
});

it("names an HTTP span by its route where that is known", () => {
  expect(spanName("GET", "/projects/archived")).toBe("GET /projects/archived");
  expect(spanName("GET /projects/archived", "/projects/archived")).toBe("GET /projects/archived");
  expect(spanName("renderInvoice", "/projects/archived")).toBe("renderInvoice");
});

it.each([
  ["/", "/"],
  ["/projects", "/projects"],
  ["/projects/", "/projects/"],
  ["/projects/:projectId", "/projects/{projectId}"],
  ["/projects/{id:int}/tasks/{task}", "/projects/{id}/tasks/{task}"],
  ["/projects/<int:pk>", "/projects/{pk}"],
  ["^projects/(?P<pk>[0-9]+)/$", "/projects/{pk}/"],
  ["polls/<int:question_id>/", "/polls/{question_id}/"],
  ["/docs/[...slug]", "/docs/{slug}"],
  ["/files/:name(\\d+)?", "/files/{name}"],
  ["/static/*", "/static/*"],
  ["/api/v1/time-entries", "/api/v1/time-entries"],
  ["/api/v1/time-entries/2026-07-12", "/api/v1/time-entries/{id}"],
  ["/users/ann", "/users/{id}"],
  ["/users/new", "/users/new"],
  ["/~ann", "/{id}"],
  ["/@ann", "/{id}"],
  ["/invoices/acme-ann-smith-march-2026.pdf", "/invoices/{id}"],
  ["/search?q=ann", "/search"],
  ["/a/ann%40example.org", "/a/{id}"],
  ["/reset/eyJhbGciOiJIUzI1NiJ9", "/reset/{id}"],
  ["https://ann.example.org/x", ""],
  ["//ann.example.org/x", ""],
])("keeps the route %j as %j", (route, expected) => {
  expect(templateRoute(route)).toBe(expected);
  expect(templateRoute(expected)).toBe(expected);
});

it.each([
  ["http.server.duration", "ms", { name: "http.server.request.duration", unit: "s", scale: 0.001 }],
  ["http.server.duration", "s", { name: "http.server.request.duration", unit: "s", scale: 1 }],
  [
    "db.client.connections.usage",
    "{connection}",
    { name: "db.client.connection.count", unit: "{connection}", scale: 1 },
  ],
  [
    "process.runtime.cpython.memory",
    "By",
    { name: "process.runtime.cpython.memory", unit: "By", scale: 1 },
  ],
  ["system.disk.io", "By", { name: "system.disk.io", unit: "By", scale: 1 }],
  ["timerStarts", "timers of Ann", { name: "timerStarts", unit: "", scale: 1 }],
])("keeps the metric %s in %s", (name, unit, expected) => {
  expect(keepMetric(name, unit)).toEqual(expected);
});

it.each([
  "ann@example.org",
  "visits.ann.example.org",
  "id 4711",
  "a.12345678",
  "",
  "x".repeat(101),
])("refuses the metric %j", (name) => expect(keepMetric(name, "1")).toBeNull());

it.each([
  ["/home/ann/tracker/src/routes/projects.ts", "src/routes/projects.ts"],
  [
    "file:///srv/ann/node_modules/@fastify/static/index.js",
    "node_modules/@fastify/static/index.js",
  ],
  ["C:\\Users\\Ann\\tracker\\dist\\main.js", "dist/main.js"],
  ["/usr/lib/python3/site-packages/flask/app.py", "site-packages/flask/app.py"],
  ["/home/ann/main.mjs", "main.mjs"],
  ["node:internal/process/task_queues", "node:internal/process/task_queues"],
  ["/app/src/ann@example.org/x.ts", "x.ts"],
  ["/home/ann/letter to bob.docx", "?"],
  ["https://ann.example.org/app.js?token=1", "app.js"],
])("shows the file %s as %s, and so again", (file, expected) => {
  expect(sourcePath(file)).toBe(expected);
  expect(sourcePath(expected)).toBe(expected);
});

it("reduces stacks of JavaScript and Python, and gives the same when asked again", () => {
  const js =
    "Error: ann\n    at async Object.<anonymous> (file:///home/ann/a/dist/x.js:3:9)\n    at node:internal/x:1:2";
  const python =
    'Traceback (most recent call last):\n  File "/home/ann/app/routes.py", line 7, in show\n    raise ValueError("ann@example.org")\nValueError: ann@example.org';
  for (const [stack, expected] of [
    [js, "at async Object.<anonymous> (dist/x.js:3:9)\nat <anonymous> (node:internal/x:1:2)"],
    [python, "at show (routes.py:7)"],
  ] as const) {
    expect(reduceStack(stack)).toBe(expected);
    expect(reduceStack(expected)).toBe(expected);
  }
});

it("keeps the names of libraries and of events, and no other text", () => {
  expect(keepScope("@opentelemetry/instrumentation-http", "0.203.0")).toEqual({
    name: "@opentelemetry/instrumentation-http",
    version: "0.203.0",
  });
  expect(keepScope("ann@example.org", "of ann")).toEqual({ name: "", version: "" });
  expect(spanEventName("exception")).toBe("exception");
  expect(spanEventName("mail to ann@example.org")).toBe("(other)");
});

it.each(["a ", "/a", "GET /a", "a.", "1", "(?P<a>", "at a (", '  File "'])(
  "takes a bounded time for a megabyte of %j",
  (part) => {
    const text = part.repeat(1_000_000 / part.length);
    const started = performance.now();
    spanName(text);
    templateRoute(text);
    reduceStack(text);
    sourcePath(text);
    keepMetric(text, text);
    keepScope(text, text);
    expect(performance.now() - started).toBeLessThan(500);
  },
);
