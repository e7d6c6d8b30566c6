import { request as httpRequest } from "node:http";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Collector, startCollector } from "../support/collector.ts";
import { logRecord, logsRequest } from "../support/otlp.ts";
import { decodeStatus, encodeRequest } from "../support/protobuf.ts";

const LIMIT = 256 * 1024;
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector({
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_MAX_BODY_BYTES: String(LIMIT) },
  });
}, 60_000);
afterAll(() => collector?.stop());

const one = () => logsRequest([logRecord({ event: "timer.started" })]);
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

async function answer(given: Given): Promise<Response> {
  const authorization = given.authorization ?? `Bearer ${collector.tokens.ingest}`;
  const type = given.type === undefined ? JSON_TYPE : given.type;
  return fetch(`${collector.url}${given.path ?? "/v1/logs"}`, {
    method: given.method ?? "POST",
    headers: {
      ...(type === null ? {} : { "content-type": type }),
      ...(given.encoding === undefined ? {} : { "content-encoding": given.encoding }),
      ...(given.authorization === null ? {} : { authorization }),
    },
    ...(given.method === "GET" ? {} : { body: Buffer.from(given.body ?? JSON.stringify(one())) }),
  });
}

describe("each documented answer of POST /v1/logs", () => {
  const proto = encodeRequest(one());
  const json = JSON.stringify(one());
  const nested = `${'{"resourceLogs":'.repeat(10_000)}[]${"}".repeat(10_000)}`;
  const fills = (bytes: number) => `${" ".repeat(bytes - json.length)}${json}`;
  const cases: [what: string, given: Given, status: number][] = [
    ["another method", { method: "GET" }, 405],
    ["another path", { path: "/v1/nothing" }, 404],
    ["no content type", { type: null }, 415],
    ["an unknown content type", { type: "text/plain" }, 415],
    ["an unknown content encoding", { encoding: "snappy" }, 415],
    ["a gzip header on a plain body", { encoding: "gzip" }, 400],
    ["a truncated gzip body", { encoding: "gzip", body: gzipSync(json).subarray(0, 40) }, 400],
    ["an empty JSON body", { body: "" }, 400],
    ["half a JSON body", { body: json.slice(0, 50) }, 400],
    ["a JSON list", { body: "[]" }, 400],
    ["JSON of another shape", { body: '{"resourceLogs": 7}' }, 400],
    ["JSON ten thousand levels deep", { body: nested }, 400],
    ["truncated protobuf", { type: PROTO_TYPE, body: proto.subarray(0, proto.length - 3) }, 400],
    ["protobuf of nonsense", { type: PROTO_TYPE, body: Uint8Array.of(255, 255, 255, 255) }, 400],
    ["no credentials", { authorization: null }, 401],
    ["unknown credentials", { authorization: "Bearer not-the-token" }, 401],
    ["credentials of no scheme", { authorization: "whatever" }, 401],
    ["one byte over the limit", { body: fills(LIMIT + 1) }, 413],
    [
      "a body that inflates over the limit",
      { encoding: "gzip", body: gzipSync(fills(LIMIT * 8)) },
      413,
    ],
    ["exactly the limit", { body: fills(LIMIT) }, 200],
    ["an empty protobuf body", { type: PROTO_TYPE, body: new Uint8Array() }, 200],
    ["an empty JSON request", { body: "{}" }, 200],
    ["nulls for absent fields", { body: '{"resourceLogs": null}' }, 200],
    ["a type with parameters, in capitals", { type: "Application/JSON; charset=UTF-8" }, 200],
    ["an empty content encoding", { encoding: "" }, 200],
    ["gzip", { encoding: "gzip", body: gzipSync(json) }, 200],
    ["GZIP", { encoding: "GZIP", body: gzipSync(json) }, 200],
    ["deflate", { encoding: "deflate", body: deflateSync(json) }, 200],
    ["zstd", { encoding: "zstd", body: zstdCompressSync(json) }, 200],
    ["identity", { encoding: "identity" }, 200],
  ];
  for (const [what, given, status] of cases) {
    test(`${what}: ${status}`, async () => {
      const reply = await answer(given);
      expect(reply.status).toBe(status);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      const type = reply.headers.get("content-type") ?? "";
      if (status === 200) {
        expect(type).toBe(given.type === PROTO_TYPE ? PROTO_TYPE : JSON_TYPE);
        return;
      }
      // google.rpc.Status in the request's encoding, JSON where the type is of no use.
      const asked =
        given.type === PROTO_TYPE ? decodeStatus(bytes) : JSON.parse(Buffer.from(bytes).toString());
      expect(asked).toMatchObject({
        code: expect.any(Number),
        message: expect.stringMatching(/\w/),
      });
      expect(reply.headers.has("retry-after")).toBe(false);
    });
  }

  test("profiles, which are not served: 404", async () => {
    expect((await answer({ path: "/v1development/profiles" })).status).toBe(404);
  });

  test("405 names the method that is allowed", async () => {
    expect((await answer({ method: "GET" })).headers.get("allow")).toBe("POST");
  });

  test("credentials are checked before the body is read", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = httpRequest(`${collector.url}/v1/logs`, {
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

  test("integers beyond 2^53, hostile keys and odd text do not fail a request", async () => {
    const record = (attributes: string) =>
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[
        {"key":"event_name","value":{"stringValue":"timer.started"}},
        {"key":"install_id","value":{"stringValue":"5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11"}},
        ${attributes}]}]}]}]}`;
    const odd = [
      '{"key":"project_id","value":{"intValue":9223372036854775807}}',
      '{"key":"project_id","value":{"intValue":"9007199254740993"}}',
      '{"key":"amount","value":{"doubleValue":"NaN"}}',
      '{"key":"__proto__","value":{"stringValue":"x"}},{"key":"constructor","value":{"intValue":1}}',
      '{"key":"note","value":{"stringValue":"\\ud800 \\u0000"}}',
      '{"key":"list","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[]}}]}}}',
      '{"key":"a","value":null},{"key":"a","value":{"boolValue":true}}',
    ];
    for (const attributes of odd) {
      const reply = await answer({ body: record(attributes) });
      expect([attributes, reply.status]).toEqual([attributes, 200]);
    }
  });
});
