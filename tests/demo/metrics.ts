import { type Attributes, keyValues } from "../support/otlp.ts";
import { type Random, random } from "./random.ts";

const HOUR = 3_600_000;
const CUMULATIVE = 2;
const DELTA = 1;
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** One export of the app's instruments. */
interface Moment {
  dice: Random;
  /** Unix milliseconds. */
  time: number;
  /** When the process began, and how many hours that is ago. */
  since: number;
  up: number;
  /** How busy it is, between 0 and 1. */
  load: number;
}

type Point = (moment: Moment) => object;
interface Instrument {
  name: string;
  unit: string;
  data: (points: object[]) => object;
  /** Each with its attributes. */
  points: [attributes: Attributes, point: Point][];
}

const gauge = (name: string, unit: string, points: Instrument["points"]): Instrument => ({
  ...{ name, unit, points },
  data: (dataPoints) => ({ gauge: { dataPoints } }),
});
const sum = (
  name: string,
  unit: string,
  points: Instrument["points"],
  { temporality = CUMULATIVE, monotonic = true } = {},
): Instrument => ({
  ...{ name, unit, points },
  data: (dataPoints) => ({
    sum: { dataPoints, aggregationTemporality: temporality, isMonotonic: monotonic },
  }),
});
const upDown = (name: string, unit: string, points: Instrument["points"]) =>
  sum(name, unit, points, { monotonic: false });
const histogram = (name: string, points: Instrument["points"]): Instrument => ({
  ...{ name, unit: "s", points },
  data: (dataPoints) => ({ histogram: { dataPoints, aggregationTemporality: DELTA } }),
});

/** About `amount`, a fifth more or less. */
const value =
  (amount: number, busy = 0): Point =>
  ({ dice, load }) => ({
    asDouble: amount * (1 - busy + busy * 2 * load) * (0.8 + 0.4 * dice.next()),
  });
const whole =
  (amount: number): Point =>
  ({ dice, load }) => ({ asInt: String(Math.round(amount * 2 * load * dice.next())) });
/** What so many an hour have added up to since the process began. */
const counter =
  (anHour: number): Point =>
  ({ up }) => ({ asInt: String(Math.round(anHour * up)) });

/** Measurements spread around a median of seconds, in an hour's buckets. */
const spread =
  (median: number, anHour: number): Point =>
  ({ dice, load }) => {
    const counts = [...SECONDS, 0].map(() => 0);
    let total = 0;
    const measured = dice.poisson(anHour * 2 * load);
    for (let left = measured; left > 0; left -= 1) {
      const seconds = median * Math.exp(0.7 * (dice.next() + dice.next() + dice.next() - 1.5) * 2);
      const bucket = SECONDS.findIndex((bound) => seconds <= bound);
      counts[bucket < 0 ? SECONDS.length : bucket]! += 1;
      total += seconds;
    }
    return {
      ...{ count: String(measured), sum: total, explicitBounds: SECONDS },
      bucketCounts: counts.map(String),
    };
  };

const exponential =
  (anHour: number): Point =>
  ({ dice, load }) => {
    const counts = Array.from({ length: 24 }, (_, at) =>
      dice.poisson((anHour * 2 * load * Math.exp(-((at - 10) ** 2) / 30)) / 10),
    );
    const count = counts.reduce((all, each) => all + each, 0);
    return {
      ...{ count: String(count), sum: count * 0.006, scale: 1, zeroCount: "0" },
      // From 2^(-20/2) seconds, about a millisecond, on.
      positive: { offset: -20, bucketCounts: counts.map(String) },
    };
  };

const route = (method: string, path: string, status = 200): Attributes => ({
  "http.request.method": method,
  "http.route": path,
  "http.response.status_code": status,
});
const plain = (point: Point): Instrument["points"] => [[{}, point]];

