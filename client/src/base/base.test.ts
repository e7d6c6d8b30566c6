import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BASE_FIRST_SEEN, BASE_HEARTBEAT } from "@rollcall/schemas";
import { expect, test } from "vitest";
import { openInstallation } from "../installation/installation.ts";
import { ok, status } from "../test/server.ts";
import { serve, start } from "../test/start.ts";
import { createLog, temporaryDirectory, until } from "../test/support.ts";

const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

function onDisk(dataDir: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
}

/** A data directory whose install has reported before. */
function reportedBefore(lastHeartbeat: string): string {
  const dataDir = temporaryDirectory();
  const opened = openInstallation(dataDir, createLog());
  if (!opened.ok) throw new Error(opened.problem);
  opened.installation.update(() => ({
    base_first_seen_sent_at: ago(100 * HOUR),
    last_heartbeat_sent_at: lastHeartbeat,
  }));
  return dataDir;
}

test("a new install sends first_seen and a heartbeat, with the base fields and no others", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, {
    releaseChannel: "beta",
    deploymentType: "native",
  });
  await until(() => rollcall.state().lastHeartbeatSentAt !== null);
  const records = server.records();
  expect(records.map(({ eventName }) => eventName)).toEqual([BASE_FIRST_SEEN, BASE_HEARTBEAT]);
  const { installId, fingerprint } = rollcall.state();
  for (const { attributes } of records) {
    const time = expect.stringMatching(/^stringValue \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(attributes).toEqual({
      install_id: `stringValue ${installId}`,
      telemetry_fingerprint: `stringValue ${fingerprint}`,
      app_version: "stringValue 5.10.0",
      platform: expect.stringMatching(/^stringValue (Linux|Darwin|Windows)$/),
      os_version: expect.stringMatching(/^stringValue \d+(\.\d+)*(-\d+)?$/),
      architecture: expect.stringMatching(/^stringValue (x86_64|aarch64)$/),
      locale: expect.stringMatching(/^stringValue [a-z]{2,3}(_[A-Za-z]+)*$/),
      timezone: expect.stringMatching(/^stringValue [A-Za-z_/+-]+$/),
      first_seen_at: time,
      last_seen_at: time,
      heartbeat_at: time,
      release_channel: "stringValue beta",
      deployment_type: "stringValue native",
      "log.record.uid": expect.stringMatching(/^stringValue [0-9a-f-]{36}$/),
    });
    expect(release().startsWith(attributes.os_version!.slice("stringValue ".length))).toBe(true);
  }
});

test("a restart within the day sends nothing", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint);
  await until(() => rollcall.state().lastHeartbeatSentAt !== null);
  await rollcall.close();
  const before = onDisk(dataDir);
  const again = start(server.endpoint, { dataDir });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(server.records()).toHaveLength(2);
  await again.rollcall.close();
  expect(onDisk(dataDir)).toEqual(before);
});

test("an install that was away for over a day sends a heartbeat at start, and only that", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, { dataDir: reportedBefore(ago(30 * HOUR)) });
  await until(() => server.records().length > 0);
  await rollcall.close();
  expect(server.records().map(({ eventName }) => eventName)).toEqual([BASE_HEARTBEAT]);
});

test("first_seen counts as sent only when the collector has it", async () => {
  const server = await serve(status(503));
  const { rollcall, dataDir, log } = start(server.endpoint);
  await until(() => server.records().some(({ eventName }) => eventName === BASE_HEARTBEAT));
  await rollcall.close();
  expect(onDisk(dataDir)).not.toHaveProperty("base_first_seen_sent_at");
  expect(onDisk(dataDir)).not.toHaveProperty("last_heartbeat_sent_at");
  expect(log.text()).toContain("status 503");

  server.answer(ok);
  const again = start(server.endpoint, { dataDir });
  await until(() => again.rollcall.state().lastHeartbeatSentAt !== null);
  expect(onDisk(dataDir)).toHaveProperty("base_first_seen_sent_at");
});

test("replicas that start together send each report once", async () => {
  const server = await serve();
  const dataDir = temporaryDirectory();
  const replicas = [1, 2, 3, 4].map(() => start(server.endpoint, { dataDir }));
  await until(() => onDisk(dataDir).last_heartbeat_sent_at !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const { rollcall } of replicas) await rollcall.close();
  expect(server.records().map(({ eventName }) => eventName)).toEqual([
    BASE_FIRST_SEEN,
    BASE_HEARTBEAT,
  ]);
});

test("replicas in processes of their own send each report once", async () => {
  const server = await serve();
  const script = `
    import { createRollcall } from ${JSON.stringify(new URL("../index.ts", import.meta.url).href)};
    const [dataDir, endpoint] = process.argv.slice(1);
    const logger = { info() {}, warn() {}, error() {} };
    const rollcall = createRollcall({
      app: "timetracker", version: "1.0.0", dataDir, endpoint, token: "t", logger, env: {},
    });
    setTimeout(() => rollcall.close(), 300);
  `;
  const dataDir = temporaryDirectory();
  const flags = ["--conditions=rollcall-source", "--input-type=module", "-e", script];
  const run = promisify(execFile);
  await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, [...flags, dataDir, server.endpoint])),
  );
  expect(server.records().map(({ eventName }) => eventName)).toEqual([
    BASE_FIRST_SEEN,
    BASE_HEARTBEAT,
  ]);
});

test("the next heartbeat is planned between 03:00 and 07:00 local time", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint);
  const next = new Date(rollcall.state().outlet!.nextHeartbeatAt!);
  expect(next.getHours()).toBeGreaterThanOrEqual(3);
  expect(next.getHours()).toBeLessThan(7);
  expect(next.getTime() - Date.now()).toBeLessThan(25 * HOUR);
});

test("a notice stands in the log before the first packet, once per install", async () => {
  const server = await serve();
  const seen: string[] = [];
  server.answer((response, request) => {
    seen.push("packet");
    ok(response, request);
  });
  const logger = {
    ...createLog(),
    info: (_: object, message: string) => void seen.push(message),
  };
  const { rollcall, dataDir } = start(server.endpoint, { logger });
  await until(() => rollcall.state().lastHeartbeatSentAt !== null);
  expect(seen).toEqual([expect.stringContaining("DO_NOT_TRACK=1"), "packet", "packet"]);
  await rollcall.close();

  const later = start(server.endpoint, { dataDir });
  later.rollcall.optIn("1");
  later.rollcall.track("timer.started");
  await later.rollcall.close();
  expect(server.records()).toHaveLength(3);
  expect(later.log.text()).not.toContain("DO_NOT_TRACK");
});
