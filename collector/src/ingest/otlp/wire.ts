/**
 * The protobuf wire format (https://protobuf.dev/programming-guides/encoding/), read in place.
 *
 * A fault is a value: it sets `fault`, and position and end to 0, so that every loop over
 * `pos < end` stops by itself and nothing after it reads out of bounds.
 */
export interface WireReader {
  bytes: Buffer;
  view: DataView;
  pos: number;
  /** End of the message being read. */
  end: number;
  /** What is wrong with the bytes; null while nothing is. */
  fault: string | null;
  faultAt: number;
  /** The last varint or fixed64: two unsigned 32-bit halves. */
  low: number;
  high: number;
}

const Wire = { Varint: 0, Fixed64: 1, Bytes: 2, GroupStart: 3, GroupEnd: 4, Fixed32: 5 };

const MAX_GROUP_DEPTH = 32;
const TWO_32 = 4_294_967_296;

const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(NOTHING.buffer, 0, 0);

export function createWireReader(): WireReader {
  return {
    bytes: NOTHING,
    view: NO_VIEW,
    pos: 0,
    end: 0,
    fault: null,
    faultAt: 0,
    low: 0,
    high: 0,
  };
}

export function startReading(reader: WireReader, bytes: Buffer): void {
  reader.bytes = bytes;
  reader.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  reader.pos = 0;
  reader.end = bytes.length;
  reader.fault = null;
}

/** Lets go of the body, which the reader would otherwise keep alive until the next request. */
export function stopReading(reader: WireReader): void {
  reader.bytes = NOTHING;
  reader.view = NO_VIEW;
}

export function fail(reader: WireReader, why: string): void {
  if (reader.fault === null) {
    reader.fault = why;
    reader.faultAt = reader.pos;
  }
  reader.pos = 0;
  reader.end = 0;
}

/** Reads a varint of up to ten bytes into `low` and `high`. */
export function readVarint(reader: WireReader): void {
  const { bytes, end } = reader;
  let pos = reader.pos;
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (pos >= end) {
      fail(reader, "a number runs past the end of its message");
      return;
    }
    const byte = bytes[pos++] as number;
    if (shift < 28) low |= (byte & 0x7f) << shift;
    else if (shift === 28) {
      low |= (byte & 0x0f) << 28;
      high = (byte & 0x7f) >> 4;
    } else high |= (byte & 0x7f) << (shift - 32);
    if (byte < 0x80) {
      reader.pos = pos;
      reader.low = low >>> 0;
      reader.high = high >>> 0;
      return;
    }
  }
  fail(reader, "a number is longer than ten bytes");
}

/** Reads a tag: field number × 8 + wire type; 0 on a fault. */
export function readTag(reader: WireReader): number {
  const first = reader.pos < reader.end ? (reader.bytes[reader.pos] as number) : 0x80;
  let tag = first;
  if (first < 0x80) reader.pos++;
  else {
    const start = reader.pos;
    readVarint(reader);
    if (reader.fault !== null) return 0;
    if (reader.high !== 0 || reader.pos - start > 5) {
      fail(reader, "a field number is out of range");
      return 0;
    }
    tag = reader.low;
  }
  if (tag >>> 3 === 0) {
    fail(reader, "a field has number 0");
    return 0;
  }
  return tag;
}

/** Reads the length of a string, bytes or message and returns where it ends. */
export function readEnd(reader: WireReader): number {
  const { pos, end, bytes } = reader;
  if (pos < end) {
    const short = bytes[pos] as number;
    if (short < 0x80 && pos + 1 + short <= end) {
      reader.pos = pos + 1;
      return pos + 1 + short;
    }
  }
  readVarint(reader);
  if (reader.fault !== null) return 0;
  if (reader.high !== 0 || reader.low > reader.end - reader.pos) {
    fail(reader, "a length runs past the end of its message");
    return 0;
  }
  return reader.pos + reader.low;
}

/** Narrows the reader to the message that follows; give the result to `leave`. */
export function enter(reader: WireReader): number {
  const outer = reader.end;
  const end = readEnd(reader);
  if (reader.fault === null) reader.end = end;
  return outer;
}

export function leave(reader: WireReader, outerEnd: number): void {
  if (reader.fault === null) reader.end = outerEnd;
}

function advance(reader: WireReader, by: number): void {
  if (by > reader.end - reader.pos) fail(reader, "a value runs past the end of its message");
  else reader.pos += by;
}

/** Steps over the value of a field that is not known here, of any wire type. */
export function skip(reader: WireReader, tag: number, depth = 0): void {
  switch (tag & 7) {
    case Wire.Varint:
      readVarint(reader);
      break;
    case Wire.Fixed64:
      advance(reader, 8);
      break;
    case Wire.Bytes: {
      const end = readEnd(reader);
      if (reader.fault === null) reader.pos = end;
      break;
    }
    case Wire.GroupStart:
      skipGroup(reader, tag, depth);
      break;
    case Wire.Fixed32:
      advance(reader, 4);
      break;
    default:
      fail(reader, "a field has an unknown wire type or ends a group that did not begin");
  }
}

function skipGroup(reader: WireReader, start: number, depth: number): void {
  if (depth >= MAX_GROUP_DEPTH) {
    fail(reader, "groups are nested too deep");
    return;
  }
  for (;;) {
    const tag = readTag(reader);
    if (reader.fault !== null) return;
    if ((tag & 7) === Wire.GroupEnd) {
      if (tag >>> 3 !== start >>> 3) fail(reader, "a group ends that did not begin");
      return;
    }
    skip(reader, tag, depth + 1);
    if (reader.fault !== null) return;
  }
}

/** Reads a fixed64 into `low` and `high`. */
export function readFixed64(reader: WireReader): void {
  const at = reader.pos;
  advance(reader, 8);
  if (reader.fault !== null) return;
  reader.low = reader.view.getUint32(at, true);
  reader.high = reader.view.getUint32(at + 4, true);
}

export function readDouble(reader: WireReader): number {
  const at = reader.pos;
  advance(reader, 8);
  return reader.fault === null ? reader.view.getFloat64(at, true) : 0;
}

/** `low` and `high` as a signed integer: a number where that is exact, else a bigint. */
export function toInteger(reader: WireReader): number | bigint {
  const high = reader.high | 0;
  if (high >= -0x200000 && high < 0x200000) {
    const value = high * TWO_32 + reader.low;
    if (Number.isSafeInteger(value)) return value;
  }
  return (BigInt(high) << 32n) | BigInt(reader.low);
}
