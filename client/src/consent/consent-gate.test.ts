import { createHook } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openInstallation } from "../installation/installation.ts";
import { ok, status } from "../test/server.ts";
import { quick, serve, start } from "../test/start.ts";
import { createLog, temporaryDirectory, until } from "../test/support.ts";

/** Counts what Node itself says about sockets and name look-ups from here to the end of the test. */
function watchNetwork(): string[] {
  const seen: string[] = [];
  const onSocket = () => void seen.push("socket");
  diagnostics.subscribe("net.client.socket", onSocket);
  const kinds = new Set(["TCPCONNECTWRAP", "GETADDRINFOREQWRAP", "QUERYWRAP"]);
  const hook = createHook({ init: (_id, kind) => void (kinds.has(kind) && seen.push(kind)) });
  hook.enable();
  onTestFinished(() => {
    hook.disable();
    diagnostics.unsubscribe("net.client.socket", onSocket);
  });
  return seen;
}

/** A directory whose install chose and reported before. */
function decided(change: Record<string, unknown>): string {
  const dataDir = temporaryDirectory();
  const opened = openInstallation(dataDir, createLog());
  if (!opened.ok) throw new Error(opened.problem);
  opened.installation.update(() => change);
  return dataDir;
}

const detailed = (names: { eventName: string }[]) =>
  names.map(({ eventName }) => eventName).filter((name) => !name.startsWith("base_telemetry."));

const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

test.each([
  ["DO_NOT_TRACK=1", { env: { DO_NOT_TRACK: "1", ENABLE_TELEMETRY: "true" } }],
  ["ROLLCALL=off", { env: { ROLLCALL: "off" } }],
  ["the page on Off", { recorded: { telemetry_mode: "off", telemetry_enabled: false } }],
  ["the page on Local only", { recorded: { telemetry_mode: "local-only" } }],
  ["base off and no opt-in", { baseTelemetry: "off" as const }],
  ["no endpoint", { endpoint: undefined }],
  ["an endpoint that is none", { endpoint: "telemetry" }],
])("with %s no socket is opened and no name is looked up", async (_, given) => {
  const server = await serve();
  const network = watchNetwork();
  const { recorded = {}, ...options } = given as { recorded?: Record<string, unknown> };
  const dataDir = decided(recorded);
  const address = server.endpoint.replace("127.0.0.1", "localhost");
  const { rollcall } = start(address, { dataDir, ...options });
  for (let i = 0; i < 20; i += 1) rollcall.track("timer.started", { project_id: i });
  await settle();
  rollcall.optOut("1");
  rollcall.track("timer.started");
  await settle();
  expect(await rollcall.close()).toEqual({ left: 0 });
  expect(network).toEqual([]);
  expect(server.connections()).toBe(0);
});

test("the watch sees a socket and a look-up where there are some", async () => {
  const server = await serve();
  const network = watchNetwork();
  const { rollcall } = start(server.endpoint.replace("127.0.0.1", "localhost"));
  await until(() => server.requests.length > 0);
  expect(network).toEqual(expect.arrayContaining(["socket", "GETADDRINFOREQWRAP"]));
  await rollcall.close();
});

test("nothing recorded before the opt-in is ever sent", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint);
  rollcall.track("timer.started", { project_id: 1 }, { user: 17 });
  await settle();
  expect(rollcall.optIn("admin-1")).toMatchObject({
    saved: true,
    consent: { base: true, detailed: true, decidedBy: "choice" },
  });
  rollcall.track("timer.started", { project_id: 2 }, { user: 17 });
  await until(() => detailed(server.records()).length > 0);
  await rollcall.close();
  const sent = server.records().filter(({ eventName }) => eventName === "timer.started");
  expect(sent.map(({ attributes }) => attributes)).toEqual([
    {
      project_id: "intValue 2",
      install_id: `stringValue ${rollcall.state().identity?.installId}`,
      app_version: "stringValue 5.10.0",
      identity: "stringValue 17",
      "log.record.uid": expect.stringMatching(/^stringValue [0-9a-f-]{36}$/),
    },
  ]);
});

test("who decided and when is kept on disk and never sent", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint);
  rollcall.optIn("admin-4711");
  rollcall.track("timer.started");
  await rollcall.close();
  const opened = openInstallation(dataDir, createLog());
  expect(opened.ok && opened.installation.current()).toMatchObject({
    telemetry_enabled: true,
    telemetry_mode: "on",
    telemetry_decided_by: "admin-4711",
    telemetry_decided_at: expect.stringMatching(/Z$/),
  });
  expect(server.requests.length).toBeGreaterThan(0);
  for (const { body } of server.requests) expect(body.includes("4711")).toBe(false);
});

