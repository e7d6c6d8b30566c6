/**
 * Bytes of one column, growing. Plain data and functions instead of closures: the hot path appends
 * a dozen values a row, and one object shape keeps each append a few machine instructions.
 */
export interface ColumnBytes {
  bytes: Buffer;
  /** The same memory as 4-byte words, 8-byte floats and 8-byte integers (this host is little-endian, as ClickHouse is). */
  words: Uint32Array;
  doubles: Float64Array;
  longs: BigUint64Array;
  /** Bytes in use. */
  length: number;
  /** The length at the last mark of a block that had rows. */
  mark: number;
}

const INITIAL_BYTES = 4096;
/** A column that one huge batch has grown gives its memory back. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** Shorter strings are copied by a loop, which is faster than a call into native code. */
const LOOP_LIMIT = 48;

export function createColumnBytes(): ColumnBytes {
  return { ...allocate(INITIAL_BYTES), length: 0, mark: 0 };
}

export function resetColumn(column: ColumnBytes): void {
  column.length = 0;
  if (column.bytes.length > KEPT_BYTES) Object.assign(column, allocate(INITIAL_BYTES));
}

/** LEB128 length, then UTF-8. A lone surrogate becomes U+FFFD. */
export function appendString(column: ColumnBytes, value: string): void {
  const length = value.length;
  if (length >= LOOP_LIMIT) {
    appendLongString(column, value);
    return;
  }
  reserve(column, length + 1);
  const bytes = column.bytes;
  const start = column.length + 1;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code > 127) {
      appendLongString(column, value);
      return;
    }
    bytes[start + i] = code;
  }
  bytes[start - 1] = length;
  column.length = start + length;
}

function appendLongString(column: ColumnBytes, value: string): void {
  const length = Buffer.byteLength(value);
  reserve(column, length + 5);
  let at = column.length;
  for (let rest = length; ; rest >>>= 7) {
    column.bytes[at++] = rest > 127 ? (rest & 127) | 128 : rest;
    if (rest <= 127) break;
  }
  column.length = at + column.bytes.write(value, at, "utf8");
}

export function appendUInt8(column: ColumnBytes, value: number): void {
  reserve(column, 1);
  column.bytes[column.length++] = value;
}

export function appendUInt16(column: ColumnBytes, value: number): void {
  reserve(column, 2);
  column.bytes[column.length++] = value & 255;
  column.bytes[column.length++] = value >>> 8;
}

export function appendUInt32(column: ColumnBytes, value: number): void {
  reserve(column, 4);
  column.words[column.length >>> 2] = value;
  column.length += 4;
}

/** A whole number, negative ones in two's complement: UInt64 offsets, DateTime64 ticks. */
export function appendInt64(column: ColumnBytes, value: number): void {
  reserve(column, 8);
  const at = column.length >>> 2;
  column.words[at] = value;
  column.words[at + 1] = Math.floor(value / 4294967296);
  column.length += 8;
}

export function appendUInt64(column: ColumnBytes, value: bigint): void {
  reserve(column, 8);
  column.longs[column.length >>> 3] = value;
  column.length += 8;
}

export function appendFloat64(column: ColumnBytes, value: number): void {
  reserve(column, 8);
  column.doubles[column.length >>> 3] = value;
  column.length += 8;
}

/** Two's complement, such as an Int32. */
export function appendInt32(column: ColumnBytes, value: number): void {
  appendUInt32(column, value);
}

/** Eight bytes from their two halves: what JavaScript's numbers cannot hold. */
export function appendHalves(column: ColumnBytes, low: number, high: number): void {
  reserve(column, 8);
  const at = column.length >>> 2;
  column.words[at] = low;
  column.words[at + 1] = high;
  column.length += 8;
}

/** What was encoded before. */
export function appendBytes(column: ColumnBytes, bytes: Buffer): void {
  reserve(column, bytes.length);
  bytes.copy(column.bytes, column.length);
  column.length += bytes.length;
}

/** Ends the entries of one row's array or map: the running count of all rows' entries. */
export function appendOffset(column: ColumnBytes, entries: number): void {
  const before = column.length === 0 ? 0 : (column.words[(column.length >>> 2) - 2] as number);
  appendHalves(column, before + entries, 0);
}

/** Four words, as `uuidWords` gives them. */
export function appendWords(column: ColumnBytes, words: Uint32Array): void {
  reserve(column, 16);
  column.words.set(words, column.length >>> 2);
  column.length += 16;
}

function reserve(column: ColumnBytes, more: number): void {
  const needed = column.length + more;
  if (needed <= column.bytes.length) return;
  let capacity = column.bytes.length * 2;
  while (capacity < needed) capacity *= 2;
  const old = column.bytes;
  Object.assign(column, allocate(capacity));
  old.copy(column.bytes, 0, 0, column.length);
}

function allocate(capacity: number): Pick<ColumnBytes, "bytes" | "words" | "doubles" | "longs"> {
  const memory = new ArrayBuffer(capacity);
  return {
    bytes: Buffer.from(memory),
    words: new Uint32Array(memory),
    doubles: new Float64Array(memory),
    longs: new BigUint64Array(memory),
  };
}
