import { readdirSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEngine, type TestEngine } from "./testing.ts";

let test: TestEngine;
let owner: ReturnType<typeof createClient>;

beforeAll(async () => {
  test = await startTestEngine();
  const { url, username, password } = test.engine;
  owner = createClient({ url, username, password, log: { level: ClickHouseLogLevel.OFF } });
  await owner.command({
    query: `CREATE TABLE t (a String, n UInt64, made DateTime DEFAULT toDateTime(7))
            ENGINE = MergeTree ORDER BY a`,
  });
});
afterAll(async () => {
  await owner.close();
  await test.stop();
});

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

function send(
  method: string,
  path: string,
  options: { auth?: string; headers?: Record<string, string>; body?: Buffer | string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { auth, headers = {}, body } = options;
    const request = httpRequest(test.engine.url + path, {
      ...{ method, headers, agent: false },
      ...(auth !== undefined && { auth }),
    });
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.end(body);
  });
}

const ownerAuth = (): string => `${test.engine.username}:${test.engine.password}`;
const query = (sql: string): string => `/?query=${encodeURIComponent(sql)}`;
const rows = async <T>(sql: string): Promise<T[]> =>
  (await owner.query({ query: sql, format: "JSONEachRow" })).json<T>();

describe("the engine's door", () => {
  it("gives nothing without the right secret, whatever the method and the path", async () => {
    const { engine } = test;
    const strangers = [
      undefined,
      "default:",
      `${engine.username}:`,
      `${engine.username}:wrong`,
      `${engine.username}:${engine.readerPassword}`,
      `${engine.readerUsername}:${engine.password}`,
      `:${engine.password}`,
    ];
    for (const auth of strangers) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        for (const path of ["/", "/ping", query("SELECT 1"), "/replicas_status", "/play"]) {
          const reply = await send(method, path, auth === undefined ? {} : { auth });
          expect([auth, method, path, reply.status]).toEqual([auth, method, path, 401]);
          expect(reply.headers["x-clickhouse-exception-code"]).toBe("516");
          expect(reply.body.toString()).toMatch(/^Code: 516\. .*AUTHENTICATION_FAILED/);
        }
      }
    }
  });

  it("takes no secret from the URL", async () => {
    const { username, password } = test.engine;
    expect((await send("GET", `/ping?user=${username}&password=${password}`)).status).toBe(401);
  });

  it("takes ClickHouse's own headers too", async () => {
    const { username, password } = test.engine;
    const headers = { "X-ClickHouse-User": username, "X-ClickHouse-Key": password };
    expect((await send("GET", "/ping", { headers })).body.toString()).toBe("Ok.\n");
  });

  it("listens on the loopback address only", () => {
    expect(test.engine.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe("statements", () => {
  it("answers the official client: ping, rows, typed errors", async () => {
    expect((await owner.ping()).success).toBe(true);
    expect((await owner.ping({ select: true })).success).toBe(true);
    expect(await rows("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await expect(rows("SELECT nope")).rejects.toMatchObject({
      code: "47",
      type: "UNKNOWN_IDENTIFIER",
    });
    await expect(rows("SELEC")).rejects.toMatchObject({ code: "62", type: "SYNTAX_ERROR" });
  });

  it("binds hostile parameters as values", async () => {
    const values = [
      "'; DROP TABLE t; --",
      "\\",
      "\\'",
      "a\n\nDROP TABLE t",
      "\t\r\0",
      "{a:String}",
    ];
    for (const value of [...values, "\\N", "$$", "/*", "‘’", "é😀"]) {
      const result = await owner.query({
        query: "SELECT {v:String} AS v, {l:Array(String)} AS l, {m:Map(String, String)} AS m",
        query_params: { v: value, l: [value], m: { [value]: value } },
        format: "JSONEachRow",
      });
      expect(await result.json()).toEqual([{ v: value, l: [value], m: { [value]: value } }]);
    }
  });

  it("refuses a parameter or a setting whose name is not one", async () => {
    for (const name of ["param_a = '1', readonly", "param_", "a b", "a='1';DROP TABLE t;--"]) {
      const path = `${query("SELECT 1")}&${encodeURIComponent(name)}=1`;
      expect([name, (await send("POST", path, { auth: ownerAuth() })).status]).toEqual([name, 400]);
    }
    expect(
      (await send("POST", `${query("SELECT 1")}&no_such=1`, { auth: ownerAuth() })).status,
    ).toBe(400);
  });

  it("keeps settings, parameters and the database to their statement", async () => {
    const state = "SELECT getSetting('max_threads') AS threads, currentDatabase() AS db";
    const [before] = await rows(state);
    const path = `${query(`${state} FORMAT JSONEachRow`)}&max_threads=7&database=system&param_a=x`;
    const reply = await send("POST", path, { auth: ownerAuth() });
    expect(JSON.parse(reply.body.toString())).toEqual({ threads: 7, db: "system" });
    for (let i = 0; i < 20; i++) expect(await rows(state)).toEqual([before]);
    await expect(rows("SELECT {a:String}")).rejects.toMatchObject({ code: "456" });
    await expect(owner.command({ query: "SET max_threads = 7" })).rejects.toMatchObject({
      code: "48",
    });
    const session = `${query("SELECT 1")}&session_id=x`;
    expect((await send("POST", session, { auth: ownerAuth() })).status).toBe(501);
  });

  it("runs one statement a request", async () => {
    await expect(rows("SELECT 1; DROP TABLE t")).rejects.toMatchObject({ code: "62" });
    await expect(owner.command({ query: "SELECT 1 -- '\n; DROP TABLE t" })).rejects.toMatchObject({
      code: "62",
    });
    expect(await rows("EXISTS TABLE t")).toEqual([{ result: 1 }]);
  });

  it("changes nothing on GET", async () => {
    const reply = await send("GET", query("DROP TABLE t"), { auth: ownerAuth() });
    expect([reply.status, reply.headers["x-clickhouse-exception-code"]]).toEqual([403, "164"]);
  });

  it("takes and gives gzip", async () => {
    const reply = await send("POST", "/?enable_http_compression=1", {
      auth: ownerAuth(),
      headers: { "Content-Encoding": "gzip", "Accept-Encoding": "gzip" },
      body: gzipSync("SELECT 'packed'"),
    });
    expect(reply.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(reply.body).toString()).toBe("packed\n");
    const compressed = createClient({
      ...{ url: test.engine.url, username: test.engine.username, password: test.engine.password },
      compression: { request: true, response: true },
    });
    const result = await compressed.query({ query: "SELECT 2 AS two", format: "JSONEachRow" });
    expect(await result.json()).toEqual([{ two: 2 }]);
    await compressed.close();
  });

  it("runs 20 at the same time, each with its own state", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const result = await owner.query({
          query: "SELECT {i:UInt8} AS i, getSetting('max_threads') AS threads, sleep(0.1) AS s",
          query_params: { i },
          clickhouse_settings: { max_threads: i + 1 },
          format: "JSONEachRow",
        });
        return (await result.json())[0];
      }),
    );
    expect(answers).toEqual(answers.map((_, i) => ({ i, threads: i + 1, s: 0 })));
  });

  it("stops a statement by its id, and answers when it is gone", async () => {
    const endless = owner
      .command({ query: "SELECT count() FROM numbers(1000000000000)", query_id: "endless" })
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(owner.command({ query: "SELECT 1", query_id: "endless" })).rejects.toMatchObject({
      code: "216",
    });
    await owner.command({ query: "KILL QUERY WHERE query_id = 'endless' SYNC" });
    expect(await endless).toMatchObject({ code: "394", type: "QUERY_WAS_CANCELLED" });
    await owner.command({ query: "KILL QUERY WHERE query_id = 'nobody' SYNC" });
  });
});

