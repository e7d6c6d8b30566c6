import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtoMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createRollcall } from "@rollcall/client";
import { createMetricExporter, createSpanExporter } from "@rollcall/client/otel";
import { SEMANTIC_ATTRIBUTES } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { count, loaded, type Row, read, sql } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { dumpTables, type TableText, whereFound } from "../support/dump.ts";
import { startExample } from "../support/example.ts";
import { waitFor } from "../support/processes.ts";

let collector: Collector;
/** Every table after the apps were asked. */
let tables: TableText[];
beforeAll(async () => {
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
  const { unattributed, ingest } = collector.tokens;
  await Promise.all([
    visit("app-json", unattributed, true, PATHS),
    visit("app-proto", unattributed, false, PATHS),
    visit("app-refused", ingest, true, ["/projects/1"], {
      OTEL_NODE_RESOURCE_DETECTORS: "env,host,os,process",
    }),
    visitExample(),
  ]);
  await loaded(collector);
  tables = await dumpTables(collector);
}, 120_000);
afterAll(() => collector?.stop());

const app = fileURLToPath(new URL("../support/traced-app.ts", import.meta.url));
const preload = new URL("../support/otel-preload.ts", import.meta.url);

/** The SDK's own variables, as docs/otel-sdks.md has them. */
const sdkVariables = (service: string, token: string, json: boolean) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${token}`,
  OTEL_EXPORTER_OTLP_COMPRESSION: json ? "none" : "gzip",
  OTEL_RESOURCE_ATTRIBUTES: `service.version=5.10.0,host.name=walrus-laptop,service.name=${service}`,
  OTEL_SERVICE_NAME: service,
  OTEL_ENCODING: json ? "json" : "proto",
});

/** Runs the app, asks it for these paths with all that a browser and a proxy say, and stops it. */
async function visit(
  service: string,
  token: string,
  json: boolean,
  paths: string[],
  env: Record<string, string> = {},
) {
  const child = spawn(process.execPath, [app], {
    env: { PATH: process.env.PATH, ...sdkVariables(service, token, json), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const [port] = await Promise.race([
    once(child.stdout, "data"),
    exited.then(() => Promise.reject(new Error(errors))),
  ]);
  const own = `http://localhost:${String(port).trim()}`;
  for (const path of paths) {
    const reply = await fetch(`${own}${path.replace("SELF", own)}`, {
      headers: {
        ...{ "user-agent": "Mozilla/5.0 (Walrus OS)", cookie: "session=walrus-cookie" },
        ...{ "x-forwarded-for": "203.0.113.77", referer: "https://walrus.example/" },
      },
    });
    await reply.text();
  }
  child.kill("SIGTERM");
  await exited;
  expect(errors).toBe("");
}

const PATHS = [
  "/projects/4711?email=grace@walrus.example&token=walrus-secret",
  "/clients/walrus-and-sons/edit",
  `/projects/8d8ac610-566d-4ef0-9c22-186b2a5ed793?fetch=${encodeURIComponent("SELF/customers/walrus?key=walrus-secret")}`,
  `/projects/1?fetch=${encodeURIComponent("http://walrus.invalid/home/walrus?q=walrus")}`,
  "/broken?name=Walrus",
];

