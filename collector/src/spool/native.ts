import type { Column, Table } from "../store/tables.ts";
import { appendString, type ColumnBytes, createColumnBytes, resetColumn } from "./column.ts";

/**
 * A block of ClickHouse's Native format that grows row by row: for each column its name, its type
 * and its values one after the other. It is what the engine reads fastest, and it is binary-safe:
 * no value can be taken for a delimiter or for SQL.
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
export interface NativeBlock {
  rows: number;
  /** How many rows it had at the last mark. */
  mark: number;
  columns: readonly BlockColumn[];
}

export interface BlockColumn {
  name: string;
  /** Name and type, as they precede the values. */
  header: Buffer;
  /** One stream for a plain type; see `streamsOf`. */
  streams: readonly ColumnBytes[];
}

/** An empty block with the table's spooled columns. */
export function createNativeBlock(table: Pick<Table, "columns">): NativeBlock {
  return { rows: 0, mark: 0, columns: table.columns.flatMap(blockColumn) };
}

/**
 * The stream to append a column's values to.
 * @param part which one, where the type has several: see `streamsOf`
 */
export function columnOf(block: NativeBlock, name: string, part = 0): ColumnBytes {
  const stream = block.columns.find((column) => column.name === name)?.streams[part];
  if (!stream) throw new Error(`the block has no column ${name} (part ${part})`);
  return stream;
}

/** Bytes that the block holds. */
export function blockBytes(block: NativeBlock): number {
  let bytes = 0;
  if (block.rows === 0) return bytes;
  for (const column of block.columns) {
    for (const stream of column.streams) bytes += stream.length;
  }
  return bytes;
}

/** Remembers where the block ends. Of one without rows, as most are, there is nothing to remember. */
export function markBlock(block: NativeBlock): void {
  block.mark = block.rows;
  if (block.rows === 0) return;
  for (const column of block.columns) {
    for (const stream of column.streams) stream.mark = stream.length;
  }
}

/** Takes away what was appended since the last mark. */
export function rewindBlock(block: NativeBlock): void {
  if (block.rows === block.mark) return;
  for (const column of block.columns) {
    for (const stream of column.streams) stream.length = block.mark === 0 ? 0 : stream.mark;
  }
  block.rows = block.mark;
}

export function resetBlock(block: NativeBlock): void {
  block.rows = 0;
  block.mark = 0;
  for (const column of block.columns) column.streams.forEach(resetColumn);
}

/** The block's bytes as pieces to write one after the other. They share memory with the block. */
export function encodeBlock(block: NativeBlock): Buffer[] {
  const pieces: Buffer[] = [Buffer.from([...varint(block.columns.length), ...varint(block.rows)])];
  for (const column of block.columns) {
    pieces.push(column.header);
    for (const stream of column.streams) pieces.push(stream.bytes.subarray(0, stream.length));
  }
  return pieces;
}

function blockColumn(column: Column): BlockColumn[] {
  if (column.spool === null) return [];
  const header = createColumnBytes();
  appendString(header, column.name);
  appendString(header, column.spool);
  return [
    {
      name: column.name,
      header: header.bytes.subarray(0, header.length),
      streams: Array.from({ length: streamsOf(column.spool) }, createColumnBytes),
    },
  ];
}

/**
 * How many streams a type has, one after the other: a map offsets (the running count of its entries,
 * UInt64), keys and values; an array offsets and the streams of what it holds; a nullable a byte for
 * each value (1: NULL) and the values.
 */
function streamsOf(type: string): number {
  const inner = /^(?:Array|Nullable)\((.+)\)$/.exec(type)?.[1];
  if (inner !== undefined) return 1 + streamsOf(inner);
  return type.startsWith("Map(") ? 3 : 1;
}

/** Unsigned LEB128. */
function varint(value: number): number[] {
  return value > 127 ? [(value % 128) | 128, ...varint(Math.floor(value / 128))] : [value];
}
