import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { temporaryDirectory } from "./testing.ts";

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const opened: Checkpoint[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((checkpoint) => checkpoint.close()));
  await directory.remove();
});

/** As a new process finds it. */
async function reopen(): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(directory.path);
  opened.push(checkpoint);
  return checkpoint;
}

test("what was recorded is known after a restart", async () => {
  const first = await reopen();
  expect(first.known).toBe(false);
  await first.save();
  await first.finish(1, "done");
  await first.record(2, "events");
  const second = await reopen();
  expect(second.known).toBe(true);
  expect(second.highest()).toBe(1);
  expect([...second.steps(2)]).toEqual(["events"]);
  expect(second.isDone(1)).toBe(true);
  expect(second.isDone(2)).toBe(false);
});

test("a segment that was set aside is loaded if its file comes back", async () => {
  const first = await reopen();
  await first.finish(1, "aside");
  await first.finish(2, "done");
  const second = await reopen();
  expect(second.isDone(1)).toBe(false);
  await second.finish(1, "done");
  const third = await reopen();
  expect(third.isDone(1)).toBe(true);
  expect(third.highest()).toBe(2);
});

test("a torn last line is forgotten and the next one is whole", async () => {
  const first = await reopen();
  await first.finish(4, "done");
  await first.close();
  await appendFile(join(directory.path, "checkpoint"), "0123abcd 5 do");
  const second = await reopen();
  await second.save();
  await second.record(5, "events");
  const third = await reopen();
  expect(third.highest()).toBe(4);
  expect([...third.steps(5)]).toEqual(["events"]);
});

test("a damaged line is not believed", async () => {
  const first = await reopen();
  await first.finish(4, "done");
  await first.close();
  const path = join(directory.path, "checkpoint");
  await writeFile(path, (await readFile(path, "latin1")).replace("4 done", "9 done"));
  expect((await reopen()).highest()).toBe(0);
});

test("the file stays small", async () => {
  const checkpoint = await reopen();
  await checkpoint.save();
  const finished = 800;
  for (let segment = 1; segment <= finished; segment++) {
    await checkpoint.record(segment, "events");
    await checkpoint.finish(segment, "done");
  }
  await checkpoint.close();
  expect((await readFile(join(directory.path, "checkpoint"))).length).toBeLessThan(20_000);
  expect((await reopen()).highest()).toBe(finished);
});
