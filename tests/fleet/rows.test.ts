import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  BASE_SCHEMA,
  type Catalogue,
  compileTable,
  createEnforcedRecord,
  createIncomingRecord,
  enforce,
  Kind,
  pushAttribute,
} from "../../schemas/src/index.ts";
import { read } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { type Built, buildFleet, catalogueOf } from "./build.ts";
import { createFleet } from "./fleet.ts";
import { DAY } from "./options.ts";
import { type OpenFleet, openFleet, smallFleet, temporary } from "./testing.ts";
import { createTruth } from "./truth.ts";
import { propertiesOf } from "./values.ts";

const options = smallFleet({ installs: 900, days: 90, events: 20_000 });
const fleet = createFleet(options);
const truth = createTruth(fleet);
const catalogue = catalogueOf(options.app);
const app = options.app;
const day = (index: number) => new Date(fleet.start + index * DAY).toISOString().slice(0, 10);

interface EventRow {
  event: string;
  app_version: string;
  environment: string;
  install_id: string;
  trace_id: string;
  span_id: string;
  properties: Record<string, string>;
  numbers: Record<string, number>;
}

describe("a fleet in a data directory", () => {
  const directory = temporary();
  let built: Built;
  beforeAll(async () => {
    built = await buildFleet({ ...options, directory: directory.path });
  });
  afterAll(() => directory.remove());

  test("is as large as it was asked to be", () => {
    expect(Math.abs(built.rows.events! / options.events - 1)).toBeLessThan(0.05);
    expect(Math.abs(built.rows.installs! / options.installs - 1)).toBeLessThan(0.05);
    expect(built.rows.installs).toBe(truth.installs);
    expect(built.rows.heartbeats).toBe(truth.heartbeats);
    expect(built.rows.refusals).toBeGreaterThan(20);
  });

  describe("in its rows", () => {
    let opened: OpenFleet;
    beforeAll(async () => {
      opened = await openFleet(directory.path);
    });
    afterAll(() => opened?.close());

    const ask = <T>(sql: string): Promise<T[]> => opened.store.query<T>(sql);

    test("holds only events that enforcement would accept and keep as they are", async () => {
      const rows = await ask<EventRow>(
        "SELECT event, app_version, environment, install_id, trace_id, span_id, properties, numbers FROM events",
      );
      expect(new Set(rows.map(({ event }) => event)).size).toBeGreaterThan(80);
      const table = compileTable(app, catalogue);
      for (const row of rows) expect(kept(table, catalogue, row)).toEqual(row);
    });

    test("holds only heartbeats that enforcement would keep as they are", async () => {
      const names = BASE_SCHEMA.map(({ name }) => name).filter((name) => !name.endsWith("_at"));
      for (const name of names) {
        const { decide } = BASE_SCHEMA.find((field) => field.name === name)!;
        const rows = await ask<{ value: string }>(
          `SELECT DISTINCT toString(${name}) AS value FROM heartbeats WHERE value != ''`,
        );
        expect(rows.length).toBeGreaterThan(0);
        for (const { value } of rows)
          expect([name, decide(Kind.String, value)]).toEqual([name, value]);
      }
    });

    test("has no record from the future, before its install, or received before it was sent", async () => {
      const [row] = await ask<Record<string, number>>(
        `SELECT
           countIf(e.time > fromUnixTimestamp64Milli(toInt64(${options.cut}))) AS future,
           countIf(e.received_at < e.time) AS early,
           countIf(e.time < i.first_seen) AS unborn,
           countIf(i.days = 0) AS silent
         FROM events AS e LEFT JOIN
           (SELECT install_id, min(time) AS first_seen, count() AS days FROM heartbeats GROUP BY install_id) AS i
           USING (install_id)`,
      );
      expect(row).toEqual({ future: 0, early: 0, unborn: 0, silent: 0 });
    });

    test("has every install's days in sets, by a number of its own", async () => {
      const numbered = (table: string) =>
        `SELECT cityHash64(install_id, number) AS pair FROM ${table} ORDER BY pair`;
      const flat = await ask(numbered("installs_flat"));
      expect(flat).toHaveLength(truth.installs);
      expect(await ask(numbered("install_numbers"))).toEqual(flat);
      for (const [table, key, raw] of [
        ["active_days", "day", "heartbeats"],
        ["version_days", "(day, app_version)", "heartbeats"],
        ["event_days", "(day, event)", "(SELECT *, toDate(time) AS day FROM events)"],
      ] as const) {
        const sets = await ask(
          `SELECT key, arraySort(groupArray(toString(install_id))) AS ids
           FROM (
             SELECT ${key} AS key, arrayJoin(bitmapToArray(groupBitmapMergeState(installs))) AS number
             FROM ${table} GROUP BY key
           ) AS sets
           INNER JOIN install_numbers USING (number) GROUP BY key ORDER BY key`,
        );
        expect(sets.length, table).toBeGreaterThan(50);
        expect(sets, table).toEqual(
          await ask(
            `SELECT ${key} AS key, arraySort(groupUniqArray(toString(install_id))) AS ids
             FROM ${raw} GROUP BY key ORDER BY key`,
          ),
        );
      }
    });

    test("loses installs from step to step of its funnel, and no install skips one", async () => {
      const funnel = [
        "project.created",
        "timer.started",
        "invoice.created",
        "invoice.sent",
        "invoice.paid",
      ];
      const reached = await ask<{ step: number; installs: number }>(
        `SELECT step, count() AS installs
         FROM (
           SELECT install_id, arrayJoin(range(1, 6)) AS step,
             windowFunnel(10000000)(toDateTime(time), ${funnel.map((event) => `event = '${event}'`).join(", ")}) AS far
           FROM events GROUP BY install_id
         )
         WHERE far >= step GROUP BY step ORDER BY step`,
      );
      const counts = await ask<{ event: string; installs: number }>(
        `SELECT event, uniqExact(install_id) AS installs FROM events
         WHERE event IN (${funnel.map((event) => `'${event}'`).join(", ")}) GROUP BY event`,
      );
      const found = new Map(counts.map(({ event, installs }) => [event, installs]));
      expect(reached.map(({ installs }) => installs)).toEqual(
        funnel.map((event) => found.get(event)),
      );
      for (const [at, { installs }] of reached.slice(1).entries()) {
        expect(installs).toBeLessThan(reached[at]!.installs);
      }
    });

    test("has timers that last as long as they say", async () => {
      const [row] = await ask<Record<string, number>>(
        `SELECT count() AS timers, countIf(abs(lasted - said) > 3) AS wrong
         FROM (
           SELECT dateDiff('second', t.time, s.time) AS lasted, s.numbers['duration_seconds'] AS said
           FROM (SELECT * FROM events WHERE event = 'timer.started') AS t
           ASOF JOIN (SELECT * FROM events WHERE event = 'timer.stopped') AS s
             ON t.user = s.user AND t.properties['task_id'] = s.properties['task_id']
               AND t.properties['project_id'] = s.properties['project_id'] AND t.time <= s.time
         )`,
      );
      expect(row!.timers).toBeGreaterThan(300);
      expect(row!.wrong! / row!.timers!).toBeLessThan(0.05);
    });

    test("is busier on working days, and its faulty release fails more often than others", async () => {
      const [row] = await ask<Record<string, number>>(
        `SELECT
           countIf(toDayOfWeek(time) < 6) / 5 / (countIf(toDayOfWeek(time) > 5) / 2) AS week,
           countIf(event = 'error_occurred' AND app_version = '${faulty()}') / countIf(app_version = '${faulty()}') AS bad,
           countIf(event = 'error_occurred' AND app_version != '${faulty()}') / countIf(app_version != '${faulty()}') AS good
         FROM events`,
      );
      expect(row!.week).toBeGreaterThan(3);
      expect(row!.bad).toBeGreaterThan(3 * row!.good!);
    });
  });

  describe("with a collector on it", () => {
    let collector: Collector;
    beforeAll(async () => {
      collector = await startCollector({
        dataDir: directory.path,
        env: { CLICKHOUSE_URL: undefined },
      });
    });
    afterAll(() => collector?.stop());

    test("the summary is what the model knows", async () => {
      const summary = await read<{ total: number; admitted: number; sharingDetailed: number }>(
        collector,
        "installs/summary",
        { app },
      );
      expect(summary.total).toBe(truth.installs);
      expect(summary.admitted).toBe(truth.admitted);
      expect(summary.sharingDetailed).toBeGreaterThan(0);
      expect(summary.sharingDetailed).toBeLessThanOrEqual(truth.sharing);
    });

    test("active installs of each day are what the model knows", async () => {
      const { rows } = await read<{ rows: { start: string; installs: number }[] }>(
        collector,
        "installs/active",
        { app, interval: "day", from: day(0), to: day(options.days - 1) },
      );
      expect(rows.map(({ start, installs }) => [start, installs])).toEqual(
        truth.active.map((installs, index) => [day(index), installs]),
      );
    });

    test("versions of each day are what the model knows", async () => {
      interface Versions {
        series: { versions: { version: string; installs: number[] }[] };
      }
      const { series } = await read<Versions>(collector, "installs/versions", {
        ...{ app, from: day(0), to: day(options.days - 1) },
      });
      const named = series.versions.filter(({ version }) => version !== "Other");
      expect(named.length).toBeGreaterThan(3);
      for (const { version, installs } of named) {
        expect([version, installs]).toEqual([version, truth.versions.get(version)]);
      }
    });

    test("events are there, and refusals", async () => {
      const range = { from: day(0), to: day(options.days - 1) };
      const events = await read<{ rows: { count: number }[] }>(collector, "events", {
        app,
        ...range,
      });
      const whole = events.rows.reduce((sum, { count }) => sum + count, 0);
      expect(whole).toBe(built.rows.events);
      const refusals = await read<{ rows: object[] }>(collector, "refusals", { app, ...range });
      expect(refusals.rows.length).toBeGreaterThan(3);
    });
  });
});

