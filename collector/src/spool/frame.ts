import { crc32 } from "node:zlib";

/**
 * One frame is one group commit: for every table that has rows, a Native block.
 *
 *     magic 4 "RCFR" | salt 8 | sequence 4 | payload length 4 | payload crc 4 | header crc 4
 *     payload: sections of  name length 1 | table name | rows 4 | bytes 4 | Native block
 *
 * Integers are little-endian. The salt is the start of the spool's random UUID, which no sender knows:
 * after damage the reader looks for the next header, and none can be forged inside a value.
 */
export interface Section {
  table: string;
  rows: number;
  pieces: Buffer[];
}

export interface FrameSection {
  table: string;
  rows: number;
  block: Buffer;
}

export interface Frame {
  sequence: number;
  sections: FrameSection[];
}

/** Bytes that are no good frame, to be set aside. */
export interface Damage {
  from: number;
  to: number;
  reason: string;
}

const MAGIC = Buffer.from("RCFR");
const SALT_BYTES = 8;
const HEADER_BYTES = 28;

/** The frame's bytes as pieces for one `writev`. */
export function encodeFrame(sections: Section[], sequence: number, salt: Buffer): Buffer[] {
  const payload = sections.flatMap(encodeSection);
  let length = 0;
  let crc = 0;
  for (const piece of payload) {
    length += piece.length;
    crc = crc32(piece, crc);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header, 0);
  salt.copy(header, 4, 0, SALT_BYTES);
  header.writeUInt32LE(sequence, 12);
  header.writeUInt32LE(length, 16);
  header.writeUInt32LE(crc, 20);
  header.writeUInt32LE(crc32(header.subarray(0, 24)), 24);
  return [header, ...payload];
}

/**
 * Reads all frames from `start`, skipping what is damaged. A frame stands when its header and its
 * payload have the right checksums and it follows in sequence; a gap in the sequence is damage of
 * its own (nothing to copy: `from` equals `to`), a repeated sequence sets the second frame aside.
 */
export function readFrames(
  bytes: Buffer,
  start: number,
  salt: Buffer,
): { frames: Frame[]; damage: Damage[] } {
  const frames: Frame[] = [];
  const damage: Damage[] = [];
  let expected = 0;
  let at = start;
  while (at < bytes.length) {
    const header = readHeader(bytes, at, salt);
    if (header === null) {
      const next = findHeader(bytes, at + 1, salt);
      damage.push({ from: at, to: next, reason: "no frame header where one should start" });
      at = next;
      continue;
    }
    const from = at;
    const payload = bytes.subarray(from + HEADER_BYTES, from + HEADER_BYTES + header.length);
    at = Math.min(from + HEADER_BYTES + header.length, bytes.length);
    if (payload.length < header.length) {
      // A length that is right but whose bytes were cut out of the middle hides good frames.
      at = findHeader(bytes, from + 1, salt);
      damage.push({ from, to: at, reason: "the frame is shorter than its header says" });
    } else if (crc32(payload) !== header.crc) {
      const next = findHeader(bytes, from + 1, salt);
      at = Math.min(at, next);
      damage.push({ from, to: at, reason: "the frame's checksum does not match" });
    } else if (header.sequence < expected) {
      damage.push({ from, to: at, reason: `frame ${header.sequence} is there twice` });
      continue;
    } else {
      frames.push({ sequence: header.sequence, sections: readSections(payload) });
    }
    if (header.sequence > expected) {
      damage.push({ from, to: from, reason: `frames before ${header.sequence} are missing` });
    }
    expected = header.sequence + 1;
  }
  return { frames, damage };
}

function encodeSection({ table, rows, pieces }: Section): Buffer[] {
  const header = Buffer.alloc(1 + table.length + 8);
  header.writeUInt8(table.length, 0);
  header.write(table, 1, "latin1");
  header.writeUInt32LE(rows, 1 + table.length);
  header.writeUInt32LE(
    pieces.reduce((sum, piece) => sum + piece.length, 0),
    5 + table.length,
  );
  return [header, ...pieces];
}

function readSections(payload: Buffer): FrameSection[] {
  const sections: FrameSection[] = [];
  let at = 0;
  while (at < payload.length) {
    const named = at + 1 + payload.readUInt8(at);
    const table = payload.toString("latin1", at + 1, named);
    const rows = payload.readUInt32LE(named);
    const end = named + 8 + payload.readUInt32LE(named + 4);
    sections.push({ table, rows, block: payload.subarray(named + 8, end) });
    at = end;
  }
  return sections;
}

function readHeader(bytes: Buffer, at: number, salt: Buffer) {
  if (at + HEADER_BYTES > bytes.length) return null;
  const header = bytes.subarray(at, at + HEADER_BYTES);
  if (header.compare(MAGIC, 0, 4, 0, 4) !== 0) return null;
  if (header.compare(salt, 0, SALT_BYTES, 4, 12) !== 0) return null;
  if (crc32(header.subarray(0, 24)) !== header.readUInt32LE(24)) return null;
  return {
    sequence: header.readUInt32LE(12),
    length: header.readUInt32LE(16),
    crc: header.readUInt32LE(20),
  };
}

/** Where the next whole header starts, or the end. */
function findHeader(bytes: Buffer, from: number, salt: Buffer): number {
  const wanted = Buffer.concat([MAGIC, salt.subarray(0, SALT_BYTES)]);
  for (let at = bytes.indexOf(wanted, from); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    if (readHeader(bytes, at, salt) !== null) return at;
  }
  return bytes.length;
}
