import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SEMANTIC_ATTRIBUTES } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loaded } from "../support/api.ts";
import { type Collector, freePort, startCollector } from "../support/collector.ts";
import { dumpFiles, dumpTables, type TableText, whereFound } from "../support/dump.ts";
import {
  type Attributes,
  baseFields,
  hexId,
  keyValues,
  logRecord,
  logsRequest,
  metricsRequest,
  SIGNALS,
  type Signal,
  serverSpan,
  tracesRequest,
} from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import { type StartedStore, stores } from "../support/stores.ts";

/** What a real sender lets out, each with a mark that occurs nowhere else. */
const CONTENT: Attributes = {
  quote_title: "Zebrafish aquarium for the Lovelace household",
  template_name: "Plesiosaur monthly template",
  filename: "payroll-grackle-2026.pdf",
  filter_name: "Only Wombat invoices",
  message: "Could not mail ada@quokka-mail.example",
  description: "Call Ada on +44 20 7946 0958 before Friday",
  host: "tracker.axolotl-home.example",
  current_url: "https://tracker.axolotl-home.example/projects/4711?key=narwhalsecret",
  pathname: "/clients/capybara-and-sons/edit",
  email: "grace@pangolin.example",
  username: "grace.pangolin",
  reason: "because Mallory Okapi said so",
  variant: "tapir-handwritten-variant",
  card: "4111 1111 1111 1111",
  bearer: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkdWdvbmcifQ.c2lnbmF0dXJl",
};
const MARKS = [
  "zebrafish",
  "plesiosaur",
  "grackle",
  "wombat",
  "quokka",
  "7946 0958",
  "79460958",
  "axolotl",
  "narwhal",
  "capybara",
  "pangolin",
  "okapi",
  "tapir",
  "4111 1111",
  "4111111111111111",
  "eyJhbGciOiJIUzI1NiJ9",
  "dugong",
  "hoatzin",
  "kakapo",
  "numbat",
  "saola",
];
/** Addresses as they appear behind proxies and in logs; the documentation ranges of RFC 5737 and 3849. */
const ADDRESSES = [
  "203.0.113.77",
  "203.0.113.77:4711",
  "198.51.100.23",
  "2001:db8:7e57::77",
  "[2001:db8:7e57::77]:8443",
  "::ffff:203.0.113.77",
  "fe80::7e57:1%eth0",
  "http://203.0.113.77:8080/x",
  "for=203.0.113.77;by=198.51.100.23",
];
const ADDRESS_MARKS = ["203.0.113.77", "198.51.100.23", "2001:db8:7e57", "cb00:714d", "fe80::7e57"];

/** The control: allowed values that must be found where the planted ones must not. */
const CONTROL = { version: "5.77.4242", project: "c0117201-5e0c-4f9a-8a53-0123456789ab" };
/** Where in the tables of the other signals something allowed must be found. */
const SIGNAL_CONTROLS: [mark: string, table: RegExp][] = [
  ["/controlled/{id}", /otel_traces$/],
  ["controlled.happening", /otel_traces$/],
  ["/controlled/{id}", /otel_logs$/],
  ["ControlledError", /exceptions$/],
  ...["gauge", "sum", "histogram", "exp_histogram", "summary"].map((kind): [string, RegExp] => [
    "/controlled/{id}",
    new RegExp(`otel_metrics_${kind}$`),
  ]),
];

/** What is one word, or a few small ones, has the very shape of a program's own names. */
const WORDS = new Set(["filename", "variant", "username", "template_name"]);
/** What stands under every key of an attribute, as a key, and wherever else a text can stand. */
const VALUES = [
  ...Object.entries(CONTENT)
    .filter(([key]) => !WORDS.has(key))
    .map(([, value]) => String(value)),
  ...ADDRESSES,
];
/** Keys of the allow-list. An address in the place of a version is a version: 1.2.3.4 is one. */
const ALLOWED_KEYS = SEMANTIC_ATTRIBUTES.flatMap(({ key, formerly }) => [
  key,
  ...formerly.split(" ").filter((old) => old !== ""),
]).filter((key) => key !== "install_id" && !/(?:version|flavor)$/.test(key));
/** What instrumentations call what is personal. */
const PERSONAL_KEYS = [
  ...["client.address", "net.peer.ip", "net.sock.peer.addr", "http.client_ip", "user.email"],
  ...[
    "enduser.id",
    "http.url",
    "url.full",
    "url.query",
    "http.target",
    "http.host",
    "peer.service",
  ],
  ...["server.address", "host.name", "db.statement", "db.query.text", "user_agent.original"],
  ...["exception.message", "http.request.header.cookie", "process.command_line", "session.id"],
];

