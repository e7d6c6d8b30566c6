import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  bytesField,
  fixed64Field,
  logsRequest,
  message,
  pair,
  text,
} from "./otlp/wire-writer.fixture.ts";
import {
  BACKFILL_TOKEN,
  BEARER,
  exportLogs,
  INSTALL,
  JSON_TYPE,
  logRecord,
  PROTOBUF_TYPE,
  send,
  sendRecords,
  startIngest,
  type TestServer,
  TOKEN,
} from "./server.fixture.ts";
import { readPartialSuccess, readStatus } from "./status.fixture.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const json = exportLogs(logRecord("timer.started", { project_id: 42n }));
const protobuf = logsRequest(
  [pair(1, "service.name", text("timetracker"))],
  [
    fixed64Field(1, BigInt(Date.now()) * 1_000_000n),
    message(5, text("timer.started")),
    pair(6, "install_id", text(INSTALL)),
  ],
);
const codings: [string, (body: Buffer | string) => Buffer][] = [
  ["identity", (body) => Buffer.from(body as string)],
  ["", (body) => Buffer.from(body as string)],
  ["gzip", gzipSync],
  ["GZip", gzipSync],
  ["deflate", deflateSync],
  ["zstd", zstdCompressSync],
  ["br", brotliCompressSync],
];
const formats: [string, Buffer | string][] = [
  ["application/json", json],
  ["application/json; charset=utf-8", json],
  ["Application/JSON;charset=UTF-8", json],
  ["application/x-protobuf", protobuf],
  ["APPLICATION/x-protobuf ; a=b", protobuf],
];

describe("a valid request", () => {
  it.each(["/v1/logs", "/otlp/v1/logs"])(
    "is stored through %s in every type and encoding",
    async (path) => {
      let sent = 0;
      for (const [type, body] of formats) {
        for (const [coding, compress] of codings) {
          const answer = await send(server, {
            path,
            headers: { "content-type": type, "content-encoding": coding },
            body: compress(body),
          });
          const bare = type.toLowerCase().includes("json")
            ? "application/json"
            : "application/x-protobuf";
          expect(answer.status, `${type} ${coding}`).toBe(200);
          expect(answer.headers["content-type"]).toBe(bare);
          expect(answer.body.toString()).toBe(bare === "application/json" ? "{}" : "");
          sent++;
        }
      }
      expect(await server.stored()).toMatchObject({ events: sent, refusals: 0 });
    },
  );

  it("is accepted in chunks, without a Content-Length", async () => {
    expect((await send(server, { headers: JSON_TYPE, body: json, chunked: true })).status).toBe(
      200,
    );
    expect(await server.stored()).toMatchObject({ events: 1 });
  });

  it("may be empty: a protobuf of no bytes and a JSON object without fields", async () => {
    const empty = await send(server, { headers: PROTOBUF_TYPE });
    expect([empty.status, empty.body.length]).toEqual([200, 0]);
    expect((await send(server, { headers: JSON_TYPE, body: "{}" })).body.toString()).toBe("{}");
    expect((await send(server, { headers: JSON_TYPE, body: '{"resourceLogs":[]}' })).status).toBe(
      200,
    );
  });

  it.each([
    ["Bearer", `Bearer ${TOKEN}`],
    ["Basic instance:token", `Basic ${Buffer.from(`1:${TOKEN}`).toString("base64")}`],
    ["Basic with the token as it is", `Basic ${TOKEN}`],
  ])("may come with %s", async (_name, authorization) => {
    const answer = await send(server, { headers: { ...JSON_TYPE, authorization }, body: json });
    expect(answer.status).toBe(200);
  });

  it("keeps base events apart from detailed ones", async () => {
    await sendRecords(server, logRecord("base_telemetry.heartbeat", { platform: "Linux" }));
    expect(await server.stored()).toMatchObject({ events: 0, heartbeats: 1 });
  });

  it("is committed together with others in flight", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(server, { headers: JSON_TYPE, body: json })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(await server.stored()).toMatchObject({ events: 50 });
  });
});