const faulty = () => fleet.history.releases[fleet.history.faulty]!.version;

/** What would be stored of a row that came as a record. */
function kept(table: ReturnType<typeof compileTable>, of: Catalogue, row: EventRow): EventRow {
  const record = createIncomingRecord();
  record.eventName = row.event;
  [record.traceId, record.spanId] = [row.trace_id, row.span_id];
  const { install_id, app_version, environment } = row;
  for (const [key, value] of Object.entries({ install_id, app_version, environment })) {
    pushAttribute(record.attributes, key, Kind.String, value);
  }
  const types = propertiesOf(of, row.event);
  for (const [key, value] of Object.entries(row.properties)) {
    if (types[key]?.type !== "boolean") pushAttribute(record.attributes, key, Kind.String, value);
    else pushAttribute(record.attributes, key, Kind.Boolean, value === "true");
  }
  for (const [key, value] of Object.entries(row.numbers)) {
    pushAttribute(record.attributes, key, Kind.Double, value);
  }
  const out = createEnforcedRecord();
  const refusal = enforce(table, record, out);
  if (refusal !== null) throw new Error(`${row.event}: ${JSON.stringify(refusal)}`);
  const pairs = <T>(keys: string[], values: T[], length: number) =>
    Object.fromEntries(keys.slice(0, length).map((key, at) => [key, values[at]!]));
  return {
    ...{ event: out.event, app_version: out.appVersion, environment: out.environment },
    ...{ install_id: out.installId, trace_id: out.traceId, span_id: out.spanId },
    properties: pairs(out.propertyKeys, out.propertyValues, out.properties),
    numbers: pairs(out.numberKeys, out.numberValues, out.numbers),
  };
}
