import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { random } from "../demo/random.ts";
import { read } from "../support/api.ts";
import type { Collector } from "../support/collector.ts";
import { dayAt, type Interval, textOf } from "./calendar.ts";
import { FUNNEL, SINCE } from "./catalogue.ts";
import { errorsOf, errorVersionsOf } from "./failures.ts";
import {
  eventsOf,
  exploreOf,
  pagesOf,
  propertiesOf,
  trendOf,
  usersOfFeatures,
} from "./features.ts";
import { eventRetentionOf, funnelsOf, pathsOf, type Step } from "./journeys.ts";
import { chosen, type Filter } from "./lives.ts";
import type { Span } from "./over-time.ts";
import { rounded } from "./same.ts";
import { fleetOf, seeds, startTruth } from "./stage.ts";
import type { Use } from "./uses.ts";

/*
 * What installs that share usage have sent, from a real sender through a real collector, and every
 * question about it compared with what plain loops over the records say. A failure names its seed;
 * ROLLCALL_TRUTH_SEED=<seed> makes that fleet again.
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

/** Days before today: the month, one day, half a year, more than a chart has points, and a past. */
const SPANS: [number, number][] = [
  [27, 0],
  [0, 0],
  [182, 0],
  [450, 0],
  [50, 20],
];
const EVENTS = Object.keys(SINCE);
const ERRORS = ["system.error", "error_occurred"];
const NOISE = ["$pageview", "performance_metric"];

/** Conditions on a record, as they are asked for and as they are. */
const CONDITIONS: [string, (use: Use) => boolean][] = [
  ["kind:red|blue", ({ properties }) => ["red", "blue"].includes(properties.kind ?? "")],
  ["size>=5", ({ numbers }) => (numbers.size ?? Number.NaN) >= 5],
  ["size<0", ({ numbers }) => (numbers.size ?? Number.NaN) < 0],
  ["ratio:0.25|1.5|3", ({ numbers }) => [0.25, 1.5, 3].includes(numbers.ratio ?? -1)],
  ["paid:true", ({ properties }) => properties.paid === "true"],
];

const FIELDS = ["platform", "os_version", "timezone", "release_channel"] as const;
/** What records are broken down by, as it is asked for and as it is. */
const WAYS: [Record<string, string>, ((use: Use) => string) | null][] = [
  [{}, null],
  [{ property: "kind" }, ({ properties }) => properties.kind ?? ""],
  [{ property: "paid" }, ({ properties }) => properties.paid ?? ""],
  [{ property: "size" }, ({ numbers }) => String(numbers.size ?? "")],
  [{ property: "ratio" }, ({ numbers }) => String(numbers.ratio ?? "")],
  [{ property: "pathname" }, ({ properties }) => properties.pathname ?? ""],
  [{ field: "app_version" }, ({ version }) => version],
  ...FIELDS.map((field): (typeof WAYS)[number] => [{ field }, ({ life }) => life.fields[field]]),
];

let collector: Collector;
beforeAll(async () => {
  collector = await startTruth(fleets, now);
}, 180_000);
afterAll(() => collector?.stop());

type Parameters = Record<string, string | string[]>;
/** One question, and what its answer must be of the records that the filter leaves. */
interface Drawn {
  asked: Parameters;
  truth: (uses: Use[], span: Span) => object;
}

