import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { formatBatchName, parseBatchName } from "./batch-name.ts";
import { createDiskQueue, type DiskQueueInput, forgetQueues } from "./disk-queue.ts";
import { detailedRecord, type OutgoingRecord } from "./encode.ts";

const EPOCH = 3;

function queueIn(directory: string, more: Partial<DiskQueueInput> = {}) {
  const log = createLog();
  const lost: Record<string, number> = {};
  const queue = createDiskQueue({
    directory,
    maxBytes: 10 * 1024 * 1024,
    batchRecords: 100,
    lost(reason, records) {
      lost[reason] = (lost[reason] ?? 0) + records;
    },
    log,
    ...more,
  });
  return { queue, lost, log, directory };
}

const newQueue = (more: Partial<DiskQueueInput> = {}) =>
  queueIn(join(temporaryDirectory(), "queue", "maintainer"), more);

function records(from: number, count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, i) =>
    detailedRecord({
      eventName: "timer.started",
      installId: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
      appVersion: "5.10.0",
      properties: { project_id: from + i, word: "größe\n時間" },
    }),
  );
}

const numbers = (batch: readonly OutgoingRecord[]) =>
  batch.map(({ attributes }) => attributes.project_id);

async function writeFiles(queue: ReturnType<typeof newQueue>["queue"], count: number) {
  // Full batches, so that nothing is added to any of them.
  for (let i = 0; i < count; i += 1) {
    expect(await queue.write(records(i * 100, 100), EPOCH)).toEqual({ ok: true });
  }
}

/** Makes files look as if nobody had touched them for an hour. */
function abandon(directory: string, which = /./): void {
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const file of readdirSync(directory)) {
    if (which.test(file)) utimesSync(join(directory, file), hourAgo, hourAgo);
  }
}

test("batches come back whole and in order, and are gone when they are done", async () => {
  const { queue, directory } = newQueue();
  const written = [...records(0, 100), ...records(100, 7)];
  await queue.write(written.slice(0, 100), EPOCH);
  await queue.write(written.slice(100), EPOCH);
  const first = await queue.take(EPOCH);
  const second = await queue.take(EPOCH);
  expect([...first!.records, ...second!.records]).toEqual(written);
  expect(await queue.take(EPOCH)).toBeNull();
  await first?.done();
  await second?.done();
  expect(readdirSync(directory)).toEqual([]);
  expect(queue.size()).toEqual({ records: 0, bytes: 0 });
});

test("a file is one JSON line a record, for its owner only", async () => {
  const { queue, directory } = newQueue();
  const [record] = records(0, 1);
  await queue.write([record!], EPOCH);
  const [file] = readdirSync(directory);
  expect(readFileSync(join(directory, file!), "utf8")).toBe(`${JSON.stringify(record)}\n`);
  expect(statSync(join(directory, file!)).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "..")).mode & 0o777).toBe(0o700);
});

test("a name says how much is in a file, and is read back as it was written", () => {
  const name = {
    time: 1_794_567_890_123,
    sequence: 7,
    process: "p1",
    epoch: 12,
    records: 3,
    bytes: 4_096,
    tried: true,
    claimedBy: "p2",
  };
  expect(parseBatchName(formatBatchName(name))).toEqual(name);
  for (const strange of ["", "notes.txt", ".DS_Store", "1-2-3.jsonl", "../x.jsonl"]) {
    expect(parseBatchName(strange)).toBeNull();
  }
});

test("what waits is counted without reading it, by every process", async () => {
  const { queue, directory } = newQueue();
  await writeFiles(queue, 3);
  for (const file of readdirSync(directory)) chmodSync(join(directory, file), 0o000);
  const size = queueIn(directory).queue.size();
  expect(size.records).toBe(300);
  expect(size.bytes % 4_096).toBe(0);
  expect(size.bytes).toBeGreaterThan(0);
});

test("small batches are added to the last file until it is full", async () => {
  const { queue, directory } = newQueue({ batchRecords: 10 });
  for (let i = 0; i < 25; i += 1) await queue.write(records(i, 1), EPOCH);
  expect(readdirSync(directory)).toHaveLength(3);
  const batches = [await queue.take(EPOCH), await queue.take(EPOCH), await queue.take(EPOCH)];
  expect(batches.map((batch) => batch!.records.length)).toEqual([10, 10, 5]);
  expect(batches.flatMap((batch) => numbers(batch!.records))).toEqual(
    Array.from({ length: 25 }, (_, i) => i),
  );
});

