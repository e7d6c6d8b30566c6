import type { DecodeFault } from "../otlp/limits.ts";
import type { Nanos } from "../otlp/nanos.ts";
import {
  createOracle,
  field,
  listed,
  lossyString,
  type Message,
  nanoseconds,
  type PlainAttribute,
  plainId,
  plainList,
  repeated,
} from "../otlp/oracle.fixture.ts";
import { createIncomingSpan, type SpansDecoder } from "./incoming.ts";

const oracle = createOracle({
  Event: {
    fields: {
      timeUnixNano: field("fixed64", 1),
      name: lossyString(2),
      attributes: repeated("KeyValue", 3),
    },
  },
  Link: {
    fields: {
      traceId: field("bytes", 1),
      spanId: field("bytes", 2),
      traceState: lossyString(3),
      attributes: repeated("KeyValue", 4),
    },
  },
  Status: { fields: { message: lossyString(2), code: field("int32", 3) } },
  Span: {
    fields: {
      traceId: field("bytes", 1),
      spanId: field("bytes", 2),
      traceState: lossyString(3),
      parentSpanId: field("bytes", 4),
      name: lossyString(5),
      kind: field("int32", 6),
      startTimeUnixNano: field("fixed64", 7),
      endTimeUnixNano: field("fixed64", 8),
      attributes: repeated("KeyValue", 9),
      events: repeated("Event", 11),
      links: repeated("Link", 13),
      status: field("Status", 15),
    },
  },
  ScopeSpans: { fields: { scope: field("Scope", 1), spans: repeated("Span", 2) } },
  ResourceSpans: {
    fields: { resource: field("Resource", 1), scopeSpans: repeated("ScopeSpans", 2) },
  },
  Request: { fields: { resourceSpans: repeated("ResourceSpans", 1) } },
});

/** A decoded span in a form that two decoders can be compared in. */
interface PlainSpan {
  resource: PlainAttribute[];
  scope: { name: string; version: string; attributes: PlainAttribute[] };
  traceId: string;
  spanId: string;
  parentSpanId: string;
  hasTraceState: boolean;
  name: string;
  kind: number;
  statusCode: number;
  hasStatusMessage: boolean;
  start: bigint;
  end: bigint;
  attributes: PlainAttribute[];
  events: { name: string; time: bigint; attributes: PlainAttribute[] }[];
  links: {
    traceId: string;
    spanId: string;
    hasTraceState: boolean;
    attributes: PlainAttribute[];
  }[];
}

const exact = ({ low, high }: Nanos) => (BigInt(high) << 32n) | BigInt(low);

/** Runs a decoder and copies what it hands over. */
export function decodeAll(
  decode: SpansDecoder,
  body: Buffer,
): { fault: DecodeFault | null; spans: PlainSpan[] } {
  const spans: PlainSpan[] = [];
  const fault = decode(body, createIncomingSpan(), (span) => {
    const { resourceTurn, scopeTurn, eventCount, linkCount, ...rest } = span;
    spans.push({
      ...rest,
      resource: listed(span.resource),
      scope: { ...span.scope, attributes: listed(span.scope.attributes) },
      attributes: listed(span.attributes),
      start: exact(span.start),
      end: exact(span.end),
      events: span.events.slice(0, eventCount).map(({ name, time, attributes }) => ({
        ...{ name, time: exact(time), attributes: listed(attributes) },
      })),
      links: span.links.slice(0, linkCount).map((link) => ({
        ...{ ...link, attributes: listed(link.attributes) },
      })),
    });
  });
  return { fault, spans };
}

const plainSpan = (span: Message, scope: Message, resource: Message): PlainSpan => ({
  resource: plainList(resource?.attributes),
  scope: {
    name: scope?.name ?? "",
    version: scope?.version ?? "",
    attributes: plainList(scope?.attributes),
  },
  traceId: plainId(span.traceId, 16),
  spanId: plainId(span.spanId, 8),
  parentSpanId: plainId(span.parentSpanId, 8),
  hasTraceState: span.traceState !== "",
  name: span.name,
  kind: span.kind,
  statusCode: span.status?.code ?? 0,
  hasStatusMessage: (span.status?.message ?? "") !== "",
  start: nanoseconds(span.startTimeUnixNano),
  end: nanoseconds(span.endTimeUnixNano),
  attributes: plainList(span.attributes),
  events: span.events.map(({ name, timeUnixNano, attributes }: Message) => ({
    ...{ name, time: nanoseconds(timeUnixNano), attributes: plainList(attributes) },
  })),
  links: span.links.map((link: Message) => ({
    traceId: plainId(link.traceId, 16),
    spanId: plainId(link.spanId, 8),
    hasTraceState: link.traceState !== "",
    attributes: plainList(link.attributes),
  })),
});

/** What protobufjs makes of the bytes; null where it refuses them. */
export function oracleDecode(body: Uint8Array): PlainSpan[] | null {
  const request = oracle(body);
  if (request === null) return null;
  return request.resourceSpans.flatMap(({ resource, scopeSpans }: Message) =>
    scopeSpans.flatMap(({ scope, spans }: Message) =>
      spans.map((span: Message) => plainSpan(span, scope, resource)),
    ),
  );
}
