import { crc32 } from "node:zlib";
import { type Damage, type Frame, readFrames } from "./frame.ts";
import { uuidBytes } from "./uuid.ts";

/**
 * A segment file: a header, then frames.
 *
 *     magic 8 "RCSEGMNT" | format version 4 | number 8 | previous number 8 | created ms 8 |
 *     spool UUID 16 | header crc 4
 */
export interface SegmentHeader {
  /** UUID of the spool that wrote it, lower case with dashes. */
  spool: string;
  number: number;
  /** Number of the segment written before it in this spool, 0 for the first: a gap means a lost file. */
  previous: number;
  createdMs: number;
}

type Unreadable = { ok: false; reason: string; foreignFormat: boolean };
export type ReadHeader = { ok: true; header: SegmentHeader } | Unreadable;
export type ReadSegment =
  | { ok: true; spool: string; frames: Frame[]; damage: Damage[] }
  | Unreadable;

export const SEGMENT_FORMAT = 1;
export const SEGMENT_HEADER_BYTES = 56;
const MAGIC = Buffer.from("RCSEGMNT");
const NAME = /^(\d{12})\.segment$/;

export function segmentName(number: number): string {
  return `${String(number).padStart(12, "0")}.segment`;
}

/** The number in a segment's file name; null for another file. */
export function segmentNumber(name: string): number | null {
  const match = NAME.exec(name);
  return match ? Number(match[1]) : null;
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(SEGMENT_FORMAT, 8);
  bytes.writeBigUInt64LE(BigInt(header.number), 12);
  bytes.writeBigUInt64LE(BigInt(header.previous), 20);
  bytes.writeBigUInt64LE(BigInt(header.createdMs), 28);
  uuidBytes(header.spool).copy(bytes, 36);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 52)), 52);
  return bytes;
}

/** The header of a segment, or why these bytes have none that this version can read. */
export function readSegmentHeader(bytes: Buffer): ReadHeader {
  if (bytes.length === 0) return refuse("the file is empty");
  if (bytes.length < SEGMENT_HEADER_BYTES) return refuse("the file ends within its header");
  if (bytes.compare(MAGIC, 0, 8, 0, 8) !== 0) return refuse("the file does not start as a segment");
  if (crc32(bytes.subarray(0, 52)) !== bytes.readUInt32LE(52)) {
    return refuse("the segment header's checksum does not match");
  }
  const format = bytes.readUInt32LE(8);
  if (format !== SEGMENT_FORMAT) {
    return {
      ...refuse(`format ${format} is of another version (this one reads ${SEGMENT_FORMAT})`),
      foreignFormat: true,
    };
  }
  const hex = bytes.toString("hex", 36, 52);
  return {
    ok: true,
    header: {
      spool: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      number: Number(bytes.readBigUInt64LE(12)),
      previous: Number(bytes.readBigUInt64LE(20)),
      createdMs: Number(bytes.readBigUInt64LE(28)),
    },
  };
}

/**
 * Reads a whole segment and checks every byte of it. Where only its header is damaged the frames
 * stand: `spool` and `number`, known from the directory, take the header's place.
 */
export function readSegment(bytes: Buffer, spool: string, number: number): ReadSegment {
  const read = readSegmentHeader(bytes);
  if (!read.ok) {
    if (read.foreignFormat || bytes.length <= SEGMENT_HEADER_BYTES) return read;
    const { frames, damage } = readFrames(bytes, SEGMENT_HEADER_BYTES, uuidBytes(spool));
    if (frames.length === 0) return read;
    damage.unshift({ from: 0, to: SEGMENT_HEADER_BYTES, reason: read.reason });
    return { ok: true, spool, frames, damage };
  }
  if (read.header.number !== number) {
    return refuse(`it is a copy of segment ${read.header.number}`);
  }
  const salt = uuidBytes(read.header.spool);
  return { ok: true, spool: read.header.spool, ...readFrames(bytes, SEGMENT_HEADER_BYTES, salt) };
}

function refuse(reason: string): { ok: false; reason: string; foreignFormat: boolean } {
  return { ok: false, reason, foreignFormat: false };
}
