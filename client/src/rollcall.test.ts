import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { encodeResponse } from "./test/decode.ts";
import { type Answer, ok, status } from "./test/server.ts";
import { quick, type Started, serve, start } from "./test/start.ts";
import { temporaryDirectory, until } from "./test/support.ts";

const isBase = (body: Buffer) => body.includes("base_telemetry.");

/** Answers base reports with 200 and detailed events as told. */
function forDetailed(answer: Answer): Answer {
  return (response, request) => (isBase(request.body) ? ok : answer)(response, request);
}

/** Opted in, with the base layer out of the way. */
function optedIn(endpoint: string, options: Parameters<typeof start>[1] = {}): Started {
  const started = start(endpoint, { baseTelemetry: "off", ...options });
  started.rollcall.optIn("1");
  return started;
}

test("events go out together, in order, in one request", async () => {
  const server = await serve();
  const { rollcall } = optedIn(server.endpoint);
  for (let i = 0; i < 100; i += 1) rollcall.track("timer.started", { project_id: i });
  await until(() => server.records().length === 100);
  expect(server.requests).toHaveLength(1);
  const ids = server.records().map(({ attributes }) => attributes.project_id);
  expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => `intValue ${i}`));
  await until(() => rollcall.state().sinks[0]?.sent === 100);
});

test("each kind of property arrives as what it is", async () => {
  const server = await serve();
  const { rollcall } = optedIn(server.endpoint);
  rollcall.track("report.generated", {
    report_type: "weekly",
    num_rows: 12,
    ratio: 0.5,
    duration_seconds: 1.25,
  });
  rollcall.track("timer.started", {
    project_id: "5E0C2A52-3F0F-4B6E-9D5E-0D9C6F5A7B11",
    billable: false,
  });
  rollcall.track("timer.started", { project_id: 9_223_372_036_854_775_807n });
  await until(() => server.records().length === 3);
  const [report, timer, large] = server.records().map(({ attributes }) => attributes);
  expect(report).toMatchObject({
    report_type: "stringValue weekly",
    num_rows: "intValue 12",
    ratio: "doubleValue 0.5",
    duration_seconds: "doubleValue 1.25",
  });
  expect(timer).toMatchObject({
    project_id: "stringValue 5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
    billable: "boolValue false",
  });
  expect(large).toMatchObject({ project_id: "stringValue 9223372036854775807" });
});

test("what the catalogue does not allow stays, and the log names it once, without its value", async () => {
  const server = await serve();
  const { rollcall, log } = optedIn(server.endpoint);
  const track = rollcall.track as (event: string, properties?: object, options?: object) => void;
  for (let i = 0; i < 5; i += 1) {
    track("timer.started", {
      project_id: 4,
      title: "Lunch with Ann",
      billable: "ann@example.org",
      tags: ["secret-tag"],
      install_id: "00000000-0000-4000-8000-000000000000",
      "ann@example.org": 1,
    });
    track("page.opened", { url: "https://ann.example.org/" });
    track("base_telemetry.heartbeat", {});
    track("Ann Example", {});
  }
  await until(() => server.records().length === 5);
  const installId = rollcall.state().identity?.installId;
  for (const { attributes } of server.records()) {
    expect(attributes).toEqual({
      project_id: "intValue 4",
      install_id: `stringValue ${installId}`,
      app_version: "stringValue 5.10.0",
      "log.record.uid": expect.any(String),
    });
  }
  const warnings = log.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields);
  const named = (field: string) => warnings.filter((fields) => fields.field === field);
  for (const field of ["title", "billable", "tags", "install_id", "(malformed)"]) {
    expect(named(field)).toHaveLength(1);
  }
  expect(warnings.filter(({ event }) => event === "page.opened")).toHaveLength(1);
  expect(warnings.filter(({ reason }) => reason === "event_name_reserved")).toHaveLength(1);
  expect(log.text()).not.toMatch(/ann|lunch|secret-tag/i);
});

test("track never throws, whatever it is given", () => {
  const { rollcall, log } = optedIn("http://127.0.0.1:9");
  const track = rollcall.track as (...given: unknown[]) => void;
  const hostile = {
    get project_id(): number {
      throw new Error("ann@example.org");
    },
  };
  const given = [
    [],
    [null],
    [undefined, undefined, undefined],
    [{}, [], () => {}],
    ["timer.started", null, null],
    ["timer.started", "text", 5],
    ["timer.started", hostile],
    ["timer.started", { project_id: Symbol("x"), billable: Number.NaN }, { user: {} }],
    ["timer.started", new Proxy({}, { ownKeys: () => ["__proto__"] })],
    ["timer.started", JSON.parse('{"__proto__":{"project_id":1},"constructor":2}')],
    ["x".repeat(1_000_000)],
  ];
  for (const one of given) expect(() => track(...one)).not.toThrow();
  expect(log.text()).not.toContain("ann@example.org");
});

