import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { realFiles, type SpoolFiles } from "./files.ts";
import { createSpool, type LoadableSpool, type SpoolOptions } from "./spool.ts";
import { record, silent, stamp, temporaryDirectory } from "./testing.ts";
import type { Batch } from "./types.ts";

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const opened: LoadableSpool[] = [];

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  for (const spool of opened.splice(0)) {
    await spool.drain();
    await spool.checkpoint.close();
  }
  await directory.remove();
});

async function openSpool(options: Partial<SpoolOptions> = {}): Promise<LoadableSpool> {
  const spool = await createSpool({
    directory: directory.path,
    maxBytes: 1e9,
    minFreeBytes: 0,
    log: silent,
    ...options,
  });
  opened.push(spool);
  return spool;
}

function mustOpen(spool: LoadableSpool): Batch {
  const batch = spool.open();
  if (batch === null) throw new Error(spool.state().reason);
  return batch;
}

function commitOne(spool: LoadableSpool): Promise<"committed" | "failed"> {
  const batch = mustOpen(spool);
  batch.appendEvent(record(), stamp("app"));
  return spool.commit(batch);
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(directory.path)).filter((name) => name.endsWith(".segment"));
}

/** Real files on which one operation can be made to fail and flushes are counted. */
function faultyFiles() {
  const faults = { write: "", sync: "", create: "", syncDirectory: "" };
  const counts = { syncs: 0 };
  const check = (operation: keyof typeof faults) => {
    if (faults[operation] === "") return;
    throw Object.assign(new Error(faults[operation]), { code: faults[operation], syscall: "x" });
  };
  const files: SpoolFiles = {
    ...realFiles,
    async create(path) {
      check("create");
      const file = await realFiles.create(path);
      return {
        ...file,
        async write(pieces, position) {
          if (faults.write !== "") await file.write(pieces.slice(0, 2), position);
          check("write");
          await file.write(pieces, position);
        },
        async sync() {
          counts.syncs++;
          check("sync");
          await file.sync();
        },
      };
    },
    async syncDirectory(path) {
      check("syncDirectory");
      await realFiles.syncDirectory(path);
    },
  };
  return { files, faults, counts };
}

describe("committing", () => {
  test("requests that wait for the same flush share one fsync", async () => {
    const { files, counts } = faultyFiles();
    const spool = await openSpool({ files });
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => commitOne(spool)));
    expect(new Set(outcomes)).toEqual(new Set(["committed"]));
    expect(counts.syncs).toBeLessThan(10);
  });

  test("an idle spool makes no segment, and a closed one is made by age", async () => {
    const spool = await openSpool({ sealAfterMs: 30 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await segmentFiles()).toEqual([]);
    await commitOne(spool);
    const segment = await spool.next(new AbortController().signal);
    expect(segment?.number).toBe(1);
  });

  test("a commit of nothing is committed without a file", async () => {
    const spool = await openSpool();
    expect(await spool.commit(mustOpen(spool))).toBe("committed");
    expect(await segmentFiles()).toEqual([]);
  });

  test("a batch that was kept across an await is refused as a fault", async () => {
    const spool = await openSpool();
    const batch = mustOpen(spool);
    await commitOne(spool);
    expect(() => spool.commit(batch)).toThrow("across an await");
  });

  test("what is acknowledged is counted as waiting at every moment until it is removed", async () => {
    const slow: SpoolFiles = {
      ...realFiles,
      async create(path) {
        const file = await realFiles.create(path);
        const later = () => new Promise((resolve) => setTimeout(resolve, 50));
        return { ...file, close: () => later().then(file.close) };
      },
    };
    const spool = await openSpool({ files: slow, sealAfterMs: 10 });
    await commitOne(spool);
    const received = spool.oldestMs();
    const next = spool.next(new AbortController().signal);
    for (const until = Date.now() + 100; Date.now() < until; ) {
      expect(spool.state().bytes).toBeGreaterThan(0);
      expect(spool.oldestMs()).toBe(received);
      await new Promise(setImmediate);
    }
    const segment = await next;
    if (segment === null) throw new Error("the segment was not closed");
    await spool.remove(segment);
    expect(spool.state().bytes).toBe(0);
    expect(spool.oldestMs()).toBeNull();
  });

  test("after drain nothing is taken and everything is in closed segments", async () => {
    const spool = await openSpool({ sealAfterMs: 60_000 });
    const outcome = commitOne(spool);
    await spool.drain();
    expect(await outcome).toBe("committed");
    expect(spool.open()).toBeNull();
    expect(spool.state().reason).toContain("shutting down");
    expect((await spool.next(new AbortController().signal))?.number).toBe(1);
  });
});

