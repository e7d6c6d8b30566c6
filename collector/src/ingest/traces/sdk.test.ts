import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, it } from "vitest";
import { INSTALL, JSON_TYPE, PROTOBUF_TYPE, send, startIngest } from "../server.fixture.ts";
import { readPartialSuccess } from "../status.fixture.ts";
import { createJsonDecoder } from "./decode-json.ts";
import { createProtobufDecoder } from "./decode-protobuf.ts";
import { decodeAll } from "./oracle.fixture.ts";

/** A server's span with a client's below it, as the OpenTelemetry SDK records them. */
async function record(resource: Attributes): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("@opentelemetry/instrumentation-http", "0.203.0");
  const attributes = { "http.request.method": "GET", "client.address": "192.0.2.7" };
  const server = tracer.startSpan("GET /projects/42", { kind: SpanKind.SERVER, attributes });
  const inside = trace.setSpan(ROOT_CONTEXT, server);
  const links = [{ context: server.spanContext(), attributes: { reason: "retry" } }];
  const client = tracer.startSpan("pg.query:SELECT", { kind: SpanKind.CLIENT, links }, inside);
  client.recordException(new TypeError("Ann's invoice is missing"));
  client.setStatus({ code: SpanStatusCode.ERROR, message: "Ann's invoice" });
  client.end();
  server.end();
  const spans = exporter.getFinishedSpans();
  await provider.shutdown();
  return spans;
}

/** What the SDK's two exporters send of these spans: JSON, then protobuf. */
async function exported(spans: ReadableSpan[]): Promise<[Buffer, Buffer]> {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await buffer(request));
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  for (const Exporter of [JsonExporter, ProtoExporter]) {
    const exporter = new Exporter({ url });
    await new Promise((resolve) => exporter.export(spans, resolve));
    await exporter.shutdown();
  }
  server.closeAllConnections();
  server.close();
  expect(bodies).toHaveLength(2);
  return bodies as [Buffer, Buffer];
}

it("both encodings that the SDK exports of the same spans are read alike, and as it recorded them", async () => {
  const spans = await record({ install_id: INSTALL, "service.name": "timetracker" });
  const [json, protobuf] = await exported(spans);
  const read = decodeAll(createProtobufDecoder(), protobuf);
  expect(read.fault).toBeNull();
  expect(decodeAll(createJsonDecoder(), json)).toEqual(read);
  expect(read.spans).toHaveLength(2);
  for (const [at, span] of spans.entries()) {
    const [seconds, nanoseconds] = span.startTime;
    expect(read.spans[at]).toMatchObject({
      ...{ name: span.name, spanId: span.spanContext().spanId, kind: span.kind + 1 },
      scope: { name: "@opentelemetry/instrumentation-http", version: "0.203.0" },
      start: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    });
  }
  const [client, server] = read.spans;
  expect(client).toMatchObject({
    ...{ parentSpanId: server?.spanId, statusCode: 2, hasStatusMessage: true },
    events: [{ name: "exception" }],
    links: [{ spanId: server?.spanId }],
  });
});

it("the SDK's spans are stored with what may be kept, whichever encoding they came in", async () => {
  const server = await startIngest();
  const spans = await record({ install_id: INSTALL, "host.name": "ann-laptop" });
  const [json, protobuf] = await exported(spans);
  for (const [headers, body] of [
    [JSON_TYPE, json],
    [PROTOBUF_TYPE, protobuf],
  ] as const) {
    const answer = await send(server, { path: "/v1/traces", headers, body });
    expect(answer.status).toBe(200);
    const { rejectedSpans, errorMessage } = readPartialSuccess(answer, "rejectedSpans");
    expect(rejectedSpans).toBe("0");
    for (const name of ["host.name", "client.address", "exception.message", "(status_message)"]) {
      expect(errorMessage).toContain(`${name} 1`);
    }
  }
  const { tables, bytes } = await server.stored();
  expect(tables).toMatchObject({ otel_traces: 4, exceptions: 2 });
  const stored = bytes.toString("latin1");
  expect(stored).toContain("GET /projects/{id}");
  expect(stored).toContain("TypeError");
  expect(stored).not.toMatch(/Ann's|ann-laptop|192\.0\.2/);
  await server.close();
});
