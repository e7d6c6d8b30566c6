import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loaded, read } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { createFleet, DAY, type Fleet } from "./fleet.ts";
import { playHistory } from "./play.ts";
import { createSender } from "./send.ts";
import { createTruth, type SummaryTruth } from "./truth.ts";

const DAYS = 14;
const app = "timetracker";
const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);

describe("a small fleet, played through the real endpoint", () => {
  const now = Date.now();
  const today = Math.floor(now / DAY) * DAY;
  const truth = createTruth();
  let collector: Collector;
  let fleet: Fleet;
  let refused: string[];
  beforeAll(async () => {
    collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
    fleet = createFleet({ installs: 50, days: DAYS, seed: 3, now });
    const sender = createSender(collector.url, collector.tokens.backfill);
    await playHistory(fleet, DAYS, sender, truth);
    expect(sender.acknowledged()).toBe(truth.records);
    refused = sender.refused();
    sender.close();
    await loaded(collector);
  }, 60_000);
  afterAll(() => collector?.stop());

  test("nothing is refused and no field is dropped", async () => {
    expect(refused).toEqual([]);
    const { rows } = await read<{ rows: object[] }>(collector, "refusals", { app });
    expect(rows).toEqual([]);
  });

  test("the summary is what the generator knows", async () => {
    const asked = await read<SummaryTruth>(collector, "installs/summary", { app });
    const { total, admitted, active, sharingDetailed, churned } = asked;
    const atPlay = truth.summary(now);
    const atAnswer = truth.summary(Date.now());
    expect({ total, admitted, new: asked.new }).toEqual({
      total: atPlay.total,
      admitted: atPlay.admitted,
      new: atPlay.new,
    });
    // Windows end at the moment of the question: a heartbeat may have left one since the play.
    const pairs: [number, number, number][] = [
      [active.day, atAnswer.active.day, atPlay.active.day],
      [active.week, atAnswer.active.week, atPlay.active.week],
      [active.month, atAnswer.active.month, atPlay.active.month],
      [sharingDetailed, atAnswer.sharingDetailed, atPlay.sharingDetailed],
      [churned, atPlay.churned, atAnswer.churned],
    ];
    for (const [found, least, most] of pairs) {
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found).toBeLessThanOrEqual(most);
    }
  });

  test("events, installs and users of each event are what the generator knows", async () => {
    interface Row {
      event: string;
      count: number;
      installs: number;
      users: number;
    }
    const range = { from: isoDay(today - (DAYS - 1) * DAY), to: isoDay(today) };
    const { rows } = await read<{ rows: Row[] }>(collector, "events", { app, ...range });
    const found = new Map(rows.map(({ event, ...numbers }) => [event, numbers]));
    expect(found).toEqual(truth.events(today - (DAYS - 1) * DAY, today + DAY));
  });

  test("active installs of each day are what the generator knows", async () => {
    const from = today - (DAYS - 1) * DAY;
    const { rows } = await read<{ rows: { start: string; installs: number }[] }>(
      collector,
      "installs/active",
      { app, interval: "day", from: isoDay(from), to: isoDay(today) },
    );
    const known = truth.activeByDay(from, today + DAY);
    expect(rows).toHaveLength(DAYS);
    for (const { start, installs } of rows) {
      expect([start, installs]).toEqual([start, known.get(start) ?? 0]);
    }
  });

  test("versions are what the generator knows", async () => {
    const from = today - (DAYS - 1) * DAY;
    const { rows } = await read<{ rows: { version: string; installs: number }[] }>(
      collector,
      "installs/versions",
      { app, from: isoDay(from), to: isoDay(today) },
    );
    const found = new Map(rows.map(({ version, installs }) => [version, installs]));
    expect(found).toEqual(truth.versions(from, today + DAY));
  });

  test("playing the same records again changes nothing", async () => {
    const before = await read<{ rows: object[] }>(collector, "events", { app });
    const sender = createSender(collector.url, collector.tokens.backfill);
    for (const record of fleet.day(DAYS - 2)) await sender.send(record);
    await sender.flush();
    sender.close();
    await loaded(collector);
    const after = await read<{ rows: object[] }>(collector, "events", { app });
    expect(after.rows).toEqual(before.rows);
  });
});
