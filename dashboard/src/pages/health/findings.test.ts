import { describe, expect, it } from "vitest";
import type { HealthSystem, Machine } from "../../api/health.ts";
import { findingsOf, type Known } from "./findings.ts";

const NOTHING: Known = {
  ...{ system: null, refusals: null, unlisted: null, arrivals: null, alerts: null },
};
const WELL: Machine = {
  startedAt: "2026-11-18T07:00:00.000Z",
  spool: { bytes: 0, segments: 0, oldestAgeSeconds: 0, accepting: true, reason: "" },
  loader: {
    ...{ failures: 0, lastError: "", lastStoredAt: null, lagSeconds: 1 },
    ...{ retries: 3, quarantined: 0 },
  },
  engine: { state: "ready", memoryBytes: 400, limitBytes: 1000, restarts: 0 },
  disk: { freeBytes: 50 * 1024 ** 3, totalBytes: 100 * 1024 ** 3 },
};
const system = (change: Partial<Machine>): HealthSystem => ({
  rows: [],
  asOf: "",
  machine: { ...WELL, ...change },
});
const ids = (known: Partial<Known>) =>
  findingsOf({ ...NOTHING, ...known }).map(({ id, level }) => `${level} ${id}`);

describe("all is well", () => {
  it("with a machine that is, also after retries that succeeded", () => {
    expect(ids({ system: system({}) })).toEqual([]);
  });
  it("while nothing is known, and with a ClickHouse server", () => {
    expect(ids({})).toEqual([]);
    expect(ids({ system: system({ engine: null }) })).toEqual([]);
  });
});

it.each<[Partial<Machine>, string[]]>([
  [{ spool: { ...WELL.spool, accepting: false, reason: "full" } }, ["error not-accepting"]],
  [{ loader: { ...WELL.loader, failures: 1 } }, ["error loader"]],
  [{ loader: { ...WELL.loader, lagSeconds: 299 } }, []],
  [{ loader: { ...WELL.loader, lagSeconds: 300 } }, ["warn late"]],
  [{ loader: { ...WELL.loader, lagSeconds: 1800 } }, ["error late"]],
  [{ loader: { ...WELL.loader, quarantined: 1 } }, ["warn quarantined"]],
  [
    { engine: { state: "restarting", memoryBytes: null, limitBytes: 1, restarts: 1 } },
    ["error engine-away", "warn restarts"],
  ],
  [
    { engine: { state: "ready", memoryBytes: 950, limitBytes: 1000, restarts: 0 } },
    ["warn memory"],
  ],
  [{ disk: { freeBytes: 4 * 1024 ** 3, totalBytes: 100 * 1024 ** 3 } }, ["warn disk"]],
  [{ disk: { freeBytes: 1024 ** 2, totalBytes: 1024 ** 3 } }, ["error disk"]],
])("the machine %j makes %j", (change, expected) => {
  expect(ids({ system: system(change) })).toEqual(expected);
});

it("the worst comes first, and an alert says what was measured", () => {
  const found = findingsOf({
    ...NOTHING,
    system: system({ loader: { ...WELL.loader, quarantined: 2 } }),
    alerts: {
      asOf: "",
      rows: [
        {
          rule: "error_spike",
          title: "Errors after a release",
          state: "firing",
          since: "2026-11-20T08:12:04.000Z",
          text: "25% of 40.",
        },
        { rule: "install_flood", title: "A flood", state: "ok", since: null, text: "" },
      ],
    },
  });
  expect(found.map(({ id }) => id)).toEqual(["alert-error_spike", "quarantined"]);
  expect(found[0]).toMatchObject({
    what: "Errors after a release, since 2026-11-20 08:12.",
    todo: "25% of 40.",
  });
});

it("a flood is told once, by the alert where it fires", () => {
  const flood = { last24h: 100, median: 3, threshold: 50, budget: null, flooding: true };
  const arrivals = { flood: { ...flood, tokens: [] as object[] } } as Known["arrivals"];
  expect(ids({ arrivals })).toEqual(["warn flood"]);
  expect(findingsOf({ ...NOTHING, arrivals })[0]?.what).toBe(
    "100 new installs in 24 hours; 3 a day are usual.",
  );
  const alerts: Known["alerts"] = {
    asOf: "",
    rows: [{ rule: "install_flood", title: "x", state: "firing", since: "2026", text: "" }],
  };
  expect(ids({ arrivals, alerts })).toEqual(["error alert-install_flood"]);
});

it("a flood by a token over its budget names the token", () => {
  const flood = {
    ...{ last24h: 100, median: 3, threshold: 50, budget: 60, flooding: true },
    tokens: [
      { id: "a", name: "Web site", last24h: 58, budget: 60, over: false },
      { id: "b", name: "Container image", last24h: 42, budget: 40, over: true },
    ],
  };
  const [found] = findingsOf({ ...NOTHING, arrivals: { flood } as Known["arrivals"] });
  expect(found?.what).toBe(
    "The ingest token “Container image” brought 42 new installs in 24 hours; its budget is 40.",
  );
});

it("a few refused records are no finding, a share of many is", () => {
  const refusals = (accepted: number, refused: number) =>
    ({
      total: { accepted, refused, dropped: 0, refusedShare: refused / (accepted + refused) },
    }) as Known["refusals"];
  expect(ids({ refusals: refusals(10, 5) })).toEqual([]);
  expect(ids({ refusals: refusals(990, 10) })).toEqual([]);
  expect(ids({ refusals: refusals(980, 20) })).toEqual(["warn refused"]);
});
