import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { type SentEvent, send, startApi, type TestApi } from "../testing.ts";
import { pathsOracle } from "./oracle.fixture.ts";

interface Answer {
  total: number;
  sample: number;
  hidden: string[];
  rows: { path: string[]; kind: string; count: number }[];
}

let stored: TestStore;
let api: TestApi;

const day = (user: number, records: string): SentEvent[] =>
  records.split(" ").map((record) => {
    const [event = "", clock = ""] = record.split("@");
    return { install: 1, user, event, at: `2026-11-10T${clock}:00.000Z` };
  });

beforeAll(async () => {
  stored = await openTestStore();
  await send(stored.store, [
    ...day(1, "open@08:00 $pageview@08:05 edit@08:10 edit@08:15 save@08:20 close@08:50"),
    // The session ends: 31 minutes pass.
    ...day(2, "open@08:00 edit@08:31"),
    // Again and again is one step, also where it goes on for longer than a gap.
    ...day(3, "open@08:00 open@08:20 open@08:40 edit@09:00 save@09:01"),
    ...day(4, "open@08:00 help@08:01"),
    // Exactly the gap; two sessions of one user.
    ...day(5, "open@08:00 edit@08:30 open@10:00 save@10:01"),
    ...day(0, "open@08:00 help@08:01"),
    { install: 1, user: 6, event: "open", at: "2026-11-09T23:59:00.000Z" },
    { install: 1, user: 6, event: "edit", at: "2026-11-10T00:01:00.000Z" },
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const RANGE = { from: "2026-11-10", to: "2026-11-10" };
const ask = (parameters: Record<string, string>) =>
  api.read<Answer>("/v1/paths", { ...RANGE, ...parameters });

describe("paths", () => {
  it("tell what came next in the session, the most frequent first", async () => {
    expect(await ask({ event: "open", steps: "2" })).toMatchObject({
      // 1, 2, 3, 4, twice 5.
      total: 6,
      sample: 1,
      hidden: ["$pageview"],
      rows: [
        { path: ["edit"], kind: "event", count: 3 },
        { path: ["edit", "save"], kind: "event", count: 2 },
        { path: ["edit"], kind: "end", count: 1 },
        { path: [], kind: "end", count: 1 },
        { path: ["help"], kind: "event", count: 1 },
        { path: ["help"], kind: "end", count: 1 },
        { path: ["save"], kind: "event", count: 1 },
        { path: ["save"], kind: "end", count: 1 },
      ],
    });
  });

  it("tell what came before", async () => {
    expect((await ask({ event: "save", direction: "before", steps: "2" })).rows).toEqual([
      { path: ["edit"], kind: "event", count: 2 },
      { path: ["edit", "open"], kind: "event", count: 2 },
      { path: ["open"], kind: "event", count: 1 },
      { path: ["open"], kind: "end", count: 1 },
    ]);
  });

  it("fold what is not among the first", async () => {
    expect((await ask({ event: "open", steps: "1", top: "1" })).rows).toEqual([
      { path: ["edit"], kind: "event", count: 3 },
      { path: [], kind: "other", count: 3 },
    ]);
  });

  it("go three steps far", async () => {
    const { rows } = await ask({ event: "open", steps: "3" });
    expect(rows.slice(0, 4)).toEqual([
      { path: ["edit"], kind: "event", count: 3 },
      { path: ["edit", "save"], kind: "event", count: 2 },
      { path: ["edit", "save"], kind: "end", count: 1 },
      { path: ["edit", "save", "close"], kind: "event", count: 1 },
    ]);
  });

  it("hide what is asked to be hidden, and nothing where nothing is", async () => {
    const without = await ask({ event: "open", steps: "1", hide: "edit,$pageview" });
    expect(without.hidden).toEqual(["$pageview", "edit"]);
    // 1: what follows open is now save, 20 minutes later.
    expect(without.rows).toContainEqual({ path: ["save"], kind: "event", count: 3 });
    const all = await ask({ event: "open", steps: "1", hide: "" });
    expect(all.hidden).toEqual([]);
    expect(all.rows).toContainEqual({ path: ["$pageview"], kind: "event", count: 1 });
  });

  it("hide events above a share of the records, but never the one asked about", async () => {
    // On that day 21 records: open 8, edit 6, save 3, help 2, $pageview 1, close 1.
    expect((await ask({ event: "save", hide_above: "0.25" })).hidden).toEqual([
      "$pageview",
      "edit",
      "open",
    ]);
    expect((await ask({ event: "open", hide_above: "0.25" })).hidden).toEqual([
      "$pageview",
      "edit",
    ]);
  });

  it("look at every n-th user of an event that came very often, and say so", async () => {
    await stored.store.command(
      `INSERT INTO events (app, install_id, event, time, received_at, user)
       WITH toDateTime64('2026-11-10 08:00:00.000', 3, 'UTC') + toIntervalMinute(minute) AS moment
       SELECT 'often', toUUID('00000000-0000-4000-8000-000000000001'), step, moment, moment, number + 1
       FROM numbers(300001) ARRAY JOIN ['often.a', 'often.b'] AS step, [0, 1] AS minute`,
    );
    await send(stored.store, [
      { app: "often", install: 1, event: "other", at: "2026-11-10T07:00:00Z" },
    ]);
    expect(await ask({ app: "often", event: "often.a", steps: "1" })).toMatchObject({
      sample: 2,
      // The users of even numbers.
      total: 150_000,
      rows: [{ path: ["often.b"], kind: "event", count: 150_000 }],
    });
  });

  it("are empty for an event that never came", async () => {
    expect(await ask({ event: "no.such" })).toMatchObject({ total: 0, rows: [] });
  });

  it.each([
    [{ event: "open", steps: "4" }, "steps: found 4, allowed is a whole number from 1 to 3."],
    [{ event: "open", direction: "up" }, "direction: found up, allowed is after or before."],
    [
      { event: "open", hide_above: "2" },
      "hide_above: found 2, allowed is a share from 0 to 1, such as 0.2.",
    ],
    [{ event: "open", hide: "A B" }, /^hide: found A B, allowed is at most 100 event names/],
  ])("refuse %j in words", async (parameters, message) => {
    const reply = await api.get("/v1/paths", { app: "timetracker", ...parameters });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toMatch(message);
  });
});

it("paths of random histories are what walking through each session gives", async () => {
  let state = 7;
  const roll = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const NAMES = ["p.a", "p.b", "p.c", "p.d", "$pageview"];
  const rows = Array.from({ length: 1500 }, (): SentEvent => {
    const at = new Date(Date.UTC(2026, 10, 10, 0, roll(1440), 0, 0)).toISOString();
    return {
      ...{ app: "random", at, user: roll(30), install: 1 + roll(5) },
      event: NAMES[roll(5)] as string,
    };
  });
  await send(stored.store, rows);
  for (const event of NAMES.slice(0, 4)) {
    for (const direction of ["after", "before"] as const) {
      for (const hide of ["$pageview", "p.b,$pageview", ""]) {
        const hidden = hide === "" ? [] : hide.split(",").filter((name) => name !== event);
        const expected = pathsOracle(rows, { event, direction, hidden, gapMs: 30 * 60_000 });
        const answer = await ask({ app: "random", event, direction, hide, steps: "3", top: "8" });
        // With so few names nothing is folded, so the deepest rows are every sequence.
        const found = new Map(
          answer.rows
            .filter(({ path, kind }) => kind === "end" || path.length === 3)
            .map(({ path, count }) => [[...path, ".", ".", "."].slice(0, 3).join(">"), count]),
        );
        expect(found).toEqual(expected);
        expect(answer.total).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
      }
    }
  }
});
