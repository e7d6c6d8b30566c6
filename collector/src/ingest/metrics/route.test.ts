import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  bytesField,
  doubleField,
  fixed64Field,
  message,
  pair,
  text,
} from "../otlp/wire-writer.fixture.ts";
import {
  attributes,
  BACKFILL_TOKEN,
  INSTALL,
  JSON_TYPE,
  PROTOBUF_TYPE,
  send as sendTo,
  startIngest,
  type TestServer,
} from "../server.fixture.ts";
import { readPartialSuccess, readStatus } from "../status.fixture.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const send = (sent: Parameters<typeof sendTo>[1]) =>
  sendTo(server, { path: "/v1/metrics", ...sent });

const installed = attributes({ install_id: INSTALL, "service.version": "1.2.3" });
const nano = (ms: number) => `${ms}000000`;
const point = (more: object = {}) => ({ timeUnixNano: nano(Date.now()), asDouble: 1, ...more });
const gauge = (...dataPoints: object[]) => ({ name: "app.pool.size", gauge: { dataPoints } });
/** One metric of each kind, with one point each. */
const everyKind = [
  gauge(point()),
  { name: "app.requests", sum: { dataPoints: [point()], isMonotonic: true } },
  { name: "app.duration", unit: "s", histogram: { dataPoints: [point({ count: 1 })] } },
  { name: "app.size", exponentialHistogram: { dataPoints: [point({ scale: 2 })] } },
  { name: "app.wait", summary: { dataPoints: [point({ quantileValues: [{ quantile: 0.5 }] })] } },
];
const exportMetrics = (metrics: object[], resource: object[] = installed) =>
  JSON.stringify({
    resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ metrics }] }],
  });
const sendMetrics = (metrics: object[], resource?: object[], headers: object = {}) =>
  send({ headers: { ...JSON_TYPE, ...headers }, body: exportMetrics(metrics, resource) });

const json = exportMetrics(everyKind);
const encodedPoint = message(1, fixed64Field(3, BigInt(Date.now()) * 1_000_000n));
const encode = (resource: Buffer[], ...metrics: Buffer[]) =>
  message(1, message(1, ...resource), message(2, ...metrics));
const encodedKinds = [5, 7, 9, 10, 11].map((kind) =>
  message(2, bytesField(1, "app.requests"), message(kind, encodedPoint)),
);
const own = pair(1, "install_id", text(INSTALL));
const protobuf = encode([own], ...encodedKinds);
const formats: [Record<string, string>, string | Buffer][] = [
  [JSON_TYPE, json],
  [PROTOBUF_TYPE, protobuf],
];
const codings: [string, (body: Buffer | string) => Buffer][] = [
  ["identity", (body) => Buffer.from(body as string)],
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["zstd", zstdCompressSync],
];
const TABLES = ["gauge", "sum", "histogram", "exp_histogram", "summary"];
const each = (rows: number) =>
  Object.fromEntries(TABLES.map((kind) => [`otel_metrics_${kind}`, rows]));

describe("data points", () => {
  it.each(["/v1/metrics", "/otlp/v1/metrics"])(
    "are stored through %s in every type and encoding, each kind in its table",
    async (path) => {
      let sent = 0;
      for (const [type, body] of formats) {
        for (const [coding, compress] of codings) {
          const headers = { ...type, "content-encoding": coding };
          const answer = await send({ path, headers, body: compress(body) });
          expect([answer.status, answer.body.toString()], `${body} ${coding}`).toEqual([
            200,
            type === JSON_TYPE ? "{}" : "",
          ]);
          expect(answer.headers["content-type"]).toBe(type["content-type"]);
          sent++;
        }
      }
      expect((await server.stored()).tables).toEqual(each(sent));
      expect(await server.metrics.registry.metrics()).toContain(
        `rollcall_ingest_records_total{signal="metrics",result="accepted"} ${sent * 5}`,
      );
    },
  );

  it("may be none: a protobuf of no bytes and a JSON object without fields", async () => {
    const empty = await send({ headers: PROTOBUF_TYPE });
    expect([empty.status, empty.body.length]).toEqual([200, 0]);
    expect((await send({ headers: JSON_TYPE, body: "{}" })).body.toString()).toBe("{}");
    expect((await send({ headers: JSON_TYPE })).status).toBe(400);
    expect((await sendMetrics([{ name: "app.requests" }, gauge()])).body.toString()).toBe("{}");
    expect((await server.stored()).tables).toEqual({});
  });

  it("do not come by the path of another signal", async () => {
    for (const path of ["/v1/logs", "/v1/traces"]) {
      const answer = await send({ path, headers: JSON_TYPE, body: json });
      expect([answer.status, answer.body.toString()]).toEqual([200, "{}"]);
    }
    expect((await server.stored()).tables).toEqual({});
  });
});

