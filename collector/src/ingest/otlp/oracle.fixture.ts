import { type AttributeList, type AttributeValue, Kind } from "@rollcall/schemas";
import protobuf from "protobufjs";
import type { DecodeFault } from "./limits.ts";

/*
 * Another implementation to compare with: protobufjs, over the messages of opentelemetry-proto
 * written down by field number. What all signals share is here; each adds its own messages.
 */

export const field = (type: string, id: number) => ({ type, id });
export const repeated = (type: string, id: number) => ({ type, id, rule: "repeated" });
/** Replaces invalid UTF-8 as the collector does; OTLP leaves the choice to the receiver. */
export const lossyString = (id: number) => ({
  ...field("string", id),
  options: { features: { utf8_validation: "NONE" } },
});

type Messages = Record<string, object>;

const shared: Messages = {
  AnyValue: {
    oneofs: { value: { oneof: ["s", "b", "i", "d", "array", "map", "bytes"] } },
    fields: {
      s: lossyString(1),
      b: field("bool", 2),
      i: field("int64", 3),
      d: field("double", 4),
      array: field("ArrayValue", 5),
      map: field("KeyValueList", 6),
      bytes: field("bytes", 7),
    },
  },
  ArrayValue: { fields: { values: repeated("AnyValue", 1) } },
  KeyValueList: { fields: { values: repeated("KeyValue", 1) } },
  KeyValue: { fields: { key: lossyString(1), value: field("AnyValue", 2) } },
  Resource: { fields: { attributes: repeated("KeyValue", 1) } },
  Scope: {
    fields: { name: lossyString(1), version: lossyString(2), attributes: repeated("KeyValue", 3) },
  },
};

// biome-ignore lint/suspicious/noExplicitAny: protobufjs messages of types made at run time
export type Message = any;

/**
 * A decoder of the message `Request` among these and the shared ones; it gives null for what
 * protobufjs refuses.
 */
export function createOracle(messages: Messages): (body: Uint8Array) => Message | null {
  const root = protobuf.Root.fromJSON({ nested: { ...shared, ...messages } });
  const type = root.lookupType("Request");
  return (body) => {
    try {
      return type.decode(body);
    } catch {
      return null;
    }
  };
}

/** An attribute in a form that two decoders can be compared in. */
export type PlainAttribute = [string, Kind, AttributeValue];

/** What the collector's decoder read. */
export function listed(list: AttributeList): PlainAttribute[] {
  const plain: PlainAttribute[] = [];
  for (let at = 0; at < list.length; at++) {
    plain.push([list.keys[at] as string, list.kinds[at] as Kind, list.values[at] ?? null]);
  }
  return plain;
}

/** What protobufjs read. */
export function plainAny(any: Message): [Kind, AttributeValue] {
  switch (any?.value) {
    case "s":
      return [Kind.String, any.s];
    case "b":
      return [Kind.Boolean, any.b];
    case "i": {
      const exact = BigInt(any.i.toString());
      return [Kind.Integer, Number.isSafeInteger(Number(exact)) ? Number(exact) : exact];
    }
    case "d":
      return [Kind.Double, any.d];
    case "array":
      return [Kind.Array, null];
    case "map":
      return [Kind.Map, null];
    case "bytes":
      return [Kind.Bytes, null];
    default:
      return [Kind.Empty, null];
  }
}

export const plainList = (pairs: Message[] | undefined): PlainAttribute[] =>
  (pairs ?? []).map((pair) => [pair.key, ...plainAny(pair.value)]);

export const nanoseconds = (sent: Message): bigint => BigInt(sent.toString());
export const milliseconds = (sent: Message): number => Number(nanoseconds(sent) / 1_000_000n);

export function plainId(bytes: Uint8Array, length: number): string {
  return bytes.length === length && bytes.some((byte) => byte !== 0)
    ? Buffer.from(bytes).toString("hex")
    : "";
}

/** The one thing that protobufjs takes and the format does not: it steps over numbers of any length. */
export const isLongNumber = (fault: DecodeFault | null): boolean =>
  fault?.description.startsWith("a number is longer than ten bytes") === true;
