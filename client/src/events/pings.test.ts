import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Catalogue } from "@rollcall/schemas";
import { expect, onTestFinished, test } from "vitest";
import { createChoiceKeeper } from "../consent/choice.ts";
import type { Recording } from "../consent/consent.ts";
import type { OutgoingRecord } from "../delivery/encode.ts";
import { fingerprint } from "../installation/fingerprint.ts";
import { openInstallation } from "../installation/installation.ts";
import { createJournal } from "../journal/journal.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { createRecorder } from "./events.ts";
import { createGuard } from "./guard.ts";
import { createPings } from "./pings.ts";

const about = { description: "d", reason: "r?", owner: "core", since: "1.0" } as const;
const version = { type: "version", description: "d" } as const;
const catalogue = {
  app: "demo",
  version: 1,
  events: [
    {
      name: "$pageview",
      ...about,
      properties: {
        pathname: { type: "route", templates: ["/", "/projects/:id"], description: "d" },
      },
    },
    { name: "analytics.identify", ...about, properties: {} },
    { name: "telemetry.install", ...about, properties: {} },
    {
      name: "telemetry.update",
      ...about,
      properties: { old_version: version, new_version: version },
    },
    { name: "telemetry.health", ...about, properties: {} },
  ],
} as const satisfies Catalogue;

function make(options: { dataDir?: string; appVersion?: string; catalogue?: Catalogue } = {}) {
  const { dataDir = temporaryDirectory(), appVersion = "5.10.0" } = options;
  const log = createLog();
  const opened = openInstallation(dataDir, log);
  if (!opened.ok) throw new Error(opened.problem);
  const { installation } = opened;
  const journal = createJournal({ directory: temporaryDirectory(), log });
  onTestFinished(() => journal.close());
  const sent: OutgoingRecord[] = [];
  const guard = createGuard("demo", options.catalogue ?? catalogue, log);
  let recording: Recording = "send";
  const print = () =>
    fingerprint(installation.current().install_id, installation.current().telemetry_salt);
  const recorder = createRecorder({
    appVersion,
    installId: () => installation.current().install_id,
    fingerprint: print,
    recording: () => recording,
    guard: () => guard,
    accept: (record) => sent.push(record),
    journal,
    log,
  });
  const pings = createPings({
    appVersion,
    recorder,
    installation,
    recording: () => recording,
    log,
  });
  return {
    dataDir,
    pings,
    installation,
    choice: createChoiceKeeper(installation, log, catalogue),
    log,
    print,
    names: () => sent.map(({ eventName }) => eventName),
    sent,
    record: (now: Recording) => {
      recording = now;
    },
  };
}

test("a page view leaves as its route, and as (other) where the catalogue has none for it", () => {
  const { pings, sent } = make();
  pings.trackPageView("/projects/42?client=ann", { user: 17 });
  pings.trackPageView("/clients/ann-miller");
  pings.trackPageView("https://time.example.org/projects/42");
  expect(sent.map(({ attributes }) => attributes.pathname)).toEqual([
    "/projects/:id",
    "(other)",
    "(other)",
  ]);
  expect(sent.map(({ attributes }) => attributes.identity)).toEqual(["17", undefined, undefined]);
  expect(JSON.stringify(sent)).not.toMatch(/ann-|=ann|\/42|example/);
});

test("identify names a user, and a ping names the install by its fingerprint", () => {
  const { pings, sent, print } = make();
  pings.identify(17);
  pings.installPing();
  pings.healthPing();
  pings.updatePing("5.9.0");
  expect(sent[0]).toMatchObject({
    eventName: "analytics.identify",
    attributes: { identity: "17" },
  });
  expect(sent[0]?.attributes).not.toHaveProperty("telemetry_fingerprint");
  for (const { attributes } of sent.slice(1)) {
    expect(attributes).toMatchObject({ identity: print(), telemetry_fingerprint: print() });
  }
  expect(sent[3]).toMatchObject({
    eventName: "telemetry.update",
    attributes: { old_version: "5.9.0", new_version: "5.10.0" },
  });
});

test("an app whose catalogue has none of them hears nothing of them", () => {
  const { pings, sent, log, choice } = make({ catalogue: { ...catalogue, events: [] } });
  choice.record("on");
  pings.start();
  pings.trackPageView("/");
  pings.identify(17);
  pings.healthPing();
  expect(sent).toEqual([]);
  expect(log.lines).toEqual([]);
});

test("one install ping is sent for each opt-in, and none before it", () => {
  const { pings, names, choice } = make();
  pings.start();
  pings.due();
  expect(names()).toEqual([]);
  choice.record("on");
  pings.due();
  pings.due();
  pings.start();
  expect(names()).toEqual(["telemetry.install"]);
  choice.record("base");
  choice.record("on");
  pings.due();
  expect(names()).toEqual(["telemetry.install", "telemetry.install"]);
});

test("an install ping waits while a kill switch or local-only stops it", () => {
  const { pings, names, choice, record } = make();
  choice.record("on");
  for (const now of ["none", "local"] as const) {
    record(now);
    pings.due();
  }
  expect(names()).toEqual([]);
  record("send");
  pings.due();
  expect(names()).toEqual(["telemetry.install"]);
});

test("of several processes that are told of one opt-in one sends the ping", async () => {
  const { dataDir, choice } = make();
  choice.record("on");
  const path = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { openInstallation } from ${path("../installation/installation.ts")};
    import { createPings } from ${path("./pings.ts")};
    const log = { info() {}, warn() {}, error() {} };
    const { installation } = openInstallation(process.argv[1], log);
    let sent = 0;
    const recorder = { track() {}, own: () => { sent += 1; } };
    const pings = createPings({ appVersion: "1.0", recorder, installation, recording: () => "send", log });
    for (let i = 0; i < 20; i += 1) pings.due();
    console.log(sent);
  `;
  const run = promisify(execFile);
  const argv = ["--conditions=rollcall-source", "--input-type=module", "-e", script, dataDir];
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () => run(process.execPath, argv, { cwd })),
  );
  const counts = outputs.map(({ stdout }) => Number(stdout));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
});

test("another version than at the last start is one update ping, where detailed is on", () => {
  const { dataDir, pings, names } = make({ appVersion: "5.9.0" });
  pings.start();
  expect(names()).toEqual([]);
  const next = make({ dataDir });
  const replica = make({ dataDir });
  next.pings.start();
  replica.pings.start();
  next.pings.start();
  expect([...next.names(), ...replica.names()]).toEqual(["telemetry.update"]);
  expect(next.sent[0]?.attributes).toMatchObject({ old_version: "5.9.0", new_version: "5.10.0" });
});

test("an update that went by while telemetry was off is not reported later", () => {
  const { dataDir, pings, record } = make({ appVersion: "5.9.0" });
  record("none");
  pings.start();
  const next = make({ dataDir });
  next.record("none");
  next.pings.start();
  next.record("send");
  next.pings.start();
  expect(next.names()).toEqual([]);
});

test("nothing that an app passes makes a ping throw", () => {
  const { pings, log } = make();
  const untyped = pings as unknown as Record<string, (...given: unknown[]) => void>;
  const noText = Object.create(null);
  for (const given of [null, noText, Symbol("x"), { user: noText }, { user: null }]) {
    untyped.trackPageView?.("/projects", given);
    untyped.trackPageView?.(given);
    untyped.identify?.(given);
    untyped.updatePing?.(given);
  }
  expect(log.text()).not.toContain("primitive");
});
