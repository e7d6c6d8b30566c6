import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BASE_FIRST_SEEN, BASE_HEARTBEAT } from "@rollcall/schemas";
import { expect, test } from "vitest";
import { fingerprint } from "../installation/fingerprint.ts";
import { BASE, DETAILED, makeOutlet, NOTHING, type OpenOutlet } from "../test/outlet.ts";
import { openAt } from "../test/plain-outlet.ts";
import { ok, status } from "../test/server.ts";
import { serve } from "../test/start.ts";
import { createLog, temporaryDirectory, until } from "../test/support.ts";
import { CLAIM_MS, firstSeenUid } from "./schedule.ts";

const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const settle = (ms = 100) => new Promise((resolve) => setTimeout(resolve, ms));

function onDisk(dataDir: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
}

/** A data directory whose installation.json says this as well. */
function prepared(change: Record<string, unknown>): string {
  const dataDir = temporaryDirectory();
  openAt(dataDir, createLog()).update(() => change);
  return dataDir;
}

function started(...given: Parameters<typeof makeOutlet>): OpenOutlet {
  const made = makeOutlet(...given);
  made.outlet.open(BASE);
  return made;
}

const heartbeatSent = ({ outlet }: OpenOutlet) =>
  until(() => outlet.state().base.lastHeartbeatSentAt !== null);

const names = (records: { eventName: string }[]) => records.map(({ eventName }) => eventName);
const uids = (records: { attributes: Record<string, string> }[]) =>
  records.map(({ attributes }) => attributes["log.record.uid"]);

