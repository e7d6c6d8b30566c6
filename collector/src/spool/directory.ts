import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { realFiles, replaceFile } from "./files.ts";
import { openQuarantine, type Quarantine, type SetAside } from "./quarantine.ts";
import { readSegmentHeader, SEGMENT_HEADER_BYTES, segmentName, segmentNumber } from "./segment.ts";

/** A closed segment that waits to be loaded. */
export interface SealedSegment {
  number: number;
  path: string;
  /** Only this many bytes count: what is behind them was never acknowledged. */
  bytes: number;
  /** When its first record was received, Unix milliseconds. */
  createdMs: number;
  /** Left by an earlier process, which may have loaded some of it. */
  restored: boolean;
}

export interface SpoolDirectory {
  path: string;
  uuid: string;
  checkpoint: Checkpoint;
  quarantine: Quarantine;
  /** Segments of earlier processes, in order. */
  restored: SealedSegment[];
  /** Higher than any number that was ever used. */
  nextNumber: number;
}

interface Identity {
  uuid: string;
  /** UUIDs that this directory had before; segments of theirs are still its own. */
  former: string[];
}

const IDENTITY = "spool.json";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Opens a spool's directory, made where absent, and looks at what an earlier process left. */
export async function openSpoolDirectory(
  path: string,
  report: (aside: SetAside) => void,
): Promise<SpoolDirectory> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const quarantine = await openQuarantine(path);
  const found = await listSegments(path);
  const identity = await readIdentity(path);
  const checkpoint = await openCheckpoint(path);
  const owners = new Set(identity ? [identity.uuid, ...identity.former] : headersOf(found));
  const uuid = await settleIdentity(path, identity, checkpoint.known, owners);
  // Only now: a checkpoint that exists says that the numbers under this UUID are known.
  await checkpoint.save();

  const restored: SealedSegment[] = [];
  const numbers = new Set(found.map(({ number }) => number));
  for (const name of await readdir(join(path, "quarantine"))) numbers.add(segmentNumber(name) ?? 0);
  const highest = [...numbers].reduce((a, b) => Math.max(a, b), checkpoint.highest());
  for (const { number, file, bytes, modifiedMs, read } of found) {
    if (checkpoint.isDone(number)) {
      await unlink(file);
      continue;
    }
    const wrong = read.ok
      ? wrongOwner(read.header.spool, owners)
      : bytes <= SEGMENT_HEADER_BYTES || read.foreignFormat
        ? read.reason
        : null;
    if (wrong !== null) {
      await quarantine.move(file, segmentName(number), wrong);
      report({ what: "segment", segment: number, reason: wrong, bytes });
      continue;
    }
    const previous = read.ok ? read.header.previous : 0;
    if (previous > checkpoint.highest() && !numbers.has(previous)) {
      const reason = `the file of segment ${previous} is not there`;
      report({ what: "missing", segment: previous, reason, bytes: 0 });
    }
    const createdMs = read.ok ? read.header.createdMs : modifiedMs;
    restored.push({ number, path: file, bytes, createdMs, restored: true });
  }
  return { path, uuid, checkpoint, quarantine, restored, nextNumber: highest + 1 };
}

async function listSegments(path: string) {
  const names = (await readdir(path)).sort();
  const segments = [];
  for (const name of names) {
    const number = segmentNumber(name);
    if (number === null) continue;
    const file = join(path, name);
    const { size, mtimeMs } = await stat(file);
    const read = readSegmentHeader(await readStart(file));
    segments.push({ number, file, bytes: size, modifiedMs: Math.floor(mtimeMs), read });
  }
  return segments;
}

async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, SEGMENT_HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function headersOf(found: Awaited<ReturnType<typeof listSegments>>): string[] {
  return found.flatMap(({ read }) => (read.ok ? [read.header.spool] : []));
}

function wrongOwner(spool: string, owners: Set<string>): string | null {
  return owners.has(spool) ? null : `it was written by another spool (${spool})`;
}

async function readIdentity(path: string): Promise<Identity | null> {
  const text = await readFile(join(path, IDENTITY), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    const { uuid, former } = JSON.parse(text) as Identity;
    return UUID.test(uuid) && Array.isArray(former) ? { uuid, former } : null;
  } catch {
    return null;
  }
}

/**
 * The UUID for new segments. Where the checkpoint was lost, numbers may have been used that nobody
 * remembers, and the store would take new rows for loaded ones: then the spool gets a new UUID.
 */
async function settleIdentity(
  path: string,
  identity: Identity | null,
  numbersAreKnown: boolean,
  owners: Set<string>,
): Promise<string> {
  if (identity && numbersAreKnown) return identity.uuid;
  const uuid = randomUUID();
  await replaceFile(path, IDENTITY, `${JSON.stringify({ uuid, former: [...owners] }, null, 2)}\n`);
  await realFiles.syncDirectory(join(path, ".."));
  owners.add(uuid);
  return uuid;
}
