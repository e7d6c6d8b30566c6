import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import {
  baseRecord,
  createResource,
  detailedRecord,
  encodeLogs,
  type OutgoingRecord,
} from "../delivery/encode.ts";
import { decodeRequest } from "../test/decode.ts";
import { type FakeCollector, startFakeCollector } from "./collector.ts";
import { decodeOtlp } from "./otlp.ts";
import { recordsOf } from "./records.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const resource = createResource({ app: "timetracker", version: "5.10.0" });
const record = detailedRecord({
  eventName: "timer.started",
  installId: INSTALL,
  appVersion: "5.10.0",
  identity: "17",
  properties: { project_id: 4, billable: true, ratio: 0.25, big: -(2 ** 52), kind: "häufig ✓" },
  time: 1_763_640_000_123,
  uid: "u-1",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
});

async function collect(): Promise<FakeCollector> {
  const collector = await startFakeCollector();
  onTestFinished(() => collector.close());
  return collector;
}

async function post(
  collector: FakeCollector,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
  path = "/v1/logs",
): Promise<Response> {
  return fetch(collector.endpoint + path, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", ...headers },
    body: body as BodyInit,
  });
}

it("reads protobuf as the client writes it", () => {
  const body = encodeLogs([record], resource);
  const [seen] = recordsOf(decodeOtlp("logs", "application/x-protobuf", body));
  expect(seen).toEqual({
    layer: "detailed",
    eventName: "timer.started",
    time: 1_763_640_000_123,
    attributes: { ...record.attributes },
    resource: { "service.name": "timetracker", "service.version": "5.10.0" },
    scope: expect.stringMatching(/^rollcall\.client \d/),
    body: null,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    extras: [],
  });
});

it("reads the same as protobufjs does, for records of every kind", () => {
  const many: OutgoingRecord[] = Array.from({ length: 200 }, (_, at) =>
    at % 2 === 0
      ? baseRecord(
          "base_telemetry.heartbeat",
          { install_id: INSTALL, locale: `l${at}` },
          at * 1_000,
        )
      : detailedRecord({
          eventName: `e.a${at}`,
          installId: INSTALL,
          appVersion: "1",
          properties: { n: at ** 5, d: Math.sin(at), b: at % 3 === 0, t: "x".repeat(at * 7) },
        }),
  );
  const body = encodeLogs(many, resource);
  const ours = recordsOf(decodeOtlp("logs", "application/x-protobuf", body));
  const kinds = { string: "stringValue", boolean: "boolValue" } as Record<string, string>;
  const kind = (value: unknown) =>
    kinds[typeof value] ?? (Number.isInteger(value) ? "intValue" : "doubleValue");
  const asDecoded = ours.map(({ eventName, attributes }) => ({
    eventName,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, `${kind(value)} ${value}`]),
    ),
  }));
  const theirs = decodeRequest(body).records.map(({ eventName, attributes }) => ({
    eventName,
    attributes,
  }));
  expect(asDecoded).toEqual(theirs);
});

it("reads JSON, with integers as text or as numbers", async () => {
  const collector = await collect();
  const attributes = [
    { key: "project_id", value: { intValue: "4" } },
    { key: "count", value: { intValue: 5 } },
    { key: "success", value: { boolValue: true } },
  ];
  const logRecords = [
    { timeUnixNano: "1763640000123456789", body: { stringValue: "note" }, attributes },
  ];
  const scopeLogs = [{ scope: { name: "a" }, logRecords }];
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs }] });
  const reply = await post(collector, body, { "content-type": "application/json" });
  expect(await reply.text()).toBe("{}");
  expect(collector.records()[0]).toMatchObject({
    time: 1_763_640_000_123,
    attributes: { project_id: 4, count: 5, success: true },
    body: "note",
    extras: [],
  });
});