describe("a partly good request", () => {
  const mixed = [
    logRecord("timer.started", { project_id: 1n, quote_title: "For Mrs Smith" }),
    logRecord("timer.paused"),
    { body: { stringValue: "timer.started" } },
  ];

  it("keeps what is good and says what was refused, why and how often", async () => {
    const answer = await sendRecords(server, ...mixed);
    expect(answer.status).toBe(200);
    const partial = readPartialSuccess(answer);
    expect(partial.rejectedLogRecords).toBe("2");
    expect(partial.errorMessage).toContain("Refused 2 of 3 records");
    expect(partial.errorMessage).toContain("event_unlisted 1");
    expect(partial.errorMessage).toContain("timer.paused 1");
    expect(partial.errorMessage).toContain("install_id_missing 1");
    expect(partial.errorMessage).toContain("field_unknown 1");
    expect(partial.errorMessage).toContain("quote_title 1");
    expect(answer.body.toString()).not.toContain("Smith");
    const stored = await server.stored();
    expect(stored).toMatchObject({ events: 1, refusals: 3 });
    expect(stored.bytes.includes("Smith")).toBe(false);
  });

  it("answers in protobuf alike", async () => {
    const body = logsRequest(
      [],
      [bytesField(12, "timer.paused"), pair(6, "install_id", text(INSTALL))],
    );
    const answer = await send(server, { headers: PROTOBUF_TYPE, body });
    expect(answer.status).toBe(200);
    expect(readPartialSuccess(answer)).toMatchObject({ rejectedLogRecords: "1" });
  });

  it("warns with nothing rejected where only fields were dropped", async () => {
    const answer = await sendRecords(server, mixed[0] as object);
    expect(readPartialSuccess(answer)).toMatchObject({ rejectedLogRecords: "0" });
    expect(readPartialSuccess(answer).errorMessage).toContain("Dropped 1 fields");
  });

  it("counts every record and field in the metrics once", async () => {
    await sendRecords(server, ...mixed);
    const lines = await server.metrics.registry.metrics();
    expect(lines).toContain('rollcall_ingest_records_total{signal="logs",result="accepted"} 1');
    expect(lines).toContain('rollcall_ingest_records_total{signal="logs",result="refused"} 2');
    expect(lines).toContain('rollcall_ingest_refused_total{reason="event_unlisted"} 1');
    expect(lines).toContain('rollcall_ingest_dropped_fields_total{reason="field_unknown"} 1');
    expect(lines).toContain('rollcall_ingest_refused_total{reason="event_name_malformed"} 0');
  });
});

