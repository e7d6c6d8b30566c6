import { randomUUID } from "node:crypto";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { CLIENT_VERSION } from "../version.ts";

/** A value that can be put on the wire: no objects, no lists, no nulls. */
export type WireValue = string | number | boolean;

/** One record that passed enforcement, ready to be queued and encoded. */
export interface OutgoingRecord {
  layer: "base" | "detailed";
  eventName: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** Every attribute as it goes out, `log.record.uid` and `install_id` included. */
  attributes: Record<string, WireValue>;
  /** 32 and 16 lower-case hex digits, when the event belongs to a trace. */
  traceId?: string;
  spanId?: string;
  /** Of the request in which it was recorded. For the transparency log only, never sent. */
  requestId?: string;
}

/** What all records of one request share. Made by `createResource`, and made once. */
export type LogResource = Resource;

/** The fields of a base record: the closed set of the base layer, under its wire names. */
export type BaseReport = Record<string, string>;

/** Plain data for `detailedRecord`. */
export interface DetailedInput {
  eventName: string;
  installId: string;
  appVersion: string;
  /** Internal user id; left out of the record when absent or empty. */
  identity?: string | undefined;
  /**
   * The install's fingerprint, for what no user did (`telemetry.*` pings): sent as
   * `telemetry_fingerprint`, and as the identity where there is no user. The collector then knows
   * that it names nobody.
   */
  fingerprint?: string | undefined;
  /** Kept properties only: enforcement comes before this. */
  properties?: Readonly<Record<string, WireValue>> | undefined;
  /** Milliseconds since the epoch; default now. */
  time?: number;
  /** Default a random UUID. A retry sends the same one, so that the collector counts it once. */
  uid?: string;
  traceId?: string | undefined;
  spanId?: string | undefined;
  /** For the transparency log only. */
  requestId?: string | undefined;
}

/** The serializer groups by identity of resource and scope, so there is one scope object. */
const SCOPE = { name: "rollcall.client", version: CLIENT_VERSION };
const NO_CONTEXT_FLAGS = 0;
const SEVERITY_INFO = 9;

/**
 * The OTLP resource of one app and version. Keep it: records encoded with the same object share
 * one resource block on the wire.
 *
 * @example
 * const resource = createResource({ app: "timetracker", version: "5.10.0" });
 */
export function createResource(of: {
  app: string;
  version: string;
  environment?: string | undefined;
}): LogResource {
  return resourceFromAttributes({
    "service.name": of.app,
    "service.version": of.version,
    ...(of.environment ? { "deployment.environment": of.environment } : {}),
  });
}

/**
 * A base layer record.
 *
 * @param eventName `base_telemetry.first_seen` or `base_telemetry.heartbeat`
 * @param report the base fields by wire name (`install_id`, `app_version`, `platform`, …)
 * @param time milliseconds since the epoch, default now
 * @param uid default a random UUID
 */
export function baseRecord(
  eventName: "base_telemetry.first_seen" | "base_telemetry.heartbeat",
  report: BaseReport,
  time: number = Date.now(),
  uid: string = randomUUID(),
): OutgoingRecord {
  return {
    layer: "base",
    eventName,
    time,
    attributes: { ...report, "log.record.uid": uid },
  };
}

/**
 * A detailed layer record from plain data.
 *
 * @example
 * detailedRecord({
 *   eventName: "timer.started",
 *   installId: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
 *   appVersion: "5.10.0",
 *   identity: "17",
 *   properties: { project_id: 4 },
 * });
 */
export function detailedRecord(input: DetailedInput): OutgoingRecord {
  const attributes: Record<string, WireValue> = { ...input.properties };
  // After the properties: nothing an app passes can stand in for the envelope.
  attributes.install_id = input.installId;
  attributes.app_version = input.appVersion;
  if (input.fingerprint) attributes.telemetry_fingerprint = input.fingerprint;
  const identity = input.identity || input.fingerprint;
  if (identity) attributes.identity = identity;
  attributes["log.record.uid"] = input.uid ?? randomUUID();
  const record: OutgoingRecord = {
    layer: "detailed",
    eventName: input.eventName,
    time: input.time ?? Date.now(),
    attributes,
  };
  if (input.traceId && input.spanId) {
    record.traceId = input.traceId;
    record.spanId = input.spanId;
  }
  if (input.requestId) record.requestId = input.requestId;
  return record;
}

/**
 * Encodes records as one OTLP `ExportLogsServiceRequest` in protobuf, the body of `POST /v1/logs`
 * with `Content-Type: application/x-protobuf`. Whole numbers go out as `int_value`.
 *
 * @param records may come from many installs; each carries its own `install_id`
 * @param resource from `createResource`, shared by all of them
 * @returns uncompressed bytes; an empty list gives zero bytes
 */
export function encodeLogs(records: readonly OutgoingRecord[], resource: LogResource): Uint8Array {
  const encoded = ProtobufLogsSerializer.serializeRequest(
    records.map((record) => {
      const seconds = Math.floor(record.time / 1000);
      const time: [number, number] = [seconds, Math.round((record.time - seconds * 1000) * 1e6)];
      return {
        hrTime: time,
        hrTimeObserved: time,
        eventName: record.eventName,
        severityNumber: SEVERITY_INFO,
        resource,
        instrumentationScope: SCOPE,
        attributes: record.attributes,
        droppedAttributesCount: 0,
        ...(record.traceId && record.spanId
          ? {
              spanContext: {
                traceId: record.traceId,
                spanId: record.spanId,
                traceFlags: NO_CONTEXT_FLAGS,
              },
            }
          : {}),
      };
    }),
  );
  return encoded ?? new Uint8Array(0);
}
