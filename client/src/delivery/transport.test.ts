import diagnostics from "node:diagnostics_channel";
import { type Context, type ContextManager, context, ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { encodeResponse } from "../test/decode.ts";
import { type Answer, listen, ok, status, type TestServer } from "../test/server.ts";
import { until } from "../test/support.ts";
import {
  authorization,
  createHttpTransport,
  endpointUrl,
  type HttpTransportOptions,
  parseRetryAfter,
  resolveEndpoint,
  type Transport,
} from "./transport.ts";

const BODY = Buffer.from("a small body");
/** The key that OpenTelemetry's instrumentations ask for. */
const SUPPRESSED = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
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
  const transport = createHttpTransport({
    url: endpointUrl(resolved.url, "logs"),
    token: "secret",
    ...more,
  });
  onTestFinished(() => transport.shutdown());
  return transport;
}

test("a request carries protobuf, the token and the path of the signal", async () => {
  const { server, transport } = await connected(ok);
  expect(await transport.send(BODY)).toEqual({
    kind: "success",
    rejected: 0,
    message: "",
    bytes: BODY.byteLength,
  });
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
  const { bytes } = await transport.send(body);
  const [request] = server.requests;
  expect(request?.headers["content-encoding"]).toBe("gzip");
  expect(bytes).toBe(Number(request?.headers["content-length"]));
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
  expect(await transport.send(BODY)).toMatchObject({
    kind: "retryable",
    reason: `status ${code}`,
  });
});

test.each([301, 400, 401, 403, 404, 408, 413, 415, 500, 501])(
  "status %i is final",
  async (code) => {
    const { transport } = await connected(status(code, { "retry-after": "1" }));
    expect(await transport.send(BODY)).toMatchObject({
      kind: "failure",
      reason: `status ${code}`,
    });
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
  expect(await transport.send(BODY)).toMatchObject(refused);
  server.answer((response) => {
    const partialSuccess = { rejectedLogRecords: "3", errorMessage: refused.message };
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ partialSuccess }));
  });
  expect(await transport.send(BODY)).toMatchObject(refused);
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
  expect(await transport.send(BODY)).toMatchObject({
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
  expect(await transport.send(BODY)).toMatchObject({ kind: "retryable", reason: "ECONNREFUSED" });
  expect(await to("http://no-such-host.invalid").send(BODY)).toMatchObject({ kind: "retryable" });
});

test("a signal ends a request at once", async () => {
  const { server, transport } = await connected(() => {});
  const cancel = new AbortController();
  const result = transport.send(BODY, cancel.signal);
  await until(() => server.requests.length === 1);
  cancel.abort();
  expect(await result).toMatchObject({ kind: "failure", reason: "cancelled" });
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
  ["https://gateway/otlp//", "https://gateway/otlp/v1/logs"],
  ["https://gateway/otlp/v1/logs", "https://gateway/otlp/v1/logs"],
  ["https://gateway/otlp/v1/traces/", "https://gateway/otlp/v1/logs"],
  ["https://gateway/v1/logs/?tenant=a#top", "https://gateway/v1/logs?tenant=a"],
])("%s is reached at %s", (endpoint, url) => {
  const resolved = resolveEndpoint(endpoint);
  if (!resolved.ok) throw new Error(resolved.problem);
  expect(endpointUrl(resolved.url, "logs").href).toBe(url);
  for (const signal of ["traces", "metrics"] as const) {
    expect(endpointUrl(resolved.url, signal).href).toBe(url.replace("/v1/logs", `/v1/${signal}`));
  }
  // Whoever holds the address of one signal gets no `/v1/logs/v1/logs`.
  expect(endpointUrl(new URL(endpoint), "logs").pathname).toBe(new URL(url).pathname);
});

test("a password in the address is a problem, not a credential", () => {
  const resolved = resolveEndpoint("https://ann:secret@collector");
  expect(resolved).toEqual({
    ok: false,
    problem: "endpoint must not hold a user name or password",
  });
});

test("a token that cannot be a header is a failure, and nothing connects", async () => {
  const { server } = await connected(ok);
  for (const token of ["line\r\nbreak", "zero\u0000", "größe 時間", "a\u007f"]) {
    const result = await to(server.endpoint, { token }).send(BODY);
    expect(result).toEqual({ kind: "failure", reason: "ERR_INVALID_CHAR" });
  }
  expect(server.connections()).toBe(0);
});

test("a refusal whose body breaks off is a refusal all the same", async () => {
  const { transport } = await connected((response) => {
    response.writeHead(400, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  expect(await transport.send(BODY)).toMatchObject({ kind: "failure", reason: "status 400" });
});

test("requests are marked so that an app's tracing leaves them out", async () => {
  const stack: Context[] = [];
  const seen: boolean[] = [];
  const manager: ContextManager = {
    active: () => stack.at(-1) ?? ROOT_CONTEXT,
    with(now, work, self, ...args) {
      stack.push(now);
      try {
        return work.call(self as never, ...args);
      } finally {
        stack.pop();
      }
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
  const watch = () => void seen.push(context.active().getValue(SUPPRESSED) === true);
  diagnostics.subscribe("http.client.request.created", watch);
  onTestFinished(() => void diagnostics.unsubscribe("http.client.request.created", watch));
  const { transport } = await connected(ok);
  await transport.send(BODY);
  expect(seen).toEqual([true]);
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
  expect(parseRetryAfter("99999999999999999999", now)).toBe(86_400_000);
  expect(parseRetryAfter("Sun, 01 Nov 2099 02:00:00 GMT", now)).toBe(86_400_000);
  expect(parseRetryAfter("later", now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
