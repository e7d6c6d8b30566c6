/**
 * Protobuf by field number, for the few messages of OTLP that carry log records. Deliberately not
 * the client's encoder and not the collector's decoder: the kit checks both.
 */

/** What a field holds: a scalar, or a message by its own table. */
type Scalar = "string" | "bytes" | "bool" | "int64" | "uint32" | "double" | "fixed64" | "fixed32";
type FieldType = Scalar | (() => MessageTable);
/** Field number → name as in OTLP/JSON, type, and whether it repeats. */
export type MessageTable = Readonly<
  Record<number, readonly [name: string, type: FieldType, repeated?: "repeated"]>
>;

/** Values by OTLP/JSON name. A field that the table lacks comes out as `field <number>`. */
export type Decoded = Record<string, unknown>;

/** Nothing that a client sends nests deeper; a body that does is refused, not followed. */
const MAX_DEPTH = 32;

/**
 * Decodes one message.
 *
 * @throws RangeError where the bytes are cut off or are no protobuf
 */
export function decodeMessage(bytes: Uint8Array, table: MessageTable, depth = 0): Decoded {
  if (depth > MAX_DEPTH) throw new RangeError("protobuf: nested too deep");
  const out: Decoded = {};
  for (const { number, wire, value } of fieldsOf(bytes)) {
    const known = table[number];
    if (known === undefined) {
      out[`field ${number}`] = value;
      continue;
    }
    const [name, type, repeated] = known;
    const read = readValue(type, wire, value, depth);
    if (repeated === undefined) out[name] = read;
    else if (Array.isArray(out[name])) out[name].push(read);
    else out[name] = [read];
  }
  return out;
}

const Wire = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;
interface Field {
  number: number;
  wire: number;
  value: bigint | Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError("protobuf: cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError("protobuf: a number of more than ten bytes");
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (wire === Wire.Varint) yield { number, wire, value: varint() };
    else if (wire === Wire.Fixed64) yield { number, wire, value: take(8) };
    else if (wire === Wire.Fixed32) yield { number, wire, value: take(4) };
    else if (wire === Wire.Bytes) yield { number, wire, value: take(Number(varint())) };
    else throw new RangeError(`protobuf: wire type ${wire}`);
  }
}

const text = new TextDecoder();

function readValue(
  type: FieldType,
  wire: number,
  value: bigint | Uint8Array,
  depth: number,
): unknown {
  const want = typeof type === "function" ? Wire.Bytes : WIRE_OF[type];
  if (wire !== want) throw new RangeError(`protobuf: wire type ${wire} where ${want} belongs`);
  if (typeof value === "bigint") {
    if (type === "bool") return value !== 0n;
    return plainInteger(type === "int64" ? BigInt.asIntN(64, value) : value);
  }
  if (typeof type === "function") return decodeMessage(value, type(), depth + 1);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  switch (type) {
    case "string":
      return text.decode(value);
    case "double":
      return view.getFloat64(0, true);
    case "fixed64":
      return view.getBigUint64(0, true).toString();
    case "fixed32":
      return view.getUint32(0, true);
    default:
      return value;
  }
}

const WIRE_OF: Record<Scalar, number> = {
  string: Wire.Bytes,
  bytes: Wire.Bytes,
  bool: Wire.Varint,
  int64: Wire.Varint,
  uint32: Wire.Varint,
  double: Wire.Fixed64,
  fixed64: Wire.Fixed64,
  fixed32: Wire.Fixed32,
};

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
