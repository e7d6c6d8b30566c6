import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";
import { createZstdCompress, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { count, loaded } from "../support/api.ts";
import { type Collector, freePort, startCollector } from "../support/collector.ts";
import { gaugeOf, metricsRequest, SIGNALS, type Signal, sampleOf } from "../support/otlp.ts";
import { decodePartialSuccess, decodeStatus, encodeRequest } from "../support/protobuf.ts";

const LIMIT = 256 * 1024;
const INSTALL = randomUUID();
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector({
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_MAX_BODY_BYTES: String(LIMIT) },
  });
}, 60_000);
afterAll(() => collector?.stop());

const JSON_TYPE = "application/json";
const PROTO_TYPE = "application/x-protobuf";

interface Given {
  path?: string;
  method?: string;
  type?: string | null;
  encoding?: string;
  authorization?: string | null;
  body?: string | Uint8Array;
}

async function answer({ url, tokens }: Collector, given: Given): Promise<Response> {
  const authorization = given.authorization ?? `Bearer ${tokens.ingest}`;
  const type = given.type === undefined ? JSON_TYPE : given.type;
  return fetch(`${url}${given.path ?? "/v1/logs"}`, {
    method: given.method ?? "POST",
    headers: {
      ...(type === null ? {} : { "content-type": type }),
      ...(given.encoding === undefined ? {} : { "content-encoding": given.encoding }),
      ...(given.authorization === null ? {} : { authorization }),
    },
    ...(given.method === "GET" ? {} : { body: Buffer.from(given.body ?? "{}") }),
  });
}

/** The google.rpc.Status of an error in the request's encoding, JSON where the type is of no use. */
async function statusOf(reply: Response, type: string | null | undefined) {
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const isProto = type === PROTO_TYPE;
  expect(reply.headers.get("content-type")).toBe(isProto ? PROTO_TYPE : JSON_TYPE);
  const status = isProto ? decodeStatus(bytes) : JSON.parse(Buffer.from(bytes).toString());
  expect(status).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/\w/) });
}

const padded = (json: string, bytes: number) => `${" ".repeat(bytes - json.length)}${json}`;

