import { type AttributeList, createAttributeList } from "../attributes.ts";
import {
  createDrops,
  createKeptAttributes,
  type Drops,
  type KeptAttributes,
} from "./enforce-attributes.ts";

/** Events, and links, that one span may have, as the SDKs limit them; the rest is dropped. */
export const MAX_SPAN_PARTS = 128;

/** What enforcement reads of a span's event. */
export interface SpanEventContent {
  name: string;
  attributes: AttributeList;
}

/** What enforcement reads of a link to another span. Ids are as those of the span. */
export interface SpanLinkContent {
  traceId: string;
  spanId: string;
  hasTraceState: boolean;
  attributes: AttributeList;
}

/** What enforcement reads of a decoded span, whatever it was encoded in. */
export interface SpanContent {
  /** Lower-case hexadecimal, 32 digits; "" where it is absent or no valid id. */
  traceId: string;
  /** Lower-case hexadecimal, 16 digits; "" as above. */
  spanId: string;
  parentSpanId: string;
  hasTraceState: boolean;
  name: string;
  /** OTLP's number. */
  kind: number;
  /** OTLP's number. */
  statusCode: number;
  hasStatusMessage: boolean;
  attributes: AttributeList;
  /** As many entries as `eventCount` says count, `MAX_SPAN_PARTS` at most. */
  events: SpanEventContent[];
  /** How many it was sent with. */
  eventCount: number;
  links: SpanLinkContent[];
  linkCount: number;
}

/** The texts of the contrib exporter's columns. */
export const SPAN_KINDS = [
  "Unspecified",
  "Internal",
  "Server",
  "Client",
  "Producer",
  "Consumer",
] as const;
export const STATUS_CODES = ["Unset", "Ok", "Error"] as const;

/** An event that stays. Of an exception `keptValue(attributes, "exception.type")` is the type. */
export interface EnforcedSpanEvent {
  name: string;
  attributes: KeptAttributes;
}

/**
 * One accepted span without its times. `enforceSpan` rewrites every field, so one object serves all
 * spans; of its lists only the first `eventCount` and `linkCount` entries count.
 */
export interface EnforcedSpan extends Drops {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: (typeof SPAN_KINDS)[number];
  statusCode: (typeof STATUS_CODES)[number];
  attributes: KeptAttributes;
  /** In the order and at the places of those that were sent. */
  events: EnforcedSpanEvent[];
  eventCount: number;
  links: { traceId: string; spanId: string }[];
  linkCount: number;
}

export function createSpanContent(): SpanContent {
  return {
    ...{ traceId: "", spanId: "", parentSpanId: "", hasTraceState: false, name: "" },
    ...{ kind: 0, statusCode: 0, hasStatusMessage: false },
    attributes: createAttributeList(),
    ...{ events: [], eventCount: 0, links: [], linkCount: 0 },
  };
}

export function createEnforcedSpan(): EnforcedSpan {
  return {
    ...createDrops(),
    ...{ traceId: "", spanId: "", parentSpanId: "", name: "" },
    ...{ kind: "Unspecified", statusCode: "Unset" },
    attributes: createKeptAttributes(),
    ...{ events: [], eventCount: 0, links: [], linkCount: 0 },
  };
}