describe.each([
  ["JSON", "app-json"],
  ["protobuf", "app-proto"],
])("a stock OpenTelemetry SDK of Node, in %s", (_encoding, service) => {
  const ours = `ServiceName = '${service}'`;

  test("its spans are stored under templates, with routes, methods and codes", async () => {
    const rows = await sql(
      collector,
      `SELECT SpanName AS name, SpanKind AS kind, SpanAttributes['http.route'] AS route,
         SpanAttributes['http.request.method'] AS method,
         SpanAttributes['http.response.status_code'] AS status, toUInt32(count()) AS spans
       FROM otel_traces WHERE ${ours} GROUP BY ALL ORDER BY kind, name, status`,
    );
    const seen = (name: string, kind: string, spans: number, more: Row) => ({
      ...{ name, kind, route: "", method: "GET", status: "200", spans },
      ...more,
    });
    const route = { route: "/projects/{projectId}" };
    expect(rows).toEqual([
      seen("GET", "Client", 1, { status: "" }),
      seen("GET", "Client", 1, {}),
      seen("mail invoice", "Internal", 1, { method: "", status: "" }),
      // Without a route the instrumentation names the method alone.
      seen("GET", "Server", 2, {}),
      seen("GET", "Server", 1, { status: "500" }),
      seen("GET /projects/{projectId}", "Server", 3, route),
    ]);
  });

  test("its metrics are stored, with their units and routes", async () => {
    const metrics = await sql(
      collector,
      `SELECT MetricName AS name, MetricUnit AS unit, toUInt32(max(Count)) AS count
       FROM otel_metrics_histogram WHERE ${ours} GROUP BY name, unit ORDER BY name`,
    );
    expect(metrics).toContainEqual({ name: "timetracker.page.size", unit: "By", count: 6 });
    expect(metrics.map(({ name, unit }) => [name, unit])).toContainEqual([
      ...["http.server.request.duration", "s"],
    ]);
    const pages = await sql(
      collector,
      `SELECT toFloat64(sum(Value)) AS pages, any(Attributes) AS attributes FROM otel_metrics_sum
       WHERE ${ours} AND MetricName = 'timetracker.pages'`,
    );
    expect(pages).toEqual([{ pages: 6, attributes: { "http.route": "/projects/{projectId}" } }]);
    const gauge = `SELECT any(Value) FROM otel_metrics_gauge
      WHERE ${ours} AND MetricName = 'timetracker.active_timers'`;
    expect(await count(collector, gauge)).toBe(3);
  });

  test("its logs are stored without what they say", async () => {
    const logs = await sql(
      collector,
      `SELECT Body AS body, SeverityText AS severity, LogAttributes AS attributes,
         toUInt32(count()) AS logs, min(length(TraceId)) AS traced
       FROM otel_logs WHERE ${ours} GROUP BY ALL`,
    );
    expect(logs).toEqual([
      {
        ...{ body: "", severity: "WARN", logs: 6 },
        attributes: { "http.route": "/projects/{projectId}" },
        traced: 32,
      },
    ]);
  });

  test("its exceptions are stored by class and place", async () => {
    const rows = await sql(
      collector,
      `SELECT type, message, stack, source, install_id, app_version FROM exceptions
       WHERE service = '${service}' AND type = 'TypeError' AND stack LIKE '%traced-app%'`,
    );
    expect(rows).toEqual([
      {
        ...{ type: "TypeError", message: "", source: "span", install_id: null },
        ...{ app_version: "5.10.0", stack: expect.stringMatching(/traced-app\.ts:\d+/) },
      },
    ]);
  });

  test("it is nobody's: no install is made of it", async () => {
    const owned = `SELECT countIf(InstallId IS NOT NULL) FROM otel_traces WHERE ${ours}`;
    expect(await count(collector, owned)).toBe(0);
    // Though it says a service.instance.id, which it makes up at each start.
    const instances = `SELECT uniqExact(ResourceAttributes['service.instance.id'])
      FROM otel_traces WHERE ${ours}`;
    expect(await count(collector, instances)).toBe(1);
    expect(await count(collector, "SELECT count() FROM installs")).toBe(0);
  });

  test("of its resource only what is on the list is kept", async () => {
    const [row] = await sql(
      collector,
      `SELECT arraySort(arrayDistinct(arrayFlatten(groupArray(mapKeys(ResourceAttributes))))) AS keys
       FROM otel_traces WHERE ${ours}`,
    );
    const allowed = SEMANTIC_ATTRIBUTES.map(({ key }) => key);
    expect(row?.keys).toEqual(expect.arrayContaining(["service.name", "process.runtime.name"]));
    const keys = (row?.keys ?? []) as string[];
    expect(keys.filter((key) => !allowed.includes(key))).toEqual([]);
  });
});

test("nothing personal that a stock SDK says stands in any table", () => {
  expect(whereFound("walrus", tables)).toEqual([]);
  expect(whereFound("203.0.113.77", tables)).toEqual([]);
  const ours = tables.filter(({ table }) => /\.(otel_|exceptions)/.test(table));
  // The last four are addresses that the SDK saw itself, and the name of an app's directory.
  for (const mark of ["4711", "127.0.0.1", "::1", "localhost", "tests/support"]) {
    expect(whereFound(mark, ours)).toEqual([]);
  }
  expect(whereFound("/projects/{projectId}", ours).length).toBeGreaterThan(0);
});

test("a token without the right refuses what says no install, and says so", async () => {
  for (const table of ["otel_traces", "otel_metrics_sum", "otel_logs"]) {
    const stored = `SELECT count() FROM ${table} WHERE ServiceName = 'app-refused'`;
    expect([table, await count(collector, stored)]).toEqual([table, 0]);
  }
  const { rows } = await read<{ rows: Row[] }>(collector, "refusals", { app: "timetracker" });
  for (const event of ["(span)", "(metric)", "(log)"]) {
    expect(rows).toContainEqual(
      expect.objectContaining({ outcome: "refused", reason: "install_id_missing", event }),
    );
  }
});

