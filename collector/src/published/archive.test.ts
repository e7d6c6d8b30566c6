import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createArchive } from "./archive.ts";
import type { PublishedDocument } from "./document.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened?.close());

function document(app: string, day: string, installs: number): PublishedDocument {
  const totals = { day: 0, week: 0, month: installs, new: 0, churned: 0, sharing: 0 };
  const nothing = { fields: null, pairs: {}, events: [] };
  return { version: 1, app, day, k: 10, rounding: 5, totals, ...nothing };
}

it("keeps the first document of a day, also where a second one is dated before it", async () => {
  const { store } = opened;
  const at = (time: string) => createArchive({ store, now: () => new Date(time) });
  await at("2026-11-20T02:00:09Z").add(document("clocks", "2026-11-19", 100));
  // Another collector, whose list of days is a minute old and whose clock is behind.
  await at("2026-11-20T02:00:01Z").add(document("clocks", "2026-11-19", 105));
  const [found] = await createArchive({ store }).documents("clocks", ["2026-11-19"]);
  expect(found?.totals.month).toBe(100);
});

it("reads a day once for many who ask at once, and never two answers at one time", async () => {
  const days = ["2026-11-17", "2026-11-18", "2026-11-19"];
  for (const day of days) await createArchive(opened).add(document("many", day, 50));
  let running = 0;
  let most = 0;
  let readings = 0;
  const counting = {
    async query<T>(...ask: Parameters<TestStore["store"]["query"]>): Promise<T[]> {
      readings++;
      most = Math.max(most, ++running);
      return opened.store.query<T>(...ask).finally(() => running--);
    },
    command: opened.store.command.bind(opened.store),
  };
  const all = (archive: ReturnType<typeof createArchive>) =>
    Promise.all(Array.from({ length: 20 }, () => archive.documents("many", days)));
  const answers = await all(createArchive({ store: counting }));
  expect(answers.every((answer) => answer.map(({ day }) => day).join() === days.join())).toBe(true);
  expect([readings, most]).toEqual([1, 1]);
  // With room for next to nothing each reads for itself, one after the other.
  const again = await all(createArchive({ store: counting, mostCharacters: 1 }));
  expect(again.every((answer) => answer.length === 3)).toBe(true);
  expect(most).toBe(1);
});
