import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  bytesField,
  logsRequest as exportRequest,
  fixed64Field,
  message,
  pair,
  text,
  varintField,
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
  sendTo(server, { path: "/v1/traces", ...sent });

const TRACE = "5b8efff798038103d269b633813fc60c";
const SPAN = "eee19b7ec3c1b174";
const installed = attributes({ install_id: INSTALL, "service.version": "1.2.3" });
const span = (more: object = {}) => ({
  ...{ traceId: TRACE, spanId: SPAN, name: "GET /projects/42", kind: 2 },
  startTimeUnixNano: `${Date.now()}000001`,
  endTimeUnixNano: `${Date.now() + 5}000000`,
  ...more,
});
const exportSpans = (spans: object[], resource: object[] = installed) =>
  JSON.stringify({
    resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }],
  });
const sendSpans = (spans: object[], resource?: object[], headers: Record<string, string> = {}) =>
  send({ headers: { ...JSON_TYPE, ...headers }, body: exportSpans(spans, resource) });

const json = exportSpans([span()]);
const hex = (number: number, digits: string) => bytesField(number, Buffer.from(digits, "hex"));
const encoded = [
  ...[hex(1, TRACE), hex(2, SPAN), bytesField(5, "GET /projects/42"), varintField(6, 2)],
  ...[7, 8].map((time) => fixed64Field(time, BigInt(Date.now()) * 1_000_000n)),
];
const protobuf = exportRequest([pair(1, "install_id", text(INSTALL))], encoded);
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

describe("spans", () => {
  it.each(["/v1/traces", "/otlp/v1/traces"])(
    "are stored through %s in every type and encoding",
    async (path) => {
      let sent = 0;
      for (const [type, body] of formats) {
        for (const [coding, compress] of codings) {
          const headers = { ...type, "content-encoding": coding };
          const answer = await send({ path, headers, body: compress(body) });
          expect(
            [answer.status, answer.body.toString()],
            `${type["content-type"]} ${coding}`,
          ).toEqual([200, type === JSON_TYPE ? "{}" : ""]);
          expect(answer.headers["content-type"]).toBe(type["content-type"]);
          sent++;
        }
      }
      expect((await server.stored()).tables).toEqual({ otel_traces: sent });
      expect(await server.metrics.registry.metrics()).toContain(
        `rollcall_ingest_records_total{signal="traces",result="accepted"} ${sent}`,
      );
    },
  );

  it("may be none: a protobuf of no bytes and a JSON object without fields", async () => {
    const empty = await send({ headers: PROTOBUF_TYPE });
    expect([empty.status, empty.body.length]).toEqual([200, 0]);
    expect((await send({ headers: JSON_TYPE, body: "{}" })).body.toString()).toBe("{}");
    expect((await send({ headers: JSON_TYPE })).status).toBe(400);
    expect((await server.stored()).tables).toEqual({});
  });

  it("do not come by the path of another signal", async () => {
    const answer = await send({ path: "/v1/logs", headers: JSON_TYPE, body: json });
    expect([answer.status, answer.body.toString()]).toEqual([200, "{}"]);
    expect((await server.stored()).tables).toEqual({});
  });
});

