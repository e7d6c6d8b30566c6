import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { install, send } from "../read/testing.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import type { Erasures } from "./erasures.ts";
import { createMyData, type Export } from "./my-data.ts";

const app = "timetracker";
let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
  await send(opened.store, [{ install: 1, at: "2026-11-19", event: "timer.started" }]);
});
afterAll(() => opened.close());

/** No install was ever erased. */
const erasures = { find: async () => null } as unknown as Erasures;
const { promise: settled, resolve: settle } = Promise.withResolvers<boolean>();

async function read(done: Export): Promise<string> {
  let text = "";
  if (done.kind === "stream") for await (const part of done.stream) text += part;
  return text;
}

test("at most two exports run at one time, from their beginning to their last byte", async () => {
  const myData = createMyData({ store: opened.store, erasures, settle: () => settled });
  const ask = () => myData.export(app, install(1));
  const asked = Array.from({ length: 5 }, ask);
  settle(true);
  const done = await Promise.all(asked);
  expect(done.map(({ kind }) => kind).sort()).toEqual([
    "stream",
    "stream",
    "too_many",
    "too_many",
    "too_many",
  ]);
  const streams = done.flatMap((one) => (one.kind === "stream" ? [one.stream] : []));
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  for (const reader of readers) await reader.next();
  await setImmediate();
  expect(await ask()).toEqual({ kind: "too_many" });
  // One reader leaves.
  await readers[0]?.return?.();
  expect(JSON.parse(await read(await ask()))).toMatchObject({ rows: { events: 1 } });
  await readers[1]?.return?.();
  // Neither one that nobody reads nor one of nothing stays counted.
  for (let i = 0; i < 3; i += 1) {
    await ask();
    await myData.export(app, install(9));
    await setImmediate();
  }
  expect((await ask()).kind).toBe("stream");
});
