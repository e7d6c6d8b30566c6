import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

/** A promise that is settled from outside. */
function held(): { promise: Promise<void>; release: () => void } {
  let release = () => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

test("one thing happens at a time, in the order of asking", async () => {
  const turns = createTurns();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
  };
  await Promise.all([
    turns.take(work("a")),
    turns.take(work("b")),
    turns.takeWithin(1e4, work("c")),
  ]);
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("a turn that fails does not stop the next one", async () => {
  const turns = createTurns();
  const failed = turns.take(() => Promise.reject(new Error("no")));
  const next = turns.take(async () => 7);
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe(7);
});

test("a turn that has not come in time never runs", async () => {
  const turns = createTurns();
  const long = held();
  const first = turns.take(() => long.promise);
  let ran = false;
  const late = await turns.takeWithin(1, async () => {
    ran = true;
  });
  expect(late).toBe("busy");
  long.release();
  await first;
  await turns.take(async () => {});
  expect(ran).toBe(false);
});
