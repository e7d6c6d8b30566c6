import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { beat, install, type SentEvent, send, startApi, type TestApi } from "../testing.ts";

let stored: TestStore;
let api: TestApi;

const RANGE = { app: "timetracker", from: "2026-11-01", to: "2026-11-20" };

const view = (user: number, more: Partial<SentEvent>): SentEvent => ({
  ...{ install: 1, at: "2026-11-10", event: "$pageview", user },
  ...more,
});
const VIEWS = [
  view(10, { properties: { pathname: "/a", browser: "x" } }),
  view(11, { numbers: { pathname: 404 } }),
  view(10, { install: 2, properties: { pathname: "/a" } }),
  view(12, { numbers: { pathname: 404, width: 3 } }),
  view(12, { properties: { browser: "x" } }),
  // Words count before numbers; a type may have changed from one version to the next.
  view(13, { properties: { pathname: "/b" }, numbers: { pathname: 1 } }),
];

beforeAll(async () => {
  stored = await openTestStore();
  const { store } = stored;
  await beat(store, [
    { install: 1, at: "2026-11-02" },
    { install: 1, at: "2026-11-03" },
    { install: 2, at: "2026-11-02" },
    { install: 2, at: "2026-11-03" },
  ]);
  await send(store, VIEWS);
  api = await startApi(store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

it("counts a route alike, as whatever it came", async () => {
  const { rows, total } = await api.read<{ rows: unknown[]; total: unknown }>("/v1/pages", RANGE);
  expect(rows).toEqual([
    { route: "/a", count: 2, installs: 2, users: 1 },
    { route: "404", count: 2, installs: 1, users: 2 },
    { route: "/b", count: 1, installs: 1, users: 1 },
    { route: null, count: 1, installs: 1, users: 1 },
  ]);
  expect(total).toEqual({ count: 6, installs: 2, users: 4 });
});

it("leaves out who is not known to be admitted, a row in installs_flat or not", async () => {
  const { store } = stored;
  await send(store, [
    view(70, { install: 7, event: "late" }),
    view(80, { install: 1, event: "late" }),
  ]);
  const late = async () => {
    const { rows } = await api.read<{ rows: { event: string }[] }>("/v1/events", {
      ...RANGE,
      admitted: "admitted",
    });
    return rows.find(({ event }) => event === "late");
  };
  const one = { event: "late", count: 1, installs: 1, users: 1 };
  expect(await late()).toEqual(one);
  await store.command(`DELETE FROM installs_flat WHERE install_id = '${install(7)}'`);
  expect(await late()).toEqual(one);
});
