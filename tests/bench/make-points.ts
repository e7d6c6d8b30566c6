import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Attributes, keyValues } from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import { CORPORA, SDK_RESOURCE } from "./corpus.ts";

/*
 * What ten installs export in a minute: durations of requests and of questions to the database as
 * histograms, an app's counters, gauges of the runtime; with old names, new ones and what is dropped.
 */

const INSTALLS = 10;
const START = Date.UTC(2026, 6, 14, 12);
const BOUNDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];
const ROUTES = ["/projects/:id", "/clients/:id/invoices", "/timers", "/reports/:kind", "/"];
const METHODS = ["GET", "POST", "PUT", "DELETE"];
const CODES = [200, 302];
const OPERATIONS = ["SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN"];

const digits = (text: string, length: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const times = {
  startTimeUnixNano: `${START - 3_600_000}000000`,
  timeUnixNano: `${START}000000`,
};

/** A point whose buckets hold as many measurements as the place says. */
function durations(attributes: Attributes, at: number, scale: number): object {
  const bucketCounts = BOUNDS.map((_, bucket) => String((at * (bucket + 3)) % 17)).concat("0");
  const count = bucketCounts.reduce((sum, bucket) => sum + Number(bucket), 0);
  return {
    ...{ ...times, attributes: keyValues(attributes), count: String(count), bucketCounts },
    ...{ sum: count * 31 * scale, min: 2 * scale, max: 9_000 * scale },
    explicitBounds: BOUNDS.map((bound) => bound * scale),
  };
}

const number = (attributes: Attributes, value: number): object => ({
  ...{ ...times, attributes: keyValues(attributes) },
  ...(Number.isInteger(value) ? { asInt: String(value) } : { asDouble: value }),
});

/** 40 points: each route by method and code. */
const requests = (install: number) =>
  ROUTES.flatMap((route, at) =>
    METHODS.flatMap((method, of) =>
      CODES.map((code) => {
        const attributes = {
          ...{ "http.method": method, "http.route": route, "http.status_code": code },
          ...{ "http.scheme": "https", "net.host.name": "tracker.example.org" },
          "net.host.port": 443,
        };
        return durations(attributes, install + at + of, 1);
      }),
    ),
  );

/** 20 points. */
const questions = (install: number) =>
  OPERATIONS.flatMap((operation, at) =>
    ["projects", "clients", "timers", "invoices"].map((table, of) =>
      durations(
        {
          ...{ "db.system.name": "postgresql", "db.operation.name": operation },
          ...{ "db.collection.name": table, "server.address": "db.example.org" },
        },
        install + at + of,
        0.001,
      ),
    ),
  );

/** 25 points. */
const counters = (install: number) =>
  Array.from({ length: 25 }, (_, at) =>
    number({ "error.type": `Error${at % 9}`, "user.id": at }, install * 100 + at),
  );

/** 15 points. */
const gauges = (install: number) =>
  Array.from({ length: 15 }, (_, at) =>
    number({ "v8js.heap.space.name": ["new_space", "old_space"][at % 2]! }, at * 4_096.5 + install),
  );

const histogram = (dataPoints: object[]) => ({ dataPoints, aggregationTemporality: 2 });

const resourceMetrics = Array.from({ length: INSTALLS }, (_, install) => ({
  resource: {
    attributes: keyValues({
      install_id: digits(`install ${install}`, 32).replace(
        /^(.{8})(.{4})(.{4})(.{4})/,
        "$1-$2-$3-$4-",
      ),
      ...SDK_RESOURCE,
      "process.pid": 4242,
      "os.type": "linux",
    }),
  },
  scopeMetrics: [
    {
      scope: { name: "@opentelemetry/instrumentation-http", version: "0.203.0" },
      metrics: [
        {
          ...{ name: "http.server.duration", unit: "ms", description: "Duration of requests." },
          histogram: histogram(requests(install)),
        },
      ],
    },
    {
      scope: { name: "@opentelemetry/instrumentation-pg", version: "0.56.0" },
      metrics: [
        {
          ...{ name: "db.client.operation.duration", unit: "s" },
          histogram: histogram(questions(install)),
        },
      ],
    },
    {
      scope: { name: "timetracker", version: "5.10.0" },
      metrics: [
        {
          ...{ name: "timetracker.errors", unit: "{error}" },
          sum: { ...histogram(counters(install)), isMonotonic: true },
        },
        {
          ...{ name: "v8js.memory.heap.used", unit: "By" },
          gauge: { dataPoints: gauges(install) },
        },
      ],
    },
  ],
}));
writeFileSync(CORPORA.metrics.file, gzipSync(encodeRequest({ resourceMetrics }), { level: 9 }));