describe("while the loader is far behind", () => {
  test("segments grow, and the open one is closed once it has caught up", async () => {
    const spool = await openSpool({ sealAfterMs: 20 });
    for (let i = 0; i < 8; i++) {
      await commitOne(spool);
      await spool.seal();
    }
    for (let i = 0; i < 5; i++) {
      await commitOne(spool);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(await segmentFiles()).toHaveLength(9);
    expect(spool.isWaiting(9)).toBe(true);
    const signal = new AbortController().signal;
    for (let i = 0; i < 8; i++) await spool.remove((await spool.next(signal))!);
    expect((await spool.next(signal))?.number).toBe(9);
  });
});

describe("refusing", () => {
  test("a full spool takes nothing and says why, and takes again when the loader has removed", async () => {
    const spool = await openSpool({ maxBytes: 2000 });
    while (spool.open() !== null) await commitOne(spool);
    expect(spool.state()).toMatchObject({ accepting: false });
    expect(spool.state().reason).toContain("full");
    await spool.seal();
    const segment = await spool.next(new AbortController().signal);
    await spool.remove(segment!);
    expect(spool.state()).toMatchObject({ accepting: true, reason: "", bytes: 0, segments: 0 });
  });

  test("rows that wait for a slow disk are bounded", async () => {
    const spool = await openSpool({ maxBatchBytes: 5000 });
    let appended = 0;
    for (let batch = spool.open(); batch !== null; batch = spool.open()) {
      batch.appendEvent(record(), stamp("app"));
      appended++;
    }
    expect(appended).toBeGreaterThan(10);
    expect(appended).toBeLessThan(100);
    expect(spool.state().reason).toContain("slower");
  });

  test("a nearly full disk refuses", async () => {
    const files = { ...realFiles, freeBytes: () => Promise.resolve(1000) };
    const spool = await openSpool({ files, minFreeBytes: 2000 });
    spool.open();
    await new Promise(setImmediate);
    expect(spool.open()).toBeNull();
    expect(spool.state().reason).toContain("nearly full");
  });
});

describe("a failing disk", () => {
  for (const [operation, code] of [
    ["sync", "EIO"],
    ["write", "ENOSPC"],
    ["create", "EMFILE"],
    ["syncDirectory", "EIO"],
  ] as const) {
    test(`${code} on ${operation} fails the requests, refuses for a moment, then recovers`, async () => {
      let now = 1000;
      const { files, faults } = faultyFiles();
      const spool = await openSpool({ files, now: () => now });
      faults[operation] = code;
      expect(await commitOne(spool)).toBe("failed");
      expect(spool.open()).toBeNull();
      expect(spool.state().reason).toContain(code);
      faults[operation] = "";
      now += 20_000;
      expect(await commitOne(spool)).toBe("committed");
      expect(await segmentFiles()).toHaveLength(1);
    });
  }

  test("an fsync is not tried again: the segment is cut to what was durable and closed", async () => {
    let now = 1000;
    const { files, faults, counts } = faultyFiles();
    const spool = await openSpool({ files, now: () => now, sealAfterMs: 60_000 });
    expect(await commitOne(spool)).toBe("committed");
    const durable = spool.state().bytes;
    faults.sync = "EIO";
    const before = counts.syncs;
    expect(await commitOne(spool)).toBe("failed");
    // One for the frame; the other makes the cut itself durable.
    expect(counts.syncs - before).toBe(2);
    const segment = await spool.next(new AbortController().signal);
    expect(segment).toMatchObject({ number: 1, bytes: durable });
    const { size } = await stat(segment!.path);
    expect(size).toBe(durable);
    faults.sync = "";
    now += 20_000;
    expect(await commitOne(spool)).toBe("committed");
    expect(await segmentFiles()).toHaveLength(2);
  });
});

describe("numbers and names", () => {
  test("the UUID stays with the directory", async () => {
    const first = await openSpool();
    expect((await openSpool()).uuid).toBe(first.uuid);
  });

  test("a number is never used twice, also when all segments were loaded and deleted", async () => {
    const first = await openSpool();
    await commitOne(first);
    await first.drain();
    const segment = await first.next(new AbortController().signal);
    await first.checkpoint.finish(segment!.number, "done");
    await first.remove(segment!);

    const second = await openSpool();
    await commitOne(second);
    await second.seal();
    expect((await second.next(new AbortController().signal))?.number).toBe(2);
  });

  test("where the checkpoint was lost the spool gets a new UUID and keeps its segments", async () => {
    const first = await openSpool();
    await commitOne(first);
    await first.drain();
    await rm(join(directory.path, "checkpoint"));
    const second = await openSpool();
    expect(second.uuid).not.toBe(first.uuid);
    expect((await second.next(new AbortController().signal))?.number).toBe(1);
    expect((await openSpool()).uuid).toBe(second.uuid);
  });

  test("a segment of an earlier process is not appended to", async () => {
    const first = await openSpool({ sealAfterMs: 60_000 });
    await commitOne(first);
    const second = await openSpool({ sealAfterMs: 60_000 });
    await commitOne(second);
    expect(await segmentFiles()).toEqual(["000000000001.segment", "000000000002.segment"]);
  });
});