test("an opt-out forgets what is queued at once, and base goes on", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, { delivery: { ...quick, flushAfterMs: 60_000 } });
  rollcall.optIn();
  for (let i = 0; i < 50; i += 1) rollcall.track("timer.started", { project_id: i });
  expect(rollcall.state().sinks[0]?.queue.records).toBe(50);
  expect(rollcall.optOut().consent).toMatchObject({
    base: true,
    detailed: false,
    decidedBy: "choice",
    choice: "base",
  });
  expect(rollcall.state().sinks[0]?.queue.records).toBe(0);
  rollcall.track("timer.started");
  await until(() => typeof rollcall.state().sinks[0]?.base.lastHeartbeatSentAt === "string");
  expect(await rollcall.close()).toEqual({ left: 0 });
  expect(server.records()).toHaveLength(2);
  expect(detailed(server.records())).toEqual([]);
});

test("an opt-out ends a batch that waits for its next try", async () => {
  const server = await serve((response, request) => {
    const base = request.body.includes("base_telemetry.");
    (base ? ok : status(503))(response, request);
  });
  const patient = { ...quick, retry: { tries: 50, baseMs: 40, capMs: 40 } };
  const { rollcall } = start(server.endpoint, { delivery: patient });
  rollcall.optIn();
  rollcall.track("timer.started", { project_id: 1 });
  await until(() => detailed(server.records()).length > 0);
  rollcall.optOut();
  server.answer(ok);
  // What was on the wire at that moment may still arrive.
  await settle();
  const before = server.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.requests).toHaveLength(before);
  rollcall.optIn();
  rollcall.track("report.generated");
  await until(() => server.requests.length > before);
  expect(detailed(server.records().slice(-1))).toEqual(["report.generated"]);
});

test("a refusal that another process recorded counts before the next packet", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint);
  rollcall.optIn();
  await until(() => typeof rollcall.state().sinks[0]?.base.lastHeartbeatSentAt === "string");
  const other = start(undefined, { dataDir });
  other.rollcall.optOut("somebody else");
  rollcall.track("timer.started");
  await settle();
  expect(await rollcall.close()).toEqual({ left: 0 });
  expect(detailed(server.records())).toEqual([]);
  expect(rollcall.consent().detailed).toBe(false);
});

test("an opt-in that cannot be saved is none; an opt-out holds even so", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint);
  rmSync(dataDir, { recursive: true });
  expect(rollcall.optIn()).toMatchObject({ saved: false, consent: { detailed: false } });

  const second = start(server.endpoint, { dataDir: decided({ telemetry_enabled: true }) });
  expect(second.rollcall.consent().detailed).toBe(true);
  rmSync(second.dataDir, { recursive: true });
  expect(second.rollcall.optOut()).toMatchObject({ saved: false, consent: { detailed: false } });
  second.rollcall.track("timer.started");
  expect(second.rollcall.state().sinks[0]?.queue.records).toBe(0);
});

test("declining detailed telemetry does not switch base on", () => {
  const dataDir = decided({ telemetry_mode: "off", telemetry_enabled: false });
  const { rollcall } = start("http://127.0.0.1:9", { dataDir });
  expect(rollcall.optOut().consent).toMatchObject({ base: false, choice: "off" });
});

test("a kill switch wins over an opt-in, which is recorded for later", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint, { env: { DO_NOT_TRACK: "1" } });
  expect(rollcall.optIn()).toMatchObject({
    saved: true,
    consent: { base: false, detailed: false, decidedBy: "DO_NOT_TRACK", choice: "on" },
  });
  await rollcall.close();
  expect(start(server.endpoint, { dataDir }).rollcall.consent().detailed).toBe(true);
});

test("without a place for installation.json nothing is sent, and the state says why", async () => {
  const server = await serve();
  const blocked = join(temporaryDirectory(), "file");
  writeFileSync(blocked, "");
  const network = watchNetwork();
  const { rollcall, log } = start(server.endpoint, { dataDir: blocked });
  rollcall.track("timer.started");
  expect(rollcall.optIn()).toMatchObject({ saved: false, consent: { decidedBy: "storage" } });
  await settle();
  expect(network).toEqual([]);
  expect(rollcall.state()).toMatchObject({ identity: null, sinks: [] });
  expect(rollcall.state().problems).toHaveLength(1);
  expect(log.lines.filter(({ level }) => level === "error")).not.toHaveLength(0);
});