test("a new install sends first_seen and a heartbeat, with the base fields and no others", async () => {
  const server = await serve();
  const one = started(server.endpoint);
  await heartbeatSent(one);
  const records = server.records();
  expect(names(records)).toEqual([BASE_FIRST_SEEN, BASE_HEARTBEAT]);
  const { install_id: id, telemetry_salt: salt } = one.installation.current();
  for (const { attributes } of records) {
    const time = expect.stringMatching(/^stringValue \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const { install_key, ...fields } = attributes;
    expect(fields).toEqual({
      install_id: `stringValue ${id}`,
      telemetry_fingerprint: `stringValue ${fingerprint(id, salt)}`,
      app_version: "stringValue 5.10.0",
      platform: expect.stringMatching(/^stringValue (Linux|Darwin|Windows)$/),
      os_version: expect.stringMatching(/^stringValue \d+(\.\d+)*(-\d+)?$/),
      architecture: expect.stringMatching(/^stringValue (x86_64|aarch64)$/),
      locale: expect.stringMatching(/^stringValue [a-z]{2,3}(_[A-Za-z]+)*$/),
      timezone: expect.stringMatching(/^stringValue [A-Za-z_/+-]+$/),
      first_seen_at: time,
      last_seen_at: time,
      heartbeat_at: time,
      release_channel: "stringValue default",
      deployment_type: expect.stringMatching(/^stringValue (docker|kubernetes|native)$/),
      "log.record.uid": expect.stringMatching(/^stringValue [0-9a-f-]{36}$/),
    });
    // The key pair with which the install can ask for its data.
    if (install_key !== undefined) expect(install_key).toMatch(/^stringValue [\w-]{43}$/);
    expect(release().startsWith(attributes.os_version!.slice("stringValue ".length))).toBe(true);
  }
  const { base } = one.outlet.state();
  const length = server.requests[1]?.headers["content-length"];
  expect(base.lastHeartbeatBytes).toBe(Number(length));
  expect(base.firstSeenSentAt).not.toBeNull();
});

test("both reports stand in the journal before they leave", async () => {
  const server = await serve();
  const one = started(server.endpoint);
  one.journal.writable(false);
  await until(() => one.outlet.state().last !== null);
  await settle();
  expect(server.connections()).toBe(0);
  expect(onDisk(one.dataDir)).not.toHaveProperty("base_first_seen_sent_at");
  await one.outlet.close(0);

  const again = started(server.endpoint, { dataDir: one.dataDir });
  await heartbeatSent(again);
  const written = again.journal.lines.flatMap((line) =>
    line.what === "sending" ? line.items : [],
  );
  expect(written.map(({ signal, name }) => [signal, name])).toEqual([
    ["base", BASE_FIRST_SEEN],
    ["base", BASE_HEARTBEAT],
  ]);
  const sent = server.records().map(({ attributes }) => Object.keys(attributes).length);
  const resource = 2;
  expect(written.map(({ content }) => Object.keys(content).length - resource)).toEqual(sent);
});

test("a restart within the day sends nothing", async () => {
  const server = await serve();
  const one = started(server.endpoint);
  await heartbeatSent(one);
  await one.outlet.close(1_000);
  const before = onDisk(one.dataDir);
  const again = started(server.endpoint, { dataDir: one.dataDir });
  await settle();
  expect(server.records()).toHaveLength(2);
  await again.outlet.close(1_000);
  expect(onDisk(one.dataDir)).toEqual(before);
});

test("an install that was away for over a day sends a heartbeat at start, and only that", async () => {
  const server = await serve();
  const dataDir = prepared({
    base_first_seen_sent_at: ago(100 * HOUR),
    last_heartbeat_sent_at: ago(30 * HOUR),
  });
  await heartbeatSent(started(server.endpoint, { dataDir }));
  await until(() => server.records().length > 0);
  expect(names(server.records())).toEqual([BASE_HEARTBEAT]);
});

test("first_seen counts as sent only when the collector has it, and is the same record until then", async () => {
  const server = await serve(status(503));
  const one = started(server.endpoint);
  await until(() => names(server.records()).includes(BASE_HEARTBEAT));
  await one.outlet.close(1_000);
  expect(onDisk(one.dataDir)).not.toHaveProperty("base_first_seen_sent_at");
  expect(onDisk(one.dataDir)).not.toHaveProperty("last_heartbeat_sent_at");
  expect(one.log.text()).toContain("status 503");

  server.answer(ok);
  const again = started(server.endpoint, { dataDir: one.dataDir });
  await heartbeatSent(again);
  expect(onDisk(one.dataDir)).toHaveProperty("base_first_seen_sent_at");
  const seen = server.records().filter(({ eventName }) => eventName === BASE_FIRST_SEEN);
  expect(seen.length).toBeGreaterThan(2);
  const { install_id: id } = one.installation.current();
  expect(new Set(uids(seen))).toEqual(new Set([`stringValue ${firstSeenUid(id, "maintainer")}`]));
  expect(new Set(seen.map(({ time }) => time)).size).toBe(1);
  const tried = Date.parse(String(onDisk(one.dataDir).base_first_seen_tried_at));
  expect(seen[0]?.time).toBe(`${tried}000000`);
});

test("a process that died between sending and recording repeats the same first_seen", async () => {
  const server = await serve();
  const triedAt = ago(HOUR);
  const dataDir = prepared({
    base_first_seen_tried_at: triedAt,
    base_claimed_at: ago(CLAIM_MS + 1_000),
  });
  const one = started(server.endpoint, { dataDir });
  await heartbeatSent(one);
  const [seen] = server.records();
  expect(seen?.time).toBe(`${Date.parse(triedAt)}000000`);
  expect(onDisk(dataDir).base_first_seen_tried_at).toBe(triedAt);
  expect(onDisk(dataDir)).not.toHaveProperty("base_claimed_at");
});

test("each destination has its own first_seen, under another uid, and its own heartbeat", async () => {
  const server = await serve();
  const ownServer = await serve(status(503));
  const one = started(server.endpoint);
  const own = started(ownServer.endpoint, {
    dataDir: one.dataDir,
    installation: one.installation,
    sink: "own",
  });
  await heartbeatSent(one);
  await until(() => names(ownServer.records()).includes(BASE_HEARTBEAT));
  expect(onDisk(one.dataDir)).not.toHaveProperty("own_base_first_seen_sent_at");
  expect(own.outlet.state().base.firstSeenSentAt).toBeNull();
  expect(one.outlet.state().base.firstSeenSentAt).not.toBeNull();
  const [first] = uids(server.records());
  const [second] = uids(ownServer.records());
  expect(first).not.toBe(second);
  await own.outlet.close(1_000);
  expect(onDisk(one.dataDir)).not.toHaveProperty("own_base_claimed_at");
});

test("replicas that start together send each report once", async () => {
  const server = await serve();
  const dataDir = temporaryDirectory();
  for (let i = 0; i < 4; i += 1) started(server.endpoint, { dataDir });
  await until(() => onDisk(dataDir).last_heartbeat_sent_at !== undefined);
  await settle(50);
  expect(names(server.records())).toEqual([BASE_FIRST_SEEN, BASE_HEARTBEAT]);
});

test("replicas in processes of their own send each report once", async () => {
  const server = await serve();
  const dataDir = temporaryDirectory();
  const script = new URL("./replica.fixture.ts", import.meta.url).pathname;
  const given = ["--conditions=rollcall-source", script, dataDir, server.endpoint];
  const run = promisify(execFile);
  await Promise.all([1, 2, 3].map(() => run(process.execPath, given)));
  expect(names(server.records())).toEqual([BASE_FIRST_SEEN, BASE_HEARTBEAT]);
});

test("what is prepared before a report is in it", async () => {
  const server = await serve();
  let channel = "default";
  const one: OpenOutlet = started(server.endpoint, {
    prepare: async () => {
      await settle(20);
      channel = "beta";
    },
    report: () => ({ install_id: one.installation.current().install_id, release_channel: channel }),
  });
  await heartbeatSent(one);
  for (const { attributes } of server.records()) {
    expect(attributes.release_channel).toBe("stringValue beta");
  }
});

test("a preparation that fails holds nothing up", async () => {
  const server = await serve();
  const one = started(server.endpoint, {
    prepare: () => Promise.reject(new Error("no meter at ann.example.org")),
  });
  await heartbeatSent(one);
  expect(one.log.text()).not.toContain("ann.example.org");
});

test("the next report is what the next heartbeat sends", async () => {
  const server = await serve();
  const one = makeOutlet(server.endpoint);
  const next = one.outlet.nextReport(new Date());
  one.outlet.open(BASE);
  await heartbeatSent(one);
  const heartbeat = server.records()[1]!;
  const fields = (attributes: Record<string, unknown>, kind: string) =>
    Object.entries(attributes)
      .filter(([key]) => !/_at$|uid$/.test(key))
      .map(([key, value]) => [key, `${kind}${value}`])
      .sort();
  expect(next?.eventName).toBe(BASE_HEARTBEAT);
  expect(fields(next!.attributes, "stringValue ")).toEqual(fields(heartbeat.attributes, ""));
  expect(Object.keys(next!.attributes).sort()).toEqual(Object.keys(heartbeat.attributes).sort());
});

test("a new identity sends its own first_seen, and inherits no mark of the old one", async () => {
  const server = await serve();
  const one = started(server.endpoint);
  await heartbeatSent(one);
  const old = one.installation.current().install_id;
  one.installation.update(() => ({
    install_id: "00000000-0000-4000-8000-000000000001",
    base_first_seen_sent_at: undefined,
    base_first_seen_tried_at: undefined,
    last_heartbeat_sent_at: undefined,
    base_claimed_at: undefined,
  }));
  one.outlet.open(BASE);
  await until(() => server.records().length === 4);
  const ids = server.records().map(({ attributes }) => attributes.install_id);
  const next = "stringValue 00000000-0000-4000-8000-000000000001";
  expect(ids).toEqual([`stringValue ${old}`, `stringValue ${old}`, next, next]);
});

test("an answer for an identity that is gone leaves no mark on the new one", async () => {
  const held: (() => void)[] = [];
  const server = await serve((response) => void held.push(() => response.writeHead(200).end()));
  const one = started(server.endpoint);
  await until(() => held.length === 1);
  one.installation.update(() => ({ install_id: "00000000-0000-4000-8000-000000000001" }));
  held[0]?.();
  await until(() => held.length === 2);
  held[1]?.();
  await one.outlet.close(1_000);
  expect(onDisk(one.dataDir)).not.toHaveProperty("base_first_seen_sent_at");
  expect(onDisk(one.dataDir)).not.toHaveProperty("last_heartbeat_sent_at");
});

test("off ends a report that is on its way, and on again starts anew", async () => {
  const server = await serve(() => {});
  const one = started(server.endpoint);
  await until(() => server.requests.length === 1);
  one.outlet.open(NOTHING);
  expect(one.outlet.state().base.nextHeartbeatAt).toBeNull();
  server.answer(ok);
  one.outlet.open(BASE);
  await heartbeatSent(one);
});

test("the next heartbeat is planned between 03:00 and 07:00 local time", async () => {
  const server = await serve();
  const { outlet } = started(server.endpoint);
  const next = new Date(outlet.state().base.nextHeartbeatAt!);
  expect(next.getHours()).toBeGreaterThanOrEqual(3);
  expect(next.getHours()).toBeLessThan(7);
  expect(next.getTime() - Date.now()).toBeLessThan(25 * HOUR);
});

test("a notice stands in the log before the first packet to each destination, once an install", async () => {
  const seen: string[] = [];
  const watch = async (name: string) => {
    const server = await serve((response, request) => {
      seen.push(`packet to ${name}`);
      ok(response, request);
    });
    return server;
  };
  const maintainer = await watch("maintainer");
  const own = await watch("own");
  const one = makeOutlet(maintainer.endpoint);
  const info = one.log.info;
  one.log.info = (fields, message) => {
    seen.push(`notice of ${fields.destination === own.endpoint ? "own" : "maintainer"}`);
    info(fields, message);
  };
  one.outlet.open(BASE);
  await heartbeatSent(one);
  expect(seen).toEqual(["notice of maintainer", "packet to maintainer", "packet to maintainer"]);
  expect(one.log.text()).toContain("DO_NOT_TRACK=1");
  await one.outlet.close(1_000);

  const later = makeOutlet(maintainer.endpoint, { dataDir: one.dataDir });
  later.outlet.open(DETAILED);
  later.track(1);
  await until(() => later.outlet.state().sent === 1);
  expect(later.log.text()).not.toContain("DO_NOT_TRACK");

  const added = started(own.endpoint, { dataDir: one.dataDir, sink: "own" });
  await heartbeatSent(added);
  expect(added.log.text()).toContain("DO_NOT_TRACK");
});
