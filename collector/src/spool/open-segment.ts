import { join } from "node:path";
import type { SegmentFile, SpoolFiles } from "./files.ts";
import { encodeFrame, type Section } from "./frame.ts";
import { encodeSegmentHeader, type SegmentHeader, segmentName } from "./segment.ts";
import { uuidBytes } from "./uuid.ts";

/** The one segment that is being written. A segment of an earlier process is never appended to. */
export interface OpenSegment {
  number: number;
  path: string;
  createdMs: number;
  /** Rows in it, and bytes that are certain to be on disk. */
  rows: number;
  durableBytes: number;
  /** Writes one frame and resolves once it is on disk. After a rejection only `cut` may follow. */
  append(sections: Section[]): Promise<void>;
  /** Takes away what is not certain to be on disk, and closes. Never rejects. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the file. Its header goes to disk with the first frame, so an idle spool makes no files. */
export async function createOpenSegment(
  files: SpoolFiles,
  directory: string,
  header: SegmentHeader,
): Promise<OpenSegment> {
  const path = join(directory, segmentName(header.number));
  const file: SegmentFile = await files.create(path);
  const salt = uuidBytes(header.spool);
  let sequence = 0;

  const segment: OpenSegment = {
    number: header.number,
    path,
    createdMs: header.createdMs,
    rows: 0,
    durableBytes: 0,
    async append(sections) {
      const first = sequence === 0;
      const pieces = encodeFrame(sections, sequence, salt);
      if (first) pieces.unshift(encodeSegmentHeader(header));
      await file.write(pieces, segment.durableBytes);
      await file.sync();
      if (first) await files.syncDirectory(directory);
      sequence++;
      for (const piece of pieces) segment.durableBytes += piece.length;
      for (const section of sections) segment.rows += section.rows;
    },
    async cut() {
      // After a failed fsync nobody knows what of the frame is on disk, and asking again would lie.
      // Should the cut fail too, `durableBytes` keeps this process from loading the rest.
      await file.truncate(segment.durableBytes).catch(() => {});
      await file.sync().catch(() => {});
      await file.close().catch(() => {});
    },
    close: () => file.close(),
  };
  return segment;
}
