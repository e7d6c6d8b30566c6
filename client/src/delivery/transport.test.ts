import { expect, onTestFinished, test } from "vitest";
import { encodeResponse } from "../test/decode.ts";
import { type Answer, listen, ok, status, type TestServer } from "../test/server.ts";
import { until } from "../test/support.ts";
import {
  authorization,
  createHttpTransport,
  type HttpTransportOptions,
  parseRetryAfter,
  resolveEndpoint,
  type Transport,
} from "./transport.ts";

const BODY = Buffer.from("a small body");
const IDLE = new AbortController().signal;

async function connected(
  answer: Answer,
  more: Partial<HttpTransportOptions> = {},
): Promise<{ server: TestServer; transport: Transport }> {
  const server = await listen(answer);
  onTestFinished(() => server.close());
  return { server, transport: to(server.endpoint, more) };
}

function to(endpoint: string, more: Partial<HttpTransportOptions> = {}): Transport {
  const resolved = resolveEndpoint(endpoint);
  if (!resolved.ok) throw new Error(resolved.problem);
  const transport = createHttpTransport({ url: resolved.url, token: "secret", ...more });
  onTestFinished(() => transport.shutdown());
  return transport;
}

test("a request carries protobuf, the token and the path of the signal", async () => {
  const { server, transport } = await connected(ok);
  expect(await transport.send(BODY)).toEqual({ kind: "success", rejected: 0, message: "" });
  const [request] = server.requests;
  expect(request).toMatchObject({ path: "/v1/logs", body: BODY });
  expect(request?.headers).toMatchObject({
    "content-type": "application/x-protobuf",
    authorization: "Bearer secret",
    "content-length": String(BODY.byteLength),
  });
  expect(request?.headers).not.toHaveProperty("content-encoding");
});

test("bodies of a kilobyte and more are compressed", async () => {
  const { server, transport } = await connected(ok);
  const body = Buffer.alloc(100_000, "telemetry ");
  await transport.send(body);
  const [request] = server.requests;
  expect(request?.headers["content-encoding"]).toBe("gzip");
  expect(Number(request?.headers["content-length"])).toBeLessThan(2_000);
  expect(request?.body.equals(body)).toBe(true);
});

test("requests one after another share a connection", async () => {
  const { server, transport } = await connected(ok);
  for (let i = 0; i < 5; i += 1) await transport.send(BODY);
  expect(server.requests).toHaveLength(5);
  expect(server.connections()).toBe(1);
});

test("nothing connects before the first send", async () => {
  const { server, transport } = await connected(ok);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.connections()).toBe(0);
  await transport.send(BODY);
  expect(server.connections()).toBe(1);
});

test.each([429, 502, 503, 504])("status %i is worth another try", async (code) => {
  const { transport } = await connected(status(code));
  expect(await transport.send(BODY)).toEqual({ kind: "retryable", reason: `status ${code}` });
});

test.each([301, 400, 401, 403, 404, 408, 413, 415, 500, 501])(
  "status %i is final",
  async (code) => {
    const { transport } = await connected(status(code, { "retry-after": "1" }));
    expect(await transport.send(BODY)).toEqual({ kind: "failure", reason: `status ${code}` });
  },
);

test("Retry-After is handed on in milliseconds", async () => {
  const { transport } = await connected(status(503, { "retry-after": "7" }));
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable", retryAfterMs: 7_000 });
});

test("a partial success says how many records were refused and why, in either encoding", async () => {
  const { server, transport } = await connected((response) => {
    response.writeHead(200, { "content-type": "application/x-protobuf" });
    response.end(encodeResponse(3, "event_unlisted: page.opened"));
  });
  const refused = { kind: "success", rejected: 3, message: "event_unlisted: page.opened" };
  expect(await transport.send(BODY)).toEqual(refused);
  server.answer((response) => {
    const partialSuccess = { rejectedLogRecords: "3", errorMessage: refused.message };
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ partialSuccess }));
  });
  expect(await transport.send(BODY)).toEqual(refused);
});

