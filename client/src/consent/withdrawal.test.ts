import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openInstallation } from "../installation/installation.ts";
import { catalogue } from "../test/catalogue.ts";
import type { TestServer } from "../test/server.ts";
import { quick, serve, start } from "../test/start.ts";
import { createLog, temporaryDirectory, until } from "../test/support.ts";
import { createChoiceKeeper } from "./choice.ts";

const patient = { ...quick, flushAfterMs: 60_000 };
const onDisk = (dataDir: string) =>
  JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
const detailed = (server: TestServer) =>
  server.records().filter(({ eventName }) => !eventName.startsWith("base_telemetry."));
const projects = (server: TestServer) =>
  detailed(server).map(({ attributes }) => attributes.project_id);

/** Another process of the install, as far as the file goes. */
function otherProcess(dataDir: string) {
  const opened = openInstallation(dataDir, createLog());
  if (!opened.ok) throw new Error(opened.problem);
  return createChoiceKeeper(opened.installation, createLog(), catalogue);
}

test("a process that slept through an opt-out and an opt-in sends nothing from before", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint, { delivery: patient });
  rollcall.optIn();
  rollcall.track("timer.started", { project_id: 1 });
  const other = otherProcess(dataDir);
  other.record("base");
  other.record("on");
  expect(await rollcall.close()).toEqual({ left: 0 });
  expect(projects(server)).toEqual([]);
});

test("what waits on disk for the next start is not sent after an opt-out in between", async () => {
  const server = await serve((response) => response.socket?.destroy());
  const first = start(server.endpoint);
  first.rollcall.optIn();
  first.rollcall.track("timer.started", { project_id: 1 });
  expect((await first.rollcall.close({ deadline: 50 })).left).toBeGreaterThan(0);
  const other = otherProcess(first.dataDir);
  other.record("off");
  other.record("on");

  const again = await serve();
  const { rollcall } = start(again.endpoint, { dataDir: first.dataDir });
  rollcall.track("timer.started", { project_id: 2 });
  await until(() => projects(again).length > 0);
  await rollcall.close();
  expect(projects(again)).toEqual(["intValue 2"]);
});

test("in local-only mode both layers stand in the transparency log, also without a collector", async () => {
  const server = await serve();
  for (const endpoint of [server.endpoint, undefined]) {
    const { rollcall } = start(endpoint, { dataDir: temporaryDirectory() });
    rollcall.setMode("local-only", "1");
    const before = server.requests.length;
    rollcall.track("timer.started", { project_id: 7 });
    const held = async () => (await rollcall.unsent()).filter(({ kind }) => kind === "held");
    await expect.poll(held).toHaveLength(2);
    expect(await held()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ signal: "base", name: "base_telemetry.heartbeat" }),
        expect.objectContaining({ signal: "event", name: "timer.started" }),
      ]),
    );
    expect(await rollcall.close()).toEqual({ left: 0 });
    expect(server.requests.length).toBe(before);
  }
});

test("what the catalogue gained is not sent before somebody accepts it", async () => {
  const server = await serve();
  const older = { ...catalogue, events: [catalogue.events[0]] } as unknown as typeof catalogue;
  const first = start(server.endpoint, { catalogue: older });
  first.rollcall.optIn("1");
  await first.rollcall.close();

  const { rollcall } = start(server.endpoint, { dataDir: first.dataDir });
  expect(rollcall.state().catalogue?.gained).toEqual([
    { event: "report.generated", property: "", what: "new event" },
  ]);
  rollcall.track("report.generated", { num_rows: 1 });
  rollcall.track("timer.started", { project_id: 1 });
  await until(() => projects(server).length > 0);
  rollcall.acceptCatalogue("2");
  expect(rollcall.state().catalogue?.gained).toEqual([]);
  rollcall.track("report.generated", { num_rows: 2 });
  await until(() => detailed(server).length > 1);
  await rollcall.close();
  expect(detailed(server).map(({ attributes }) => attributes.num_rows)).toEqual([
    undefined,
    "intValue 2",
  ]);
  expect(rollcall.state().history[0]).toMatchObject({ who: "2", what: "catalogue_accepted" });
});

test("under ENABLE_TELEMETRY=true the first start accepts what the catalogue has then", async () => {
  const server = await serve();
  const env = { ENABLE_TELEMETRY: "true" };
  const { rollcall, dataDir } = start(server.endpoint, { env });
  rollcall.track("timer.started", { project_id: 1 });
  await until(() => projects(server).length > 0);
  expect(onDisk(dataDir).telemetry_accepted.version).toBe(1);
  expect(onDisk(dataDir)).not.toHaveProperty("telemetry_enabled");
});

test("a rotated install is first seen once more, and what was recorded before is not sent", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, { delivery: patient });
  rollcall.optIn();
  const firstSeen = () =>
    server.records().filter(({ eventName }) => eventName === "base_telemetry.first_seen");
  await until(() => firstSeen().length === 1);
  const before = rollcall.state().identity;
  rollcall.track("timer.started", { project_id: 1 });
  expect(rollcall.rotateIdentity("1").saved).toBe(true);
  rollcall.track("timer.started", { project_id: 2 });
  await until(() => firstSeen().length === 2);
  await rollcall.close();
  const after = rollcall.state().identity;
  expect(after?.installId).not.toBe(before?.installId);
  expect(after?.installKey).not.toBe(before?.installKey);
  expect(firstSeen().map(({ attributes }) => attributes.install_id)).toEqual([
    `stringValue ${before?.installId}`,
    `stringValue ${after?.installId}`,
  ]);
  expect(projects(server)).toEqual(["intValue 2"]);
  expect(detailed(server)[0]?.attributes.install_id).toBe(`stringValue ${after?.installId}`);
});

test("a client whose identity was forgotten sends nothing until it is switched on, then as another", async () => {
  const server = await serve();
  const { rollcall, dataDir } = start(server.endpoint);
  await until(() => server.records().length === 2);
  const before = rollcall.state().identity?.installId;
  otherProcess(dataDir).forgetIdentity("1");
  await until(() => rollcall.state().identity === null);
  expect(rollcall.consent()).toMatchObject({ base: false, detailed: false, choice: "off" });
  rollcall.track("timer.started", { project_id: 1 });
  expect(rollcall.optOut().consent.choice).toBe("off");
  expect(rollcall.state().identity).toBeNull();
  expect(rollcall.setMode("base").consent.base).toBe(true);
  await until(() => server.records().length === 4);
  await rollcall.close();
  const ids = server.records().map(({ attributes }) => attributes.install_id);
  expect(ids.slice(2)).toEqual([ids[2], ids[2]]);
  expect(ids[2]).toBe(`stringValue ${rollcall.state().identity?.installId}`);
  expect(ids[2]).not.toBe(`stringValue ${before}`);
  expect(JSON.stringify(onDisk(dataDir))).not.toContain(before);
});