describe("a partly good request", () => {
  const planted = attributes({ "http.method": "GET", "user.email": "ann@example.org" });
  const large = { explicitBounds: Array(2_049).fill(1) };
  const mixed = [
    gauge(point({ attributes: planted }), point()),
    { name: "time of ann@example.org", gauge: { dataPoints: [point(), point(), point()] } },
    { name: "app.duration", unit: "Ann's", histogram: { dataPoints: [point(large), point()] } },
  ];

  it("counts data points, and says what was refused and dropped and why", async () => {
    const answer = await sendMetrics(mixed);
    expect(answer.status).toBe(200);
    const { rejectedDataPoints, errorMessage } = readPartialSuccess(answer);
    expect(rejectedDataPoints).toBe("4");
    for (const part of [
      "Refused 4 of 7 data points",
      "metric_name_malformed 3",
      "point_too_large 1",
      "Dropped 2 fields of accepted data points",
      "user.email 1",
      "(unit) 1",
    ]) {
      expect(errorMessage).toContain(part);
    }
    expect(errorMessage).not.toMatch(/ann/i);
    const { tables, bytes } = await server.stored();
    expect(tables).toEqual({ otel_metrics_gauge: 2, otel_metrics_histogram: 1, refusals: 4 });
    expect(bytes.includes("1.2.3")).toBe(true);
    expect(bytes.toString("latin1")).not.toMatch(/ann@|Ann's/);
  });

  it("answers in protobuf alike", async () => {
    const unnamed = message(2, message(5, encodedPoint, encodedPoint));
    const body = encode([own], unnamed, ...encodedKinds);
    const answer = await send({ headers: PROTOBUF_TYPE, body });
    expect(readPartialSuccess(answer, "rejectedDataPoints")).toMatchObject({
      rejectedDataPoints: "2",
    });
    expect((await server.stored()).tables).toEqual({ ...each(1), refusals: 1 });
  });

  it("counts what a resource and a scope lose once, however many points they have", async () => {
    const resource = [...installed, ...attributes({ "host.name": "ann-laptop" })];
    const scopeMetrics = [1, 2].map(() => ({
      scope: { name: "lib", version: "1.0.0", attributes: attributes({ "k.v": "x" }) },
      metrics: [gauge(point(), point()), gauge(point())],
    }));
    const body = JSON.stringify({
      resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics }],
    });
    const { errorMessage } = readPartialSuccess(await send({ headers: JSON_TYPE, body }));
    expect(errorMessage).toContain("Dropped 3 fields");
    expect(errorMessage).toContain("host.name 1");
    expect(errorMessage).toContain("k.v 2");
  });

  it("counts times that it does not believe", async () => {
    const ahead = point({ startTimeUnixNano: nano(Date.now() + 60_000) });
    const year1971 = point({ timeUnixNano: "31536000000000000" });
    const { errorMessage } = readPartialSuccess(await sendMetrics([gauge(ahead, year1971)]));
    expect(errorMessage).toContain("(start_time) 1");
    expect(errorMessage).toContain("(time) 1");
  });
});

