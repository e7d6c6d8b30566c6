import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createCombinations } from "./combinations.ts";
import { createSnapshots } from "./snapshot.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const DAY_MS = 86_400_000;
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const asker = (number: number) => hash(`asker ${number}`).slice(0, 32);
const silent = { warn() {} };

/** A collector's meter with a clock of its own, on the shared store. */
function meter(clock: { now: number }, most?: number) {
  const now = () => clock.now;
  const { store } = opened;
  const combinations = createCombinations({ store, log: silent, now, ...(most ? { most } : {}) });
  return { ...combinations, ...createSnapshots({ store, flush: combinations.flush, now }) };
}

test("today's questions are tomorrow's answer, from all collectors together, and gone the day after", async () => {
  const clock = { now: Date.now() };
  const [one, two] = [meter(clock), meter(clock)];
  const [rare, common, most] = [hash("rare"), hash("common"), hash("most")];
  for (let number = 0; number < 150; number += 1) {
    const collector = number % 2 === 0 ? one : two;
    collector.note("app", most, asker(number));
    if (number < 10) collector.note("app", common, asker(number));
    if (number < 9) one.note("app", rare, asker(number));
    // The same asker through both is one.
    if (number < 9) two.note("app", rare, asker(number));
  }
  await Promise.all([one.flush(), two.flush()]);
  const answers = async () =>
    Promise.all([rare, common, most].map(async (of) => (await one.ask("app", of)).shared_by));
  expect(await answers()).toEqual(["fewer_than_10", "fewer_than_10", "fewer_than_10"]);
  clock.now += DAY_MS;
  expect(await answers()).toEqual(["fewer_than_10", "fewer_than_100", "at_least_100"]);
  expect((await one.ask("app", rare)).as_of).toBe(
    new Date(clock.now - DAY_MS).toISOString().slice(0, 10),
  );
  clock.now += DAY_MS;
  expect(await answers()).toEqual(["fewer_than_10", "fewer_than_10", "fewer_than_10"]);
});

test("a day's answers do not move while the day lasts", async () => {
  const clock = { now: Date.now() };
  const { ask, note, flush } = meter(clock);
  const late = hash("late");
  for (let number = 0; number < 8; number += 1) note("steady", late, asker(number));
  clock.now += DAY_MS;
  expect((await ask("steady", late)).shared_by).toBe("fewer_than_10");
  const yesterday = meter({ now: clock.now - DAY_MS });
  for (let number = 0; number < 50; number += 1) yesterday.note("steady", late, asker(number));
  await yesterday.flush();
  await flush();
  expect((await ask("steady", late)).shared_by).toBe("fewer_than_10");
});

test("what is more than can be held is not counted", async () => {
  const clock = { now: Date.now() };
  const { ask, note, flush } = meter(clock, 9);
  for (let number = 0; number < 50; number += 1) note("full", hash("full"), asker(number));
  await flush();
  clock.now += DAY_MS;
  expect((await ask("full", hash("full"))).shared_by).toBe("fewer_than_10");
});

test("a store that is away loses questions and nothing else", async () => {
  const lost: object[] = [];
  const away = {
    insertNative: async () => ({ ok: false, kind: "uncertain", message: "" }) as const,
  };
  const log = { warn: (fields: object) => void lost.push(fields) };
  const combinations = createCombinations({ store: away, log });
  combinations.note("app", hash("lost"), asker(1));
  await combinations.flush();
  await combinations.flush();
  expect(lost).toEqual([{ questions: 1 }]);
});
