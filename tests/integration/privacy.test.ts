import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loaded } from "../support/api.ts";
import { type Collector, freePort, startCollector } from "../support/collector.ts";
import { dumpFiles, dumpTables, type TableText, whereFound } from "../support/dump.ts";
import { type Attributes, baseFields, logRecord, logsRequest } from "../support/otlp.ts";
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

async function send(
  { url }: Collector,
  request: object,
  encoding: "json" | "protobuf",
  headers: Record<string, string>,
  token: string,
): Promise<number> {
  const type = encoding === "json" ? "application/json" : "application/x-protobuf";
  const body = encoding === "json" ? JSON.stringify(request) : encodeRequest(request);
  const authorization = `Bearer ${token}`;
  const reply = await fetch(`${url}/v1/logs`, {
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
    expect(traces(spool)).toEqual([]);
    expect(traces([{ table: "the log", rows: collector.lines() }])).toEqual([]);
  } finally {
    await collector.kill();
    rmSync(collector.dataDir, { recursive: true, force: true });
  }
});