describe("inserts with data", () => {
  const native = async (sql: string): Promise<Buffer> =>
    (await send("POST", query(`${sql} FORMAT Native`), { auth: ownerAuth() })).body;
  const insert = (sql: string, body: Buffer | string): Promise<Reply> =>
    send("POST", query(sql), { auth: ownerAuth(), body });
  const leftFiles = (): string[] => readdirSync(join(test.directory, "incoming"));

  it("stores binary data that reads like SQL, matched by column name", async () => {
    const body = await native("SELECT 1 AS n, 'x\n\nDROP TABLE t;\n\nDROP TABLE t' AS a");
    expect((await insert("INSERT INTO t FORMAT Native", body)).status).toBe(200);
    const gzip = await send("POST", query("INSERT INTO t (n, a) FORMAT Native"), {
      ...{ auth: ownerAuth(), headers: { "Content-Encoding": "gzip" } },
      body: gzipSync(body),
    });
    expect([gzip.status, gzip.body.toString()]).toEqual([200, ""]);
    expect(await rows("SELECT a, toString(n) AS n, toUInt32(made) AS made FROM t")).toEqual([
      { a: "x\n\nDROP TABLE t;\n\nDROP TABLE t", n: "1", made: 7 },
      { a: "x\n\nDROP TABLE t;\n\nDROP TABLE t", n: "1", made: 7 },
    ]);
    expect(leftFiles()).toEqual([]);
  });

  it("runs INSERT … SELECT … FROM input() with parameters and settings", async () => {
    await owner.command({ query: "TRUNCATE TABLE t" });
    const body = await native("SELECT number AS n, 'row' || toString(number) AS a FROM numbers(5)");
    const sql = `INSERT INTO t (a, n) SELECT a, n * {by:UInt8} FROM input('a String, n UInt64')
                 WHERE n NOT IN (SELECT 3) FORMAT Native`;
    const path = `${query(sql)}&param_by=10&async_insert=0&max_insert_threads=1`;
    expect((await send("POST", path, { auth: ownerAuth(), body })).status).toBe(200);
    expect(
      await rows("SELECT groupArray(toUInt32(n)) AS n FROM (SELECT n FROM t ORDER BY n)"),
    ).toEqual([{ n: [0, 10, 20, 40] }]);
  });

  it("takes JSONEachRow with the table's types", async () => {
    await owner.command({ query: "TRUNCATE TABLE t" });
    await owner.insert({
      ...{ table: "t", format: "JSONEachRow" },
      values: [
        { a: "2026-11-01 00:00:00", n: "18446744073709551615" },
        { a: "\n\nDROP TABLE t", n: 2 },
      ],
    });
    expect(await rows("SELECT a, toString(t.n) AS n FROM t ORDER BY t.n")).toEqual([
      { a: "\n\nDROP TABLE t", n: "2" },
      { a: "2026-11-01 00:00:00", n: "18446744073709551615" },
    ]);
  });

  it("refuses what it cannot read, stores nothing of it and leaves no file", async () => {
    await owner.command({ query: "TRUNCATE TABLE t" });
    const good = await native("SELECT 'a' AS a, 1 AS n");
    const extra = await native("SELECT 'a' AS a, 1 AS stranger");
    const replies = [
      await insert("INSERT INTO t FORMAT Native", "garbage\n\nDROP TABLE t"),
      await insert("INSERT INTO t FORMAT Native", good.subarray(0, good.length - 3)),
      await insert("INSERT INTO t FORMAT Native", extra),
      await insert("INSERT INTO t (a) FORMAT Native", good),
      await insert("INSERT INTO nowhere FORMAT Native", good),
      await insert("INSERT INTO t FORMAT CSV", "a,1"),
      await insert("INSERT INTO t SELECT 1; DROP TABLE t FORMAT Native", good),
    ];
    for (const reply of replies) {
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(reply.headers["x-clickhouse-exception-code"]).toMatch(/^\d+$/);
      expect(reply.body.toString()).toMatch(/^Code: \d+\. DB::.*\([A-Z_]+\)\s*$/s);
    }
    expect((await insert("INSERT INTO t FORMAT Native", "")).status).toBe(200);
    expect(await rows("SELECT count() AS n FROM t")).toEqual([{ n: 0 }]);
    expect(leftFiles()).toEqual([]);
  });

  it("runs nothing of an upload that broke off", async () => {
    const body = await native("SELECT 'half' AS a, 1 AS n");
    const request = httpRequest(test.engine.url + query("INSERT INTO t FORMAT Native"), {
      ...{ method: "POST", auth: ownerAuth(), agent: false },
      headers: { "Content-Length": String(body.length * 2) },
    });
    request.on("error", () => {});
    request.write(body);
    await new Promise((resolve) => setTimeout(resolve, 200));
    request.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await rows("SELECT count() AS n FROM t WHERE a = 'half'")).toEqual([{ n: 0 }]);
    expect(leftFiles()).toEqual([]);
  });
});