test.each([
  ["random bytes", "application/x-protobuf", Buffer.from([0xff, 0xff, 0xff, 0x0a, 0x7f])],
  ["a page of some proxy", "text/html", Buffer.from("<html>signed in</html>")],
  ["broken JSON", "application/json", Buffer.from('{"partialSuccess":')],
  ["JSON that is no object", "application/json", Buffer.from("null")],
])("a 200 with %s still counts as received", async (_, contentType, body) => {
  const { transport } = await connected((response) => {
    response.writeHead(200, { "content-type": contentType }).end(body);
  });
  expect(await transport.send(BODY)).toMatchObject({ kind: "success", rejected: 0 });
});

test("a reply without end is cut off, its status counts", async () => {
  const { transport } = await connected((response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write(Buffer.alloc(16_384)), 1);
    response.on("close", () => clearInterval(more));
  });
  expect(await transport.send(BODY)).toMatchObject({ kind: "success" });
});

test("a collector that hangs is given up after the timeout", async () => {
  const { transport } = await connected(() => {}, { timeoutMs: 50 });
  expect(await transport.send(BODY)).toEqual({
    kind: "retryable",
    reason: "no answer within 50 ms",
  });
});

test("a collector that hangs in the middle of its reply is given up as well", async () => {
  const half: Answer = (response) => void response.writeHead(200).write("x");
  const { transport } = await connected(half, { timeoutMs: 50 });
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable" });
});

test("a connection that closes in the middle of the reply is worth another try", async () => {
  const { transport } = await connected((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable", reason: "ECONNRESET" });
});

test("an answer that is not HTTP is worth another try", async () => {
  const { transport } = await connected((response) => {
    response.socket?.end("telemetry is nice\r\n\r\n");
  });
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable" });
});

test("a collector that is away gives the error's code, never its address", async () => {
  const { server, transport } = await connected(ok);
  await server.close();
  expect(await transport.send(BODY)).toEqual({ kind: "retryable", reason: "ECONNREFUSED" });
  expect(await to("http://no-such-host.invalid").send(BODY)).toMatchObject({ kind: "retryable" });
});

test("a signal ends a request at once", async () => {
  const { server, transport } = await connected(() => {});
  const cancel = new AbortController();
  const result = transport.send(BODY, cancel.signal);
  await until(() => server.requests.length === 1);
  cancel.abort();
  expect(await result).toEqual({ kind: "failure", reason: "cancelled" });
});

test("with a signal that was given before, nothing is sent", async () => {
  const { server, transport } = await connected(ok);
  expect(await transport.send(BODY, AbortSignal.abort())).toMatchObject({ kind: "failure" });
  await transport.send(BODY, IDLE);
  expect(server.requests).toHaveLength(1);
});

test("a token names its scheme, is instance:token, or is a bearer token", () => {
  expect(authorization("abc")).toBe("Bearer abc");
  expect(authorization("42:abc")).toBe(`Basic ${Buffer.from("42:abc").toString("base64")}`);
  expect(authorization("Basic NDI6YWJj")).toBe("Basic NDI6YWJj");
  expect(authorization("Bearer abc")).toBe("Bearer abc");
});

test.each([
  ["http://collector:4318", "http://collector:4318/v1/logs"],
  ["http://collector:4318/", "http://collector:4318/v1/logs"],
  ["https://gateway/otlp", "https://gateway/otlp/v1/logs"],
  ["https://gateway/otlp/v1/logs", "https://gateway/otlp/v1/logs"],
  ["https://gateway/v1/logs/?tenant=a", "https://gateway/v1/logs?tenant=a"],
])("%s is reached at %s", (endpoint, url) => {
  const resolved = resolveEndpoint(endpoint);
  expect(resolved.ok && resolved.url.href).toBe(url);
});

test("an address that is none is named as a problem without repeating it", () => {
  for (const endpoint of ["", "collector", "ftp://collector", "file:///etc/passwd"]) {
    const resolved = resolveEndpoint(endpoint);
    expect(resolved).toEqual({
      ok: false,
      problem: "endpoint must be an http:// or https:// address",
    });
  }
});

test("Retry-After is read as seconds or as a date", () => {
  const now = Date.parse("2026-11-01T03:00:00Z");
  expect(parseRetryAfter("120", now)).toBe(120_000);
  expect(parseRetryAfter("Sun, 01 Nov 2026 03:01:00 GMT", now)).toBe(60_000);
  expect(parseRetryAfter("Sun, 01 Nov 2026 02:00:00 GMT", now)).toBe(0);
  expect(parseRetryAfter("later", now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