test("a logger that throws does not reach the app", async () => {
  const server = await serve(status(400));
  const broken = () => {
    throw new Error("the log is full");
  };
  const logger = { info: broken, warn: broken, error: broken };
  const { rollcall } = optedIn(server.endpoint, { logger });
  (rollcall.track as (event: string) => void)("unlisted.event");
  rollcall.track("timer.started");
  await until(() => rollcall.state().sinks[0]?.givenUp === 1);
});

test("a passing fault delays events and loses none; a retry carries the same uid", async () => {
  const server = await serve(status(503, { "retry-after": "0" }));
  const { rollcall } = optedIn(server.endpoint);
  rollcall.track("timer.started", { project_id: 1 });
  await until(() => server.requests.length >= 4);
  server.answer(ok);
  rollcall.track("timer.started", { project_id: 2 });
  await until(() => rollcall.state().sinks[0]?.sent === 2);
  expect(rollcall.state().sinks[0]?.last).toMatchObject({ kind: "success" });
  const uids = server
    .records()
    .filter(({ attributes }) => attributes.project_id === "intValue 1")
    .map(({ attributes }) => attributes["log.record.uid"]);
  expect(uids.length).toBeGreaterThan(4);
  expect(new Set(uids).size).toBe(1);
});

test("a request that the collector refuses is dropped, counted and logged; later ones go on", async () => {
  const server = await serve(status(400));
  const { rollcall, log } = optedIn(server.endpoint);
  rollcall.track("timer.started");
  await until(() => rollcall.state().sinks[0]?.givenUp === 1);
  expect(server.requests).toHaveLength(1);
  expect(log.text()).toContain("status 400");
  server.answer(ok);
  rollcall.track("timer.started");
  await until(() => rollcall.state().sinks[0]?.sent === 1);
  expect(server.requests).toHaveLength(2);
});

test("a partial success is counted and logged", async () => {
  const server = await serve((response) => {
    response.writeHead(200, { "content-type": "application/x-protobuf" });
    response.end(encodeResponse(2, "event_unlisted: timer.started"));
  });
  const { rollcall, log } = optedIn(server.endpoint);
  for (let i = 0; i < 5; i += 1) rollcall.track("timer.started");
  await until(() => rollcall.state().sinks[0]?.rejected === 2);
  expect(rollcall.state().sinks[0]).toMatchObject({ sent: 3, rejected: 2, givenUp: 0 });
  expect(log.text()).toContain("event_unlisted: timer.started");
});

test("with a dead collector the app goes on: memory is bounded and the oldest events go", async () => {
  const server = await serve(() => {});
  const delivery = { ...quick, queueRecords: 1_000, queueBytes: 1e6, batchRecords: 100 };
  const { rollcall } = optedIn(server.endpoint, { delivery });
  rollcall.track("timer.started");
  await until(() => server.requests.length === 1);
  // All in one turn of the event loop: no call of these waits for anything.
  for (let i = 0; i < 20_000; i += 1) rollcall.track("timer.started", { project_id: i });
  expect(server.requests).toHaveLength(1);
  // And the one that is on its way.
  expect(rollcall.state().sinks[0]?.queue).toMatchObject({ records: 1_001, dropped: 19_000 });
  expect(await rollcall.close({ deadline: 20 })).toEqual({ left: 1_001 });
});

test("many events go out in batches", async () => {
  const server = await serve();
  const { rollcall } = optedIn(server.endpoint, { delivery: { ...quick, batchRecords: 100 } });
  for (let i = 0; i < 1_000; i += 1) rollcall.track("timer.started", { project_id: i });
  await until(() => rollcall.state().sinks[0]?.sent === 1_000);
  expect(server.requests).toHaveLength(10);
});

test("close sends what is queued without waiting for its time", async () => {
  const server = await serve();
  const { rollcall } = optedIn(server.endpoint, { delivery: { ...quick, flushAfterMs: 60_000 } });
  for (let i = 0; i < 10; i += 1) rollcall.track("timer.started");
  expect(await rollcall.close({ deadline: 10_000 })).toEqual({ left: 0 });
  expect(server.records()).toHaveLength(10);
  rollcall.track("timer.started");
  expect(await rollcall.close()).toEqual({ left: 0 });
  expect(server.records()).toHaveLength(10);
});