/** One list of attributes for each planted value: it stands under every key, and as a key. */
const LISTS: Attributes[] = VALUES.map((value) => ({
  ...Object.fromEntries([...ALLOWED_KEYS, ...PERSONAL_KEYS].map((key) => [key, value])),
  [value]: value,
}));
/** Names of spans, and bodies of logs. */
const NAMES = [
  ...VALUES,
  ...VALUES.map((value) => `GET ${value}`),
  "GET /clients/capybara-and-sons/edit?email=ada@quokka-mail.example",
  "SELECT * FROM quokka WHERE mail = 'grace@pangolin.example' AND name = 'Okapi'",
  "invoice Wombat",
  "send mail to Mallory Okapi",
  "http://203.0.113.77:8080/zebrafish",
];
const STACK = [
  "Error: Kakapo could not mail ada@quokka-mail.example",
  "    at mail (/home/kakapo/tracker/src/mail.ts:12:3)",
  "    at https://tracker.axolotl-home.example/app.js?key=narwhalsecret:1:1",
  '  File "/home/pangolin/app.py", line 4, in mail',
  "    mail('wombat')",
].join("\n");

/** All that a span, a metric and a log can hold, of one planted list of attributes. */
function signalsWith(planted: Attributes, value: string, at: number): Record<Signal, object> {
  const own = keyValues(planted);
  const controlled = keyValues({ "http.route": "/controlled/:id" });
  const ids = () => ({ traceId: hexId(16), spanId: hexId(8) });
  const time = `${Date.now()}000000`;
  const base = { timeUnixNano: time, startTimeUnixNano: time, attributes: [...controlled, ...own] };
  const exemplars = [{ ...ids(), timeUnixNano: time, asDouble: 1, filteredAttributes: own }];
  // Of the resource and scope a planted value may stand in some, and an install in others.
  const origin = {
    resource: { ...planted, ...(at % 2 === 0 ? { install_id: randomUUID() } : {}) },
    scope: { name: value, attributes: planted },
    schemaUrl: value,
  };
  const buckets = { offset: 0, bucketCounts: ["1"] };
  const kinds = {
    gauge: { dataPoints: [{ ...base, asDouble: 1.5, exemplars }] },
    sum: { dataPoints: [{ ...base, asInt: "1", exemplars }], isMonotonic: true },
    histogram: {
      dataPoints: [{ ...base, count: "1", bucketCounts: ["1"], explicitBounds: [], exemplars }],
    },
    exponentialHistogram: { dataPoints: [{ ...base, count: "1", positive: buckets, exemplars }] },
    summary: { dataPoints: [{ ...base, count: "1", quantileValues: [{ quantile: 1, value: 1 }] }] },
  };
  const named = { description: value, unit: value, metadata: own };
  return {
    traces: tracesRequest(
      NAMES.map((name) =>
        serverSpan({
          ...{ ...ids(), name },
          more: {
            traceState: `vendor=${value}`,
            attributes: own,
            events: [
              { timeUnixNano: time, name: value, attributes: own },
              { timeUnixNano: time, name: "controlled.happening", attributes: controlled },
              {
                ...{ timeUnixNano: time, name: "exception" },
                attributes: keyValues({
                  "exception.type": "ControlledError",
                  "exception.message": value,
                  "exception.stacktrace": STACK,
                }),
              },
            ],
            links: [{ ...ids(), traceState: `vendor=${value}`, attributes: own }],
            status: { code: 2, message: value },
          },
        }),
      ).concat(
        serverSpan({ ...ids(), attributes: { ...planted, "http.route": "/controlled/:id" } }),
      ),
      origin,
    ),
    metrics: metricsRequest(
      [
        ...Object.entries(kinds).map(([kind, of]) => ({
          name: "controlled",
          ...named,
          [kind]: of,
        })),
        { name: value, ...named, gauge: kinds.gauge },
      ],
      origin,
    ),
    logs: {
      resourceLogs: [
        {
          schemaUrl: value,
          resource: { attributes: keyValues(origin.resource) },
          scopeLogs: [
            {
              ...{ schemaUrl: value, scope: { name: value, attributes: own } },
              logRecords: NAMES.map((name) => ({
                ...{ timeUnixNano: time, severityText: value, severityNumber: 17, ...ids() },
                body: { stringValue: `${name}: ${value}` },
                attributes: [...controlled, ...own],
              })),
            },
          ],
        },
      ],
    },
  };
}