it("names everything that lies beside the attributes", () => {
  const attribute = { key: "a", value: { intValue: 1 } };
  const logRecord = { attributes: [attribute, attribute], severityText: "from Ann", note: "x" };
  const request = {
    resourceLogs: [
      {
        schemaUrl: "https://ann.example/",
        scopeLogs: [{ scope: { name: "s", attributes: [attribute] }, logRecords: [logRecord] }],
      },
    ],
  };
  expect(recordsOf(request)[0]?.extras).toEqual([
    "schemaUrl of the resource's logs",
    "attributes of the scope",
    "a twice on the record",
    "severityText of the record",
    "note of the record",
  ]);
});

it("names protobuf fields that OTLP does not have", () => {
  // resource_logs { scope_logs { log_records { field 99: "ann" } } }
  const text = Buffer.from([0x9a, 0x06, 3, ...Buffer.from("ann")]);
  const wrap = (field: number, inner: Buffer) => Buffer.from([field, inner.length, ...inner]);
  const body = wrap(0x0a, wrap(0x12, wrap(0x12, text)));
  const [seen] = recordsOf(decodeOtlp("logs", "application/x-protobuf", body));
  expect(seen?.extras).toEqual(["field 99 of the record"]);
});

it("keeps a request that it cannot read, as unknown", async () => {
  const collector = await collect();
  const whole = encodeLogs([record], resource);
  for (const body of [whole.subarray(0, 40), "hello", Buffer.alloc(64, 0xff)]) {
    await post(collector, body);
  }
  await post(collector, "{", { "content-type": "application/json" });
  await post(collector, whole, { "content-encoding": "gzip" });
  expect(collector.requests.map(({ signal }) => signal)).toEqual(Array(5).fill("unknown"));
  expect(collector.records()).toEqual([]);
});

it("inflates, answers as it was told to, and keeps what it refused", async () => {
  const collector = await collect();
  collector.answer({ status: 503, retryAfter: 7, body: "later" });
  const body = gzipSync(encodeLogs([record], resource));
  const reply = await post(collector, body, { "content-encoding": "gzip" }, "/otlp/v1/logs");
  expect(reply.status).toBe(503);
  expect(reply.headers.get("retry-after")).toBe("7");
  expect(await reply.text()).toBe("later");
  expect(collector.records().map(({ eventName }) => eventName)).toEqual(["timer.started"]);
  collector.reset();
  expect(collector.requests).toEqual([]);
});

it("holds an answer until it is told to answer", async () => {
  const collector = await collect();
  collector.answer({ delayMs: Number.POSITIVE_INFINITY });
  let answered = false;
  const pending = post(collector, encodeLogs([record], resource)).then(() => {
    answered = true;
  });
  await collector.waitFor(() => collector.records().length === 1);
  expect(answered).toBe(false);
  collector.answer({});
  await pending;
});

it("counts spans and metrics without reading them", async () => {
  const collector = await collect();
  const json = { "content-type": "application/json" };
  const spans = { resourceSpans: [{ scopeSpans: [{ spans: [{}, {}] }, { spans: [{}] }] }] };
  await post(collector, JSON.stringify(spans), json, "/v1/traces");
  // resource_metrics { scope_metrics { metrics {} metrics {} } }
  const body = Buffer.from([0x0a, 6, 0x12, 4, 0x12, 0, 0x12, 0]);
  await post(collector, body, {}, "/v1/metrics");
  expect([collector.spans(), collector.metrics(), collector.records().length]).toEqual([3, 2, 0]);
});

it("answers the meter as a collector does, and everything else with 404", async () => {
  const collector = await collect();
  const json = { "content-type": "application/json" };
  const meter = await post(collector, "{}", json, "/v1/meter");
  expect(await meter.json()).toMatchObject({ shared_by: "at_least_100" });
  expect((await post(collector, "{}", json, "/collect?user=1")).status).toBe(404);
  expect(collector.requests.map(({ signal }) => signal)).toEqual(["meter", "unknown"]);
});

it("says how much has arrived when what is waited for does not", async () => {
  const collector = await collect();
  await post(collector, encodeLogs([record], resource));
  await expect(collector.waitFor(() => false, 30)).rejects.toThrow("1 requests with 1 records");
});