describe.each(SIGNALS)("each documented answer of POST /v1/%s", (signal) => {
  const path = `/v1/${signal}`;
  const { request, partly, table, rejected, reason } = sampleOf(signal, INSTALL);
  const [root = ""] = Object.keys(request);
  const proto = encodeRequest(request);
  const json = JSON.stringify(request);
  const nested = `${`{"${root}":`.repeat(10_000)}[]${"}".repeat(10_000)}`;
  const cases: [what: string, given: Given, status: number][] = [
    ["another method", { method: "GET" }, 405],
    ["another path", { path: `${path}/nothing` }, 404],
    ["no content type", { type: null }, 415],
    ["an unknown content type", { type: "text/plain" }, 415],
    ["an unknown content encoding", { encoding: "snappy" }, 415],
    ["a gzip header on a plain body", { encoding: "gzip" }, 400],
    ["a truncated gzip body", { encoding: "gzip", body: gzipSync(json).subarray(0, 40) }, 400],
    ["a body packed twice", { encoding: "gzip", body: gzipSync(gzipSync(json)) }, 400],
    ["an empty JSON body", { body: "" }, 400],
    ["half a JSON body", { body: json.slice(0, 50) }, 400],
    ["a JSON list", { body: "[]" }, 400],
    ["JSON of another shape", { body: `{"${root}": 7}` }, 400],
    ["JSON ten thousand levels deep", { body: nested }, 400],
    ["truncated protobuf", { type: PROTO_TYPE, body: proto.subarray(0, proto.length - 3) }, 400],
    ["protobuf of nonsense", { type: PROTO_TYPE, body: Uint8Array.of(255, 255, 255, 255) }, 400],
    ["no credentials", { authorization: null }, 401],
    ["no credentials, in protobuf", { authorization: null, type: PROTO_TYPE }, 401],
    ["unknown credentials", { authorization: "Bearer not-the-token" }, 401],
    ["credentials of no scheme", { authorization: "whatever" }, 401],
    ["one byte over the limit", { body: padded(json, LIMIT + 1) }, 413],
    [
      "a body that inflates to one byte over the limit",
      { encoding: "gzip", body: gzipSync(padded(json, LIMIT + 1)) },
      413,
    ],
    [
      "one byte over the limit, in protobuf",
      { type: PROTO_TYPE, body: Buffer.alloc(LIMIT + 1) },
      413,
    ],
    ["exactly the limit", { body: padded(json, LIMIT) }, 200],
    [
      "a body that inflates to exactly the limit",
      { encoding: "zstd", body: zstdCompressSync(padded(json, LIMIT)) },
      200,
    ],
    ["an empty protobuf body", { type: PROTO_TYPE, body: new Uint8Array() }, 200],
    ["an empty JSON request", { body: "{}" }, 200],
    ["nulls for absent fields", { body: `{"${root}": null}` }, 200],
  ];
  for (const [what, given, status] of cases) {
    test(`${what}: ${status}`, async () => {
      const reply = await answer(collector, { path, body: json, ...given });
      expect(reply.status).toBe(status);
      if (status !== 200) {
        await statusOf(reply, given.type);
        expect(reply.headers.has("retry-after")).toBe(false);
        return;
      }
      expect(reply.headers.get("content-type")).toBe(given.type ?? JSON_TYPE);
      expect(await reply.text()).toBe(given.type === PROTO_TYPE ? "" : "{}");
    });
  }

  test("every type, spelling and encoding at both paths is taken, and each is stored once", async () => {
    const stored = async () => {
      await loaded(collector);
      return count(collector, `SELECT count() FROM ${table}`);
    };
    const before = await stored();
    const types = [
      ...["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=utf-8"],
      ...["application/x-protobuf", "APPLICATION/X-Protobuf; a=b"],
    ];
    const encodings: [string | undefined, (body: Uint8Array) => Uint8Array][] = [
      [undefined, (body) => body],
      ["", (body) => body],
      ["identity", (body) => body],
      ["gzip", gzipSync],
      ["GZIP", gzipSync],
      ["deflate", deflateSync],
      ["zstd", zstdCompressSync],
    ];
    let sent = 0;
    for (const at of [path, `/otlp${path}`]) {
      for (const type of types) {
        const isJson = type.toLowerCase().includes("json");
        for (const [encoding, pack] of encodings) {
          const body = pack(isJson ? Buffer.from(json) : proto);
          const given = { path: at, type, body, ...(encoding === undefined ? {} : { encoding }) };
          const reply = await answer(collector, given);
          expect([at, type, encoding, reply.status]).toEqual([at, type, encoding, 200]);
          expect(reply.headers.get("content-type")).toBe(isJson ? JSON_TYPE : PROTO_TYPE);
          expect(await reply.text()).toBe(isJson ? "{}" : "");
          sent += 1;
        }
      }
    }
    expect((await stored()) - before).toBe(sent);
  });

  test("the limit is the same without a Content-Length", async () => {
    for (const [bytes, status] of [
      [LIMIT, 200],
      [LIMIT + 1, 413],
    ] as const) {
      expect([bytes, await chunked(path, padded(json, bytes))]).toEqual([bytes, status]);
    }
  });

  test("what is refused in part is counted in the signal's own words, in both types", async () => {
    const inJson = await answer(collector, { path, body: JSON.stringify(partly) });
    const { partialSuccess } = (await inJson.json()) as {
      partialSuccess: Record<string, string>;
    };
    expect(partialSuccess).toEqual({
      [rejected]: "1",
      errorMessage: expect.stringContaining(reason),
    });
    const inProto = await answer(collector, {
      ...{ path, type: PROTO_TYPE, body: encodeRequest(partly) },
    });
    expect(decodePartialSuccess(new Uint8Array(await inProto.arrayBuffer()))).toEqual({
      rejected: 1,
      errorMessage: expect.stringContaining(reason),
    });
  });

  test("credentials are checked before the body is read", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = httpRequest(`${collector.url}${path}`, {
        method: "POST",
        headers: { "content-type": JSON_TYPE, "content-length": 1000 },
      });
      call.on("response", (reply) => {
        resolve(reply.statusCode);
        call.destroy();
      });
      call.on("error", reject);
      // The headers go out; the body never comes.
      call.flushHeaders();
    });
    expect(status).toBe(401);
  });
});

