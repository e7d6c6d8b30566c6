import { readFile } from "node:fs/promises";
import type { SealedSegment } from "../spool/directory.ts";
import type { FrameSection } from "../spool/frame.ts";
import { readSegment, segmentName } from "../spool/segment.ts";
import type { LoadableSpool } from "../spool/spool.ts";

/** A segment's good rows by table, as Native blocks. */
export interface SegmentContent {
  /** UUID of the spool that wrote it. */
  spool: string;
  tables: Map<string, FrameSection[]>;
}

/**
 * Reads a segment, checks every byte and sets aside what is damaged; the rest stands. Returns null
 * where the whole file had to be set aside.
 */
export async function readVerified(
  spool: LoadableSpool,
  segment: SealedSegment,
): Promise<SegmentContent | null> {
  const bytes = (await readFile(segment.path)).subarray(0, segment.bytes);
  const read = readSegment(bytes, spool.uuid, segment.number);
  if (!read.ok) {
    await spool.setAside(segment, "segment", read.reason);
    return null;
  }
  for (const { from, to, reason } of read.damage) {
    const name = `${segmentName(segment.number)}.${from}.frame`;
    if (to > from) await spool.quarantine.copy(name, bytes.subarray(from, to), reason);
    spool.report({ what: "frame", segment: segment.number, reason, bytes: to - from });
  }
  const tables = new Map<string, FrameSection[]>();
  for (const frame of read.frames) {
    for (const section of frame.sections) {
      const sections = tables.get(section.table) ?? [];
      sections.push(section);
      tables.set(section.table, sections);
    }
  }
  return { spool: read.spool, tables };
}