test("close gives up at its deadline and says how many events are left", async () => {
  const server = await serve(() => {});
  const { rollcall } = optedIn(server.endpoint);
  for (let i = 0; i < 10; i += 1) rollcall.track("timer.started");
  const begun = performance.now();
  expect(await rollcall.close({ deadline: 50 })).toEqual({ left: 10 });
  // The request alone would have taken its timeout of 5 s.
  expect(performance.now() - begun).toBeLessThan(4_000);
});

test("close lets a request that is under way finish", async () => {
  const server = await serve((response) => void setTimeout(() => response.end(), 100));
  const { rollcall } = optedIn(server.endpoint);
  rollcall.track("timer.started");
  await until(() => server.requests.length === 1);
  expect(await rollcall.close({ deadline: 10_000 })).toEqual({ left: 0 });
  expect(server.requests).toHaveLength(1);
});

test("base reports are never lost behind a full queue of events", async () => {
  const server = await serve(forDetailed(status(503)));
  const delivery = { ...quick, queueRecords: 10 };
  const { rollcall } = start(server.endpoint, { delivery });
  rollcall.optIn();
  for (let i = 0; i < 1_000; i += 1) rollcall.track("timer.started");
  await until(() => rollcall.state().sinks[0]?.base.lastHeartbeatSentAt != null);
  expect(rollcall.state().sinks[0]?.base.firstSeenSentAt).not.toBeNull();
});

test("a collector that asks to wait is asked by no other part of the client meanwhile", async () => {
  const server = await serve(status(503, { "retry-after": "3600" }));
  const { rollcall } = start(server.endpoint);
  const logs = () => server.requests.filter(({ path }) => path === "/v1/logs");
  await until(() => logs().length > 0);
  rollcall.optIn();
  rollcall.track("timer.started");
  // It tries to send what is left.
  expect(await rollcall.close({ deadline: 1_000 })).toEqual({ left: 1 });
  expect(logs()).toHaveLength(1);
});

test("a token that cannot be a header is reported and harms nothing", async () => {
  const server = await serve();
  const { rollcall, log } = optedIn(server.endpoint, { token: "line\r\nbreak" });
  rollcall.track("timer.started");
  expect(rollcall.state().problems).toEqual([expect.stringMatching(/token/)]);
  await rollcall.close();
  expect(server.connections()).toBe(0);
  expect(log.text()).not.toContain("break");
});

test("a catalogue with a fault, or of another app, stops telemetry and is named", () => {
  const broken = { app: "timetracker", version: 1, events: [{ name: "Timer Started" }] };
  const other = { app: "invoices", version: 1, events: [] };
  for (const catalogue of [broken, other]) {
    const { rollcall } = start("http://127.0.0.1:9", { catalogue: catalogue as never });
    expect(rollcall.consent()).toMatchObject({ base: false, decidedBy: "configuration" });
    expect(rollcall.state().problems).toEqual([expect.stringMatching(/^catalogue: /)]);
  }
});

/** Runs a script of an app in a process of its own and tells how it ended. */
async function runApp(endpoint: string, script: string): Promise<number | null> {
  const app = spawn(
    process.execPath,
    [
      "--conditions=rollcall-source",
      "--input-type=module",
      "-e",
      `import { createRollcall } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
       const rollcall = createRollcall({
         app: "timetracker", version: "1.0.0", env: { ENABLE_TELEMETRY: "true" }, token: "t",
         dataDir: ${JSON.stringify(temporaryDirectory())}, endpoint: ${JSON.stringify(endpoint)},
         delivery: { flushAfterMs: 5 },
       });
       ${script}`,
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const [code] = (await once(app, "exit")) as [number | null];
  return code;
}

test("an app whose work is done exits, also while a request hangs", async () => {
  const server = await serve(() => {});
  const code = await runApp(
    server.endpoint,
    `rollcall.track("timer.started");
     setTimeout(() => console.log("the app's own work is done"), 300);`,
  );
  expect(code).toBe(0);
  expect(server.requests.length).toBeGreaterThan(0);
});

test("close keeps an app alive until its last events are sent", async () => {
  const server = await serve((response) => void setTimeout(() => response.end(), 200));
  await runApp(server.endpoint, `rollcall.track("timer.started"); await rollcall.close();`);
  expect(server.records().some(({ eventName }) => eventName === "timer.started")).toBe(true);
});
