import { execFileSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLog, temporaryDirectory, until } from "../test/support.ts";
import { createJournal, type JournalOptions } from "./journal.ts";
import { runWithRequestId } from "./request-context.ts";
import type { JournalItem } from "./types.ts";

const ok = { kind: "success", rejected: 0, message: "" } as const;

function item(name: string, content: Record<string, unknown> = {}): JournalItem {
  return { signal: "event", name, time: 1_769_860_795_000, content };
}

function open(options: Partial<JournalOptions> = {}) {
  const directory = options.directory ?? join(temporaryDirectory(), "logs");
  const log = createLog();
  const addressOf = () => "https://telemetry.example.org";
  const journal = createJournal({ directory, log, addressOf, ...options });
  onTestFinished(() => journal.close());
  return { journal, log, directory, path: join(directory, "app.jsonl") };
}

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

test("what is about to leave is in the file, whole, when sending resolves", async () => {
  const { journal, path, directory } = open();
  const content = { install_id: "5e0c2a52", project_id: 4, billable: true, "event.name": "x" };
  const sent = { ...item("timer.started", content), requestId: "req-00000001" };
  expect(await journal.sending("maintainer", "b1", [sent, item("auth.login")])).toBe(true);
  const [first, second] = linesOf(path);
  expect(first).toEqual({
    level: 30,
    time: expect.any(Number),
    pid: process.pid,
    request_id: "req-00000001",
    telemetry: {
      what: "sending",
      sink: "maintainer",
      to: "https://telemetry.example.org",
      batch: "b1",
      n: 0,
      signal: "event",
      event_type: "timer.started",
      recorded_at: 1_769_860_795_000,
      content,
    },
  });
  expect(second.telemetry).toMatchObject({ n: 1, event_type: "auth.login" });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("no file is made before there is a line", async () => {
  const { journal, directory } = open();
  expect(await journal.readSent()).toEqual([]);
  await journal.flush();
  await journal.purge();
  expect(await journal.sending("own", "b", [])).toBe(true);
  await journal.close();
  expect(existsSync(directory)).toBe(false);
  expect(journal.problem()).toBeNull();
});

test("what was sent is read newest first, each with how its batch ended", async () => {
  const { journal } = open();
  const send = (batch: string, ...items: JournalItem[]) =>
    journal.sending("maintainer", batch, items);
  await send("delivered", item("a", { n: 1 }), item("b"));
  journal.outcome("maintainer", "delivered", { kind: "retryable", reason: "status 503" });
  journal.outcome("maintainer", "delivered", ok);
  await send("in part", item("c"));
  journal.outcome("maintainer", "in part", { ...ok, rejected: 1, message: "c: not in catalogue" });
  await send("waiting", item("d"));
  journal.outcome("maintainer", "waiting", { kind: "retryable", reason: "ECONNREFUSED" });
  await send("refused", item("e"));
  journal.outcome("maintainer", "refused", { kind: "failure", reason: "status 400" });
  await journal.sending("own", "refused", [item("f")]);
  await send("cancelled", item("g"));
  journal.outcome("maintainer", "cancelled", { kind: "failure", reason: "cancelled" });
  const sent = await journal.readSent();
  expect(sent.map(({ name, sink, result, reason }) => [name, sink, result, reason])).toEqual([
    ["g", "maintainer", "unknown", "cancelled"],
    ["f", "own", "unknown", ""],
    ["e", "maintainer", "refused", "status 400"],
    ["d", "maintainer", "waiting", "ECONNREFUSED"],
    ["c", "maintainer", "delivered_in_part", "c: not in catalogue"],
    ["b", "maintainer", "delivered", ""],
    ["a", "maintainer", "delivered", ""],
  ]);
  expect(sent.at(-1)).toEqual({
    ...item("a", { n: 1 }),
    sink: "maintainer",
    to: "https://telemetry.example.org",
    batch: "delivered",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    result: "delivered",
    reason: "",
  });
  expect((await journal.readSent({ limit: 2 })).map(({ name }) => name)).toEqual(["g", "f"]);
  expect(await journal.readSent({ limit: 0 })).toEqual([]);
});

test("a batch that was written down again after a restart is listed once", async () => {
  const { journal } = open();
  for (let round = 0; round < 2; round++) {
    await journal.sending("maintainer", "b", [item("a"), item("b")]);
  }
  journal.outcome("maintainer", "b", ok);
  const sent = await journal.readSent();
  expect(sent.map(({ name, result }) => [name, result])).toEqual([
    ["b", "delivered"],
    ["a", "delivered"],
  ]);
});

test("what is held, withheld or refused is read newest first, with the request's id", async () => {
  const { journal } = open();
  runWithRequestId("req-00000001", () => journal.held(item("timer.started", { project_id: 4 })));
  journal.withheld("opt_out", 3, "maintainer");
  journal.refused({ event: "timer.started", field: "note", reason: "unknown" });
  expect(await journal.readUnsent()).toEqual([
    {
      kind: "refused",
      at: expect.any(String),
      event: "timer.started",
      field: "note",
      reason: "unknown",
      count: 1,
    },
    { kind: "withheld", at: expect.any(String), reason: "opt_out", records: 3, sink: "maintainer" },
    {
      kind: "held",
      at: expect.any(String),
      ...item("timer.started", { project_id: 4 }),
      requestId: "req-00000001",
    },
  ]);
  expect(await journal.readSent()).toEqual([]);
});

test("a loop of refusals is one line a minute with the right count", async () => {
  let time = Date.now();
  const { journal, path } = open({ now: () => time });
  const refuse = (field: string) => journal.refused({ event: "a", field, reason: "unknown" });
  for (let n = 0; n < 500; n++) refuse("note");
  refuse("other");
  time += 61_000;
  refuse("note");
  await journal.flush();
  const counts = linesOf(path).map(({ telemetry }) => [telemetry.field, telemetry.count]);
  expect(counts).toEqual([
    ["note", 1],
    ["other", 1],
    ["note", 499],
    ["note", 1],
  ]);
});

test("refusals under made-up names neither fill the memory nor the log", async () => {
  const { journal, path } = open();
  for (let n = 0; n < 1_500; n++) journal.refused({ event: `e${n}`, field: "", reason: "unknown" });
  await journal.flush();
  const lines = linesOf(path);
  expect(lines).toHaveLength(1_001);
  expect(lines.at(-1).telemetry).toEqual({
    what: "left_out",
    reason: "names",
    of: "refused",
    lines: 500,
  });
});

test("what is kept here is bounded by day, and what is sent is not", async () => {
  let time = Date.now();
  const { journal, directory, path } = open({ now: () => time, maxUnsentBytesPerDay: 2_000 });
  for (let n = 0; n < 100; n++) journal.held(item("timer.started", { n }));
  expect(await journal.sending("maintainer", "b", [item("sent")])).toBe(true);
  const lines = linesOf(path);
  const held = lines.filter(({ telemetry }) => telemetry.what === "held").length;
  expect(held).toBeGreaterThan(5);
  expect(held).toBeLessThan(15);
  expect(lines.filter(({ telemetry }) => telemetry.what === "left_out")).toHaveLength(1);
  time += 86_400_000;
  journal.held(item("timer.started", { n: 100 }));
  await journal.flush();
  expect(linesOf(path).map(({ telemetry }) => telemetry)).toEqual([
    { what: "left_out", reason: "day_cap", of: "unsent", lines: 100 - held },
    expect.objectContaining({ what: "held" }),
  ]);
  expect(readdirSync(directory)).toHaveLength(2);
});

test("the app's own events and log lines are there with the request's id", async () => {
  const { journal, path } = open();
  runWithRequestId("req-00000001", () => {
    journal.event("project.created", { project_id: 4, level: "mine" });
    journal.logger.warn({ route: "/projects/:id" }, "slow");
  });
  journal.logger.info("listening");
  await journal.flush();
  expect(linesOf(path)).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      pid: process.pid,
      request_id: "req-00000001",
      event_type: "project.created",
      fields: { project_id: 4, level: "mine" },
    },
    {
      level: 40,
      time: expect.any(Number),
      pid: process.pid,
      request_id: "req-00000001",
      route: "/projects/:id",
      msg: "slow",
    },
    { level: 30, time: expect.any(Number), pid: process.pid, msg: "listening" },
  ]);
});

