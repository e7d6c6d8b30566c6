import { connect } from "node:net";
import zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInflight } from "./body.ts";
import { inflate } from "./inflate.ts";
import { isProblem } from "./problem.ts";
import {
  BEARER,
  exportLogs,
  JSON_TYPE,
  logRecord,
  PROTOBUF_TYPE,
  send,
  startIngest,
  type TestServer,
} from "./server.fixture.ts";
import { readStatus } from "./status.fixture.ts";

const MAX = 256 * 1024;
const MIB = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startIngest({ maxBodyBytes: MAX });
});
afterAll(() => server.close());

/** A valid request of exactly this many bytes: white space may follow JSON. */
const padded = (bytes: number) => exportLogs(logRecord("timer.started")).padEnd(bytes, " ");
/** A valid request of this size that no codec can make small. */
function incompressible(bytes: number): Buffer {
  const noise = Buffer.alloc(bytes, "0123456789abcdef");
  for (let at = 0, state = 1; at < bytes; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    noise[at] = 0x61 + ((state >>> 16) % 26);
  }
  const head = Buffer.from('{"ignored":"');
  head.copy(noise);
  noise.write('"}', bytes - 2);
  return noise;
}

const codecs = [
  ["gzip", zlib.gzipSync],
  ["deflate", zlib.deflateSync],
  ["zstd", zlib.zstdCompressSync],
  [
    "br",
    (body: Buffer) =>
      zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ],
] as const;

