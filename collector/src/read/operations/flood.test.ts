import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { idOfFixedToken } from "../../ingest/authenticate.ts";
import { createBudgets } from "../../settings/token-budgets.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { createAsks } from "../ask.ts";
import { type Beat, beat, FIXED, NOW, send, startApi, type TestApi } from "../testing.ts";
import { floodOf } from "./flood.ts";

let stored: TestStore;
let api: TestApi;

const DAY = 24 * 60;
const OF_IMPORTS = idOfFixedToken("rci_of-imports");
const OF_ENVIRONMENT = idOfFixedToken("rci_of-the-environment");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
let last = 0;
/** So many installs, each first heard from at this moment by this token. */
const newcomers = (app: string, token: string, count: number, at: string): Beat[] =>
  Array.from({ length: count }, () => ({ app, token, at, install: ++last }));

const tokens: Beat[] = [];
/** 25 tokens: the first brings 30 installs, each other one less than the one before. */
for (let nth = 0; nth < 25; nth += 1) {
  const id = `many-${String(nth).padStart(2, "0")}`;
  tokens.push(...newcomers("empty", id, 30 - nth, minutesAgo(60)));
}

beforeAll(async () => {
  stored = await openTestStore();
  const pending = newcomers("two", "a", 6, minutesAgo(30));
  const admitted = newcomers("two", "a", 5, "2026-11-19T13:00:00Z");
  await beat(stored.store, [
    ...pending,
    ...admitted,
    // Their second day; and it comes by the other token, which did not bring them.
    ...admitted.map((row) => ({ ...row, token: "b", at: "2026-11-20T10:00:00Z" })),
    ...newcomers("two", "b", 10, minutesAgo(30)),
    // By a token of the environment, and by one that was taken out of it.
    ...newcomers("two", OF_ENVIRONMENT, 3, minutesAgo(30)),
    ...newcomers("two", "fixed-0000000000000000", 2, minutesAgo(30)),
    // Old ones, which are heard from again.
    ...newcomers("two", "a", 4, "2026-11-01T12:00:00Z").flatMap((row) => [
      row,
      { ...row, at: minutesAgo(10) },
    ]),
    ...newcomers("edges", "a", 1, "2026-11-19T11:59:59.999Z"),
    ...newcomers("edges", "a", 1, "2026-11-19T12:00:00.000Z"),
    ...newcomers("edges", "b", 1, "2026-11-19T12:00:00.001Z"),
    ...newcomers("edges", "c", 2, "2026-11-20T12:00:00.000Z"),
    // A clock that is ahead by a moment.
    ...newcomers("edges", "d", 1, "2026-11-20T12:00:00.001Z"),
    // 20 a day are usual: 100 are the bound.
    ...Array.from({ length: 28 }, (_, day) =>
      newcomers("usual", "a", 20, new Date(Date.UTC(2026, 9, 23 + day, 9)).toISOString()),
    ).flat(),
    ...newcomers("usual", "a", 60, minutesAgo(30)),
    ...newcomers("usual", "b", 41, minutesAgo(30)),
    // 12 that say that they are three weeks old, of which 5 were known by then.
    ...newcomers("backdated", "a", 12, minutesAgo(20 * DAY)).map((row, nth) => ({
      ...row,
      received: nth < 5 ? row.at : minutesAgo(30),
    })),
    ...newcomers("backdated", OF_IMPORTS, 70, minutesAgo(10 * DAY)).map((row) => ({
      ...row,
      received: minutesAgo(20),
    })),
    ...tokens,
  ]);
  // Of this one only detailed records have come.
  await send(stored.store, [
    { app: "two", install: 9_001, at: minutesAgo(20), event: "timer.started" },
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});
beforeEach(async () => {
  for (const kind of ["app", "ingest_token"] as const) {
    for (const { key } of api.settings.list(kind)) await api.settings.remove(kind, key, "test");
  }
});

const appBudget = (app: string, newInstallsPerDay: number) =>
  api.settings.put("app", app, { budget: { newInstallsPerDay } }, "test");
const token = (
  id: string,
  app: string,
  newInstallsPerDay: number | null,
  name = id,
  backfill = false,
) =>
  api.settings.put(
    "ingest_token",
    id,
    {
      ...{ app, name, hash: "h".repeat(43), hint: "x1Y2", backfill },
      ...{ createdAt: NOW.toISOString(), revokedAt: null, newInstallsPerDay },
    },
    "test",
  );
function flood(app: string, now = NOW) {
  const ask = createAsks({ store: stored.store, duration: api.metrics.queryDuration })("test");
  return floodOf(ask, app, now, { budgets: createBudgets(api.settings, FIXED)(app) });
}
/** "a 11/10 over": what one token brought. */
const brought = (found: Awaited<ReturnType<typeof flood>>) =>
  found.tokens.map(
    ({ id, last24h, budget, over }) => `${id} ${last24h}/${budget}${over ? " over" : ""}`,
  );

it("counts the new installs of 24 hours, pending and admitted, by the token of the first record", async () => {
  await token("a", "two", null, "Container image");
  await appBudget("two", 10);
  const found = await flood("two");
  // 6 pending and 5 admitted; the 4 of 1 November are not new.
  expect(found.tokens).toEqual([
    { id: "a", name: "Container image", last24h: 11, budget: 10, over: true },
    { id: "b", name: "no longer known", last24h: 10, budget: 10, over: false },
    { id: OF_ENVIRONMENT, name: "from the environment", last24h: 3, budget: 10, over: false },
    {
      ...{ id: "fixed-0000000000000000", name: "no longer known" },
      ...{ last24h: 2, budget: 10, over: false },
    },
    { id: "", name: "not known", last24h: 1, budget: 10, over: false },
  ]);
  expect(found).toMatchObject({ last24h: 27, unbudgeted: 0, budget: 10, flooding: true });
});

it("holds a token to its own budget where it has one, be it more or less than the app's", async () => {
  await appBudget("two", 10);
  await token("a", "two", 11);
  const wider = await flood("two");
  expect(brought(wider).slice(0, 2)).toEqual(["a 11/11", "b 10/10"]);
  expect(wider.flooding).toBe(false);
  await token("b", "two", 9);
  const both = await flood("two");
  expect(brought(both).slice(0, 2)).toEqual(["a 11/11", "b 10/9 over"]);
  expect(both.flooding).toBe(true);
});

it("24 hours end now and begin just after the same moment of yesterday", async () => {
  const found = await flood("edges");
  expect(brought(found)).toEqual(["c 2/null", "b 1/null"]);
  expect(found.last24h).toBe(3);
  const later = await flood("edges", new Date(NOW.getTime() + 1));
  expect(brought(later)).toEqual(["c 2/null", "d 1/null"]);
});

it("goes by when installs were first received: who dates them back has them counted today", async () => {
  await token("a", "backdated", 6);
  expect(await flood("backdated")).toMatchObject({
    tokens: [
      { id: OF_IMPORTS, last24h: 70, budget: null, over: false },
      { id: "a", last24h: 7, budget: 6, over: true },
    ],
    ...{ last24h: 77, unbudgeted: 70, flooding: true },
  });
});

it("leaves out what a token brought that may send the past, unless it has a budget of its own", async () => {
  await appBudget("backdated", 7);
  const imported = (own: number | null) => token(OF_IMPORTS, "backdated", own, "import", true);
  await imported(null);
  const without = await flood("backdated");
  expect(without).toMatchObject({ last24h: 7, unbudgeted: 0, flooding: false });
  expect(brought(without)).toEqual(["a 7/7"]);
  await imported(69);
  const own = await flood("backdated");
  expect(brought(own)).toEqual([`${OF_IMPORTS} 70/69 over`, "a 7/7"]);
  expect(own).toMatchObject({ last24h: 77, flooding: true });

  const entry = { app: "backdated", token: "rci_of-imports", backfill: true, unattributed: false };
  const ofEnvironment = createBudgets(api.settings, { tokens: [entry], source: "environment" });
  await api.settings.remove("ingest_token", OF_IMPORTS, "test");
  expect(ofEnvironment("backdated").of(OF_IMPORTS)).toEqual({
    ...{ name: "from the environment", budget: null, imports: true },
  });
});

it("compares with the median what no budget holds for", async () => {
  const whole = await flood("usual");
  expect(whole).toMatchObject({ last24h: 101, unbudgeted: 101, median: 20, threshold: 100 });
  expect(whole).toMatchObject({ budget: null, flooding: true });
  // The token with a budget keeps to it; the 60 of the other are no flood.
  await token("b", "usual", 41);
  expect(await flood("usual")).toMatchObject({ last24h: 101, unbudgeted: 60, flooding: false });
  await token("b", "usual", 40);
  expect(await flood("usual")).toMatchObject({ unbudgeted: 60, flooding: true });
  await appBudget("usual", 60);
  await token("b", "usual", null);
  expect(await flood("usual")).toMatchObject({ last24h: 101, unbudgeted: 0, flooding: false });
});

it("health/arrivals shows at most 20 tokens, most first, and none over its budget is left out", async () => {
  const shown = async () => {
    const { flood } = await api.read<{ flood: { tokens: { id: string }[]; flooding: boolean } }>(
      "/v1/health/arrivals",
      { app: "empty" },
    );
    return { flooding: flood.flooding, ids: flood.tokens.map(({ id }) => id) };
  };
  const nth = (at: number) => `many-${String(at).padStart(2, "0")}`;
  const first = (count: number) => Array.from({ length: count }, (_, at) => nth(at));
  expect(await shown()).toEqual({ flooding: true, ids: first(20) });
  await token(nth(24), "empty", 5);
  expect((await shown()).ids).toEqual([...first(19), nth(24)]);
});

it("tokens of the environment are told apart where an app has several, by their order", () => {
  const entry = (app: string, text: string) => ({
    app,
    token: text,
    backfill: false,
    unattributed: false,
  });
  const entries = [entry("one", "first"), entry("other", "lone"), entry("one", "second")];
  const name = (app: string, text: string) =>
    createBudgets(api.settings, { tokens: entries, source: "file" })(app).of(idOfFixedToken(text))
      .name;
  expect(name("one", "first")).toBe("from secrets.json (1)");
  expect(name("one", "second")).toBe("from secrets.json (2)");
  expect(name("other", "lone")).toBe("from secrets.json");
});
