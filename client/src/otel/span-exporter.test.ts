import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, it, onTestFinished } from "vitest";
import { decodeTraces, type Plain } from "../test/decode-signals.ts";
import { createSmallClient, INSTALL, type SmallClient, serve } from "../test/internals.ts";
import { status } from "../test/server.ts";
import { until } from "../test/support.ts";
import { createSpanExporter } from "./index.ts";

const quick = { retry: { tries: 2, baseMs: 1, capMs: 5 }, timeoutMs: 5_000 };

function traced(client: SmallClient, options = quick) {
  const processor = new BatchSpanProcessor({
    exporter: createSpanExporter(client.rollcall, options),
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "app of ann",
      "host.name": "ann-laptop",
      "process.owner": "ann",
      "os.type": "linux",
    }),
    spanProcessors: [processor],
  });
  onTestFinished(() => provider.shutdown());
  return { tracer: provider.getTracer("@opentelemetry/instrumentation-http", "0.203.0"), provider };
}

const spansOf = (requests: { body: Buffer }[]): Plain[] =>
  requests.flatMap(({ body }) =>
    decodeTraces(body).resourceSpans.flatMap((block: Plain) =>
      block.scopeSpans.flatMap((scope: Plain) => scope.spans),
    ),
  );

it("sends a span without anything of a person, journalled exactly so, to every collector", async () => {
  const [server, own] = [await serve(), await serve()];
  const client = createSmallClient({ endpoints: [`${server.endpoint}/otlp`, own.endpoint] });
  const { tracer, provider } = traced(client);
  const link = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 };
  const span = tracer.startSpan("GET /users/ann?token=secret-of-ann", {
    kind: SpanKind.SERVER,
    attributes: { "http.method": "GET", "http.url": "https://ann.example.org/", "user.id": "ann" },
    links: [{ context: link, attributes: { who: "ann" } }],
  });
  const fault = new TypeError("no user ann@example.org");
  span.recordException(fault);
  span.addEvent("mail sent to ann", { to: "ann" });
  span.setStatus({ code: SpanStatusCode.ERROR, message: "no user ann" });
  span.end();
  await provider.forceFlush();

  expect(server.requests[0]?.path).toBe("/otlp/v1/traces");
  expect(server.requests[0]?.headers.authorization).toBe("Bearer secret");
  expect(own.requests[0]?.path).toBe("/v1/traces");
  const [sent] = spansOf(server.requests);
  expect(sent.name).toBe("GET /users/{id}");
  expect(sent.attributes).toEqual({ "http.request.method": "GET" });
  expect(sent.events[0].name).toBe("exception");
  expect(sent.events[0].attributes["exception.type"]).toBe("TypeError");
  expect(sent.events[0].attributes["exception.stacktrace"]).toMatch(
    /^at .*span-exporter\.test\.ts:\d+/,
  );
  expect(sent.events[1]).toMatchObject({ name: "(other)" });
  expect(sent.links[0]).toMatchObject({ traceId: link.traceId, spanId: link.spanId });
  expect(sent.status).toEqual({ code: 2 });
  const { resourceSpans } = decodeTraces(server.requests[0]?.body as Buffer);
  expect(resourceSpans[0].resource.attributes).toEqual({
    "service.name": "timetracker",
    "service.version": "5.10.0",
    "os.type": "linux",
    install_id: INSTALL,
  });
  const journal = client.lines.filter(({ sink }) => sink === "maintainer");
  expect(journal.map(({ item }) => item.name)).toEqual(["GET /users/{id}"]);
  for (const text of [server.requests[0]?.body.toString("latin1"), JSON.stringify(client.lines)]) {
    expect(text).not.toMatch(/ann|secret|example\.org/i);
    expect(text).toContain("GET /users/{id}");
  }
});

it("makes no connection while nobody opted in, and never sends what was recorded then", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint], recording: "none" });
  const { tracer, provider } = traced(client);
  tracer.startSpan("before").end();
  await provider.forceFlush();
  const across = tracer.startSpan("across");
  tracer.startSpan("queued").end();
  await new Promise((resolve) => setTimeout(resolve, 2));
  client.choose("send");
  across.end();
  await provider.forceFlush();
  expect(server.connections()).toBe(0);
  expect(client.lines).toEqual([]);

  tracer.startSpan("after").end();
  await provider.forceFlush();
  expect(spansOf(server.requests).map(({ name }) => name)).toEqual(["after"]);
});

