import { writevSync } from "node:fs";
import { type FileHandle, open, rename, statfs } from "node:fs/promises";

/** The few file operations of the hot path, so that a test can make one of them fail. */
export interface SpoolFiles {
  /** Makes a new file; fails where one of that name exists. */
  create(path: string): Promise<SegmentFile>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that this process may still write to the file system. */
  freeBytes(path: string): Promise<number>;
}

export interface SegmentFile {
  /** Writes all pieces, one after the other, at `position`. */
  write(pieces: Buffer[], position: number): Promise<void>;
  /** Resolves once the content is on disk (`fdatasync`). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export const realFiles: SpoolFiles = {
  async create(path) {
    const handle = await open(path, "wx", 0o600);
    return {
      write: (pieces, position) => writeAll(handle, pieces, position),
      sync: () => handle.datasync(),
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  },
  async syncDirectory(path) {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Writes a file so that after a crash it is there whole, or as it was before. */
export async function replaceFile(directory: string, name: string, content: string): Promise<void> {
  const temporary = `${directory}/${name}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, `${directory}/${name}`);
  await realFiles.syncDirectory(directory);
}

/** Up to here a write into the page cache takes less time than a trip through the thread pool. */
const SMALL_WRITE = 64 * 1024;

async function writeAll(handle: FileHandle, pieces: Buffer[], position: number): Promise<void> {
  let rest = pieces.filter((piece) => piece.length > 0);
  let at = position;
  const small = rest.reduce((sum, piece) => sum + piece.length, 0) <= SMALL_WRITE;
  while (rest.length > 0) {
    const bytesWritten = small
      ? writevSync(handle.fd, rest, at)
      : (await handle.writev(rest, at)).bytesWritten;
    at += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
}

function dropBytes(pieces: Buffer[], written: number): Buffer[] {
  let left = written;
  let i = 0;
  while (i < pieces.length && left >= pieces[i]!.length) left -= pieces[i++]!.length;
  const rest = pieces.slice(i);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