const exporters = {
  proto: { traces: ProtoTraces, metrics: ProtoMetrics },
  JSON: { traces: JsonTraces, metrics: JsonMetrics },
};
for (const [encoding, { traces, metrics }] of Object.entries(exporters)) {
  for (const compression of ["none", "gzip"]) {
    test(`OpenTelemetry's own ${encoding} exporters (${compression}) deliver each span and point once`, async () => {
      const installId = randomUUID();
      const resource = resourceFromAttributes({
        ...{ "service.name": "timetracker", "service.version": "5.10.0", install_id: installId },
      });
      const options = {
        headers: { authorization: `Bearer ${collector.tokens.ingest}` },
        compression: compression as never,
      };
      const tracing = new TracerProvider({
        resource,
        spanProcessors: [
          new BatchSpanProcessor({
            exporter: new traces({ ...options, url: `${collector.url}/v1/traces` }),
          }),
        ],
      });
      const metering = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new metrics({ ...options, url: `${collector.url}/v1/metrics` }),
          }),
        ],
      });
      const counter = metering.getMeter("app").createCounter("timetracker.pages");
      for (let number = 0; number < 1_000; number += 1) {
        tracing.getTracer("app").startSpan(`GET /projects/${number}`).end();
        if (number < 20) counter.add(number, { "http.response.status_code": 200 + number });
      }
      await Promise.all([tracing.shutdown(), metering.shutdown()]);
      await loaded(collector);
      const mine = `InstallId = '${installId}' AND App = 'timetracker'`;
      const spans = `SELECT toUInt32(count()) AS spans, toUInt32(uniqExact(SpanId)) AS ids,
        groupUniqArray(SpanName) AS names FROM otel_traces WHERE ${mine}`;
      expect(await sql(collector, spans)).toEqual([
        { spans: 1_000, ids: 1_000, names: ["GET /projects/{id}"] },
      ]);
      const points = `SELECT toUInt32(count()) AS points, sum(Value) AS sum FROM otel_metrics_sum
        WHERE ${mine} AND MetricName = 'timetracker.pages'`;
      expect(await sql(collector, points)).toEqual([{ points: 20, sum: 190 }]);
    });
  }
}

describe("the client's exporters", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-signals-"));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test("send under the opt-in only, and what they send is the install's", async () => {
    const rollcall = createRollcall({
      ...{ app: "timetracker", version: "5.10.0", dataDir, env: {}, baseTelemetry: "off" },
      ...{ endpoint: collector.url, token: collector.tokens.ingest },
    });
    const tracing = new TracerProvider({
      spanProcessors: [new BatchSpanProcessor({ exporter: createSpanExporter(rollcall) })],
    });
    const metering = new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter: createMetricExporter(rollcall) })],
    });
    const tracer = tracing.getTracer("app");
    const pages = metering.getMeter("app").createCounter("timetracker.consented");
    const work = async (name: string, add: number) => {
      const attributes = { "http.route": "/projects/:id", "url.full": "http://walrus.example/" };
      tracer.startSpan(name, { attributes }).end();
      pages.add(add, attributes);
      await tracing.forceFlush();
      await metering.forceFlush();
    };
    await work("asked consent", 100);
    rollcall.optIn("17");
    // What was counted before is the baseline of the first export after the opt-in.
    await metering.forceFlush();
    await work("given consent", 7);
    rollcall.optOut("17");
    await work("withdrawn consent", 1_000);
    await Promise.all([tracing.shutdown(), metering.shutdown()]);
    await rollcall.close();
    await loaded(collector);

    const installId = rollcall.state().identity?.installId;
    const spans = await sql(
      collector,
      `SELECT SpanName AS name, InstallId AS install, SpanAttributes AS attributes
       FROM otel_traces WHERE SpanName LIKE '%consent%'`,
    );
    expect(spans).toEqual([
      {
        ...{ name: "given consent", install: installId },
        attributes: { "http.route": "/projects/{id}" },
      },
    ]);
    const points = await sql(
      collector,
      `SELECT DISTINCT toUInt32(Value) AS value, InstallId AS install FROM otel_metrics_sum
       WHERE MetricName = 'timetracker.consented' AND Value > 0`,
    );
    expect(points).toEqual([{ value: 7, install: installId }]);
  });
});

test("the example's spans under a stock SDK hold no person", async () => {
  const names = await sql(
    collector,
    `SELECT DISTINCT SpanName AS name FROM otel_traces WHERE ServiceName = 'example' ORDER BY name`,
  );
  expect(names).toEqual([{ name: "GET" }, { name: "GET /projects/{projectId}" }]);
});

/** The example time tracker, with the same SDK loaded before it. */
async function visitExample(): Promise<void> {
  const example = await startExample(collector, {
    env: {
      ...sdkVariables("example", collector.tokens.unattributed, false),
      NODE_OPTIONS: `--import ${preload.href}`,
      OTEL_BSP_SCHEDULE_DELAY: "200",
    },
  });
  try {
    const statuses: number[] = [];
    for (const path of ["/privacy?who=walrus", "/projects/4711?key=walrus", "/licence"]) {
      const reply = await fetch(`${example.url}${path}`, { redirect: "manual" });
      await reply.text();
      statuses.push(reply.status);
    }
    // It works as it does without: programs are not served before the wizard is through.
    expect(statuses).toEqual([200, 503, 200]);
    await waitFor("its spans are stored", 20_000, async () => {
      const mine = "SELECT count() FROM otel_traces WHERE ServiceName = 'example'";
      return (await count(collector, mine)) >= 3;
    });
  } finally {
    await example.stop();
  }
}
