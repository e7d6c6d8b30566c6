import type { Transform } from "node:stream";
import zlib from "node:zlib";
import type { Share } from "./body.ts";
import type { Coding } from "./framing.ts";
import type { Problem } from "./status.ts";

type Compressed = Exclude<Coding, "identity">;

/** Below both, a trip to the threadpool costs more than the work; above, it would hold the loop. */
const SYNC_INPUT_BYTES = 32 * 1024;
const SYNC_OUTPUT_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

// A frame may ask for a window of gigabytes; 8 MiB is the bound for HTTP (RFC 9659).
const ZSTD = { params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } };

const atOnce: Record<Compressed, (body: Buffer, maxOutputLength: number) => Buffer> = {
  gzip: (body, maxOutputLength) => zlib.gunzipSync(body, { maxOutputLength }),
  deflate: (body, maxOutputLength) => zlib.inflateSync(body, { maxOutputLength }),
  br: (body, maxOutputLength) => zlib.brotliDecompressSync(body, { maxOutputLength }),
  zstd: (body, maxOutputLength) => zlib.zstdDecompressSync(body, { ...ZSTD, maxOutputLength }),
};

const streams: Record<Compressed, () => Transform> = {
  gzip: () => zlib.createGunzip({ chunkSize: CHUNK_BYTES }),
  deflate: () => zlib.createInflate({ chunkSize: CHUNK_BYTES }),
  br: () => zlib.createBrotliDecompress({ chunkSize: CHUNK_BYTES }),
  zstd: () => zlib.createZstdDecompress({ ...ZSTD, chunkSize: CHUNK_BYTES }),
};

/**
 * Decompresses a body to at most `maxBytes` and stops there: what a bomb holds beyond that is never
 * produced.
 *
 * @returns the bytes, or `body_corrupt`, `body_too_large` or `busy`
 */
export async function inflate(
  body: Buffer,
  coding: Coding,
  maxBytes: number,
  share: Share,
): Promise<Buffer | Problem> {
  if (coding === "identity") return body;
  if (body.length <= SYNC_INPUT_BYTES) {
    const result = inflateAtOnce(body, coding, Math.min(maxBytes, SYNC_OUTPUT_BYTES));
    if (result !== "too_large") return result;
    if (maxBytes <= SYNC_OUTPUT_BYTES) return { fault: "body_too_large" };
  }
  return inflateInPieces(body, coding, maxBytes, share);
}

function inflateAtOnce(
  body: Buffer,
  coding: Compressed,
  maxBytes: number,
): Buffer | Problem | "too_large" {
  try {
    return atOnce[coding](body, maxBytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : corrupt(coding);
  }
}

async function inflateInPieces(
  body: Buffer,
  coding: Compressed,
  maxBytes: number,
  share: Share,
): Promise<Buffer | Problem> {
  const stream = streams[coding]();
  const pieces: Buffer[] = [];
  let length = 0;
  stream.end(body);
  try {
    for await (const piece of stream) {
      length += piece.length;
      if (length > maxBytes) return { fault: "body_too_large" };
      if (!share.take(piece.length)) return { fault: "busy" };
      pieces.push(piece);
    }
  } catch {
    return corrupt(coding);
  }
  return Buffer.concat(pieces, length);
}

function corrupt(coding: Compressed): Problem {
  return { fault: "body_corrupt", description: `the body is not complete, valid ${coding}` };
}
