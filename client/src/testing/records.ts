import type { Decoded } from "./protobuf.ts";

/** A value as it stood on the wire. Bytes come as `Uint8Array`, or as base64 text from JSON. */
export type SeenValue = string | number | bigint | boolean | Uint8Array | null | object;

/** One log record that reached the collector. */
export interface SeenRecord {
  layer: "base" | "detailed";
  /** "" where it has none. */
  eventName: string;
  /** Milliseconds since the epoch. */
  time: number;
  attributes: Record<string, SeenValue>;
  /** What the sender says about itself, for all its records. */
  resource: Record<string, SeenValue>;
  /** What the sender calls the part of it that made the record. */
  scope: string;
  /** Free text of a log line; null where absent, as it should be. */
  body: SeenValue;
  traceId: string;
  spanId: string;
  /**
   * Everything else that the record or what it lies in carried and that a Rollcall client never
   * sends, by name: a second attribute of the same key, a scope's attributes, an unknown field.
   */
  extras: string[];
}

/** Fields of OTLP that say nothing about anybody. */
const PLAIN_FIELDS = [
  "timeUnixNano",
  "observedTimeUnixNano",
  "severityNumber",
  "droppedAttributesCount",
  "flags",
  "attributes",
  "body",
  "traceId",
  "spanId",
  "eventName",
];

/** All records of a decoded logs request, in order. */
export function recordsOf(request: Decoded): SeenRecord[] {
  const top = strangers("the request", request, ["resourceLogs"]);
  return list(request.resourceLogs).flatMap((resourceLogs) => {
    const resource = object(resourceLogs.resource);
    const described = attributesOf("the resource", resource.attributes);
    const around = [
      ...top,
      ...described.twice,
      ...strangers("the resource's logs", resourceLogs, ["resource", "scopeLogs"]),
      ...strangers("the resource", resource, ["attributes", "droppedAttributesCount"]),
    ];
    return list(resourceLogs.scopeLogs).flatMap((scopeLogs) => {
      const { name = "", version = "" } = object(scopeLogs.scope);
      const scope = `${name} ${version}`.trim();
      const extras = [
        ...around,
        ...strangers("the scope", object(scopeLogs.scope), ["name", "version"]),
        ...strangers("the scope's logs", scopeLogs, ["scope", "logRecords"]),
      ];
      return list(scopeLogs.logRecords).map((one) => ({
        ...recordOf(one, extras),
        resource: described.values,
        scope,
      }));
    });
  });
}

function recordOf(one: Decoded, around: string[]): Omit<SeenRecord, "resource" | "scope"> {
  const { values: attributes, twice } = attributesOf("the record", one.attributes);
  const named = [one.eventName, attributes.event_name, attributes["event.name"]];
  const eventName = named.find((name) => typeof name === "string" && name !== "") ?? "";
  const severity = one.severityText;
  const plain = severity === "INFO" ? [...PLAIN_FIELDS, "severityText"] : PLAIN_FIELDS;
  return {
    layer: String(eventName).startsWith("base_telemetry.") ? "base" : "detailed",
    eventName: String(eventName),
    time: millisecondsOf(one.timeUnixNano),
    attributes,
    body: one.body === undefined || one.body === null ? null : plainValue(one.body),
    traceId: hex(one.traceId),
    spanId: hex(one.spanId),
    extras: [...around, ...twice, ...strangers("the record", one, plain)],
  };
}

/** 19 digits lose their end as a number, and a moment would seem to lie before itself. */
function millisecondsOf(nanoseconds: unknown): number {
  const digits = String(nanoseconds ?? 0);
  return /^\d+$/.test(digits) ? Number(BigInt(digits) / 1_000_000n) : 0;
}

function attributesOf(where: string, given: unknown) {
  const values: Record<string, SeenValue> = Object.create(null);
  const twice: string[] = [];
  for (const { key, value } of list(given)) {
    const name = String(key);
    if (name in values) twice.push(`${name} twice on ${where}`);
    values[name] = plainValue(value);
  }
  return { values, twice };
}

/** An AnyValue as a plain value. Integers that JSON carries as text become numbers again. */
function plainValue(any: unknown): SeenValue {
  const [kind, value] = Object.entries(object(any))[0] ?? ["", null];
  if (kind === "intValue" && typeof value === "string" && /^-?\d+$/.test(value)) {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : BigInt(value);
  }
  return (value ?? null) as SeenValue;
}

/** Fields that are there and hold something, and should not be. */
function strangers(where: string, found: Decoded, known: readonly string[]): string[] {
  return Object.entries(found)
    .filter(([key, value]) => !known.includes(key) && !isEmpty(value))
    .map(([key]) => `${key} of ${where}`);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0) return true;
  return Array.isArray(value) && value.length === 0;
}

function list(value: unknown): Decoded[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function object(value: unknown): Decoded {
  return typeof value === "object" && value !== null ? (value as Decoded) : {};
}

function hex(id: unknown): string {
  return id instanceof Uint8Array ? Buffer.from(id).toString("hex") : String(id ?? "");
}
