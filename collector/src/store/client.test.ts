import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startTestEngine, type TestEngine } from "../engine/testing.ts";
import { ClickHouseError, createStore, type Store, StoreUnreachable } from "./client.ts";

let test: TestEngine;
let embedded: Store;
let external: Store;

beforeAll(async () => {
  test = await startTestEngine();
  embedded = createStore(test);
  await embedded.command("CREATE TABLE t (a String, n UInt64) ENGINE = MergeTree ORDER BY n");
  // The engine speaks the protocol of a server, so that its address serves as an external one.
  const { url, username, password } = test.engine;
  external = createStore({ clickhouseUrl: url.replace("//", `//${username}:${password}@`) });
});
afterAll(async () => {
  await embedded.close();
  await external.close();
  await test.stop();
});

/** One Native block: columns a String, n UInt64. */
function native(rows: [string, bigint][]): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  };
  const numbers = Buffer.from(new BigUint64Array(rows.map(([, n]) => n)).buffer);
  return Buffer.concat([
    Buffer.from([2, rows.length]),
    ...[text("a"), text("String"), ...rows.map(([a]) => text(a))],
    ...[text("n"), text("UInt64"), numbers],
  ]);
}

describe("the store's client", () => {
  for (const kind of ["embedded", "external"] as const) {
    it(`runs commands, queries and Native inserts (${kind})`, async () => {
      const store = kind === "embedded" ? embedded : external;
      const hostile = "x\n\nDROP TABLE t; -- '\\";
      expect(await store.ping()).toBe(true);
      await store.command("TRUNCATE TABLE t");
      const body = native([
        [hostile, 1n],
        ["second", 2n],
      ]);
      async function* chunks() {
        for (const byte of body) yield Buffer.from([byte]);
      }
      expect(await store.insertNative("INSERT INTO t FORMAT Native", body)).toEqual({ ok: true });
      expect(
        await store.insertNative(
          "INSERT INTO t SELECT a, n + {by:UInt64} FROM input('a String, n UInt64') WHERE n = 1 FORMAT Native",
          chunks(),
          { params: { by: 10n }, settings: { async_insert: false, max_insert_threads: 1 } },
        ),
      ).toEqual({ ok: true });
      expect(
        await store.query("SELECT n FROM t WHERE a = {a:String} ORDER BY n", { a: hostile }),
      ).toEqual([{ n: 1 }, { n: 11 }]);
      expect(await store.query("SELECT 1 AS x WHERE 0")).toEqual([]);
    });

    it(`gives a reader that only reads (${kind})`, async () => {
      const { reader } = kind === "embedded" ? embedded : external;
      expect(await reader.query("SELECT {x:UInt8} AS x -- last", { x: 3 })).toEqual([{ x: 3 }]);
      for (const sql of [
        "DROP TABLE t",
        "SELECT 1; DROP TABLE t",
        "SELECT file('/etc/passwd')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
        "SELECT 1 INTO OUTFILE '/tmp/rollcall-outfile'",
      ]) {
        await expect(reader.query(sql), sql).rejects.toBeInstanceOf(ClickHouseError);
      }
      expect(await embedded.query("EXISTS TABLE t")).toEqual([{ result: 1 }]);
    });
  }

  it("tells a refused insert from an uncertain one", async () => {
    const body = native([["a", 1n]]);
    expect(await embedded.insertNative("INSERT INTO nowhere FORMAT Native", body)).toMatchObject({
      ...{ ok: false, kind: "refused", code: 60 },
    });
    async function* broken() {
      yield body;
      throw new Error("the source broke");
    }
    expect(await embedded.insertNative("INSERT INTO t FORMAT Native", broken())).toMatchObject({
      ...{ ok: false, kind: "uncertain" },
    });
    const server = await listening((_, response) => response.destroy());
    const silent = createStore({ clickhouseUrl: server.url });
    expect(await silent.insertNative("INSERT INTO t FORMAT Native", body)).toMatchObject({
      ...{ ok: false, kind: "uncertain" },
    });
    await silent.close();
    server.close();
  });

  it("says that the store is unreachable, and not what it refused", async () => {
    await expect(embedded.query("SELECT nope")).rejects.toBeInstanceOf(ClickHouseError);
    await expect(embedded.command("SELECT FROM WHERE")).rejects.toMatchObject({ code: "62" });
    const nobody = createStore({ clickhouseUrl: "http://127.0.0.1:9" });
    expect(await nobody.ping()).toBe(false);
    await expect(nobody.query("SELECT 1")).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(nobody.command("SELECT 1")).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(nobody.kill("x")).rejects.toBeInstanceOf(StoreUnreachable);
    await nobody.close();
    // A proxy's error page is no answer of the store.
    const proxy = await listening((_, response) => response.writeHead(502).end("Bad Gateway"));
    const behind = createStore({ clickhouseUrl: proxy.url });
    await expect(behind.query("SELECT 1")).rejects.toBeInstanceOf(StoreUnreachable);
    await behind.close();
    proxy.close();
  });

  it("kills a statement by its id", async () => {
    const running = embedded
      .command("INSERT INTO t SELECT '', number FROM numbers(100000000000)", { queryId: "it's" })
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await embedded.kill("it's");
    expect(await running).toMatchObject({ code: "394" });
  });

  it("follows the engine to its new address", async () => {
    const { engine } = test;
    const pid = engine.pid() as number;
    process.kill(pid, "SIGKILL");
    await eventually(() => engine.state() === "restarting");
    await expect(embedded.query("SELECT 1")).rejects.toBeInstanceOf(StoreUnreachable);
    expect(await embedded.ping()).toBe(false);
    expect(await eventually(() => engine.state() === "ready")).toBe(true);
    expect(await embedded.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(await embedded.reader.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

async function listening(
  answer: Parameters<typeof createServer>[1] & {},
): Promise<{ url: string; close(): Server }> {
  const server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