describe("a malformed request", () => {
  it("leaves nothing behind, not even the good records before the fault", async () => {
    const good = logRecord("timer.started");
    const answer = await sendRecords(server, good, logRecord("timer.paused"), { body: 5 });
    expect(answer.status).toBe(400);
    expect(readStatus(answer)).toMatchObject({
      code: 3,
      violations: [{ field: "resourceLogs.scopeLogs.logRecords", description: expect.any(String) }],
    });
    const cut = await send(server, {
      headers: PROTOBUF_TYPE,
      body: Buffer.concat([protobuf, Buffer.from([0x0a, 0x7f])]),
    });
    expect(cut.status).toBe(400);
    expect(await server.stored()).toMatchObject({ events: 0, refusals: 0 });
    expect(await server.metrics.registry.metrics()).toContain(
      'rollcall_ingest_records_total{signal="logs",result="accepted"} 0',
    );
  });

  it("does not take the records of others in the same commit with it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        at % 2 === 0
          ? send(server, { headers: JSON_TYPE, body: json })
          : sendRecords(server, logRecord("timer.started"), { body: 5 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(await server.stored()).toMatchObject({ events: 10 });
  });
});

describe("every error is a Status in the request's type", () => {
  const types = [
    ["application/json", JSON_TYPE],
    ["application/x-protobuf", PROTOBUF_TYPE],
  ] as const;

  it.each(types)("in %s", async (type, headers) => {
    const none = { ...headers, authorization: "" };
    const cases: [number, number, Parameters<typeof send>[1]][] = [
      [400, 3, { headers, body: "{" }],
      [400, 3, { headers: { ...headers, "content-encoding": "gzip" }, body: "plain" }],
      [400, 3, { headers, path: "/v1/%zz", body: "{}" }],
      [401, 16, { headers: none, body: "{}" }],
      [401, 16, { headers: { ...headers, authorization: "Bearer wrong" }, body: "{}" }],
      [404, 12, { headers, path: "/v1/unknown", body: "{}" }],
      [404, 12, { headers, path: "/otlp/v1/unknown" }],
      [404, 12, { headers, path: "/v1/logs/", body: "{}" }],
      [404, 12, { headers: none, path: "/v1/unknown", method: "GET" }],
      [405, 12, { headers, method: "GET" }],
      [405, 12, { headers, method: "PUT", body: "{}" }],
      [405, 12, { headers, method: "DELETE" }],
      [405, 12, { headers, method: "OPTIONS" }],
      [413, 8, { headers, body: Buffer.alloc(1024 * 1024 + 1) }],
      [415, 3, { headers: { ...headers, "content-encoding": "gzip, gzip" }, body: "{}" }],
      [415, 3, { headers: { ...headers, "content-encoding": "compress" }, body: "{}" }],
    ];
    for (const [status, code, sent] of cases) {
      const answer = await send(server, sent);
      const what = `${sent.method ?? "POST"} ${sent.path ?? ""} ${JSON.stringify(sent.headers)}`;
      expect(answer.status, what).toBe(status);
      expect(answer.headers["content-type"], what).toBe(type);
      const read = readStatus(answer);
      expect(read.code, what).toBe(code);
      expect(read.message, what).not.toBe("");
      expect(read.violations.length, what).toBe(status === 400 ? 1 : 0);
      expect(answer.headers["retry-after"], what).toBeUndefined();
      expect(answer.headers.allow, what).toBe(status === 405 ? "POST" : undefined);
      expect(answer.headers["www-authenticate"] !== undefined, what).toBe(status === 401);
    }
  });

  it.each([
    ["no type", {}],
    ["an unknown type", { "content-type": "text/plain" }],
    ["no media type at all", { "content-type": ";;" }],
  ])("and in JSON for %s, which is 415", async (_name, headers) => {
    const answer = await send(server, { headers, body: "{}" });
    expect([answer.status, readStatus(answer).code]).toEqual([415, 3]);
    expect(answer.headers["content-type"]).toBe("application/json");
  });

  it("is 503 with Retry-After while the spool takes nothing, and keeps nothing", async () => {
    await server.spool.drain();
    for (const [type, headers] of types) {
      const body = type === "application/json" ? json : protobuf;
      const answer = await send(server, { headers, body });
      expect(answer.status).toBe(503);
      expect(readStatus(answer).code).toBe(14);
      expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    }
  });

  it("is 400 for a JSON body of no bytes", async () => {
    const answer = await send(server, { headers: JSON_TYPE });
    expect([answer.status, readStatus(answer).violations.length]).toEqual([400, 1]);
  });
});

describe("a collector that stops", () => {
  it("answers the request under way, whose last byte comes after the stop began", async () => {
    const body = json;
    const { connect } = await import("node:net");
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: ${BEARER.authorization}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n` +
        body.slice(0, -1),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = server.app.close();
    const answered = new Promise<string>((resolve) =>
      socket.once("data", (chunk) => resolve(chunk.toString())),
    );
    socket.write(body.slice(-1));
    expect(await answered).toMatch(/^HTTP\/1.1 200 /);
    socket.end();
    await closed;
    await expect(send(server, { headers: JSON_TYPE, body })).rejects.toThrow(/ECONNREFUSED/);
    expect(await server.stored()).toMatchObject({ events: 1 });
  });
});

describe("authentication", () => {
  it("comes before the body is read", async () => {
    // The body is announced and never sent: only an answer before it can arrive.
    const answer = await fetchHead(server, "Bearer wrong");
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it("gives the right to backfill to a token that has it", async () => {
    const year1971 = logRecord("timer.started", {}, 31_536_000_000);
    for (const token of [TOKEN, BACKFILL_TOKEN]) {
      const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
      expect((await send(server, { headers, body: exportLogs(year1971) })).status).toBe(200);
    }
    expect(await server.stored()).toMatchObject({ events: 2 });
  });
});

async function fetchHead({ port }: TestServer, authorization: string): Promise<string> {
  const { connect } = await import("node:net");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        `POST /v1/logs HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
          "content-type: application/json\r\ncontent-length: 1000\r\n\r\n",
      );
    });
    socket.once("data", (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("CORS", () => {
  const origin = "https://app.example";
  const preflight = {
    method: "OPTIONS",
    headers: { authorization: "", origin, "access-control-request-method": "POST" },
  };

  it("is off by default", async () => {
    const answer = await send(server, { headers: { ...JSON_TYPE, origin }, body: json });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect((await send(server, preflight)).status).toBe(405);
  });

  it("answers the preflight of a listed origin without a token, and adds headers to errors", async () => {
    const open = await startIngest({ corsOrigins: [origin] });
    const asked = await send(open, preflight);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST",
      vary: "Origin",
    });
    expect(asked.headers["access-control-allow-headers"]).toContain("authorization");
    const refused = await send(open, {
      headers: { ...JSON_TYPE, origin, authorization: "" },
      body: json,
    });
    expect(refused.status).toBe(401);
    expect(refused.headers["access-control-allow-origin"]).toBe(origin);
    const foreign = { ...preflight.headers, origin: "https://evil.example" };
    const denied = await send(open, { ...preflight, headers: foreign });
    expect(denied.status).toBe(405);
    expect(denied.headers["access-control-allow-origin"]).toBeUndefined();
    expect(denied.headers.vary).toBe("Origin");
    await open.close();
  });

  it("never allows credentials, not with * either", async () => {
    const open = await startIngest({ corsOrigins: ["*"] });
    const answer = await send(open, { headers: { ...JSON_TYPE, ...BEARER, origin }, body: json });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    await open.close();
  });
});
