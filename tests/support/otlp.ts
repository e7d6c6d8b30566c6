import { randomBytes, randomUUID } from "node:crypto";

export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number };
export type Attributes = Record<string, string | boolean | number>;

export interface RecordInput {
  /** `event_name` and body, as the time tracker writes it. */
  event: string;
  installId?: string;
  identity?: string;
  detailed?: boolean;
  /** Unix milliseconds, default now. */
  time?: number;
  uid?: string;
  attributes?: Attributes;
}

/** Bool → boolValue, whole number → intValue as a string, other number → doubleValue, else string. */
export function anyValue(value: string | boolean | number): AnyValue {
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "string") return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

export function keyValues(attributes: Attributes): { key: string; value: AnyValue }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** One log record in the shape the time tracker has on the wire. */
export function logRecord(input: RecordInput): object {
  const installId = input.installId ?? randomUUID();
  const detailed = input.detailed ?? !input.event.startsWith("base_telemetry.");
  return {
    timeUnixNano: `${input.time ?? Date.now()}000000`,
    severityText: "INFO",
    body: { stringValue: input.event },
    attributes: keyValues({
      event_name: input.event,
      identity: input.identity ?? (detailed ? "7" : installId),
      detailed,
      event_category: category(input.event),
      install_id: installId,
      ...(input.uid === undefined ? {} : { "log.record.uid": input.uid }),
      ...input.attributes,
    }),
  };
}

/** An ExportLogsServiceRequest of the time tracker with these records. */
export function logsRequest(records: object[], version = "5.10.0"): object {
  return {
    resourceLogs: [
      {
        resource: {
          attributes: keyValues({
            "service.name": "timetracker",
            "service.version": version,
            "deployment.environment": "production",
          }),
        },
        scopeLogs: [{ scope: { name: "timetracker.telemetry" }, logRecords: records }],
      },
    ],
  };
}

/** What OTLP carries, by the last word of its paths. */
export type Signal = "logs" | "traces" | "metrics";
export const SIGNALS: readonly Signal[] = ["logs", "traces", "metrics"];

/** Where a signal comes from; without `install_id` it is nobody's. */
interface Origin {
  resource?: Attributes;
  scope?: { name?: string; version?: string; attributes?: Attributes };
  schemaUrl?: string;
}

export interface SpanInput {
  traceId: string;
  spanId: string;
  name?: string;
  attributes?: Attributes;
  /** Unix milliseconds, default now. */
  time?: number;
  /** Fields of OTLP beside these, which win over them. */
  more?: object;
}

/** One server span of 12 milliseconds, ids in hexadecimal as OTLP's JSON has them. */
export function serverSpan(input: SpanInput): object {
  const time = input.time ?? Date.now();
  return {
    ...{ traceId: input.traceId, spanId: input.spanId, name: input.name ?? "GET /timer", kind: 2 },
    startTimeUnixNano: `${time}000000`,
    endTimeUnixNano: `${time + 12}000000`,
    attributes: keyValues(input.attributes ?? {}),
    ...input.more,
  };
}

/** A gauge of one point; the value is an integer where it is a whole number. */
export function gaugeOf(name: string, value: number, attributes: Attributes = {}): object {
  const point = {
    timeUnixNano: `${Date.now()}000000`,
    attributes: keyValues(attributes),
    ...(Number.isInteger(value) ? { asInt: String(value) } : { asDouble: value }),
  };
  return { name, unit: "1", gauge: { dataPoints: [point] } };
}

/** An ExportTraceServiceRequest of one resource and one scope. */
export function tracesRequest(spans: object[], origin: Origin = {}): object {
  return { resourceSpans: [enveloped("scopeSpans", { spans }, origin)] };
}

/** An ExportMetricsServiceRequest of one resource and one scope. */
export function metricsRequest(metrics: object[], origin: Origin = {}): object {
  return { resourceMetrics: [enveloped("scopeMetrics", { metrics }, origin)] };
}

function enveloped(scopes: string, records: object, { resource, scope, schemaUrl }: Origin) {
  const { name = "tests", version = "1.0.0", attributes = {} } = scope ?? {};
  const url = schemaUrl === undefined ? {} : { schemaUrl };
  return {
    ...url,
    resource: { attributes: keyValues(resource ?? { "service.name": "timetracker" }) },
    [scopes]: [{ ...url, scope: { name, version, attributes: keyValues(attributes) }, ...records }],
  };
}

/** What one signal of an install is, as it is wanted and as it is refused. */
export interface Sample {
  request: object;
  /** The same, and beside it one that is refused. */
  partly: object;
  /** Where its rows are. */
  table: string;
  /** What JSON's partial success counts in. */
  rejected: string;
  reason: string;
}

/** A request of one record for each signal, all of one install. */
export function sampleOf(signal: Signal, installId: string): Sample {
  const origin = { resource: { "service.name": "timetracker", install_id: installId } };
  const ids = () => ({ traceId: hexId(16), spanId: hexId(8) });
  if (signal === "traces") {
    return {
      request: tracesRequest([serverSpan(ids())], origin),
      partly: tracesRequest(
        [serverSpan(ids()), serverSpan({ ...ids(), traceId: "0".repeat(32) })],
        origin,
      ),
      ...{ table: "otel_traces", rejected: "rejectedSpans", reason: "trace_id_malformed" },
    };
  }
  if (signal === "metrics") {
    const gauge = gaugeOf("timetracker.active_timers", 3);
    return {
      request: metricsRequest([gauge], origin),
      partly: metricsRequest([gauge, gaugeOf("timers of somebody", 1)], origin),
      table: "otel_metrics_gauge",
      ...{ rejected: "rejectedDataPoints", reason: "metric_name_malformed" },
    };
  }
  const record = logRecord({ event: "timer.started", installId });
  return {
    request: logsRequest([record]),
    partly: logsRequest([record, logRecord({ event: "coffee.brewed", installId })]),
    ...{ table: "events", rejected: "rejectedLogRecords", reason: "event_unlisted" },
  };
}

/** A random id in hexadecimal. */
export const hexId = (bytes: 8 | 16): string => randomBytes(bytes).toString("hex");

/** The base fields of one install as the time tracker fills them. */
export function baseFields(installId: string, over: Attributes = {}): Attributes {
  const now = "2026-07-14T03:12:45.123456+00:00";
  return {
    install_id: installId,
    app_version: "5.10.0",
    platform: "Linux",
    os_version: "6.1.0",
    architecture: "x86_64",
    locale: "en_US",
    timezone: "UTC",
    first_seen_at: now,
    last_seen_at: now,
    heartbeat_at: now,
    release_channel: "default",
    deployment_type: "docker",
    ...over,
  };
}

/** Posts a JSON request with a Bearer token. */
export async function postJson(
  url: string,
  token: string,
  request: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/v1/logs`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body: JSON.stringify(request),
  });
}

function category(event: string): string {
  if (event.startsWith("$")) return "analytics";
  return event.includes(".") ? event.slice(0, event.indexOf(".")) : "general";
}
