import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { read } from "../support/api.ts";
import type { Collector } from "../support/collector.ts";
import { dayAt, textOf } from "./calendar.ts";
import {
  arrivalsOf,
  floodOf,
  hoursOf,
  ingestOf,
  lostOf,
  refusalsOf,
  unlistedOf,
} from "./health.ts";
import type { Span } from "./over-time.ts";
import { rounded } from "./same.ts";
import { fleetOf, seeds, startTruth, type TruthFleet } from "./stage.ts";

/*
 * What the collector says of itself, compared with what the senders know that they have sent: also
 * twice, and also what had to be refused. ROLLCALL_TRUTH_SEED=<seed> makes a fleet again.
 */
const PACE_MS = 80;
const HOUR = 3_600_000;

const now = Date.now();
const fleets = seeds().map((seed) => fleetOf(seed, now));
const today = dayAt(now);

let collector: Collector;
beforeAll(async () => {
  collector = await startTruth(fleets, now);
}, 180_000);
afterAll(() => collector?.stop());

describe.each(fleets)("what fleet $seed sent", (fleet) => {
  const { seed, app, lives } = fleet;
  /** Days before today: the month, a day, half a year, more than a chart has points, and a past. */
  const SPANS = [
    [27, 0],
    [0, 0],
    [182, 0],
    [450, 0],
    [50, 20],
  ] as const;

  async function expectTruth(question: string, truth: (span: Span) => object) {
    for (const [before, until] of SPANS) {
      const [from, to] = [today - before, today - until];
      await sleep(PACE_MS);
      const { asOf, ...answer } = await read<{ asOf: string }>(collector, question, {
        ...{ app, from: textOf(from), to: textOf(to) },
      });
      const expected = rounded(truth({ from, to, asOf: Date.parse(asOf) }));
      expect(rounded(answer), `seed ${seed}: ${question}, ${before} to ${until}`).toMatchObject(
        expected as object,
      );
    }
  }

  test("is no trivial thing to count", () => {
    const lost = lostOf(fleet);
    expect(new Set(lost.map(({ reason }) => reason)).size).toBeGreaterThan(8);
    expect(lost.filter(({ outcome }) => outcome === "dropped").length).toBeGreaterThan(20);
  });

  test("records by day, refusals, dropped fields and unlisted events", async () => {
    await expectTruth("health/ingest", (span) => ingestOf(fleet, span));
    await expectTruth("refusals", (span) => refusalsOf(fleet, span));
    await expectTruth("health/unlisted", (span) => unlistedOf(fleet, span));
  });

  test("new and pending installs, by day and hour and token", async () => {
    await expectTruth("health/arrivals", (span) => arrivalsOf(lives, span));
    const { hours, flood } = await atOneHour(() => read(collector, "health/arrivals", { app }));
    expect(hours).toEqual(hoursOf(lives, Date.now()));
    const { tokens, ...known } = floodOf(fleet);
    expect(flood).toMatchObject(known);
    const byName = (one: { name: string }, other: { name: string }) =>
      one.name < other.name ? -1 : 1;
    const named = (flood as { tokens: { name: string; id: string }[] }).tokens;
    expect(named.map(({ id: _, ...token }) => token).sort(byName)).toEqual(tokens.sort(byName));
  });
});

test("what came in the last hour, and what is stored of it", async () => {
  const of = (count: (fleet: TruthFleet) => number) =>
    fleets.reduce((all, fleet) => all + count(fleet), 0);
  const lost = (outcome: string) =>
    of((fleet) => lostOf(fleet).filter((each) => each.outcome === outcome).length);
  const { minutes } = await read<{ minutes: Record<string, (number | null)[]> }>(
    ...([collector, "health/ingest", { app: fleets[0]!.app }] as const),
  );
  const sum = (name: string) =>
    minutes[name]!.reduce<number>((all, value) => all + (value ?? 0), 0);
  expect({
    ...{ accepted: sum("accepted"), refused: sum("refused"), dropped: sum("dropped") },
  }).toEqual({
    accepted: of(({ records }) => records.length),
    ...{ refused: lost("refused"), dropped: lost("dropped") },
  });

  const { rows } = await read<{
    rows: { table: string; rows: number; oldest: string; newest: string }[];
  }>(...([collector, "health/system"] as const));
  const table = (name: string) => rows.find((row) => row.table === name);
  const days = fleets.flatMap(({ uses }) => uses.map(({ day }) => day));
  expect(table("events")).toMatchObject({
    rows: of(({ uses }) => uses.length),
    ...{ oldest: textOf(Math.min(...days)), newest: textOf(Math.max(...days)) },
  });
  // Others are merged in the background; what one row of them stands for comes once at least.
  for (const name of ["install_numbers", "installs_flat"]) {
    expect(table(name)?.rows, name).toBe(of(({ lives }) => lives.length));
  }
  expect(table("record_uids")?.rows).toBe(of(({ uses }) => uses.length));
  const least = {
    heartbeats: of(({ lives }) => lives.reduce((all, { days }) => all + days.size, 0)),
    installs: of(({ lives }) => lives.length),
  };
  const sent = of(({ records }) => records.length);
  for (const [name, fewest] of Object.entries(least)) {
    expect(table(name)?.rows, name).toBeGreaterThanOrEqual(fewest);
    expect(table(name)?.rows, name).toBeLessThanOrEqual(sent);
  }
});

test("the apps, with all installs ever heard of", async () => {
  const { rows } = await read<{ rows: { lastReceivedAt: string }[] }>(collector, "apps");
  expect(rows).toMatchObject(
    fleets
      .map(({ app, lives }) => ({ app, mode: "catalogue", installs: lives.length }))
      .sort((one, other) => (one.app < other.app ? -1 : 1)),
  );
  for (const { lastReceivedAt } of rows) {
    expect(Date.parse(lastReceivedAt)).toBeGreaterThanOrEqual(now);
    expect(Date.parse(lastReceivedAt)).toBeLessThanOrEqual(Date.now());
  }
});

/** Asked again where an hour ended on the way. */
async function atOneHour<T>(ask: () => Promise<T>): Promise<T> {
  const before = Math.floor(Date.now() / HOUR);
  const answer = await ask();
  return Math.floor(Date.now() / HOUR) === before ? answer : atOneHour(ask);
}