describe("a partly good request", () => {
  const mixed = [
    span({ attributes: attributes({ "http.method": "GET", "user.email": "ann@example.org" }) }),
    span({ traceId: "0".repeat(32) }),
    span({ spanId: "ann@example.org" }),
    span({ status: { code: 2, message: "Ann's invoice" } }),
  ];

  it("keeps what is good and says what was refused and dropped, why and how often", async () => {
    const answer = await sendSpans(mixed);
    expect(answer.status).toBe(200);
    const { rejectedSpans, errorMessage } = readPartialSuccess(answer, "rejectedSpans");
    expect(rejectedSpans).toBe("2");
    for (const part of [
      "Refused 2 of 4 spans",
      "trace_id_malformed 1",
      "span_id_malformed 1",
      "Dropped 2 fields of accepted spans",
      "user.email 1",
      "(status_message) 1",
    ]) {
      expect(errorMessage).toContain(part);
    }
    expect(errorMessage).not.toMatch(/ann/i);
    const { tables, bytes } = await server.stored();
    expect(tables).toEqual({ otel_traces: 2, refusals: 4 });
    expect(bytes.includes("1.2.3")).toBe(true);
    expect(bytes.toString("latin1")).not.toMatch(/ann@|Ann's/);
  });

  it("answers in protobuf alike", async () => {
    const body = exportRequest([pair(1, "install_id", text(INSTALL))], encoded.slice(1), encoded);
    const answer = await send({ headers: PROTOBUF_TYPE, body });
    expect(readPartialSuccess(answer, "rejectedSpans")).toMatchObject({ rejectedSpans: "1" });
  });

  it("counts what a resource and a scope lose once, however many spans they have", async () => {
    const resource = [...installed, ...attributes({ "host.name": "ann-laptop" })];
    const scopeSpans = [1, 2].map(() => ({
      scope: { name: "lib", version: "1.0.0", attributes: attributes({ "k.v": "x" }) },
      spans: [span(), span(), span()],
    }));
    const body = JSON.stringify({
      resourceSpans: [{ resource: { attributes: resource }, scopeSpans }],
    });
    const answer = await send({ headers: JSON_TYPE, body });
    const { errorMessage } = readPartialSuccess(answer);
    expect(errorMessage).toContain("Dropped 3 fields");
    expect(errorMessage).toContain("host.name 1");
    expect(errorMessage).toContain("k.v 2");
  });

  it("counts times that it does not believe", async () => {
    const year1971 = { startTimeUnixNano: "31536000000000000", endTimeUnixNano: "1" };
    const answer = await sendSpans([span(year1971)]);
    const { errorMessage } = readPartialSuccess(answer);
    expect(errorMessage).toContain("(start_time) 1");
    expect(errorMessage).toContain("(end_time) 1");
  });
});

describe("whose spans are kept", () => {
  const stock = attributes({ "service.name": "checkout" });
  const unattributed = { authorization: `Bearer ${BACKFILL_TOKEN}` };

  it("is an install's, by its own id or a service.instance.id that is a UUID", async () => {
    for (const key of ["install_id", "service.instance.id"]) {
      const answer = await sendSpans([span()], attributes({ [key]: INSTALL }));
      expect(answer.body.toString()).toBe("{}");
    }
    expect((await server.stored()).tables).toEqual({ otel_traces: 2 });
  });

  it("is nobody's where the token allows it, else every span of that resource is refused", async () => {
    const refused = await sendSpans([span(), span()], stock);
    expect(refused.status).toBe(200);
    const partial = readPartialSuccess(refused, "rejectedSpans");
    expect(partial.rejectedSpans).toBe("2");
    expect(partial.errorMessage).toContain("install_id_missing 2");
    expect(partial.errorMessage).not.toContain("Dropped");
    expect((await server.stored()).tables).toEqual({ refusals: 1 });
    const kept = await sendSpans([span(), span()], stock, unattributed);
    expect(kept.body.toString()).toBe("{}");
    expect((await server.stored()).tables.otel_traces).toBe(2);
  });

  it("is refused with an install id that is none, whatever the token may", async () => {
    for (const id of ["ann", "", "00000000-0000-0000-0000-000000000000"]) {
      const resource = attributes({ install_id: id, "service.instance.id": INSTALL });
      const answer = await sendSpans([span()], resource, unattributed);
      const { rejectedSpans, errorMessage } = readPartialSuccess(answer);
      expect(rejectedSpans).toBe("1");
      expect(errorMessage).toContain("install_id_malformed 1");
    }
  });

  it("is decided for each resource of a request", async () => {
    const scopeSpans = [{ spans: [span()] }];
    const resources = [installed, stock, attributes({ install_id: "ann" }), installed];
    const body = JSON.stringify({
      resourceSpans: resources.map((list) => ({ resource: { attributes: list }, scopeSpans })),
    });
    const answer = await send({ headers: JSON_TYPE, body });
    const { errorMessage } = readPartialSuccess(answer);
    expect(errorMessage).toContain("Refused 2 of 4 spans");
    expect((await server.stored()).tables.otel_traces).toBe(2);
  });
});

/** Each has a mark that occurs nowhere else. */
const PLANTED = [
  "zebrafish@quokka.example",
  "203.0.113.77:4711",
  "[2001:db8:7e57::77]:8443",
  "grackle-laptop.local",
  "https://axolotl.example.org/p/wombat?key=narwhal",
  "/clients/capybara-and-sons/edit?name=pangolin",
  "SELECT * FROM users WHERE name = 'okapi'",
  "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Tapir/131.0",
  "Call Hoatzin on +44 20 7946 0958",
  "/home/kakapo/app/secret.key",
];
const MARKS =
  /zebrafish|quokka|203\.0\.113|7e57|grackle|axolotl|wombat|narwhal|capybara|pangolin|okapi|tapir|hoatzin|7946|kakapo/i;
const CONTROL = "numbat";
const PLANTED_KEYS =
  "client.address server.address http.url http.target db.statement user_agent.original exception.message";

/** The same span in both encodings, with a text in every field and key that takes one. */
function everywhere(planted: string): [Record<string, string>, Buffer | string][] {
  const texts = {
    ...{ "rpc.method": CONTROL, "exception.type": CONTROL, "service.name": CONTROL },
    ...Object.fromEntries([...PLANTED_KEYS.split(" "), planted].map((key) => [key, planted])),
  };
  const list = attributes(texts);
  const pairs = (number: number, more: Record<string, string> = {}) =>
    Object.entries({ ...texts, ...more }).map(([key, value]) => pair(number, key, text(value)));
  const link = { traceId: TRACE, spanId: SPAN, traceState: planted, attributes: list };
  const planting = span({
    ...{ name: planted, traceState: planted, attributes: list },
    events: [{ name: planted, attributes: list }],
    links: [link],
    status: { code: 2, message: planted },
  });
  const scope = { name: planted, version: planted, attributes: list };
  const resource = { attributes: [...list, ...attributes({ install_id: INSTALL })] };
  const scopeSpans = [{ schemaUrl: planted, scope, spans: [planting] }];
  const bytes = message(
    1,
    message(1, ...pairs(1, { install_id: INSTALL })),
    message(
      2,
      message(1, bytesField(1, planted), bytesField(2, planted), ...pairs(3)),
      message(
        2,
        ...[...encoded, bytesField(3, planted), bytesField(5, planted), ...pairs(9)],
        message(11, bytesField(2, planted), ...pairs(3)),
        message(13, hex(1, TRACE), hex(2, SPAN), bytesField(3, planted), ...pairs(4)),
        message(15, bytesField(2, planted), varintField(3, 2)),
      ),
      bytesField(3, planted),
    ),
    bytesField(3, planted),
  );
  return [
    [JSON_TYPE, JSON.stringify({ resourceSpans: [{ schemaUrl: planted, resource, scopeSpans }] })],
    [PROTOBUF_TYPE, bytes],
  ];
}

describe("data planted in every text and key of a span", () => {
  it("is in no row, no answer and no line of the log; what is allowed is", async () => {
    let spans = 0;
    for (const planted of PLANTED) {
      expect(planted).toMatch(MARKS);
      for (const [headers, body] of everywhere(planted)) {
        const answer = await send({ headers, body });
        expect(answer.status).toBe(200);
        expect(answer.body.toString("latin1")).not.toMatch(MARKS);
        spans++;
      }
    }
    const { tables, bytes } = await server.stored();
    expect(tables.otel_traces).toBe(spans);
    const stored = bytes.toString("latin1");
    expect(stored).not.toMatch(MARKS);
    expect(server.logLines.join("\n")).not.toMatch(MARKS);
    // Of each span: its service, its rpc.method, and the exception.type of its event.
    expect(stored.split(CONTROL).length - 1).toBeGreaterThanOrEqual(3 * spans);
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
        [404, 12, { headers, path: "/v1/traces/", body }],
        [404, 12, { headers, path: "/v1/trace", body }],
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

  it("takes the good spans before a fault back", async () => {
    const answer = await sendSpans([span(), { ...span(), kind: "client" }]);
    expect(answer.status).toBe(400);
    expect(readStatus(answer).violations).toEqual([
      { field: "resourceSpans.scopeSpans.spans", description: "kind is not one of its enum" },
    ]);
    const cut = Buffer.concat([protobuf, Buffer.from([0x0a, 0x7f])]);
    expect((await send({ headers: PROTOBUF_TYPE, body: cut })).status).toBe(400);
    expect((await sendSpans([span()])).status).toBe(200);
    expect((await server.stored()).tables).toEqual({ otel_traces: 1 });
  });

  it("is 413 for too many spans and 503 while the spool takes nothing", async () => {
    const spans = Buffer.concat(Array(100_001).fill(message(2)));
    const many = await send({ headers: PROTOBUF_TYPE, body: message(1, message(2, spans)) });
    expect([many.status, readStatus(many).code]).toEqual([413, 8]);
    await server.spool.drain();
    for (const [headers, body] of formats) {
      const answer = await send({ headers, body });
      expect([answer.status, readStatus(answer).code]).toEqual([503, 14]);
      expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    }
  });
});
