import { type Attributes, keyValues } from "../support/otlp.ts";
import type { Random } from "./random.ts";

/** One request that the app served, with what it did for it. */
interface Served {
  route: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** How often, beside the others. */
  weight: number;
  /** Median duration in milliseconds. */
  median: number;
  /** Statements that it runs, each with its median duration. */
  statements: [operation: string, median: number][];
  /** Median of a call to another server. */
  call?: number;
}

const SERVED: Served[] = [
  { route: "/timer", method: "GET", weight: 30, median: 9, statements: [["SELECT", 3]] },
  {
    ...{ route: "/api/timer/start", method: "POST", weight: 18, median: 16 },
    statements: [
      ["SELECT", 3],
      ["INSERT", 5],
    ],
  },
  {
    ...{ route: "/api/timer/stop", method: "POST", weight: 17, median: 18 },
    statements: [
      ["SELECT", 3],
      ["UPDATE", 6],
    ],
  },
  { route: "/projects", method: "GET", weight: 9, median: 24, statements: [["SELECT", 14]] },
  {
    ...{ route: "/projects/{id}", method: "GET", weight: 12, median: 21 },
    statements: [
      ["SELECT", 6],
      ["SELECT", 8],
    ],
  },
  { route: "/projects/{id}", method: "PUT", weight: 2, median: 28, statements: [["UPDATE", 9]] },
  {
    ...{ route: "/reports/{kind}", method: "GET", weight: 5, median: 240 },
    statements: [
      ["SELECT", 150],
      ["SELECT", 40],
    ],
  },
  {
    ...{ route: "/exports/{id}", method: "GET", weight: 2, median: 900 },
    statements: [["SELECT", 620]],
  },
  {
    ...{ route: "/invoices/{id}/send", method: "POST", weight: 1, median: 160, call: 110 },
    statements: [["SELECT", 7]],
  },
  {
    ...{ route: "/login", method: "POST", weight: 4, median: 85, call: 45 },
    statements: [["SELECT", 4]],
  },
];

const SERVER = 2;
const CLIENT = 3;
const ERROR = { code: 2 };

/**
 * The spans of one request in OTLP's JSON: what was served, and inside of it statements and calls.
 *
 * @param time when it began, in Unix milliseconds
 * @param slower how much longer than usual everything takes
 */
export function requestSpans(dice: Random, time: number, slower: number): object[] {
  const served = SERVED[Number(dice.weighted(WEIGHTS))] as Served;
  // A long tail: most are near the median, a few take ten times as long.
  const took = (median: number) => median * slower * Math.exp(0.55 * normal(dice));
  const traceId = dice.hex(32);
  const server = dice.hex(16);
  const spans: object[] = [];
  let at = time + took(1);
  const child = (name: string, duration: number, attributes: Attributes, failed = false) => {
    spans.push({
      ...{ traceId, spanId: dice.hex(16), parentSpanId: server, name, kind: CLIENT },
      ...times(at, duration),
      attributes: keyValues(attributes),
      ...(failed && { status: ERROR }),
    });
    at += duration + took(0.6);
  };
  const failed = dice.chance(served.median > 200 ? 0.03 : 0.006);
  for (const [operation, median] of served.statements) {
    const database = { "db.system.name": "postgresql", "db.operation.name": operation };
    child(operation, took(median), database);
  }
  if (served.call !== undefined) {
    const status = failed ? 503 : 200;
    const attributes = { "http.request.method": "POST", "http.response.status_code": status };
    child("POST", took(served.call), attributes, failed);
  }
  const status = failed ? 500 : dice.chance(0.02) ? 404 : 200;
  spans.unshift({
    ...{ traceId, spanId: server, name: `${served.method} ${served.route}`, kind: SERVER },
    ...times(time, at - time + took(1)),
    attributes: keyValues({
      "http.request.method": served.method,
      "http.route": served.route,
      "http.response.status_code": status,
      "url.scheme": "https",
    }),
    ...(failed && { status: ERROR }),
  });
  return spans;
}

const WEIGHTS = Object.fromEntries(SERVED.map(({ weight }, at) => [String(at), weight]));

const nanos = (milliseconds: number) => String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
const times = (start: number, duration: number) => ({
  startTimeUnixNano: nanos(start),
  endTimeUnixNano: nanos(start + duration),
});

/** Standard normal, by Box and Muller. */
const normal = (dice: Random) =>
  Math.sqrt(-2 * Math.log(1 - dice.next())) * Math.cos(2 * Math.PI * dice.next());