async function plantSignals(collector: Collector, headers: Record<string, string>) {
  const { unattributed, learning } = collector.tokens;
  for (const token of [unattributed, learning]) {
    for (const [at, value] of VALUES.entries()) {
      const planted = signalsWith(LISTS[at] ?? {}, value, at);
      // Each value in one encoding with the one token, in the other with the other.
      const isJson = (at % 2 === 0) === (token === unattributed);
      for (const signal of SIGNALS) {
        const encoding = isJson ? "json" : "protobuf";
        const status = await send(collector, planted[signal], encoding, headers, token, signal);
        expect([signal, value, status]).toEqual([signal, value, 200]);
      }
    }
  }
}

async function send(
  { url }: Collector,
  request: object,
  encoding: "json" | "protobuf",
  headers: Record<string, string>,
  token: string,
  signal: Signal = "logs",
): Promise<number> {
  const type = encoding === "json" ? "application/json" : "application/x-protobuf";
  const body = encoding === "json" ? JSON.stringify(request) : encodeRequest(request);
  const authorization = `Bearer ${token}`;
  const reply = await fetch(`${url}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": type, authorization, ...headers },
    body: Buffer.from(body),
  });
  await reply.arrayBuffer();
  return reply.status;
}

/** Everything that should leave no trace, through every opening a sender has. */
async function plant(collector: Collector): Promise<void> {
  const installId = randomUUID();
  const identity = "hoatzin-user-31";
  const control = { project_id: CONTROL.project };
  const keys = {
    "kakapo@numbat.example": "x",
    __proto__: "kakapo",
    constructor: "kakapo",
    "Kakapo Street 4": "x",
    nothing: "None",
    projects: "['Kakapo', 'Numbat']",
  };
  const records = [
    ...["quote.sent", "export.pdf", "$pageview", "system.error", "timer.started"].map((event) =>
      logRecord({ event, installId, identity, attributes: { ...CONTENT, ...keys, ...control } }),
    ),
    logRecord({ event: "Kakapo met Numbat", installId }),
    logRecord({ event: "kakapo.numbat@quokka.example", installId }),
    logRecord({ event: "timer.started", installId: "kakapo-numbat-install" }),
    logRecord({
      event: "base_telemetry.heartbeat",
      installId,
      attributes: baseFields(installId, {
        app_version: CONTROL.version,
        hostname: "axolotl-home",
        platform: "Kakapo Linux of Ada",
        locale: "Kakapo",
        timezone: "Numbat/Street",
        release_channel: "kakapo@numbat.example",
        deployment_type: "in the kakapo cellar",
      }),
    }),
    ...ADDRESSES.map((address) =>
      logRecord({
        event: "timer.started",
        installId,
        identity: address,
        attributes: { ip: address, [address]: address, source: address, project_id: address },
      }),
    ),
    { ...logRecord({ event: "timer.started", installId }), body: { stringValue: "203.0.113.77" } },
    { ...logRecord({ event: "timer.stopped", installId }), traceId: "", spanId: "" },
  ];
  const headers = {
    "x-forwarded-for": "203.0.113.77, 198.51.100.23",
    "x-real-ip": "203.0.113.77",
    forwarded: 'for="[2001:db8:7e57::77]:8443"',
    "cf-connecting-ip": "198.51.100.23",
    "true-client-ip": "203.0.113.77",
    "user-agent": "numbat-agent (grace@pangolin.example)",
    referer: "https://tracker.axolotl-home.example/",
    "x-request-id": "saola-request-id",
  };
  // With a catalogue, and in learning mode, where there is none to say what is allowed.
  for (const token of [collector.tokens.ingest, collector.tokens.learning]) {
    for (const encoding of ["json", "protobuf"] as const) {
      const request = logsRequest(records, CONTROL.version);
      expect(await send(collector, request, encoding, headers, token)).toBe(200);
    }
  }
  await plantSignals(collector, headers);
  // And through requests that are refused as a whole, whose errors an incautious log would quote.
  const authorization = `Bearer ${collector.tokens.ingest}`;
  const json = { "content-type": "application/json" };
  const wrong: [path: string, init: RequestInit][] = [
    ["/v1/logs?email=ada@quokka.example", { method: "GET", headers }],
    ["/saola/ada@quokka.example", { headers }],
    ["/api/v1/events?app=timetracker&version=saola@quokka.example", { headers }],
    [
      "/v1/logs",
      { method: "POST", headers: { ...json, authorization: "Bearer saola" }, body: "{}" },
    ],
    [
      "/v1/logs",
      { method: "POST", headers: { ...json, authorization }, body: '{"saola": "kakapo' },
    ],
    [
      "/v1/logs",
      { method: "POST", headers: { authorization, "content-type": "text/saola" }, body: "kakapo" },
    ],
    [
      "/v1/logs",
      {
        method: "POST",
        headers: { ...json, authorization, "content-encoding": "gzip" },
        body: "saola",
      },
    ],
  ];
  for (const [path, init] of wrong) {
    const reply = await fetch(`${collector.url}${path}`, init);
    expect([path, reply.status]).toEqual([
      path,
      expect.toSatisfy((status: number) => status >= 400 && status < 500),
    ]);
    await reply.arrayBuffer();
  }
}

function traces(dumps: TableText[]): string[] {
  return [...MARKS, ...ADDRESS_MARKS].flatMap((mark) =>
    whereFound(mark, dumps).map((where) => `${mark} in ${where}`),
  );
}

for (const store of await stores()) {
  if (store.missing !== null) {
    test.skip(`privacy on ${store.name}: ${store.missing}`, () => {});
    continue;
  }
  describe(`privacy on ${store.name}`, () => {
    let started: StartedStore;
    let collector: Collector;
    let tables: TableText[];
    beforeAll(async () => {
      started = await store.start();
      collector = await startCollector({
        env: { CLICKHOUSE_URL: started.clickhouseUrl, ROLLCALL_LOG_LEVEL: "trace" },
      });
      await plant(collector);
      await loaded(collector);
      tables = await dumpTables(collector);
    }, 180_000);
    afterAll(async () => {
      await collector?.stop();
      await started?.stop();
    });

    test("the dump finds what may be stored, in a text column and in a map", () => {
      const inOurs = (value: string) =>
        whereFound(value, tables).filter((table) => !table.startsWith("system."));
      expect(inOurs(CONTROL.version)).toContainEqual(expect.stringMatching(/heartbeats$/));
      expect(inOurs(CONTROL.project)).toContainEqual(expect.stringMatching(/events$/));
      for (const [mark, table] of SIGNAL_CONTROLS) {
        expect(inOurs(mark)).toContainEqual(expect.stringMatching(table));
      }
    });

    test("no planted word and no address stands in any column of any table", () => {
      expect(traces(tables)).toEqual([]);
    });

    test("none stands in the process's log at its most talkative", () => {
      const log = [{ table: "the log", rows: collector.lines() }];
      expect(whereFound("/v1/logs", log)).toEqual(["the log"]);
      expect(traces(log)).toEqual([]);
      expect(
        whereFound("127.0.0.1", [
          {
            table: "request lines",
            rows: collector.lines().filter((line) => line.includes('"req"')),
          },
        ]),
      ).toEqual([]);
    });

    test("none stands in any file of the data directory", () => {
      expect(traces(dumpFiles(collector.dataDir))).toEqual([]);
    });

    test("detailed records with planted content are kept without it", () => {
      const events = tables.find(({ table }) => table.endsWith(".events"));
      expect(events?.rows.length).toBeGreaterThan(10);
    });
  });
}

test("the spool, read while the store is away, holds what may be stored and nothing planted", async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}/rollcall`;
  const collector = await startCollector({ env: { CLICKHOUSE_URL: nowhere } });
  try {
    await plant(collector);
    const spool = dumpFiles(join(collector.dataDir, "spool"));
    expect(whereFound(CONTROL.version, spool)).not.toEqual([]);
    expect(whereFound(CONTROL.project, spool)).not.toEqual([]);
    for (const [mark] of SIGNAL_CONTROLS) expect(whereFound(mark, spool)).not.toEqual([]);
    expect(traces(spool)).toEqual([]);
    expect(traces([{ table: "the log", rows: collector.lines() }])).toEqual([]);
  } finally {
    await collector.kill();
    rmSync(collector.dataDir, { recursive: true, force: true });
  }
});