test("nothing that the app logs can pass for a line about telemetry", async () => {
  const { journal, path } = open();
  const forged = { what: "sending", sink: "maintainer", batch: "b", n: 0, ...forgedItem() };
  journal.event("telemetry", { telemetry: forged });
  journal.logger.info({ telemetry: forged }, '"telemetry":{"what":"sending"}');
  journal.logger.child({ telemetry: forged }).info("child");
  const formatters = {
    log: () => ({ telemetry: forged }),
    bindings: () => ({ telemetry: forged }),
  };
  journal.logger.child({}, { formatters }).info({ a: 1 }, "formatted");
  journal.logger.info({ nested: { telemetry: forged } }, '}\n{"telemetry":{"what":"held"}}');
  await journal.flush();
  const lines = linesOf(path);
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).not.toHaveProperty("telemetry");
  expect(lines[1].app_telemetry).toEqual(forged);
  expect(await journal.readSent()).toEqual([]);
  expect(await journal.readUnsent()).toEqual([]);
});

function forgedItem() {
  return { signal: "event", event_type: "forged", recorded_at: 1, content: {} };
}

test("values that JSON has no words for, and getters that throw, never reach the app", async () => {
  const { journal, log } = open();
  const circle: Record<string, unknown> = { big: 10n, not: Number.NaN };
  circle.self = circle;
  const bad = {
    get value(): never {
      throw new Error("no");
    },
  };
  journal.event("odd", circle);
  journal.event("bad", bad);
  journal.held(item("bad", bad));
  journal.event("bad", null as never);
  journal.held(null as never);
  journal.refused({} as never);
  expect(await journal.sending("maintainer", "b", [null as never])).toBe(false);
  expect(await journal.sending("maintainer", "b", [item("odd", circle)])).toBe(true);
  expect(log.text()).not.toContain('no"');
});

