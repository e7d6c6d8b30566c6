import { randomUUID } from "node:crypto";

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
