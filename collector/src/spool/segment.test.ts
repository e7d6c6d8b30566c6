import { copyFile, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readVerified } from "../store/read-segment.ts";
import type { SetAside } from "./quarantine.ts";
import { readSegment, SEGMENT_HEADER_BYTES } from "./segment.ts";
import { createSpool, type LoadableSpool } from "./spool.ts";
import { record, silent, stamp, temporaryDirectory } from "./testing.ts";

const FRAMES = 5;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let reports: SetAside[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  reports = [];
});
afterEach(() => directory.remove());

function openSpool(): Promise<LoadableSpool> {
  const onSetAside = (aside: SetAside) => reports.push(aside);
  return createSpool({ directory: directory.path, maxBytes: 1e9, log: silent, onSetAside });
}

/** Writes segments of `FRAMES` frames with one row each, as a process that was killed leaves them. */
async function writeSegments(count = 1): Promise<string[]> {
  const spool = await openSpool();
  for (let i = 0; i < count; i++) {
    for (let frame = 0; frame < FRAMES; frame++) {
      const batch = spool.open()!;
      batch.appendEvent(record(), stamp("app"));
      await spool.commit(batch);
    }
    await spool.seal();
  }
  return (await segmentNames()).map((name) => join(directory.path, name));
}

async function segmentNames(): Promise<string[]> {
  return (await readdir(directory.path)).filter((name) => name.endsWith(".segment")).sort();
}

async function quarantined(): Promise<string[]> {
  return (await readdir(join(directory.path, "quarantine"))).sort();
}

/** Rows that a new process finds in each segment. */
async function rowsAfterRestart(): Promise<number[]> {
  const spool = await openSpool();
  const rows: number[] = [];
  while (spool.state().segments > 0) {
    const segment = (await spool.next(new AbortController().signal))!;
    const content = await readVerified(spool, segment);
    if (content === null) continue;
    rows.push((content.tables.get("events") ?? []).reduce((sum, block) => sum + block.rows, 0));
    await spool.remove(segment);
  }
  await spool.checkpoint.close();
  return rows;
}

describe("damage", () => {
  test("an undamaged segment is read whole and nothing is set aside", async () => {
    await writeSegments(2);
    expect(await rowsAfterRestart()).toEqual([FRAMES, FRAMES]);
    expect(reports).toEqual([]);
    expect(await quarantined()).toEqual([]);
  });

  test("a torn tail is set aside with its reason and the frames before it stand", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    await writeFile(path!, bytes.subarray(0, bytes.length - 10));
    expect(await rowsAfterRestart()).toEqual([FRAMES - 1]);
    expect(reports).toMatchObject([{ what: "frame", segment: 1 }]);
    expect(await quarantined()).toHaveLength(2);
  });

  test("a file cut at any byte never gives a row that was not written, nor fails", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    const spool = await openSpool();
    for (let length = SEGMENT_HEADER_BYTES + 1; length < bytes.length; length++) {
      const read = readSegment(bytes.subarray(0, length), spool.uuid, 1);
      const frames = read.ok ? read.frames.length : 0;
      expect(frames).toBe(
        Math.floor(
          (FRAMES * (length - SEGMENT_HEADER_BYTES)) / (bytes.length - SEGMENT_HEADER_BYTES),
        ),
      );
      if (read.ok && frames < FRAMES) expect(read.damage.length).toBeLessThanOrEqual(1);
    }
  });

  test("one flipped bit anywhere costs at most the frame that it is in", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    const spool = await openSpool();
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = bytes[at]! ^ (1 << (at % 8));
      const read = readSegment(bytes, spool.uuid, 1);
      if (!read.ok) throw new Error(`byte ${at}: ${read.reason}`);
      expect(read.damage.length).toBeGreaterThanOrEqual(1);
      expect(read.frames).toHaveLength(at < SEGMENT_HEADER_BYTES ? FRAMES : FRAMES - 1);
      bytes[at] = bytes[at]! ^ (1 << (at % 8));
    }
  });

  test("bytes lost in the middle cost the frames they were in", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    const frame = (bytes.length - SEGMENT_HEADER_BYTES) / FRAMES;
    const from = SEGMENT_HEADER_BYTES + Math.floor(frame * 1.5);
    await writeFile(path!, Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 40)]));
    expect(await rowsAfterRestart()).toEqual([FRAMES - 1]);
  });

  test("a frame that is there twice counts once", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    const frame = (bytes.length - SEGMENT_HEADER_BYTES) / FRAMES;
    const last = bytes.subarray(bytes.length - frame);
    await writeFile(path!, Buffer.concat([bytes, last]));
    expect(await rowsAfterRestart()).toEqual([FRAMES]);
    expect(reports[0]?.reason).toContain("twice");
  });
});

describe("files", () => {
  test("an empty file is set aside and later segments stand", async () => {
    const [path] = await writeSegments(2);
    await writeFile(path!, "");
    expect(await rowsAfterRestart()).toEqual([FRAMES]);
    expect(reports).toMatchObject([{ what: "segment", segment: 1, reason: "the file is empty" }]);
    expect(await quarantined()).toContain("000000000001.segment");
  });

  test("a copy under another number is set aside", async () => {
    const [path] = await writeSegments();
    await copyFile(path!, join(directory.path, "000000000007.segment"));
    expect(await rowsAfterRestart()).toEqual([FRAMES]);
    expect(reports).toMatchObject([{ segment: 7, reason: "it is a copy of segment 1" }]);
  });

  test("a missing segment is reported once and the rest stands", async () => {
    const paths = await writeSegments(3);
    await rm(paths[1]!);
    expect(await rowsAfterRestart()).toEqual([FRAMES, FRAMES]);
    expect(reports).toMatchObject([{ what: "missing", segment: 2 }]);
  });

  test("a segment of another spool is set aside", async () => {
    const [path] = await writeSegments();
    const away = `${path}.away`;
    await rename(path!, away);
    for (const name of ["spool.json", "checkpoint"]) await rm(join(directory.path, name));
    await openSpool();
    await rename(away, path!);
    expect(await rowsAfterRestart()).toEqual([]);
    expect(reports).toMatchObject([{ what: "segment", segment: 1 }]);
    expect(reports[0]?.reason).toContain("another spool");
  });

  test("a format of another version is set aside, not guessed at", async () => {
    const [path] = await writeSegments();
    const bytes = await readFile(path!);
    bytes.writeUInt32LE(99, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 52)), 52);
    await writeFile(path!, bytes);
    expect(await rowsAfterRestart()).toEqual([]);
    expect(reports[0]?.reason).toContain("format 99");
  });
});