describe("the limit on a body", () => {
  it.each([false, true])("is exact (chunked: %s)", async (chunked) => {
    const fits = await send(server, { headers: JSON_TYPE, body: padded(MAX), chunked });
    expect(fits.status).toBe(200);
    const over = await send(server, { headers: JSON_TYPE, body: padded(MAX + 1), chunked });
    expect([over.status, readStatus(over).code]).toEqual([413, 8]);
  });

  it.each(codecs)("is exact for what %s decompresses to", async (coding, compress) => {
    const headers = { ...JSON_TYPE, "content-encoding": coding };
    const fits = await send(server, { headers, body: compress(Buffer.from(padded(MAX))) });
    expect(fits.status).toBe(200);
    const over = await send(server, { headers, body: compress(Buffer.from(padded(MAX + 1))) });
    expect(over.status).toBe(413);
  });

  it.each(codecs)(
    "holds for large %s bodies too, which inflate off the main thread",
    async (coding, compress) => {
      const headers = { ...JSON_TYPE, "content-encoding": coding };
      const body = compress(incompressible(MAX));
      expect(body.length).toBeGreaterThan(32 * 1024);
      expect((await send(server, { headers, body })).status).toBe(200);
      const over = await send(server, { headers, body: compress(incompressible(MAX + 1)) });
      expect(over.status).toBe(413);
    },
  );

  it("applies to an announced length at once", async () => {
    const answer = await firstBytes(
      "POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        `authorization: ${BEARER.authorization}\r\ncontent-length: 1000000000000\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });
});

function firstBytes(head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write(head));
    socket.once("data", (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** A gigabyte of zeros, compressed, made in pieces. */
async function bomb(coding: "gzip" | "deflate" | "zstd" | "br"): Promise<Buffer> {
  const zeros = Buffer.alloc(4 * MIB);
  const fast = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };
  const stream = {
    gzip: () => zlib.createGzip({ level: 1 }),
    deflate: () => zlib.createDeflate({ level: 1 }),
    zstd: () => zlib.createZstdCompress(),
    br: () => zlib.createBrotliCompress(fast),
  }[coding]();
  const pieces: Buffer[] = [];
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => stream.on("end", resolve));
  for (let piece = 0; piece < 256; piece++) {
    await new Promise<void>((resolve) => stream.write(zeros, () => resolve()));
  }
  stream.end();
  await ended;
  return Buffer.concat(pieces);
}

describe("a bomb", () => {
  it.each(["gzip", "deflate", "zstd", "br"] as const)(
    "of a gigabyte in %s is refused in bounded memory",
    async (coding) => {
      const body = await bomb(coding);
      const limit = 20 * MIB;
      const share = createInflight(64 * MIB).open();
      const before = process.memoryUsage();
      let peak = 0;
      const watch = setInterval(() => {
        const { arrayBuffers, external } = process.memoryUsage();
        peak = Math.max(peak, arrayBuffers - before.arrayBuffers, external - before.external);
      }, 1);
      const result = await inflate(body, coding, limit, share);
      clearInterval(watch);
      expect(result).toEqual({ fault: "body_too_large" });
      expect(peak).toBeLessThan(4 * limit);
      share.release();
    },
    60_000,
  );

  it("with a zstd window of gigabytes is refused", async () => {
    const body = zlib.zstdCompressSync(Buffer.alloc(64), {
      params: { [zlib.constants.ZSTD_c_windowLog]: 27, [zlib.constants.ZSTD_c_contentSizeFlag]: 0 },
    });
    const answer = await send(server, {
      headers: { ...JSON_TYPE, "content-encoding": "zstd" },
      body,
    });
    expect(answer.status).toBe(400);
  });
});

describe("a compressed body that is damaged", () => {
  const plain = Buffer.from(exportLogs(logRecord("timer.started")));
  const large = incompressible(MAX);

  it.each(codecs)("in %s is 400", async (coding, compress) => {
    const small = compress(plain);
    const big = compress(large);
    const bodies: [string, Buffer][] = [
      ["plain", plain],
      ["empty", Buffer.alloc(0)],
      ["truncated", small.subarray(0, small.length - 3)],
      ["truncated, large", big.subarray(0, big.length - 3)],
      ["followed by more", Buffer.concat([small, Buffer.from("more")])],
      ["large, followed by more", Buffer.concat([big, Buffer.from("more")])],
    ];
    for (const [what, body] of bodies) {
      for (const type of [JSON_TYPE, PROTOBUF_TYPE]) {
        const answer = await send(server, {
          headers: { ...type, "content-encoding": coding },
          body,
        });
        expect([what, answer.status]).toEqual([what, 400]);
        expect(readStatus(answer).violations).toHaveLength(1);
      }
    }
  });

  it("twice over is read once, and the rest is no request", async () => {
    const twice = zlib.gzipSync(zlib.gzipSync(plain));
    const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
    expect((await send(server, { headers, body: twice })).status).toBe(400);
  });
});

describe("the bytes in flight", () => {
  it("are bounded over all requests, and given back", async () => {
    const tight = await startIngest({ maxBodyBytes: MAX, maxInflightBytes: MAX });
    const held = await holdOpen(tight, MAX - 1024);
    const refused = await send(tight, { headers: JSON_TYPE, body: padded(2048) });
    expect([refused.status, readStatus(refused).code]).toEqual([503, 14]);
    expect(refused.headers["retry-after"]).toMatch(/^\d+$/);
    held.destroy();
    await expect
      .poll(async () => (await send(tight, { headers: JSON_TYPE, body: padded(2048) })).status)
      .toBe(200);
    await tight.close();
  });

  it("count what is decompressed off the main thread", async () => {
    const body = zlib.gzipSync(Buffer.alloc(8 * MIB));
    const share = createInflight(4 * MIB).open();
    expect(await inflate(body, "gzip", 16 * MIB, share)).toEqual({ fault: "busy" });
    share.release();
    const roomy = createInflight(16 * MIB);
    const room = roomy.open();
    expect(isProblem(await inflate(body, "gzip", 16 * MIB, room))).toBe(false);
    expect(roomy.bytes()).toBe(8 * MIB);
    room.release();
    room.release();
    expect(roomy.bytes()).toBe(0);
  });
});

/** Sends all but the end of a body and waits until the collector has read it. */
async function holdOpen({ port }: TestServer, bytes: number) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(
    "POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
      `authorization: ${BEARER.authorization}\r\ncontent-length: ${MAX}\r\n\r\n`,
  );
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes, " "), () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return socket;
}
