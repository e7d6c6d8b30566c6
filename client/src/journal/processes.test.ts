import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createLog, temporaryDirectory, until } from "../test/support.ts";
import { dayOf } from "./day-files.ts";
import { createJournal, type JournalOptions } from "./journal.ts";

const DAY_MS = 86_400_000;
const WRITER = fileURLToPath(new URL("./writer.fixture.ts", import.meta.url));

function open(directory: string, options: Partial<JournalOptions> = {}) {
  const journal = createJournal({ directory, log: createLog(), ...options });
  onTestFinished(() => journal.close());
  return journal;
}

interface Writer {
  process: ChildProcess;
  /** Numbers of the batches that it was told are in the file. */
  written(): number[];
  ended: Promise<unknown>;
}

function writer(directory: string, name: string, count: number, ...more: number[]): Writer {
  const flags = ["--conditions=rollcall-source", "--no-warnings", WRITER];
  const child = spawn(
    process.execPath,
    [...flags, directory, name, String(count), ...more.map(String)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const ended = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  const written = () => output.split("\n").slice(0, -1).map(Number);
  return { process: child, written, ended };
}

const files = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();

/** Every line of all files, and every one must be whole. */
function allLines(directory: string) {
  return files(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => ({ file: name, line: JSON.parse(line) })),
  );
}

/** How often each number of a process stands in the log, of events or of sent records. */
function numbers(directory: string, by: string, kind: "written" | "sent"): number[] {
  return allLines(directory)
    .map(({ line }) => (kind === "written" ? line.fields : line.telemetry?.content))
    .filter((fields) => fields?.by === by)
    .map((fields) => fields.n)
    .sort((a, b) => a - b);
}

const upTo = (count: number) => [...Array(count).keys()];

test("processes that write through many rotations lose and double no line", async () => {
  const directory = temporaryDirectory();
  const writers = ["a", "b", "c"].map((name) => writer(directory, name, 1_500, 20_000));
  await Promise.all(writers.map(({ ended }) => ended));
  for (const by of ["a", "b", "c"]) {
    expect(numbers(directory, by, "written")).toEqual(upTo(1_500));
    expect(numbers(directory, by, "sent")).toEqual(upTo(1_500));
  }
  const names = files(directory);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect((await open(directory).readSent({ limit: 10_000 })).length).toBe(4_500);
});

test("at midnight two processes go on in a new file, and the old one has the day's name", async () => {
  const directory = temporaryDirectory();
  // A clock on which midnight comes a moment after both have begun.
  const midnight = new Date();
  midnight.setHours(24, 0, 0, 0);
  const untilMidnight = midnight.getTime() - Date.now();
  const writers = ["a", "b"].map((name) =>
    writer(directory, name, 4_000, 100_000_000, untilMidnight - 1_500),
  );
  await Promise.all(writers.map(({ ended }) => ended));
  for (const by of ["a", "b"]) expect(numbers(directory, by, "written")).toEqual(upTo(4_000));
  const days = new Set(allLines(directory).map(({ line }) => dayOf(line.time)));
  const names = files(directory);
  expect(names.pop()).toBe("app.jsonl");
  // A line of the last millisecond may come first in the new file, which then is rotated once more.
  const yesterday = `app-${dayOf(midnight.getTime() - 1)}`;
  expect(names.filter((name) => !name.startsWith(yesterday))).toEqual([]);
  // On a slow or very fast machine all may fall on one side of midnight: then nothing is rotated.
  expect(names.length > 0).toBe(days.size === 2);
});

test("whatever a process was told is written is there after it was killed", async () => {
  const directory = temporaryDirectory();
  const child = writer(directory, "a", 1_000_000, 200_000);
  await until(() => child.written().length > 300);
  child.process.kill("SIGKILL");
  await child.ended;
  const told = child.written();
  const kept = new Set(numbers(directory, "a", "sent"));
  expect(told.filter((n) => !kept.has(n))).toEqual([]);
});

test("a purge removes telemetry while others write, and loses and doubles nothing of the app's", async () => {
  const directory = temporaryDirectory();
  const journal = open(directory, { maxFileBytes: 50_000 });
  const before = { signal: "event", name: "before", time: 1, content: { secret: 4711 } } as const;
  await journal.sending("maintainer", "before", [before]);
  journal.held(before);
  const writers = ["a", "b"].map((name) => writer(directory, name, 600, 50_000));
  let running = true;
  const ended = Promise.all(writers.map((each) => each.ended)).then(() => {
    running = false;
  });
  await until(() => writers.every((each) => each.written().length > 10));
  let purges = 0;
  while (running) {
    journal.event("written", { by: "parent", n: purges });
    await journal.purge();
    purges++;
    // The others wait while a purge lasts: without a pause they would hardly come to write.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
  expect(journal.problem()).toBeNull();
  expect(purges).toBeGreaterThan(2);
  for (const by of ["a", "b"]) expect(numbers(directory, by, "written")).toEqual(upTo(600));
  expect(numbers(directory, "parent", "written")).toEqual(upTo(purges));
  await journal.purge();
  const left = allLines(directory);
  expect(left.filter(({ line }) => "telemetry" in line)).toEqual([]);
  expect(left).toHaveLength(1_200 + purges);
  expect(JSON.stringify(left)).not.toContain("secret");
  expect(readdirSync(directory).filter((name) => !name.endsWith(".jsonl"))).toEqual([]);
  expect(await journal.readSent()).toEqual([]);
});

test("a purge is not kept out by the lock of a process that died", async () => {
  const directory = temporaryDirectory();
  const journal = open(directory);
  const lock = join(directory, "app.jsonl.purging");
  writeFileSync(lock, "");
  utimesSync(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  journal.withheld("opt_out", 3);
  await journal.purge();
  expect(existsSync(lock)).toBe(false);
  expect(await journal.readUnsent()).toEqual([]);
});

test("a file that somebody removes is made again, and the line is in it", async () => {
  const directory = temporaryDirectory();
  const journal = open(directory);
  journal.event("one", {});
  await journal.flush();
  const path = join(directory, "app.jsonl");
  writeFileSync(`${path}.other`, "");
  rmSync(path);
  journal.event("two", {});
  await journal.flush();
  expect(readFileSync(path, "utf8")).toContain('"two"');
  renameSync(`${path}.other`, path);
  journal.event("three", {});
  await journal.flush();
  expect(readFileSync(path, "utf8")).toContain('"three"');
});

test("files of more than thirty days ago are removed, others stay", async () => {
  const directory = temporaryDirectory();
  const day = (ago: number) => dayOf(Date.now() - ago * DAY_MS);
  const line = (ago: number) => `{"level":30,"time":${Date.now() - ago * DAY_MS},"pid":1}\n`;
  for (const ago of [29, 31, 400]) {
    writeFileSync(join(directory, `app-${day(ago)}.jsonl`), line(ago));
    writeFileSync(join(directory, `app-${day(ago)}.1.jsonl`), line(ago));
  }
  writeFileSync(join(directory, "app-old.jsonl"), "the app's");
  writeFileSync(join(directory, "app.jsonl"), line(2));
  const journal = open(directory);
  journal.event("today", {});
  await until(() => files(directory).length === 5);
  expect(files(directory)).toEqual(
    [
      `app-${day(29)}.1.jsonl`,
      `app-${day(29)}.jsonl`,
      `app-${day(2)}.jsonl`,
      "app-old.jsonl",
      "app.jsonl",
    ].sort(),
  );
});

test("sent records are found across rotated files, newest first, as far back as asked", async () => {
  const directory = join(temporaryDirectory(), "logs");
  mkdirSync(directory);
  let time = Date.now() - 10 * DAY_MS;
  const journal = open(directory, { now: () => time });
  for (let n = 0; n < 11; n++) {
    const item = { signal: "event", name: `day ${n}`, time, content: {} } as const;
    await journal.sending("maintainer", `b${n}`, [item]);
    time += DAY_MS;
    // The answer comes after midnight.
    journal.outcome("maintainer", `b${n}`, { kind: "success", rejected: 0, message: "" });
  }
  await journal.flush();
  time -= DAY_MS;
  expect(files(directory)).toHaveLength(12);
  const all = await journal.readSent();
  expect(all.map(({ name }) => name)).toEqual(
    upTo(11)
      .reverse()
      .map((n) => `day ${n}`),
  );
  expect(new Set(all.map(({ result }) => result))).toEqual(new Set(["delivered"]));
  const recent = await journal.readSent({ days: 2.5 });
  expect(recent.map(({ name }) => name)).toEqual(["day 10", "day 9", "day 8"]);
});

test("lines of a process that ends at once are in the file", async () => {
  const directory = temporaryDirectory();
  const journal = join(import.meta.dirname, "journal.ts");
  const script = `
    import { createJournal } from ${JSON.stringify(journal)};
    const journal = createJournal({ directory: ${JSON.stringify(directory)}, log: console });
    journal.logger.fatal("the end");
    void journal.sending("maintainer", "b", [{ signal: "event", name: "a", time: 1, content: {} }]);
    process.exit(3);
  `;
  const flags = ["--conditions=rollcall-source", "--input-type=module", "-e", script];
  const child = spawn(process.execPath, flags, { stdio: "inherit" });
  expect(await once(child, "close")).toEqual([3, null]);
  expect(allLines(directory).map(({ line }) => line.msg)).toEqual(["the end"]);
});

test.runIf(process.platform === "linux")(
  "a write that the system cuts short damages one line only, and nothing is said to be written",
  async () => {
    const directory = temporaryDirectory();
    // No file of this process can be longer than 16 blocks of 512 bytes (or of 1,024).
    const flags = `--conditions=rollcall-source --no-warnings ${WRITER} ${directory} a 200 9999999`;
    const limited = `ulimit -f 16 && exec ${process.execPath} ${flags}`;
    const child = spawn("sh", ["-c", limited], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    await once(child, "close");
    const told = output.split("\n").slice(0, -1).map(Number);
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThan(200);
    const lines = readFileSync(join(directory, "app.jsonl"), "utf8").split("\n");
    const whole = lines.filter((line) => line.endsWith("}") && !line.endsWith('{"by":"a"'));
    const kept = whole.map((line) => JSON.parse(line).telemetry?.content.n);
    expect(told.filter((n) => !kept.includes(n))).toEqual([]);
  },
);

test.runIf(process.platform === "linux")(
  "a batch that was written down in part is not listed as sent",
  async () => {
    const directory = temporaryDirectory();
    const script = `
      import { renameSync } from "node:fs";
      import { createJournal } from ${JSON.stringify(join(import.meta.dirname, "journal.ts"))};
      const directory = ${JSON.stringify(directory)};
      const log = { info() {}, warn() {}, error() {} };
      const journal = createJournal({ directory, log });
      const content = { text: "x".repeat(300) };
      const items = Array.from({ length: 200 }, () => ({ signal: "event", name: "a", time: 1, content }));
      const written = await journal.sending("maintainer", "b", items);
      const problem = journal.problem();
      renameSync(directory + "/app.jsonl", directory + "/app-2026-01-31.jsonl");
      await journal.sending("maintainer", "c", items.slice(0, 1));
      console.log(JSON.stringify({ written, problem, sent: await journal.readSent() }));
      await journal.close();
    `;
    writeFileSync(join(directory, "script.mjs"), script);
    const flags = `--conditions=rollcall-source --no-warnings ${directory}/script.mjs`;
    const limited = `ulimit -f 16 && exec ${process.execPath} ${flags}`;
    const child = spawn("sh", ["-c", limited], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    await once(child, "close");
    const { written, problem, sent } = JSON.parse(output);
    expect({ written, problem }).toEqual({ written: false, problem: "EFBIG" });
    expect(readFileSync(join(directory, "app-2026-01-31.jsonl"), "utf8")).toContain('"n":3');
    expect(sent.map(({ batch }: { batch: string }) => batch)).toEqual(["c"]);
  },
);