test("nothing is added to a file that was on its way, nor under another consent", async () => {
  const { queue, directory } = newQueue();
  await queue.write(records(0, 1), EPOCH);
  const batch = await queue.take(EPOCH);
  await queue.write(records(1, 1), EPOCH);
  await batch?.release();
  await queue.write(records(2, 1), EPOCH);
  await queue.write(records(3, 1), EPOCH + 1);
  const counts = readdirSync(directory).map((file) => parseBatchName(file)?.records);
  expect(counts).toEqual([1, 2, 1]);
});

test("a batch that comes back is the next to be tried, under the same id", async () => {
  const { queue } = newQueue();
  await writeFiles(queue, 3);
  const first = await queue.take(EPOCH);
  await first?.release();
  const again = await queue.take(EPOCH);
  expect(again?.id).toBe(first?.id);
  expect(numbers(again!.records)).toEqual(numbers(first!.records));
});

test("at the cap the oldest go, counted, and the cap holds", async () => {
  const { queue, lost, directory } = newQueue({ maxBytes: 100 * 1024 });
  await writeFiles(queue, 20);
  const used = readdirSync(directory).reduce(
    (sum, file) => sum + statSync(join(directory, file)).blocks * 512,
    0,
  );
  expect(used).toBeLessThanOrEqual(100 * 1024);
  const left = queue.size().records;
  expect(left).toBeGreaterThan(0);
  expect(lost).toEqual({ queue_full: 2_000 - left });
  expect((await queue.take(EPOCH))?.records[0]?.attributes.project_id).toBe(2_000 - left);
});

test("a batch that never fits is counted and not written", async () => {
  const { queue, lost } = newQueue({ maxBytes: 4_096 });
  expect(await queue.write(records(0, 100), EPOCH)).toEqual({ ok: true });
  expect(queue.size().records).toBe(0);
  expect(lost).toEqual({ queue_full: 100 });
});

test("of several processes each batch goes to one", async () => {
  const { queue, directory } = newQueue();
  await writeFiles(queue, 12);
  const processes = [queue, queueIn(directory).queue, queueIn(directory).queue];
  const taken = await Promise.all(
    processes.map(async (one) => {
      const mine: unknown[] = [];
      for (let batch = await one.take(EPOCH); batch !== null; batch = await one.take(EPOCH)) {
        mine.push(...numbers(batch.records));
      }
      return mine;
    }),
  );
  const all = taken.flat() as number[];
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 1_200 }, (_, i) => i));
});

test("what a process held when it died is taken over, and by one only", async () => {
  const { queue, directory } = newQueue();
  await writeFiles(queue, 1);
  await queue.take(EPOCH);
  const others = [queueIn(directory).queue, queueIn(directory).queue];
  expect(await Promise.all(others.map((one) => one.take(EPOCH)))).toEqual([null, null]);
  abandon(directory);
  const taken = await Promise.all(others.map((one) => one.take(EPOCH)));
  expect(taken.filter((batch) => batch !== null)).toHaveLength(1);
});

test("a claim that is renewed is not taken over", async () => {
  const { queue, directory } = newQueue({ claimMs: 300 });
  await writeFiles(queue, 1);
  const batch = await queue.take(EPOCH);
  const other = queueIn(directory, { claimMs: 300 }).queue;
  for (let i = 0; i < 12; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await other.take(EPOCH)).toBeNull();
  }
  await batch?.release();
  expect(await other.take(EPOCH)).not.toBeNull();
});

test("a purge deletes everything before it returns, other processes' files included", async () => {
  const { queue, directory } = newQueue();
  await writeFiles(queue, 3);
  const other = queueIn(directory).queue;
  await other.write(records(0, 5), EPOCH);
  await other.take(EPOCH);
  writeFileSync(join(directory, "half.jsonl.tmp"), "{");
  expect(queue.purge()).toBe(305);
  expect(readdirSync(directory)).toEqual([]);
  expect(queue.purge()).toBe(0);
});

test("a write that is under way at a purge leaves nothing behind", async () => {
  for (let turns = 0; turns < 40; turns += 1) {
    const { queue, directory } = newQueue();
    await queue.write(records(0, 1), EPOCH);
    const writing = queue.write(records(1, 50), EPOCH);
    for (let i = 0; i < turns; i += 1) await new Promise((resolve) => setImmediate(resolve));
    queue.purge();
    expect(await writing).toEqual({ ok: true });
    expect(readdirSync(directory)).toEqual([]);
  }
});

