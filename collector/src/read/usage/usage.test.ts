import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { beat, type SentEvent, send, startApi, type TestApi } from "../testing.ts";

let stored: TestStore;
let api: TestApi;

/*
 * Now is 2026-11-20T12:00Z, a Friday; Mondays are 11-02, 11-09 and 11-16.
 *
 * Install 1 (2.0.0, linux) and 2 (1.10.0, linux) are admitted, 3 (1.9.0, darwin) is pending, 4 never
 * sent a base record, 5 shares nothing.
 */
beforeAll(async () => {
  stored = await openTestStore();
  const linux = { platform: "linux", locale: "de-DE" };
  await beat(stored.store, [
    { install: 1, at: "2026-11-02", app_version: "1.9.0", ...linux },
    { install: 1, at: "2026-11-10", app_version: "2.0.0", ...linux },
    { install: 1, at: "2026-11-17", app_version: "2.0.0", ...linux },
    { install: 2, at: "2026-11-03", app_version: "1.10.0", ...linux },
    { install: 2, at: "2026-11-11", app_version: "1.10.0", ...linux },
    { install: 3, at: "2026-11-12", app_version: "1.9.0", platform: "darwin" },
    { install: 5, at: "2026-11-12", app_version: "2.0.0", ...linux },
    { install: 5, at: "2026-11-13", app_version: "2.0.0", ...linux },
  ]);
  const login = (install: number, at: string, method: string, more: Partial<SentEvent> = {}) => ({
    ...{
      install,
      at,
      event: "auth.login",
      user: install * 10,
      properties: { auth_method: method },
    },
    ...more,
  });
  await send(stored.store, [
    login(1, "2026-11-03", "local", { app_version: "1.9.0" }),
    login(1, "2026-11-10", "local", { app_version: "2.0.0" }),
    login(1, "2026-11-10T13:00:00Z", "oidc", { app_version: "2.0.0", user: 11 }),
    login(2, "2026-11-10T23:59:59.999Z", "oidc", { app_version: "1.10.0" }),
    login(2, "2026-11-11T00:00:00Z", "ldap", { app_version: "1.10.0" }),
    login(3, "2026-11-12", "local", { app_version: "1.9.0", user: 0 }),
    // 4 says no version and no method.
    login(4, "2026-11-12", "", { properties: {} }),
    // Late: known to have happened before the range.
    login(2, "2026-10-01", "local", { app_version: "1.10.0" }),
    ...[20, 40, 60].map((rows, at) => ({
      ...{ install: 1, at: `2026-11-1${at}`, event: "export.pdf", user: 10, numbers: { rows } },
      ...{ app_version: "2.0.0", properties: { billable: at === 0 ? "true" : "false" } },
    })),
    ...["/a", "/a", "/b"].map((pathname, at) => ({
      ...{ install: 1, at: `2026-11-10T08:0${at}:00Z`, event: "$pageview", user: 10 },
      ...{ app_version: "2.0.0", properties: { pathname } },
    })),
    { install: 2, at: "2026-11-10T08:00:00Z", event: "$pageview", user: 20, app_version: "1.10.0" },
    ...(
      [
        [1, "2026-11-10", "2.0.0", "database", "system.error"],
        [1, "2026-11-11", "2.0.0", "database", "error_occurred"],
        [1, "2026-11-11", "2.0.0", "network", "error_occurred"],
        [1, "2026-11-12", "2.0.0", "network", "error_occurred"],
        [1, "2026-11-12", "2.0.0", "network", "error_occurred"],
        [2, "2026-11-12", "1.10.0", "database", "error_occurred"],
        [3, "2026-11-12", "1.9.0", "", "error_occurred"],
      ] as const
    ).map(([install, at, app_version, type, event]) => ({
      ...{ install, at, app_version, event },
      ...(type !== "" && { properties: { error_type: type } }),
    })),
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const NOVEMBER = { from: "2026-11-01", to: "2026-11-20" };
const ALL = { ...NOVEMBER, admitted: "all" };

describe("events/explore", () => {
  it("counts records, installs and users by the values of a property", async () => {
    expect(
      await api.read("/v1/events/explore", {
        ...ALL,
        event: "auth.login",
        property: "auth_method",
      }),
    ).toEqual({
      measure: "count",
      total: { count: 7, installs: 4, users: 4, points: null },
      rows: [
        { kind: "value", value: "local", count: 3, installs: 2, users: 1, points: null },
        { kind: "value", value: "oidc", count: 2, installs: 2, users: 2, points: null },
        { kind: "value", value: "ldap", count: 1, installs: 1, users: 1, points: null },
        { kind: "none", value: "", count: 1, installs: 1, users: 1, points: null },
      ],
      folded: 0,
      interval: null,
      starts: [],
      incomplete: 0,
      sharingDetailed: 4,
      usersExactTo: 65_536,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  it("folds what is not among the first into one row, in which an install counts once", async () => {
    const { rows, folded } = await api.read<{ rows: object[]; folded: number }>(
      "/v1/events/explore",
      { ...ALL, event: "auth.login", property: "auth_method", top: "1" },
    );
    expect(folded).toBe(2);
    expect(rows).toEqual([
      { kind: "value", value: "local", count: 3, installs: 2, users: 1, points: null },
      // 1 once, 2 with two methods.
      { kind: "other", value: "", count: 3, installs: 2, users: 2, points: null },
      { kind: "none", value: "", count: 1, installs: 1, users: 1, points: null },
    ]);
  });

  it("orders by the measure that was asked for, and draws it over time", async () => {
    const reply = await api.read<{ rows: { value: string; points: number[] }[] }>(
      "/v1/events/explore",
      {
        ...{ ...ALL, from: "2026-11-10", to: "2026-11-12" },
        ...{ event: "auth.login", field: "platform", measure: "users", over: "time" },
      },
    );
    expect(reply).toMatchObject({
      interval: "day",
      starts: ["2026-11-10", "2026-11-11", "2026-11-12"],
      incomplete: 0,
      total: { count: 6, installs: 4, users: 4, points: [3, 1, 1] },
      rows: [
        { kind: "value", value: "linux", count: 4, installs: 2, users: 3, points: [3, 1, 0] },
        { kind: "value", value: "darwin", count: 1, installs: 1, users: 0, points: [0, 0, 0] },
        { kind: "none", value: "", count: 1, installs: 1, users: 1, points: [0, 0, 1] },
      ],
    });
  });

  it("counts an install once a week, in whole weeks", async () => {
    const reply = await api.read("/v1/events/explore", {
      ...{ ...ALL, from: "2026-11-05", to: "2026-11-12", interval: "week" },
      ...{ event: "auth.login", measure: "installs", over: "time" },
    });
    expect(reply).toMatchObject({
      starts: ["2026-11-02", "2026-11-09"],
      // The range holds no record of its first week, but that week does.
      total: { count: 6, installs: 4, points: [1, 4] },
      rows: [],
    });
  });

  it.each([
    [{ where: "auth_method:oidc" }, 2],
    [{ where: "auth_method:oidc|ldap" }, 3],
    [{ where: "auth_method:nonsense" }, 0],
    [{ where: "auth_method:oidc", version: "2.0.0" }, 1],
    [{ where: "auth_method:oidc", admitted: "admitted", platform: "darwin" }, 0],
  ])("takes %j", async (filter, count) => {
    const reply = await api.read<{ total: { count: number } }>("/v1/events/explore", {
      ...{ ...ALL, event: "auth.login" },
      ...filter,
    });
    expect(reply.total.count).toBe(count);
  });

  it.each([
    [["rows>20"], 2],
    [["rows>=20"], 3],
    [["rows<40"], 1],
    [["rows<=40", "billable:false"], 1],
    [["rows:40|60"], 2],
    [["rows:40.0"], 1],
    [["billable:true"], 1],
    // A record without the property is not smaller than anything.
    [["missing<5"], 0],
  ])("compares numbers as numbers: %j", async (where, count) => {
    const reply = await api.get("/v1/events/explore", {
      ...{ app: "timetracker", ...ALL, event: "export.pdf" },
      where,
    });
    expect(reply.json<{ total: { count: number } }>().total.count).toBe(count);
  });

  it("breaks down by a number and by the version that the record says", async () => {
    const by = async (parameters: Record<string, string>) =>
      (
        await api.read<{ rows: { kind: string; value: string; count: number }[] }>(
          "/v1/events/explore",
          { ...ALL, ...parameters },
        )
      ).rows.map(({ kind, value, count }) => [kind, value, count]);
    expect(await by({ event: "export.pdf", property: "rows" })).toEqual([
      ["value", "20", 1],
      ["value", "40", 1],
      ["value", "60", 1],
    ]);
    expect(await by({ event: "auth.login", field: "app_version" })).toEqual([
      ["value", "1.10.0", 2],
      ["value", "1.9.0", 2],
      ["value", "2.0.0", 2],
      ["none", "", 1],
    ]);
  });

  it("has zeros for an event that never came", async () => {
    const reply = await api.read("/v1/events/explore", { ...ALL, event: "no.such", property: "x" });
    expect(reply).toMatchObject({ total: { count: 0, installs: 0, users: 0 }, rows: [] });
  });

  it.each([
    [{ event: "a b" }, "event: found a b, allowed is the name of an event, such as timer.started."],
    [{ event: "a.b", where: "x" }, /^where: found x, allowed is up to 5 conditions/],
    [{ event: "a.b", top: "51" }, "top: found 51, allowed is a whole number from 1 to 50."],
    [{ event: "a.b", measure: "all" }, "measure: found all, allowed is count, installs or users."],
    [{ event: "a.b", field: "user" }, /^field: found user, allowed is one of app_version, /],
    [
      { event: "a.b", property: "X" },
      "property: found X, allowed is the key of a property, such as auth_method.",
    ],
  ])("refuses %j in words", async (parameters, message) => {
    const reply = await api.get("/v1/events/explore", { app: "timetracker", ...parameters });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({
      code: "invalid_parameter",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });
});

describe("events/properties", () => {
  it("lists keys by how many records have them, with values or a range", async () => {
    expect(await api.read("/v1/events/properties", { ...ALL, event: "export.pdf" })).toEqual({
      rows: [
        {
          ...{ key: "billable", kind: "text", count: 3, different: 2, range: null },
          values: [
            { value: "false", count: 2 },
            { value: "true", count: 1 },
          ],
        },
        {
          ...{ key: "rows", kind: "number", count: 3, different: 3, values: [] },
          range: { least: 20, median: 40, most: 60 },
        },
      ],
      records: 3,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  it("is empty for an event that never came", async () => {
    const reply = await api.read("/v1/events/properties", { ...ALL, event: "no.such" });
    expect(reply).toMatchObject({ rows: [], records: 0 });
  });
});

describe("events/trend", () => {
  it("has installs and users beside the counts", async () => {
    const reply = await api.read("/v1/events/trend", {
      ...{ ...ALL, from: "2026-11-10", to: "2026-11-12" },
      event: "auth.login",
    });
    expect(reply).toMatchObject({
      series: [{ event: "auth.login", counts: [3, 1, 2], installs: [2, 1, 2], users: [3, 1, 1] }],
    });
  });

  it("answers a range of too many days in weeks, and says so", async () => {
    const reply = await api.read<{ interval: string; starts: string[] }>("/v1/events/trend", {
      ...{ from: "2025-10-01", to: "2026-11-20", event: "auth.login" },
    });
    expect(reply.interval).toBe("week");
    expect(reply.starts).toHaveLength(60);
  });
});

describe("events/adoption", () => {
  it("counts of the installs that share and have the feature", async () => {
    const { rows, sharingDetailed } = await api.read<{ rows: object[]; sharingDetailed: number }>(
      "/v1/events/adoption",
      ALL,
    );
    expect(sharingDetailed).toBe(4);
    // Latest versions of who shares: 2.0.0, 1.10.0, 1.9.0, and 4 never said one.
    expect(rows.slice(0, 5)).toEqual([
      // 4 sent it, so it has it.
      { event: "auth.login", installs: 4, of: 4, since: "1.9.0" },
      { event: "error_occurred", installs: 3, of: 3, since: "1.9.0" },
      { event: "$pageview", installs: 2, of: 2, since: "1.10.0" },
      { event: "export.pdf", installs: 1, of: 1, since: "2.0.0" },
      { event: "system.error", installs: 1, of: 1, since: "2.0.0" },
    ]);
    // Never sent: the catalogue says since when it could have been.
    expect(rows).toContainEqual({ event: "task.created", installs: 0, of: 0, since: "5.10" });
  });

  it("leaves versions aside that are no releases, where some are", async () => {
    const beats = Array.from({ length: 10 }, (_, index) =>
      ["2026-11-10", "2026-11-11"].map((at) => ({
        ...{ app: "forged", install: 20 + index, at, app_version: "3.0.0" },
      })),
    ).flat();
    await beat(stored.store, beats);
    await send(stored.store, [
      { app: "forged", install: 20, at: "2026-11-11", event: "a.b", app_version: "3.0.0" },
      { app: "forged", install: 21, at: "2026-11-11", event: "c.d", app_version: "3.0.0" },
      // Nobody else ever said 0.0.1.
      { app: "forged", install: 99, at: "2026-11-11", event: "a.b", app_version: "0.0.1" },
    ]);
    const { rows } = await api.read<{ rows: object[] }>("/v1/events/adoption", {
      ...{ ...ALL, app: "forged" },
    });
    expect(rows).toEqual([
      // The forged one sent it, so it counts as having it.
      { event: "a.b", installs: 2, of: 3, since: "3.0.0" },
      { event: "c.d", installs: 1, of: 2, since: "3.0.0" },
    ]);
  });

  it("names what nobody used in the range, with who could have", async () => {
    const { rows } = await api.read<{ rows: { event: string; installs: number; of: number }[] }>(
      "/v1/events/adoption",
      { ...ALL, from: "2026-11-12", to: "2026-11-12" },
    );
    // On that day 1, 2, 3 and 4 shared.
    expect(rows.find(({ event }) => event === "$pageview")).toEqual({
      ...{ event: "$pageview", installs: 0, of: 2, since: "1.10.0" },
    });
  });

  it("keeps within the installs that are asked about", async () => {
    const { rows } = await api.read<{ rows: { event: string }[] }>("/v1/events/adoption", {
      ...NOVEMBER,
      admitted: "admitted",
      version: "1.10.0",
    });
    expect(rows.filter(({ event }) => ["auth.login", "export.pdf"].includes(event))).toEqual([
      { event: "auth.login", installs: 1, of: 1, since: "1.9.0" },
      { event: "export.pdf", installs: 0, of: 0, since: "2.0.0" },
    ]);
  });
});

describe("retention/event", () => {
  it("follows the installs of each week of first use through the base layer", async () => {
    expect(await api.read("/v1/retention/event", { ...ALL, event: "auth.login" })).toEqual({
      weeks: 4,
      rows: [
        { start: "2026-10-26", size: 0, complete: true, counts: [0, 0, 0, null] },
        // 1 was seen in all three weeks; 2 used it in October already.
        { start: "2026-11-02", size: 1, complete: true, counts: [1, 1, null, null] },
        // 3 was seen in its first week, 4 sends no base records.
        { start: "2026-11-09", size: 2, complete: true, counts: [1, null, null, null] },
        { start: "2026-11-16", size: 0, complete: false, counts: [null, null, null, null] },
      ],
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  it("follows them through the same event", async () => {
    const { rows } = await api.read("/v1/retention/event", {
      ...{ ...ALL, from: "2026-10-01", to: "2026-11-15" },
      ...{ event: "auth.login", returning: "event" },
    });
    expect(rows).toMatchObject([
      { start: "2026-09-28", size: 1, counts: [1, 0, 0, 0, 0, 0, 1, null] },
      {},
      {},
      {},
      {},
      { start: "2026-11-02", size: 1, counts: [1, 1, null, null, null, null, null, null] },
      { start: "2026-11-09", size: 2, counts: [2, null, null, null, null, null, null, null] },
    ]);
  });

  it("counts the first use of all time, also where a filter narrows the installs", async () => {
    const { rows } = await api.read<{ rows: { start: string; size: number }[] }>(
      "/v1/retention/event",
      { ...NOVEMBER, admitted: "admitted", event: "auth.login" },
    );
    expect(rows.map(({ size }) => size)).toEqual([0, 1, 0, 0]);
  });
});

describe("errors", () => {
  const EVENTS_ALONE = { unattributed: 0, sources: ["event"] };

  it("ranks types by installs affected, not by records", async () => {
    const reply = await api.read("/v1/errors", { ...ALL, from: "2026-11-10", to: "2026-11-12" });
    expect(reply).toEqual({
      rows: [
        {
          ...{ type: "database", installs: 2, count: 3, ...EVENTS_ALONE },
          events: ["error_occurred", "system.error"],
          ...{ firstVersion: "1.10.0", lastVersion: "2.0.0" },
          ...{ firstDay: "2026-11-10", lastDay: "2026-11-12" },
        },
        {
          ...{
            type: "network",
            installs: 1,
            count: 3,
            events: ["error_occurred"],
            ...EVENTS_ALONE,
          },
          ...{ firstVersion: "2.0.0", lastVersion: "2.0.0" },
          ...{ firstDay: "2026-11-11", lastDay: "2026-11-12" },
        },
        {
          ...{ type: null, installs: 1, count: 1, events: ["error_occurred"], ...EVENTS_ALONE },
          ...{ firstVersion: "1.9.0", lastVersion: "1.9.0" },
          ...{ firstDay: "2026-11-12", lastDay: "2026-11-12" },
        },
      ],
      total: { installs: 3, count: 7, unattributed: 0, types: 3 },
      fromSignals: false,
      // 4 has none.
      sharingDetailed: 4,
      errorFree: 1,
      interval: "day",
      starts: ["2026-11-10", "2026-11-11", "2026-11-12"],
      series: [
        { type: "database", installs: [1, 1, 1] },
        { type: "network", installs: [0, 1, 1] },
        { type: null, installs: [0, 0, 1] },
      ],
      affected: [1, 1, 3],
      sharing: [2, 2, 4],
      incomplete: 0,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });

  it("tells the first and last version ever, also of a range that has but one of them", async () => {
    const reply = await api.read("/v1/errors", { ...ALL, from: "2026-11-10", to: "2026-11-11" });
    expect(reply).toMatchObject({
      rows: [
        // On 1.10.0 it happened the day after.
        { type: "database", count: 2, firstVersion: "1.10.0", lastVersion: "2.0.0" },
        { type: "network", count: 1, firstVersion: "2.0.0", lastVersion: "2.0.0" },
      ],
    });
  });

  it("takes other events and another property for errors", async () => {
    const reply = await api.read("/v1/errors", {
      ...{ ...ALL, event: "auth.login", property: "auth_method", platform: "linux" },
    });
    expect(reply).toMatchObject({
      rows: [
        { type: "oidc", installs: 2 },
        { type: "local", installs: 1 },
        { type: "ldap", installs: 1 },
      ],
    });
  });

  it("names the versions of a type, newest first, of those that ran them", async () => {
    const versions = async (parameters: Record<string, string>) =>
      (await api.read<{ rows: object[] }>("/v1/errors/versions", { ...ALL, ...parameters })).rows;
    expect(await versions({ type: "database" })).toEqual([
      {
        ...{ version: "2.0.0", installs: 1, of: 1, count: 2, unattributed: 0 },
        ...{ firstDay: "2026-11-10", lastDay: "2026-11-11" },
      },
      {
        ...{ version: "1.10.0", installs: 1, of: 1, count: 1, unattributed: 0 },
        ...{ firstDay: "2026-11-12", lastDay: "2026-11-12" },
      },
    ]);
    // 1 ran 1.9.0 before, and shares.
    expect(await versions({ type: "" })).toMatchObject([
      { version: "1.9.0", installs: 1, of: 2, count: 1 },
    ]);
    expect(await versions({})).toMatchObject([
      { version: "2.0.0", count: 5 },
      { version: "1.10.0", count: 1 },
      { version: "1.9.0", count: 1 },
    ]);
  });
});

describe("pages", () => {
  it("counts views by route", async () => {
    expect(await api.read("/v1/pages", ALL)).toEqual({
      rows: [
        { route: "/a", count: 2, installs: 1, users: 1 },
        { route: "/b", count: 1, installs: 1, users: 1 },
        { route: null, count: 1, installs: 1, users: 1 },
      ],
      other: null,
      total: { count: 4, installs: 2, users: 2 },
      sharingDetailed: 4,
      usersExactTo: 65_536,
      asOf: "2026-11-20T12:00:00.000Z",
    });
  });
});