/** Posts a JSON body in chunks, its length unsaid. */
function chunked(path: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${collector.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": JSON_TYPE,
        authorization: `Bearer ${collector.tokens.ingest}`,
      },
    });
    call.on("response", (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    call.on("error", reject);
    const middle = body.length >> 1;
    call.write(body.slice(0, middle));
    call.end(body.slice(middle));
  });
}

test("profiles, which are not served: 404", async () => {
  expect((await answer(collector, { path: "/v1development/profiles" })).status).toBe(404);
});

test("405 names the method that is allowed", async () => {
  expect((await answer(collector, { method: "GET" })).headers.get("allow")).toBe("POST");
});

/** Attributes that a decoder may stumble over. */
const ODD = [
  '{"key":"project_id","value":{"intValue":9223372036854775807}}',
  '{"key":"project_id","value":{"intValue":"-9223372036854775808"}}',
  '{"key":"project_id","value":{"intValue":"9007199254740993"}}',
  '{"key":"amount","value":{"doubleValue":"NaN"}}',
  '{"key":"__proto__","value":{"stringValue":"x"}},{"key":"constructor","value":{"intValue":1}}',
  '{"key":"note","value":{"stringValue":"\\ud800 \\u0000"}}',
  '{"key":"list","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[]}}]}}}',
  '{"key":"a","value":null},{"key":"a","value":{"boolValue":true}}',
];
const INSTALL_ATTRIBUTE = `{"key":"install_id","value":{"stringValue":"${INSTALL}"}}`;
const odd: Record<Signal, (attributes: string) => string> = {
  logs: (attributes) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[
    {"key":"event_name","value":{"stringValue":"timer.started"}},${INSTALL_ATTRIBUTE},
    ${attributes}]}]}]}]}`,
  traces: (attributes) => `{"resourceSpans":[{"resource":{"attributes":[${INSTALL_ATTRIBUTE}]},
    "scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
    "parentSpanId":"0000000000000000","kind":"SPAN_KIND_SERVER","name":"GET \\ud800\\u0000",
    "startTimeUnixNano":9223372036854775807,"endTimeUnixNano":"18446744073709551615",
    "events":[{"name":"odd","timeUnixNano":"1","attributes":[${attributes}]}],
    "links":[{"traceId":"","spanId":"","attributes":[${attributes}]}],
    "attributes":[${attributes}]}]}]}]}`,
  metrics: (attributes) => `{"resourceMetrics":[{"resource":{"attributes":[${INSTALL_ATTRIBUTE}]},
    "scopeMetrics":[{"metrics":[
    {"name":"odd.gauge","gauge":{"dataPoints":[{"asInt":9223372036854775807,"attributes":[${attributes}]},
      {"asDouble":"NaN"},{"asDouble":"-Infinity","timeUnixNano":18446744073709551615}]}},
    {"name":"odd.sum","sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA",
      "dataPoints":[{"asInt":"-9223372036854775808","attributes":[${attributes}]}]}},
    {"name":"odd.histogram","histogram":{"dataPoints":[{"count":18446744073709551615,
      "bucketCounts":["18446744073709551615",9007199254740993],"explicitBounds":["Infinity"],
      "attributes":[${attributes}],
      "exemplars":[{"asInt":"9007199254740993","filteredAttributes":[${attributes}]}]}]}}]}]}]}`,
};

test.each(SIGNALS)(
  "integers of 64 bits, hostile keys and odd text do not fail a request of %s",
  async (signal) => {
    for (const attributes of ODD) {
      const reply = await answer(collector, {
        ...{ path: `/v1/${signal}`, body: odd[signal](attributes) },
      });
      expect([attributes, reply.status]).toEqual([attributes, 200]);
      const { partialSuccess } = (await reply.json()) as {
        partialSuccess?: Record<string, string>;
      };
      expect(Number(Object.values(partialSuccess ?? { rejected: "0" })[0])).toBe(0);
    }
  },
);

test("integers of 64 bits are stored to their last digit", async () => {
  await loaded(collector);
  const exact = `SELECT count() FROM otel_metrics_histogram
    WHERE MetricName = 'odd.histogram' AND Count = 18446744073709551615
      AND BucketCounts = [18446744073709551615, 9007199254740993]`;
  expect(await count(collector, exact)).toBe(ODD.length);
});

/** The most memory that a process ever held, in KiB; null where the system does not say. */
function peakOf(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1]);
}

test("a gigabyte of zeros is refused for every signal, and the process stays small", async () => {
  const bomb = await packedZeros(1024);
  expect(bomb.length).toBeLessThan(LIMIT);
  const before = peakOf(collector.pid);
  for (const signal of SIGNALS) {
    for (const type of [JSON_TYPE, PROTO_TYPE]) {
      const given = { path: `/v1/${signal}`, type, encoding: "zstd", body: bomb };
      const reply = await answer(collector, given);
      expect([signal, type, reply.status]).toEqual([signal, type, 413]);
      await statusOf(reply, type);
    }
  }
  // It may grow by what the limit allows and some buffers, not by what the bombs hold.
  if (before !== null) expect((peakOf(collector.pid) ?? 0) - before).toBeLessThan(64 * 1024);
});

async function packedZeros(mebibytes: number): Promise<Buffer> {
  const pack = createZstdCompress();
  const packed = buffer(pack);
  const piece = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < mebibytes; at += 1) {
    await new Promise<void>((resolve) => pack.write(piece, () => resolve()));
  }
  pack.end();
  return packed;
}

const points = (count: number) => {
  const gauges = Array.from({ length: count }, () => gaugeOf("timetracker.active_timers", 3));
  return JSON.stringify(metricsRequest(gauges, { resource: { install_id: INSTALL } }));
};

/** Starts a collector that soon takes nothing, sends until then, and sees what each signal is told. */
async function putOff(status: number, env: Record<string, string | undefined>): Promise<void> {
  const narrow = await startCollector({ env });
  try {
    const send = () => answer(narrow, { path: "/v1/metrics", body: points(1_000) });
    let sent = 0;
    while ((await send()).status === 200 && sent < 50) sent += 1;
    expect(sent).toBeGreaterThan(0);
    for (const signal of SIGNALS) {
      const { request } = sampleOf(signal, INSTALL);
      for (const type of [JSON_TYPE, PROTO_TYPE]) {
        const body = type === JSON_TYPE ? JSON.stringify(request) : encodeRequest(request);
        const reply = await answer(narrow, { path: `/v1/${signal}`, type, body });
        expect([signal, type, reply.status]).toEqual([signal, type, status]);
        expect(reply.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
        await statusOf(reply, type);
      }
    }
  } finally {
    await narrow.kill();
    rmSync(narrow.dataDir, { recursive: true, force: true });
  }
}

test("over its rate every signal is told 429 and when to come again", async () => {
  await putOff(429, { CLICKHOUSE_URL: undefined, ROLLCALL_TOKEN_RATE: "1" });
});

test("while the spool is full every signal is told 503 and when to come again", async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}/rollcall`;
  const full = { ROLLCALL_SPOOL_MAX_BYTES: String(1024 * 1024), ROLLCALL_TOKEN_RATE: "0" };
  await putOff(503, { ...full, ROLLCALL_INSTALL_RATE: "0", CLICKHOUSE_URL: nowhere });
});