test("records of an earlier consent are deleted, never read", async () => {
  const { queue, lost, directory } = newQueue();
  await queue.write(records(0, 4), EPOCH - 1);
  await queue.write(records(4, 3), EPOCH);
  expect(await queue.peek(10, EPOCH)).toHaveLength(3);
  expect(numbers((await queue.take(EPOCH))!.records)).toEqual([4, 5, 6]);
  expect(lost).toEqual({ opt_out: 4 });
  expect(readdirSync(directory)).toHaveLength(1);
});

test("records of a consent that this process has not heard of are left alone", async () => {
  const { queue, lost } = newQueue();
  await queue.write(records(0, 4), EPOCH + 1);
  expect(await queue.take(EPOCH)).toBeNull();
  expect(lost).toEqual({});
  expect(await queue.take(EPOCH + 1)).not.toBeNull();
});

test("a purge at a new consent keeps what was recorded under it", async () => {
  const { queue } = newQueue();
  await queue.write(records(0, 4), EPOCH);
  await queue.write(records(4, 3), EPOCH + 1);
  expect(queue.purge(EPOCH + 1)).toBe(4);
  expect(numbers((await queue.take(EPOCH + 1))!.records)).toEqual([4, 5, 6]);
});

test.each([
  ["cut off", (text: string) => text.slice(0, -20)],
  ["empty", () => ""],
  ["no JSON", (text: string) => text.replace("{", "[")],
  ["another shape", (text: string) => text.replace('"detailed"', '"base"')],
  ["nested values", (text: string) => text.replace('"5.10.0"', '{"a":1}')],
])("a file that is %s is removed, counted and named once", async (_, damage) => {
  const { queue, lost, log, directory } = newQueue();
  await writeFiles(queue, 3);
  const files = readdirSync(directory).sort();
  for (const file of files.slice(0, 2)) {
    const path = join(directory, file);
    writeFileSync(path, damage(readFileSync(path, "utf8")));
  }
  expect(numbers((await queue.take(EPOCH))!.records)[0]).toBe(200);
  expect(lost).toEqual({ damaged: 200 });
  expect(log.lines).toHaveLength(1);
  expect(readdirSync(directory)).toHaveLength(1);
});

test("what a process was adding when it died does not count", async () => {
  const { queue, directory } = newQueue();
  await queue.write(records(0, 3), EPOCH);
  const [file] = readdirSync(directory);
  writeFileSync(join(directory, file!), '{"layer":"detailed","eve', { flag: "a" });
  expect(numbers((await queue.take(EPOCH))!.records)).toEqual([0, 1, 2]);
});

test("what a process was writing when it died is cleared away in time", async () => {
  const { queue, directory } = newQueue();
  await writeFiles(queue, 1);
  writeFileSync(join(directory, "old.tmp"), "");
  abandon(directory, /tmp/);
  writeFileSync(join(directory, "new.tmp"), "");
  await queue.take(EPOCH);
  expect(readdirSync(directory).filter((file) => file.endsWith(".tmp"))).toEqual(["new.tmp"]);
});

test("a disk that refuses is a value", async () => {
  const blocked = join(temporaryDirectory(), "file");
  writeFileSync(blocked, "");
  const { queue } = queueIn(join(blocked, "queue"));
  expect(await queue.write(records(0, 1), EPOCH)).toEqual({ ok: false, problem: "ENOTDIR" });
  expect(await queue.take(EPOCH)).toBeNull();
  expect(await queue.peek(5, EPOCH)).toEqual([]);
  expect(queue.size()).toEqual({ records: 0, bytes: 0 });
  expect(queue.purge()).toBe(0);
});

test("a look at the oldest claims nothing and sees what is on its way", async () => {
  const { queue } = newQueue();
  await writeFiles(queue, 2);
  await queue.take(EPOCH);
  expect(numbers(await queue.peek(150, EPOCH))).toEqual(Array.from({ length: 150 }, (_, i) => i));
});

test("what waited for a destination that is no more is deleted", async () => {
  const dataDir = temporaryDirectory();
  const { queue: own } = queueIn(join(dataDir, "queue", "own"));
  const { queue: maintainer } = queueIn(join(dataDir, "queue", "maintainer"));
  await own.write(records(0, 5), EPOCH);
  await maintainer.write(records(0, 3), EPOCH);
  mkdirSync(join(dataDir, "queue", "own", "odd"));
  expect(forgetQueues(dataDir, ["maintainer"])).toBe(5);
  expect(readdirSync(join(dataDir, "queue"))).toEqual(["maintainer"]);
  expect(maintainer.size().records).toBe(3);
  expect(forgetQueues(dataDir, ["maintainer", "own"])).toBe(0);
});