it("notices at the export that another process of the install recorded a refusal", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { tracer, provider } = traced(client);
  tracer.startSpan("queued").end();
  client.chooseElsewhere("none");
  await provider.forceFlush();
  expect(server.connections()).toBe(0);
});

it("sends nothing of before another process' opt-out, although it has opted in again", async () => {
  let times = 0;
  const server = await serve((response) => {
    times += 1;
    client.withdrawAndReturnElsewhere();
    response.writeHead(503).end();
  });
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { tracer, provider } = traced(client);
  tracer.startSpan("under.way").end();
  await provider.forceFlush();
  expect(times).toBe(1);
  server.answer((response) => void response.end());
  tracer.startSpan("queued").end();
  await new Promise((resolve) => setTimeout(resolve, 2));
  client.withdrawAndReturnElsewhere();
  await provider.forceFlush();
  expect(server.requests).toHaveLength(1);
  tracer.startSpan("after").end();
  await provider.forceFlush();
  expect(spansOf(server.requests).map(({ name }) => name)).toEqual(["under.way", "after"]);
});

it("cancels what is under way when somebody opts out, and does not try again", async () => {
  const server = await serve(() => {});
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { tracer, provider } = traced(client);
  tracer.startSpan("under.way").end();
  const flushed = provider.forceFlush();
  await until(() => server.requests.length === 1);
  client.choose("none");
  await flushed;
  expect(client.outcomes).toMatchObject([{ kind: "failure", reason: "cancelled" }]);
  expect(server.requests).toHaveLength(1);
});

it("keeps spans in the journal alone while the install is on Local only", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint], recording: "local" });
  const { tracer, provider } = traced(client);
  tracer.startSpan("local").end();
  await provider.forceFlush();
  expect(client.lines.map(({ what, item }) => [what, item.name])).toEqual([["held", "local"]]);
  expect(server.connections()).toBe(0);
});

it("sends nothing that could not be journalled", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint] });
  client.breakJournal(true);
  const { tracer, provider } = traced(client);
  tracer.startSpan("unwritten").end();
  await provider.forceFlush().catch(() => {});
  expect(server.connections()).toBe(0);
});

it("tries again when the collector asks for it, and leaves one alone that has no such endpoint", async () => {
  let times = 0;
  const busy = await serve((response) => {
    times += 1;
    response.writeHead(times === 1 ? 503 : 200).end();
  });
  const logsOnly = await serve(status(404));
  const client = createSmallClient({ endpoints: [busy.endpoint, logsOnly.endpoint] });
  const { tracer, provider } = traced(client);
  for (const name of ["one", "two"]) {
    tracer.startSpan(name).end();
    await provider.forceFlush();
  }
  expect(spansOf(busy.requests).map(({ name }) => name)).toEqual(["one", "one", "two"]);
  expect(logsOnly.requests).toHaveLength(1);
  expect(client.log.lines).toHaveLength(1);
  expect(client.log.text()).toContain("own");
});

it("makes no spans of its own requests", async () => {
  const server = await serve();
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { tracer, provider } = traced(client);
  const seen: boolean[] = [];
  server.answer((response) => {
    seen.push(true);
    response.end();
  });
  const span = tracer.startSpan("outer");
  await context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
    span.end();
    await provider.forceFlush();
  });
  await provider.forceFlush();
  expect(seen).toHaveLength(1);
});

it("ends within the deadline of the client's close although the collector hangs", async () => {
  const server = await serve(() => {});
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const { tracer, provider } = traced(client);
  tracer.startSpan("last").end();
  const flushed = provider.forceFlush().catch(() => {});
  await until(() => server.requests.length === 1);
  await client.close(10);
  await flushed;
  expect(client.outcomes).toMatchObject([{ reason: "cancelled" }]);
  tracer.startSpan("too.late").end();
  await provider.forceFlush();
  expect(server.requests).toHaveLength(1);
});

it("drops what comes on top of the exports that are under way", async () => {
  const server = await serve(() => {});
  const client = createSmallClient({ endpoints: [server.endpoint] });
  const exporter = createSpanExporter(client.rollcall, { ...quick, concurrency: 1 });
  const { tracer } = traced(client);
  const span = tracer.startSpan("one");
  span.end();
  const codes: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    exporter.export([span as never], ({ code }) => void codes.push(code));
  }
  await until(() => codes.length === 2);
  expect(codes).toEqual([1, 1]);
  await client.close(0);
  expect(server.requests.length).toBeLessThanOrEqual(1);
});
