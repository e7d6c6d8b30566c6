import type { Transform } from "node:stream";
import zlib from "node:zlib";
import type { Share } from "./body.ts";
import type { Coding } from "./framing.ts";
import type { Problem } from "./problem.ts";

type Compressed = Exclude<Coding, "identity">;

/** Below both, a trip to the threadpool costs more than the work; above, it would hold the loop. */
const SYNC_INPUT_BYTES = 32 * 1024;
const SYNC_OUTPUT_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

// A frame may ask for a window of gigabytes; 8 MiB is the bound for HTTP (RFC 9659).
const ZSTD = { params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } };

interface Inflated {
  buffer: Buffer;
  /** Its `bytesWritten` is how much of the input was used. */
  engine: { bytesWritten: number };
}
type Options = { maxOutputLength: number; info: true };
type Inflate = (body: Buffer, options: Options) => Inflated;

// With `info` these give an object, which the type declarations do not know.
const atOnce: Record<Compressed, Inflate> = {
  gzip: zlib.gunzipSync as unknown as Inflate,
  deflate: zlib.inflateSync as unknown as Inflate,
  br: zlib.brotliDecompressSync as unknown as Inflate,
  zstd: ((body: Buffer, options: Options) =>
    zlib.zstdDecompressSync(body, { ...ZSTD, ...options })) as unknown as Inflate,
};

const streams: Record<Compressed, () => Transform> = {
  gzip: () => zlib.createGunzip({ chunkSize: CHUNK_BYTES }),
  deflate: () => zlib.createInflate({ chunkSize: CHUNK_BYTES }),
  br: () => zlib.createBrotliDecompress({ chunkSize: CHUNK_BYTES }),
  zstd: () => zlib.createZstdDecompress({ ...ZSTD, chunkSize: CHUNK_BYTES }),
};

/**
 * Decompresses a body to at most `maxBytes` and stops there: what a bomb holds beyond that is never
 * produced. One gzip file of several members is fine, several zstd frames are not.
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
    const { buffer, engine } = atOnce[coding](body, { maxOutputLength: maxBytes, info: true });
    return engine.bytesWritten === body.length ? buffer : trailing(coding);
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
  // The type declarations lack it: all of Node's zlib streams count the input they used.
  const { bytesWritten } = stream as Transform & { bytesWritten: number };
  return bytesWritten === body.length ? Buffer.concat(pieces, length) : trailing(coding);
}

function corrupt(coding: Compressed): Problem {
  return { fault: "body_corrupt", description: `the body is not complete, valid ${coding}` };
}

/** What follows the end (a second zstd frame, say) would be lost in silence: better refused aloud. */
function trailing(coding: Compressed): Problem {
  return { fault: "body_corrupt", description: `bytes follow the end of the ${coding} data` };
}
