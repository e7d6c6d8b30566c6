import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { random } from "../demo/random.ts";
import { read } from "../support/api.ts";
import type { Collector } from "../support/collector.ts";
import {
  agesOf,
  breakdownOf,
  droppableOf,
  FIELDS,
  stuckOf,
  summaryOf,
  survivalOf,
} from "./at-now.ts";
import { dayAt, type Interval, textOf } from "./calendar.ts";
import { among, chosen, type Filter, type Life } from "./lives.ts";
import {
  activeOf,
  lifecycleOf,
  retentionOf,
  rollingOf,
  type Span,
  versionSeriesOf,
} from "./over-time.ts";
import { adoptionOf, lagOf, upgradesOf } from "./releases.ts";
import { rounded } from "./same.ts";
import { fleetOf, seeds, startTruth } from "./stage.ts";

/*
 * Fleets made by chance, sent to a real collector, and every question about installs compared with what
 * plain loops over the records say. A failure names its seed; ROLLCALL_TRUTH_SEED=<seed> makes that
 * fleet again.
 */
/** The read API takes ten questions a second of one caller. */
const PACE_MS = 80;

const now = Date.now();
const fleets = seeds().map((seed) => fleetOf(seed, now));

const FILTERS: Filter[] = [
  {},
  { admitted: "admitted" },
  { admitted: "admitted", platform: "Linux,unknown" },
  { lifetime: "day_or_more", version: "1.10.0,1.9.1,nightly,10.0.0" },
];

let collector: Collector;
beforeAll(async () => {
  collector = await startTruth(fleets, now);
}, 180_000);
afterAll(() => collector?.stop());

/** What a question may be asked with beside a filter; drawn anew each time. */
interface Drawn {
  from: number;
  to: number;
  interval: Interval;
  field: (typeof FIELDS)[number];
  floor: (typeof DROPPABLE)[number];
  days: number;
}

const DROPPABLE = ["app_version", "os_version", "platform", "architecture"] as const;
/** Days before today: the month, one day, half a year, more than a chart has points, and a past. */
const SPANS = [
  ...([
    [27, 0],
    [0, 0],
    [182, 0],
    [450, 0],
    [50, 20],
  ] as const),
];

/** What an answer must be, from the installs that its filter leaves. */
type Truth = (asked: Life[], parts: Drawn & { all: Life[]; span: Span; now: number }) => object;

describe.each(fleets)("the fleet of seed $seed", ({ seed, app, records, lives, releases }) => {
  const today = dayAt(now);
  const dice = random(seed, 1);

  function draw(): Drawn {
    const [from, to] = dice.pick(SPANS);
    return {
      ...{ from: today - from, to: today - to, interval: dice.pick(["day", "week", "month"]) },
      ...{ field: dice.pick(FIELDS), floor: dice.pick(DROPPABLE), days: dice.pick([14, 60]) },
    };
  }

  async function expectTruth(
    question: string,
    parametersOf: (drawn: Drawn) => Record<string, string>,
    truth: Truth,
    times = 1,
  ) {
    for (const filter of FILTERS) {
      for (let time = 0; time < times; time += 1) {
        const drawn = draw();
        const asked = { app, ...parametersOf(drawn), ...(filter as Record<string, string>) };
        await sleep(PACE_MS);
        const { asOf, ...answer } = await read<{ asOf: string }>(
          collector,
          `installs/${question}`,
          asked,
        );
        const until = Date.parse(asOf);
        const span = { from: drawn.from, to: drawn.to, asOf: until };
        const all = among(lives, filter);
        const expected = truth(chosen(lives, filter), { ...drawn, all, span, now: until });
        expect(rounded(answer), `seed ${seed}: ${question}?${new URLSearchParams(asked)}`).toEqual(
          rounded(expected),
        );
      }
    }
  }
  const range = ({ from, to }: Drawn) => ({ from: textOf(from), to: textOf(to) });
  const buckets = (drawn: Drawn) => ({ ...range(drawn), interval: drawn.interval });
  const nothing = () => ({});

  test("is no trivial one", () => {
    expect(lives.filter(({ admitted }) => admitted).length).toBeGreaterThan(20);
    expect(lives.filter(({ admitted }) => !admitted).length).toBeGreaterThan(3);
    expect(new Set(records.map(({ version }) => version)).size).toBeGreaterThan(7);
    expect(releases.length).toBeGreaterThan(1);
  });

  test("summary", () =>
    expectTruth("summary", nothing, (asked, { all, now }) => summaryOf(all, asked, releases, now)));

  test("active installs, and windows that roll", async () => {
    const active: Truth = (asked, { all, span, interval }) => activeOf(all, asked, span, interval);
    await expectTruth("active", buckets, active, 3);
    await expectTruth("rolling", range, (asked, { span }) => rollingOf(asked, span), 2);
  });

  test("new, returning, resurrected and dormant installs", () =>
    expectTruth(
      "lifecycle",
      buckets,
      (asked, { span, interval }) => lifecycleOf(asked, span, interval),
      3,
    ));

  test("versions, now and over time", () =>
    expectTruth(
      "versions",
      range,
      (asked, { span }) => ({
        rows: breakdownOf(asked, "app_version", span.from, span.to).map(({ value, ...row }) => ({
          version: value,
          ...row,
        })),
        series: versionSeriesOf(asked, span),
      }),
      2,
    ));

  test("breakdown by every field", () =>
    expectTruth(
      "breakdown",
      (drawn) => ({ ...range(drawn), field: drawn.field }),
      (asked, { field, from, to }) => ({ field, rows: breakdownOf(asked, field, from, to) }),
      4,
    ));

  test("age, survival and retention", async () => {
    await expectTruth("age", nothing, (asked, { now }) => agesOf(asked, now));
    await expectTruth("survival", nothing, (asked, { now }) => survivalOf(asked, now));
    await expectTruth(
      "retention",
      range,
      (asked, { span, now }) => retentionOf(asked, span, now),
      2,
    );
  });

  test("releases: how fast installs come to them, from where, and who stays behind", async () => {
    await expectTruth("adoption", nothing, (asked, { now, span }) =>
      adoptionOf(asked, releases, now, span.asOf),
    );
    await expectTruth("lag", nothing, (asked, { now, span }) =>
      lagOf(asked, releases, now, span.asOf),
    );
    await expectTruth("upgrades", range, (asked, { from, to }) => upgradesOf(asked, from, to), 2);
    await expectTruth(
      "stuck",
      ({ days }) => ({ days: String(days) }),
      (asked, { days, now }) => stuckOf(asked, releases, days, now),
    );
    await expectTruth(
      "droppable",
      ({ floor }) => ({ field: floor }),
      (asked, { floor, now }) => droppableOf(asked, floor, now),
      2,
    );
  });
});
