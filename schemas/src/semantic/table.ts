import type { ValueRule } from "./values.ts";
import * as is from "./values.ts";

/** Where in OTLP an attribute stands. */
export type SemanticSignal = "resource" | "span" | "span_event" | "metric" | "log";

/** Bits of the signals on which a rule holds. */
export const SIGNAL = { resource: 1, span: 2, span_event: 4, metric: 8, log: 16 } as const;

/** One line of the allow-list. */
export interface AttributeRule {
  /** The current name: what is kept is kept under it. */
  readonly key: string;
  readonly on: number;
  readonly rule: ValueRule;
  /** Names that older conventions gave it, separated by spaces. */
  readonly formerly: string;
}

const RESOURCE = SIGNAL.resource;
const SPAN = SIGNAL.span;
const EVENT = SIGNAL.span_event;
const METRIC = SIGNAL.metric;
const LOG = SIGNAL.log;
const BOTH = SPAN | METRIC | LOG;

const line =
  (on: number) =>
  (key: string, rule: ValueRule, formerly = ""): AttributeRule => ({
    key,
    on,
    rule,
    formerly,
  });
const resource = line(RESOURCE);
const span = line(SPAN);
const event = line(EVENT);
const metric = line(METRIC);
const both = line(BOTH);
/** Where something went wrong: on spans, on what happened in them, and in logs. */
const code = line(SPAN | LOG);
const exception = line(SPAN | EVENT | LOG);

/**
 * Every attribute of the semantic conventions that is kept, and what may stand in it. It can hold no
 * person and no place. What is not listed is dropped: client.address, user.*, url.full, server.address,
 * host.name, db.query.text, exception.message and all that come after them.
 */
export const SEMANTIC_ATTRIBUTES: readonly AttributeRule[] = [
  line(RESOURCE | LOG)("install_id", is.uuid),
  line(LOG)("app_version", is.version),
  resource("service.name", is.serviceName),
  resource("service.namespace", is.serviceName),
  resource("service.version", is.version),
  resource("service.instance.id", is.uuid),
  resource("deployment.environment.name", is.environment, "deployment.environment"),
  resource("telemetry.sdk.name", is.sdkName),
  resource("telemetry.sdk.language", is.language),
  resource("telemetry.sdk.version", is.version),
  resource("telemetry.distro.name", is.sdkName),
  resource("telemetry.distro.version", is.version, "telemetry.auto.version"),
  resource("os.type", is.osType),
  resource("os.version", is.osVersion),
  resource("host.arch", is.architecture),
  resource("process.runtime.name", is.runtime),
  resource("process.runtime.version", is.version),

  both("http.request.method", is.httpMethod, "http.method"),
  both("http.response.status_code", is.statusCode, "http.status_code"),
  both("http.route", is.route),
  span("http.request.resend_count", is.count, "http.resend_count"),
  span("http.request.body.size", is.count, "http.request_content_length"),
  span("http.response.body.size", is.count, "http.response_content_length"),
  span("http.request.size", is.count),
  span("http.response.size", is.count),
  metric("http.connection.state", is.state),
  both("url.scheme", is.scheme, "http.scheme"),
  both("url.template", is.route),
  both("network.protocol.name", is.protocol, "net.protocol.name"),
  both("network.protocol.version", is.protocolVersion, "http.flavor net.protocol.version"),
  both("network.transport", is.transport, "net.transport"),
  both("network.type", is.networkType),
  both("error.type", is.errorType),

  both("db.system.name", is.database, "db.system"),
  both("db.operation.name", is.operation, "db.operation"),
  both("db.response.status_code", is.databaseCode),
  span("db.operation.batch.size", is.count),
  span("db.response.returned_rows", is.count),
  metric("db.client.connection.state", is.state, "state"),

  both("rpc.system.name", is.rpcSystem, "rpc.system"),
  both("rpc.service", is.programName),
  both("rpc.method", is.programName),
  both("rpc.grpc.status_code", is.grpcStatus),
  both("rpc.response.status_code", is.databaseCode),
  both("messaging.system", is.messagingSystem),
  both("messaging.operation.name", is.programName),
  both("messaging.operation.type", is.messagingOperation, "messaging.operation"),
  both("messaging.destination.name", is.programName, "messaging.destination"),
  both("messaging.destination.template", is.programName),
  span("messaging.destination.temporary", is.boolean, "messaging.temp_destination"),
  span("messaging.batch.message_count", is.count),
  span("messaging.message.body.size", is.count, "messaging.message_payload_size_bytes"),
  span("graphql.operation.type", is.graphqlOperation),

  code("code.function.name", is.functionName, "code.function"),
  code("code.line.number", is.line, "code.lineno"),
  span("express.type", is.middleware),
  span("fastify.type", is.middleware),
  span("otel.status_code", is.spanStatus),

  exception("exception.type", is.className),
  exception("exception.escaped", is.boolean),
  exception("exception.stacktrace", is.stack),
  event("message.type", is.messageType),
  event("message.id", is.count),
  event("message.compressed_size", is.count),
  event("message.uncompressed_size", is.count),
  event("rpc.message.type", is.messageType),
  event("rpc.message.uncompressed_size", is.count),

  metric("cpu.mode", is.cpuMode, "process.cpu.state system.cpu.state"),
  metric("nodejs.eventloop.state", is.state),
  metric("v8js.gc.type", is.gcType),
  metric("v8js.heap.space.name", is.heapSpace),
  metric("cpython.gc.generation", is.smallNumber, "generation"),
  metric("type", is.memoryType),
];