test("damaged lines are passed over, and a line cut off by a crash does not take the next with it", async () => {
  const { journal, directory, path } = open();
  mkdirSync(directory, { recursive: true });
  const held = '"telemetry":{"what":"held","signal":"event","event_type":"x"';
  writeFileSync(
    path,
    [
      '{"level":30,"time":1,"telemetry":{"what":"sending"}}',
      `{"level":30,"time":${Date.now()},${held},"recorded_at":"no","content":{}}}`,
      `{"level":30,"time":${Date.now()},${held},"recorded_at":1,"content":null}}`,
      `{"level":30,"time":1e300,${held},"recorded_at":1,"content":{}}}`,
      '"telemetry":',
      "null",
      "[]",
      "\u0000\u0001",
      `{"level":30,"time":${Date.now()},${held},"recorded_at":7,"con`,
    ].join("\n"),
  );
  await journal.sending("maintainer", "b", [item("after")]);
  expect((await journal.readSent()).map(({ name }) => name)).toEqual(["after"]);
  expect(await journal.readUnsent()).toEqual([expect.objectContaining({ kind: "held", at: "" })]);
});

test("a log of many MB of the app's own is read from its end, and the reader says when it stops", async () => {
  const { journal, directory } = open({ maxReadBytes: 4_500_000 });
  await journal.sending("maintainer", "old", [item("old")]);
  const line = `{"level":30,"time":${Date.now()},"msg":"${"x".repeat(400)} \\"telemetry\\":"}\n`;
  writeFileSync(join(directory, "app.jsonl"), line.repeat(5_000), { flag: "a" });
  writeFileSync(join(directory, "app.jsonl"), `{"long":"${"y".repeat(700_000)}"}\n`, { flag: "a" });
  await journal.sending("maintainer", "new", [item("new", { text: "ü".repeat(300_000) })]);
  let cut = 0;
  const all = await journal.readSent({ onCut: () => cut++ });
  expect(all.map(({ name }) => name)).toEqual(["new", "old"]);
  expect(all[0]?.content.text).toBe("ü".repeat(300_000));
  expect(cut).toBe(0);
  writeFileSync(join(directory, "app.jsonl"), line.repeat(12_000), { flag: "a" });
  expect((await journal.readSent({ onCut: () => cut++ })).map(({ name }) => name)).toEqual([]);
  expect(cut).toBe(1);
});