describe.each(fleets)("the usage of seed $seed", ({ seed, app, lives, releases, uses }) => {
  const today = dayAt(now);
  const dice = random(seed, 3);
  const { pick, chance } = dice;

  async function expectTruth(question: string, times: number, draw: () => Drawn) {
    for (const filter of FILTERS) {
      const left = new Set(chosen(lives, filter));
      const own = uses.filter(({ life }) => left.has(life));
      for (let time = 0; time < times; time += 1) {
        const { asked, truth } = draw();
        const [from, to] = pick(SPANS).map((before) => today - before) as [number, number];
        const all = { app, from: textOf(from), to: textOf(to), ...filter, ...asked };
        const query = Object.entries(all).flatMap(([name, value]) =>
          [value].flat().map((each) => [name, each]),
        );
        const search = new URLSearchParams(query as [string, string][]);
        await sleep(PACE_MS);
        const { asOf, ...answer } = await read<{ asOf: string }>(collector, question, search);
        const expected = truth(own, { from, to, asOf: Date.parse(asOf) });
        expect(rounded(answer), `seed ${seed}: ${question}?${search}`).toEqual(rounded(expected));
      }
    }
  }
  const interval = () => pick<Interval>(["day", "week", "month"]);

  test("is no trivial one", () => {
    const shares = new Set(uses.map(({ life }) => life));
    expect([...shares].filter(({ admitted }) => admitted).length).toBeGreaterThan(5);
    expect([...shares].filter(({ admitted }) => !admitted).length).toBeGreaterThan(0);
    expect(uses.length).toBeGreaterThan(200);
    expect(new Set(uses.map(({ version }) => version)).size).toBeGreaterThan(4);
  });

  test("events, and how they go over time", async () => {
    await expectTruth("events", 1, () => ({ asked: {}, truth: eventsOf }));
    await expectTruth("events/trend", 2, () => {
      const names = [...new Set([pick(EVENTS), pick(EVENTS), pick(EVENTS)])];
      const by = interval();
      return {
        asked: { event: names.join(","), interval: by },
        truth: (own, span) => trendOf(own, names, span, by),
      };
    });
  });

  test("one event, broken down and filtered", () =>
    expectTruth("events/explore", 4, () => {
      const [by, said] = pick(WAYS);
      const event = "pathname" in by || by.property === "pathname" ? "$pageview" : pick(EVENTS);
      const conditions = CONDITIONS.filter(() => chance(0.25));
      const fits = (use: Use) => conditions.every(([, holds]) => holds(use));
      const measure = pick(["count", "installs", "users"] as const);
      const top = pick([1, 2, 10]);
      const over = chance(0.5) ? interval() : null;
      return {
        asked: {
          ...{ ...by, event, measure, top: String(top), where: conditions.map(([text]) => text) },
          ...(over !== null && { over: "time", interval: over }),
        },
        truth: (own, span) =>
          exploreOf(own, { event, fits, said, measure, top, interval: over }, span),
      };
    }));

  test("properties, page views, and who uses what", async () => {
    await expectTruth("events/properties", 1, () => {
      const event = pick(EVENTS);
      return { asked: { event }, truth: (own, span) => propertiesOf(own, event, span) };
    });
    await expectTruth("pages", 1, () => ({ asked: {}, truth: pagesOf }));
    await expectTruth("events/adoption", 1, () => ({
      asked: {},
      truth: (own, span) => usersOfFeatures(uses, own, releases, SINCE, span),
    }));
  });

  test("funnels", async () => {
    await expectTruth("funnels", 3, () => {
      const own = chance(0.5);
      const steps = Array.from({ length: dice.integer(2, own ? 3 : 4) }, (_, at): Step => {
        const event = own ? FUNNEL[at]! : pick(EVENTS);
        if (own || chance(0.7)) return { text: event, event };
        const [text, holds] = pick(CONDITIONS);
        return { text: `${event};${text}`, event, holds };
      });
      const windowMinutes = pick([1, 30, 30, 1440, 43_200]);
      const join = pick(["install", "user"] as const);
      const compare = chance(0.3) ? ["1.9.1", "1.10.0"] : null;
      return {
        asked: {
          ...{ step: steps.map(({ text }) => text), window: String(windowMinutes), join },
          ...(compare && { compare: compare.join(",") }),
        },
        truth: (left, span) => funnelsOf(left, { steps, windowMinutes, join, compare }, span),
      };
    });
    const { rows } = await read(collector, "funnels/listed", { app });
    expect(rows).toEqual([{ name: "setup", steps: FUNNEL }]);
  });

  test("paths", () =>
    expectTruth("paths", 3, () => {
      const walk = {
        ...{ event: pick(EVENTS), direction: pick(["after", "before"] as const) },
        ...{ steps: dice.integer(1, 3), top: dice.integer(1, 8) },
        ...{ hide: pick([NOISE, [], ["timer.started"]]), hideAbove: pick([1, 0.2]) },
      };
      const { event, direction, steps, top, hide, hideAbove } = walk;
      return {
        asked: {
          ...{ event, direction, steps: String(steps), top: String(top) },
          ...(hide !== NOISE && { hide: hide.join(",") }),
          ...(hideAbove < 1 && { hide_above: String(hideAbove) }),
        },
        truth: (own, span) => pathsOf(uses, own, walk, span),
      };
    }));

  test("retention by first use", () =>
    expectTruth("retention/event", 2, () => {
      const event = pick(EVENTS);
      const returning = pick(["base", "event"] as const);
      return {
        asked: { event, returning },
        truth: (own, span) => eventRetentionOf(own, event, returning, span, today),
      };
    }));

  test("errors, and the versions that they happen on", async () => {
    const which = () => ({ events: pick([ERRORS, ["system.error"]]), property: "error_type" });
    const parametersOf = ({ events }: { events: string[] }) =>
      events === ERRORS ? {} : { event: events.join(",") };
    await expectTruth("errors", 2, () => {
      const [errors, by] = [which(), interval()];
      return {
        asked: { ...parametersOf(errors), interval: by },
        truth: (own, span) => errorsOf(own, errors, span, by),
      };
    });
    await expectTruth("errors/versions", 2, () => {
      const [errors, type] = [which(), pick([undefined, "", "database"])];
      return {
        asked: { ...parametersOf(errors), ...(type !== undefined && { type }) },
        truth: (own, span) => errorVersionsOf(own, errors, type, span),
      };
    });
  });
});