/** Twenty instruments of every kind that OTLP has. */
export const INSTRUMENTS: readonly Instrument[] = [
  histogram("http.server.request.duration", [
    [route("GET", "/timer"), spread(0.009, 60)],
    [route("POST", "/api/timer/start"), spread(0.016, 36)],
    [route("GET", "/projects/{id}"), spread(0.021, 24)],
    [route("GET", "/reports/{kind}"), spread(0.24, 10)],
    [route("GET", "/reports/{kind}", 500), spread(0.5, 0.5)],
    [route("GET", "/exports/{id}"), spread(0.9, 4)],
  ]),
  histogram("http.client.request.duration", [
    [{ "http.request.method": "POST", "http.response.status_code": 200 }, spread(0.11, 6)],
  ]),
  {
    ...{ name: "db.client.operation.duration", unit: "s" },
    points: [
      [{ "db.operation.name": "SELECT" }, exponential(80)],
      [{ "db.operation.name": "UPDATE" }, exponential(20)],
    ],
    data: (dataPoints) => ({
      exponentialHistogram: { dataPoints, aggregationTemporality: DELTA },
    }),
  },
  upDown("db.client.connection.count", "{connection}", [
    [{ "db.client.connection.state": "idle" }, whole(6)],
    [{ "db.client.connection.state": "used" }, whole(4)],
  ]),
  upDown("db.client.connection.pending_requests", "{request}", plain(whole(1))),
  upDown("http.server.active_requests", "{request}", plain(whole(5))),
  sum("process.cpu.time", "s", [
    [{ "cpu.mode": "user" }, counter(210)],
    [{ "cpu.mode": "system" }, counter(40)],
  ]),
  gauge("process.cpu.utilization", "1", plain(value(0.12, 0.6))),
  upDown("process.memory.usage", "By", plain(value(180e6, 0.2))),
  gauge(
    "process.uptime",
    "s",
    plain(({ up }) => ({ asDouble: up * 3600 })),
  ),
  gauge("nodejs.eventloop.delay.p50", "s", plain(value(0.011, 0.2))),
  gauge("nodejs.eventloop.delay.p99", "s", plain(value(0.03, 0.5))),
  gauge("nodejs.eventloop.utilization", "1", plain(value(0.2, 0.7))),
  upDown("v8js.memory.heap.used", "By", [
    [{ "v8js.heap.space.name": "old_space" }, value(70e6, 0.2)],
    [{ "v8js.heap.space.name": "new_space" }, value(6e6, 0.4)],
  ]),
  histogram("v8js.gc.duration", [
    [{ "v8js.gc.type": "minor" }, spread(0.002, 40)],
    [{ "v8js.gc.type": "major" }, spread(0.02, 3)],
  ]),
  sum("timetracker.entries.saved", "{entry}", plain(counter(42))),
  sum("timetracker.mail.sent", "{mail}", plain(whole(8)), { temporality: DELTA }),
  gauge("timetracker.jobs.queued", "{job}", plain(whole(7))),
  sum("timetracker.exports.rows", "{row}", plain(counter(900))),
  {
    ...{ name: "timetracker.report.duration", unit: "s" },
    points: plain(({ dice, load }) => ({
      ...{ count: String(dice.poisson(10 * load)), sum: 3 },
      quantileValues: [
        { quantile: 0.5, value: 0.2 * (0.8 + 0.4 * dice.next()) },
        { quantile: 0.99, value: 1.1 * (0.6 + load) * (0.8 + 0.4 * dice.next()) },
      ],
    })),
    data: (dataPoints) => ({ summary: { dataPoints } }),
  },
];

/**
 * What a process that restarts each night reports in one hour, in OTLP's JSON.
 *
 * @param place numbers that tell this export from others
 */
export function exported(seed: number, place: number, time: number, load: number): object[] {
  const dice = random(seed, place);
  const since = Math.floor(time / (24 * HOUR)) * 24 * HOUR - HOUR / 2;
  const moment = { dice, time, since, load, up: (time - since) / HOUR };
  return INSTRUMENTS.map(({ name, unit, points, data }) => ({
    ...{ name, unit },
    ...data(
      points.map(([attributes, point]) => ({
        startTimeUnixNano: `${since}000000`,
        timeUnixNano: `${time}000000`,
        attributes: keyValues(attributes),
        ...point(moment),
      })),
    ),
  }));
}
