import type { Column, SpoolType, Table } from "../store/tables.ts";
import { appendString, type ColumnBytes, createColumnBytes, resetColumn } from "./column.ts";

/**
 * A block of ClickHouse's Native format that grows row by row: for each column its name, its type
 * and its values one after the other. It is what the engine reads fastest, and it is binary-safe:
 * no value can be taken for a delimiter or for SQL.
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
export interface NativeBlock {
  rows: number;
  columns: readonly BlockColumn[];
}

export interface BlockColumn {
  name: string;
  /** Name and type, as they precede the values. */
  header: Buffer;
  /** One stream; three for a map: offsets, keys, values. */
  streams: readonly ColumnBytes[];
}

/** An empty block with the table's spooled columns. */
export function createNativeBlock(table: Table): NativeBlock {
  return { rows: 0, columns: table.columns.flatMap(blockColumn) };
}

/**
 * The stream to append a column's values to.
 * @param part 0, or for a map 0 offsets (running count of entries, UInt64), 1 keys, 2 values
 */
export function columnOf(block: NativeBlock, name: string, part = 0): ColumnBytes {
  const stream = block.columns.find((column) => column.name === name)?.streams[part];
  if (!stream) throw new Error(`the block has no column ${name} (part ${part})`);
  return stream;
}

/** Bytes that the block holds. */
export function blockBytes(block: NativeBlock): number {
  let bytes = 0;
  for (const column of block.columns) {
    for (const stream of column.streams) bytes += stream.length;
  }
  return bytes;
}

/** Remembers the lengths of all columns. Marks are numbered from 0 since the last reset. */
export function markBlock(block: NativeBlock): void {
  for (const column of block.columns) {
    for (const stream of column.streams) stream.marks.push(stream.length);
  }
}

/** Goes back to a mark; it and all later ones are forgotten. The caller restores `rows`. */
export function rewindBlock(block: NativeBlock, mark: number): void {
  for (const column of block.columns) {
    for (const stream of column.streams) {
      stream.length = stream.marks[mark] ?? stream.length;
      stream.marks.length = Math.min(mark, stream.marks.length);
    }
  }
}

export function resetBlock(block: NativeBlock): void {
  block.rows = 0;
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
      streams: Array.from({ length: streamCount(column.spool) }, createColumnBytes),
    },
  ];
}

function streamCount(type: SpoolType): number {
  return type.startsWith("Map(") ? 3 : 1;
}

/** Unsigned LEB128. */
function varint(value: number): number[] {
  return value > 127 ? [(value % 128) | 128, ...varint(Math.floor(value / 128))] : [value];
}