test("a disk that cannot be written stops sending, says why by code, and is tried again by itself", async () => {
  const { journal, log, directory, path } = open();
  writeFileSync(directory, "in the way");
  expect(await journal.sending("maintainer", "b1", [item("lost")])).toBe(false);
  expect(journal.problem()).toMatch(/^(ENOTDIR|EEXIST)$/);
  journal.event("kept", {});
  journal.logger.info("kept");
  rmSync(directory);
  await until(() => existsSync(path) && journal.problem() === null);
  expect(await journal.sending("maintainer", "b2", [item("sent")])).toBe(true);
  expect((await journal.readSent()).map(({ batch }) => batch)).toEqual(["b2"]);
  expect(linesOf(path).slice(0, 2)).toMatchObject([{ event_type: "kept" }, { msg: "kept" }]);
  expect(log.lines.map(({ level }) => level)).toEqual(["error", "info"]);
});

test.runIf(existsSync("/dev/full"))("a full disk is reported as ENOSPC", async () => {
  const { journal, directory, path } = open();
  mkdirSync(directory);
  symlinkSync("/dev/full", path);
  expect(await journal.sending("maintainer", "b", [item("a")])).toBe(false);
  expect(journal.problem()).toBe("ENOSPC");
  rmSync(path);
  expect(await journal.sending("maintainer", "b", [item("a")])).toBe(true);
  expect(journal.problem()).toBeNull();
});

test("what does not fit into the buffer is left out and counted, and sending says no", async () => {
  const { journal, path } = open({ maxBufferBytes: 10_000 });
  for (let n = 0; n < 200; n++) journal.event("flood", { n });
  for (let n = 0; n < 200; n++) journal.held(item("flood", { n }));
  expect(
    await journal.sending("maintainer", "b1", [item("fits", { text: "x".repeat(50_000) })]),
  ).toBe(true);
  const sent = [1, 2].map((n) =>
    journal.sending("maintainer", `c${n}`, [item("big", { text: "x".repeat(50_000) })]),
  );
  expect(await Promise.all(sent)).toEqual([true, false]);
  await journal.flush();
  const lines = linesOf(path);
  const count = (what: string) => lines.filter(({ telemetry }) => telemetry?.what === what).length;
  const events = lines.filter(({ event_type }) => event_type === "flood").length;
  const missing = lines.filter(({ telemetry }) => telemetry?.what === "left_out");
  expect(missing.map(({ telemetry }) => [telemetry.of, telemetry.lines])).toEqual([
    ["app", 200 - events],
    ["telemetry", 200 - count("held")],
  ]);
  expect(events).toBeGreaterThan(0);
});

test("ten thousand events are logged without a turn of the loop, and all are in the file", async () => {
  const { journal, path } = open();
  for (let n = 0; n < 10_000; n++) journal.event("tick", { n });
  await journal.flush();
  expect(linesOf(path).map(({ fields }) => fields.n)).toEqual([...Array(10_000).keys()]);
});

test("after close nothing is sent any more, but the app's last lines are still written", async () => {
  const { journal, path } = open();
  journal.event("one", {});
  await journal.close();
  expect(await journal.sending("maintainer", "b", [item("a")])).toBe(false);
  journal.logger.info("bye");
  await journal.flush();
  expect(linesOf(path)).toMatchObject([{ event_type: "one" }, { msg: "bye" }]);
});

test.runIf(process.platform === "linux")("close does not wait for a disk that hangs", async () => {
  const { journal, directory, path } = open();
  mkdirSync(directory);
  // A pipe that nobody reads takes 64 KiB and then no more.
  execFileSync("sh", ["-c", `mkfifo "$1"`, "sh", path]);
  const sent = journal.sending("maintainer", "b", [item("a", { text: "x".repeat(200_000) })]);
  await journal.close();
  const reader = createReadStream(path).resume();
  await sent;
  reader.destroy();
});