describe("whose data points are kept", () => {
  const stock = attributes({ "service.name": "checkout" });
  const unattributed = { authorization: `Bearer ${BACKFILL_TOKEN}` };
  const two = [gauge(point(), point())];

  it("is an install's, by its own id or a service.instance.id that is a UUID", async () => {
    for (const key of ["install_id", "service.instance.id"]) {
      expect((await sendMetrics(two, attributes({ [key]: INSTALL }))).body.toString()).toBe("{}");
    }
    expect((await server.stored()).tables).toEqual({ otel_metrics_gauge: 4 });
  });

  it("is nobody's where the token allows it, else every point of that resource is refused", async () => {
    const refused = await sendMetrics(two, stock);
    const partial = readPartialSuccess(refused);
    expect(partial.rejectedDataPoints).toBe("2");
    expect(partial.errorMessage).toContain("install_id_missing 2");
    expect((await server.stored()).tables).toEqual({ refusals: 1 });
    expect((await sendMetrics(two, stock, unattributed)).body.toString()).toBe("{}");
    expect((await server.stored()).tables.otel_metrics_gauge).toBe(2);
  });

  it("is refused with an install id that is none, whatever the token may", async () => {
    for (const id of ["ann", "", "00000000-0000-0000-0000-000000000000"]) {
      const resource = attributes({ install_id: id, "service.instance.id": INSTALL });
      const { rejectedDataPoints, errorMessage } = readPartialSuccess(
        await sendMetrics(two, resource, unattributed),
      );
      expect(rejectedDataPoints).toBe("2");
      expect(errorMessage).toContain("install_id_malformed 2");
    }
  });
});

describe("a request that is refused", () => {
  it("says why in a Status of its own type and leaves nothing behind", async () => {
    for (const [headers, body] of formats) {
      const good = headers === JSON_TYPE ? (body as string).slice(0, -2) : (body as Buffer);
      const broken = Buffer.concat([Buffer.from(good), Buffer.from([0x0a, 0x7f])]);
      const none = { ...headers, authorization: "" };
      const cases: [number, number, Parameters<typeof send>[0]][] = [
        [400, 3, { headers, body: broken }],
        [400, 3, { headers: { ...headers, "content-encoding": "gzip" }, body: "plain" }],
        [401, 16, { headers: none, body }],
        [401, 16, { headers: { ...headers, authorization: "Bearer wrong" }, body }],
        [404, 12, { headers, path: "/v1/metrics/", body }],
        [404, 12, { headers, path: "/v1/metric", body }],
        [405, 12, { headers, method: "GET" }],
        [405, 12, { headers, method: "PUT", body }],
        [413, 8, { headers, body: Buffer.alloc(1024 * 1024 + 1) }],
        [415, 3, { headers: { ...headers, "content-encoding": "compress" }, body }],
      ];
      for (const [status, code, sent] of cases) {
        const answer = await send(sent);
        const what = `${sent.method ?? "POST"} ${sent.path ?? ""} ${JSON.stringify(sent.headers)}`;
        expect(answer.status, what).toBe(status);
        expect(answer.headers["content-type"], what).toBe(headers["content-type"]);
        expect(readStatus(answer).code, what).toBe(code);
      }
    }
    expect((await server.stored()).tables).toEqual({});
  });

  it("takes the good points of every table before a fault back", async () => {
    const broken = [...everyKind, gauge(point({ asDouble: "half" }))];
    const answer = await sendMetrics(broken);
    expect(answer.status).toBe(400);
    expect(readStatus(answer).violations).toEqual([
      { field: "resourceMetrics.scopeMetrics.metrics", description: "asDouble is not a number" },
    ]);
    const cut = Buffer.concat([protobuf, message(1, message(2, message(2, doubleField(0, 1))))]);
    expect((await send({ headers: PROTOBUF_TYPE, body: cut })).status).toBe(400);
    expect((await sendMetrics(everyKind)).status).toBe(200);
    expect((await server.stored()).tables).toEqual(each(1));
  });

  it("is 413 for too many points and 503 while the spool takes nothing", async () => {
    const points = Buffer.concat(Array(100_001).fill(message(1)));
    const many = encode([own], message(2, bytesField(1, "app.requests"), message(5, points)));
    const answer = await send({ headers: PROTOBUF_TYPE, body: many });
    expect([answer.status, readStatus(answer).code]).toEqual([413, 8]);
    await server.spool.drain();
    for (const [headers, body] of formats) {
      const away = await send({ headers, body });
      expect([away.status, readStatus(away).code]).toEqual([503, 14]);
      expect(away.headers["retry-after"]).toMatch(/^\d+$/);
    }
  });
});
