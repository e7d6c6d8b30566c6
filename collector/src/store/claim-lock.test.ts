import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withClaimLock } from "./claim-lock.ts";
import { StoreUnreachable } from "./client.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;
const signal = new AbortController().signal;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

test("only one of many holds it at a time", async () => {
  let inside = 0;
  let most = 0;
  let runs = 0;
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      const holder = randomUUID();
      for (let i = 0; i < 5; i++) {
        await withClaimLock(opened.store, holder, signal, async () => {
          most = Math.max(most, ++inside);
          await pause(1);
          inside--;
          runs++;
        });
      }
    }),
  );
  expect(runs).toBe(30);
  expect(most).toBe(1);
});

test("work without an answer keeps it, and the same holder takes it again at once", async () => {
  const holder = randomUUID();
  const lost = withClaimLock(opened.store, holder, signal, () =>
    Promise.reject(new StoreUnreachable("no answer")),
  );
  await expect(lost).rejects.toThrow("no answer");

  let other = false;
  const stopOther = new AbortController();
  const waiting = withClaimLock(opened.store, randomUUID(), stopOther.signal, async () => {
    other = true;
  });
  await pause(100);
  expect(other).toBe(false);
  await withClaimLock(opened.store, holder, signal, () => pause(1));
  await waiting;
  expect(other).toBe(true);
});

test("another takes it over once the lease is over, and of many only one", async () => {
  await expect(
    withClaimLock(opened.store, randomUUID(), signal, () =>
      Promise.reject(new StoreUnreachable("x")),
    ),
  ).rejects.toThrow();
  let inside = 0;
  let most = 0;
  const takeOver = async () => {
    most = Math.max(most, ++inside);
    await pause(5);
    inside--;
  };
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 5 }, () =>
      withClaimLock(opened.store, randomUUID(), signal, takeOver, 1000),
    ),
  );
  expect(performance.now() - started).toBeGreaterThan(1000);
  expect(most).toBe(1);
});

test("who waits for it can be stopped", async () => {
  const holder = randomUUID();
  await expect(
    withClaimLock(opened.store, holder, signal, () => Promise.reject(new StoreUnreachable("x"))),
  ).rejects.toThrow();
  const stopping = new AbortController();
  const waiting = withClaimLock(opened.store, randomUUID(), stopping.signal, () => pause(1));
  setTimeout(() => stopping.abort(), 50);
  await expect(waiting).rejects.toThrow("aborted");
  await withClaimLock(opened.store, holder, signal, () => pause(1));
});
