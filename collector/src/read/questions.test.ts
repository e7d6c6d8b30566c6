import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { beat, NOW, send, startApi, type TestApi } from "./testing.ts";

let stored: TestStore;
let api: TestApi;

/*
 * Now is 2026-11-20T12:00Z, so the rolling windows begin at 11-19 12:00, 11-13 12:00, 10-23 12:00
 * and 09-25 12:00.
 */
beforeAll(async () => {
  stored = await openTestStore();
  const linux = { platform: "linux", deployment_type: "docker", release_channel: "stable" };
  await beat(stored.store, [
    // 1: there all along, admitted; the latest version counts.
    { install: 1, at: "2026-10-01", app_version: "2.2.0", ...linux },
    { install: 1, at: "2026-11-19T23:00:00Z", app_version: "2.3.1", ...linux },
    { install: 1, at: "2026-11-20T03:00:00Z", app_version: "2.3.1", ...linux },
    // 2: new this month, admitted, last heard of six days ago.
    { install: 2, at: "2026-11-10", app_version: "2.3.0", ...linux, release_channel: "beta" },
    { install: 2, at: "2026-11-14", app_version: "2.3.0", ...linux, release_channel: "beta" },
    // 3: new, admitted, near the end of the month window.
    { install: 3, at: "2026-10-25", app_version: "2.3.0", platform: "darwin" },
    { install: 3, at: "2026-10-26", app_version: "2.3.0", platform: "darwin" },
    // 4: one heartbeat, so pending.
    { install: 4, at: "2026-11-20T10:00:00Z", app_version: "2.3.1", platform: "windows" },
    // 5: churned. 6: gone for longer, and it never said its version.
    { install: 5, at: "2026-09-30", app_version: "2.2.0", ...linux },
    { install: 5, at: "2026-10-01", app_version: "2.2.0", ...linux },
    { install: 6, at: "2026-09-01", platform: "linux" },
    { install: 6, at: "2026-09-02", platform: "linux" },
    // 7: the last millisecond of a day; first_seen is no heartbeat, so pending.
    { install: 7, at: "2026-11-18", kind: "first_seen", app_version: "2.3.1", ...linux },
    { install: 7, at: "2026-11-19T23:59:59.999Z", app_version: "2.3.1", ...linux },
    // 8: two days by its own clock, received on one: pending.
    { install: 8, at: "2026-11-14", admission: "2026-11-15", app_version: "2.3.1", ...linux },
    { install: 8, at: "2026-11-15", admission: "2026-11-15", app_version: "2.3.1", ...linux },
    // 10: the first moment of a day, and a second record of that day.
    { install: 10, at: "2026-11-13T00:00:00Z", app_version: "2.3.0", ...linux },
    { install: 10, at: "2026-11-20T00:00:00Z", app_version: "2.3.0", ...linux },
    // Another app with an install of the same id.
    { app: "gone", install: 1, at: "2026-11-20", app_version: "9.9.9", platform: "plan9" },
  ]);
  await beat(stored.store, [
    { install: 10, at: "2026-11-20T01:00:00Z", app_version: "2.3.1", ...linux },
  ]);
  await send(stored.store, [
    { install: 1, at: "2026-11-18", event: "timer.started", user: 11 },
    { install: 1, at: "2026-11-19T23:59:59.999Z", event: "timer.started", user: 11 },
    { install: 1, at: "2026-11-20T00:00:00Z", event: "timer.started", user: 12 },
    { install: 2, at: "2026-11-12", event: "timer.started" },
    { install: 3, at: "2026-10-20", event: "auth.login", user: 31 },
    { install: 4, at: "2026-11-20T09:00:00Z", event: "report.exported", user: 41 },
    // 9 never sent a base record: an install, pending for ever, of an unknown platform.
    { install: 9, at: "2026-11-19", event: "timer.started", user: 91 },
    { app: "gone", install: 1, at: "2026-11-20", event: "timer.started", user: 1 },
  ]);
  await stored.store.command(
    `INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES
      ('timetracker', '2026-11-19', 'dropped', 'field_name_pii', 'timer.started', 'user_email', 2),
      ('timetracker', '2026-11-20', 'dropped', 'field_name_pii', 'timer.started', 'user_email', 3),
      ('timetracker', '2026-11-20', 'refused', 'install_id_missing', 'auth.login', '', 1),
      ('timetracker', '2026-10-01', 'refused', 'event_unlisted', 'old.event', '', 7),
      ('gone', '2026-11-20', 'refused', 'event_unlisted', 'x.y', '', 9)`,
  );
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

describe("installs/summary", () => {
  it("counts installs in rolling windows, and apart from them all, admitted and pending ones", async () => {
    expect(await api.read("/v1/installs/summary")).toEqual({
      active: { day: 5, week: 7, month: 8 },
      total: 10,
      admitted: 6,
      pending: 4,
      underADay: 0,
      new: 6,
      churned: 1,
      sharingDetailed: 4,
      withoutError: 4,
      // No version was said by k installs.
      latest: { releases: [], installs: 0 },
      previous: { month: 2, new: 3, churned: 1 },
      asOf: NOW.toISOString(),
    });
  });

  it("keeps saying how many are pending where only admitted installs are asked for", async () => {
    expect(await api.read("/v1/installs/summary", { admitted: "admitted" })).toMatchObject({
      active: { day: 2, week: 3, month: 4 },
      total: 10,
      admitted: 6,
      pending: 4,
      // 3 was first heard of by a detailed record, 31 days ago.
      new: 2,
      churned: 1,
      sharingDetailed: 2,
    });
  });

  it.each([
    [{ version: "2.3.1" }, { day: 4, week: 5, month: 5 }],
    [{ version: "2.2.0" }, { day: 0, week: 0, month: 0 }],
    [
      { version: "2.3.0,2.3.1", platform: "darwin,windows" },
      { day: 1, week: 1, month: 2 },
    ],
    [{ release_channel: "beta" }, { day: 0, week: 1, month: 1 }],
    [{ deployment_type: "unknown" }, { day: 2, week: 2, month: 3 }],
    [{ deployment_type: " docker , ," }, { day: 3, week: 5, month: 5 }],
    [{ platform: "" }, { day: 5, week: 7, month: 8 }],
  ])("leaves the installs whose latest base fields are %j", async (filter, active) => {
    expect((await api.read("/v1/installs/summary", filter)).active).toEqual(active);
  });

  it("takes a filter that is repeated like a comma list", async () => {
    const reply = await api.get("/v1/installs/summary", {
      app: "timetracker",
      platform: ["darwin", "windows"],
    });
    expect(reply.json().total).toBe(2);
  });

  it.each(["linux' OR 1=1 --", "\\", "'", "a\tb\nc", "{app:String}", "%27", "\u0000", "💥"])(
    "binds the hostile value %j, so that it matches nothing",
    async (platform) => {
      expect((await api.read("/v1/installs/summary", { platform })).total).toBe(0);
    },
  );

  it("is all zeros for an app that nothing was received from", async () => {
    expect(await api.read("/v1/installs/summary", { app: "empty" })).toMatchObject({
      active: { day: 0, week: 0, month: 0 },
      total: 0,
      pending: 0,
      sharingDetailed: 0,
    });
  });
});

describe("installs/active", () => {
  it("counts distinct installs a UTC day, with 0 for days without any", async () => {
    const { rows } = await api.read("/v1/installs/active", {
      from: "2026-11-17",
      to: "2026-11-20",
    });
    expect(rows).toEqual([
      { start: "2026-11-17", installs: 0, admitted: 0, complete: true },
      { start: "2026-11-18", installs: 1, admitted: 0, complete: true },
      { start: "2026-11-19", installs: 2, admitted: 1, complete: true },
      { start: "2026-11-20", installs: 3, admitted: 2, complete: false },
    ]);
  });

  it("answers with the last 28 days where no range is given", async () => {
    const { rows, interval } = await api.read<{ rows: { start: string }[]; interval: string }>(
      "/v1/installs/active",
    );
    expect(interval).toBe("day");
    expect(rows).toHaveLength(28);
    expect([rows[0]?.start, rows[27]?.start]).toEqual(["2026-10-24", "2026-11-20"]);
  });

  it("counts an install once a week, in whole weeks from Monday", async () => {
    const { rows } = await api.read("/v1/installs/active", {
      interval: "week",
      from: "2026-11-05",
      to: "2026-11-18",
    });
    expect(rows).toEqual([
      { start: "2026-11-02", installs: 0, admitted: 0, complete: true },
      { start: "2026-11-09", installs: 3, admitted: 2, complete: true },
      { start: "2026-11-16", installs: 4, admitted: 2, complete: false },
    ]);
  });

  it("counts an install once a month", async () => {
    const { rows } = await api.read("/v1/installs/active", {
      interval: "month",
      from: "2026-08-31",
      to: "2026-11-20",
    });
    expect(rows).toEqual([
      { start: "2026-08-01", installs: 0, admitted: 0, complete: true },
      { start: "2026-09-01", installs: 2, admitted: 2, complete: true },
      { start: "2026-10-01", installs: 3, admitted: 3, complete: true },
      { start: "2026-11-01", installs: 6, admitted: 3, complete: false },
    ]);
  });

  it("leaves pending installs out where only admitted ones are asked for", async () => {
    const { rows } = await api.read<{ rows: object[] }>("/v1/installs/active", {
      from: "2026-11-20",
      admitted: "admitted",
    });
    expect(rows).toEqual([{ start: "2026-11-20", installs: 2, admitted: 2, complete: false }]);
  });

  it("calls a bucket incomplete while its data is not all loaded", async () => {
    const late = await startApi(stored.store, { loadedUntil: new Date("2026-11-18T22:00:00Z") });
    const { rows, asOf } = await late.read<{ rows: { complete: boolean }[]; asOf: string }>(
      "/v1/installs/active",
      { from: "2026-11-17", to: "2026-11-20" },
    );
    expect(rows.map(({ complete }) => complete)).toEqual([true, false, false, false]);
    expect(asOf).toBe("2026-11-18T22:00:00.000Z");
    await late.close();
  });
});

describe("installs/versions", () => {
  it("gives the latest version of the range's installs, and what each day's installs said", async () => {
    const reply = await api.read("/v1/installs/versions", { from: "2026-11-13", to: "2026-11-20" });
    expect(reply).toEqual({
      rows: [
        { version: "2.3.1", installs: 5, share: 5 / 6 },
        { version: "2.3.0", installs: 1, share: 1 / 6 },
      ],
      series: {
        starts: [13, 14, 15, 16, 17, 18, 19, 20].map((day) => `2026-11-${day}`),
        versions: [
          { version: "2.3.0", installs: [1, 1, 0, 0, 0, 0, 0, 0] },
          { version: "2.3.1", installs: [0, 1, 1, 0, 0, 1, 2, 3] },
        ],
      },
      asOf: NOW.toISOString(),
    });
  });

  it("folds all but the seven versions with the largest share into Other", async () => {
    const many = Array.from({ length: 9 }, (_, version) =>
      Array.from({ length: version + 1 }, (_, index) => ({
        app: "empty2",
        install: 100 * (version + 1) + index,
        at: "2026-11-20T01:00:00Z",
        app_version: `1.${version}.0`,
      })),
    ).flat();
    await beat(stored.store, many);
    const { rows, series } = await api.read<{
      rows: object[];
      series: { versions: { version: string; installs: number[] }[] };
    }>("/v1/installs/versions", { app: "empty2", from: "2026-11-20" });
    expect(rows).toHaveLength(9);
    expect(series.versions.map(({ version }) => version)).toEqual([
      "1.8.0",
      "1.7.0",
      "1.6.0",
      "1.5.0",
      "1.4.0",
      "1.3.0",
      "1.2.0",
      "Other",
    ]);
    expect(series.versions.at(-1)?.installs).toEqual([3]);
  });

  it("has empty lists for an app that nothing was received from", async () => {
    const reply = await api.read<{ rows: []; series: { starts: []; versions: [] } }>(
      "/v1/installs/versions",
      { app: "empty" },
    );
    expect(reply.rows).toEqual([]);
    expect(reply.series.versions).toEqual([]);
    expect(reply.series.starts).toHaveLength(28);
  });
});

describe("installs/breakdown", () => {
  it("groups by the latest value, unknown where an install never said", async () => {
    const { rows } = await api.read("/v1/installs/breakdown", {
      field: "release_channel",
      from: "2026-09-01",
    });
    expect(rows).toEqual([
      { value: "stable", installs: 5, share: 5 / 9 },
      { value: "unknown", installs: 3, share: 3 / 9 },
      { value: "beta", installs: 1, share: 1 / 9 },
    ]);
  });

  it("counts only installs that were heard from in the range", async () => {
    const { rows } = await api.read("/v1/installs/breakdown", {
      field: "platform",
      from: "2026-11-20",
      to: "2026-11-20",
    });
    expect(rows).toEqual([
      { value: "linux", installs: 2, share: 2 / 3 },
      { value: "windows", installs: 1, share: 1 / 3 },
    ]);
  });

  it.each([
    "platform",
    "os_version",
    "architecture",
    "locale",
    "timezone",
    "deployment_type",
    "release_channel",
    "app_version",
  ])("knows the field %s", async (field) => {
    const reply = await api.read<{ field: string; rows: { installs: number }[] }>(
      "/v1/installs/breakdown",
      { field },
    );
    expect(reply.field).toBe(field);
    expect(reply.rows.reduce((sum, row) => sum + row.installs, 0)).toBe(7);
  });
});

describe("events", () => {
  it("counts records, installs and named users of the range", async () => {
    expect(await api.read("/v1/events")).toEqual({
      rows: [
        { event: "timer.started", count: 5, installs: 3, users: 3 },
        { event: "report.exported", count: 1, installs: 1, users: 1 },
      ],
      sharingDetailed: 4,
      usersExactTo: 65536,
      asOf: NOW.toISOString(),
    });
  });

  it("cuts days at midnight UTC", async () => {
    const { rows } = await api.read("/v1/events", { from: "2026-11-19", to: "2026-11-19" });
    expect(rows).toEqual([{ event: "timer.started", count: 2, installs: 2, users: 2 }]);
  });

  it("leaves events of other installs out where the installs are narrowed", async () => {
    expect(await api.read("/v1/events", { admitted: "admitted" })).toMatchObject({
      rows: [{ event: "timer.started", count: 4, installs: 2, users: 2 }],
      sharingDetailed: 2,
    });
  });
});

describe("events/trend", () => {
  it("draws each event asked for, also one that never came", async () => {
    const reply = await api.read("/v1/events/trend", {
      event: "report.exported,no.such,timer.started",
      from: "2026-11-18",
    });
    expect(reply).toEqual({
      interval: "day",
      starts: ["2026-11-18", "2026-11-19", "2026-11-20"],
      series: [
        { event: "report.exported", counts: [0, 0, 1], installs: [0, 0, 1], users: [0, 0, 1] },
        { event: "no.such", counts: [0, 0, 0], installs: [0, 0, 0], users: [0, 0, 0] },
        { event: "timer.started", counts: [1, 2, 1], installs: [1, 2, 1], users: [1, 2, 1] },
      ],
      incomplete: 1,
      usersExactTo: 65536,
      asOf: NOW.toISOString(),
    });
  });

  it("counts an install once a week", async () => {
    const { series } = await api.read<{ series: object[] }>("/v1/events/trend", {
      event: "timer.started",
      interval: "week",
      from: "2026-11-12",
    });
    expect(series).toEqual([
      { event: "timer.started", counts: [1, 4], installs: [1, 2], users: [0, 3] },
    ]);
  });
});

describe("refusals", () => {
  it("adds the days of the range up by reason and name", async () => {
    expect(await api.read("/v1/refusals")).toMatchObject({
      rows: [
        {
          outcome: "dropped",
          reason: "field_name_pii",
          event: "timer.started",
          field: "user_email",
          count: 5,
        },
        {
          outcome: "refused",
          reason: "install_id_missing",
          event: "auth.login",
          field: "",
          count: 1,
        },
      ],
      asOf: NOW.toISOString(),
    });
  });
});

describe("apps", () => {
  it("lists those with a token and those whose data is still there", async () => {
    const { rows } = await api.read<{ rows: { app: string }[] }>("/v1/apps");
    expect(rows.filter(({ app }) => app !== "empty2")).toEqual([
      { app: "empty", mode: "learning", installs: 0, lastReceivedAt: null },
      { app: "gone", mode: "learning", installs: 1, lastReceivedAt: "2026-11-20T12:00:00.000Z" },
      {
        app: "timetracker",
        mode: "catalogue",
        installs: 10,
        lastReceivedAt: "2026-11-20T10:00:00.000Z",
      },
    ]);
  });

  it("answers questions about an app whose last token is gone", async () => {
    expect((await api.read("/v1/installs/summary", { app: "gone" })).total).toBe(1);
  });
});

describe("parameters", () => {
  it.each([
    [
      { from: "2026-02-30" },
      "from: found 2026-02-30, allowed is a day of the calendar as YYYY-MM-DD.",
    ],
    [{ to: "yesterday" }, "to: found yesterday, allowed is a day of the calendar as YYYY-MM-DD."],
    [
      { from: "2026-11-10", to: "2026-11-09" },
      "from: found 2026-11-10, allowed is a day up to 2026-11-09.",
    ],
    [{ from: "2026-11-21" }, "from: found 2026-11-21, allowed is a day up to 2026-11-20."],
    [
      { from: "2016-11-12" },
      "from: found 2016-11-12, which makes 3661 days, allowed is a day that makes a range of at most 3660 days.",
    ],
    // The year before it has a sign and sorts before every day: buckets from there would never end.
    [{ to: "0000-01-01" }, "to: found 0000-01-01, allowed is a day from 2000-01-01 on."],
    [{ to: "1999-12-31" }, "to: found 1999-12-31, allowed is a day from 2000-01-01 on."],
    [{ admitted: "pending" }, "admitted: found pending, allowed is all or admitted."],
    [{ interval: "hour" }, "interval: found hour, allowed is day, week or month."],
    [{ app: "" }, "app: found nothing, allowed is the name of an app, such as timetracker."],
    [
      { platform: "x".repeat(300) },
      `platform: found ${"x".repeat(80)}…, allowed is at most 50 values of at most 200 characters.`,
    ],
  ])("refuses %j and says what is allowed", async (parameters, message) => {
    const reply = await api.get("/v1/installs/active", { app: "timetracker", ...parameters });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toEqual({
      code: "invalid_parameter",
      message,
      requestId: expect.any(String),
    });
  });

  it.each([
    ["/v1/installs/active", {}, "app: found nothing"],
    [
      "/v1/installs/breakdown",
      { app: "timetracker" },
      "field: found nothing, allowed is one of platform",
    ],
    [
      "/v1/installs/breakdown",
      { app: "timetracker", field: "install_id" },
      "field: found install_id",
    ],
    ["/v1/events/trend", { app: "timetracker" }, "event: found nothing"],
    [
      "/v1/events/trend",
      { app: "timetracker", event: "a,b,c,d,e,f,g" },
      "event: found a,b,c,d,e,f,g, allowed is 1 to 6",
    ],
    [
      "/v1/events/trend",
      { app: ["timetracker", "gone"], event: "a.b" },
      "app: found timetracker,gone",
    ],
  ])("refuses %s with %j", async (path, parameters, message) => {
    const reply = await api.get(path, parameters);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().message).toContain(message);
  });

  it("takes the longest range, in buckets that a chart can show", async () => {
    const { interval, rows } = await api.read<{ interval: string; rows: object[] }>(
      "/v1/installs/active",
      { from: "2016-11-13" },
    );
    expect(interval).toBe("month");
    expect(rows).toHaveLength(121);
  });

  it("does not know an app that has neither token nor data", async () => {
    for (const app of ["nobody", "timetracker' OR '1'='1", "Timetracker"]) {
      const reply = await api.get("/v1/events", { app });
      expect(reply.statusCode).toBe(404);
      expect(reply.json().code).toBe("app_unknown");
    }
  });

  it("takes a day after today as today", async () => {
    const { rows } = await api.read<{ rows: { start: string }[] }>("/v1/installs/active", {
      from: "2026-11-20",
      to: "2027-01-01",
    });
    expect(rows.map(({ start }) => start)).toEqual(["2026-11-20"]);
  });
});

describe("every question", () => {
  it("is timed under its own name", async () => {
    await api.read("/v1/events");
    const text = await api.metrics.registry.metrics();
    expect(text).toMatch(/rollcall_query_duration_seconds_count\{query="events"\} [1-9]/);
  });
});

describe("catalogue/draft", () => {
  it("drafts a type from what was kept, and a closed set where text was dropped", async () => {
    await send(stored.store, [
      {
        app: "drafted",
        install: 1,
        at: "2026-11-20",
        event: "report.viewed",
        numbers: { pages: 3 },
      },
    ]);
    await stored.store.command(
      `INSERT INTO refusals (app, day, outcome, reason, event, field, count) VALUES
        ('drafted', '2026-11-20', 'dropped', 'type_mismatch', 'report.viewed', 'kind', 4),
        ('drafted', '2026-11-20', 'dropped', 'field_name_pii', 'report.viewed', 'email', 4)`,
    );
    const draft = await api.read<{ events: { name: string; properties: object }[] }>(
      "/v1/catalogue/draft",
      { app: "drafted" },
    );
    expect(draft.events.map(({ name }) => name)).toEqual(["report.viewed"]);
    expect(draft.events[0]?.properties).toMatchObject({
      pages: { type: "integer" },
      kind: { type: "enum" },
    });
    expect(draft.events[0]?.properties).not.toHaveProperty("email");
  });
});
