import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withoutPaths } from "../../sql/words.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { beat, install, send, startApi, type TestApi } from "../testing.ts";

let stored: TestStore;
let api: TestApi;
let outside: string;
beforeAll(async () => {
  stored = await openTestStore();
  outside = await mkdtemp(join(tmpdir(), "rollcall-outside-"));
  await writeFile(join(outside, "secret.csv"), "top-secret\n");
  await beat(stored.store, [
    { install: 1, at: "2026-11-19", platform: "linux" },
    { install: 1, at: "2026-11-20", platform: "linux" },
    { install: 2, at: "2026-11-20", platform: "darwin" },
  ]);
  await send(stored.store, [{ install: 1, at: "2026-11-20", event: "timer.started", user: 7 }]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
  await rm(outside, { recursive: true, force: true });
});

const rows = async (query: string) => {
  const reply = await api.sql(query);
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json().rows;
};

describe("a reading statement", () => {
  it("gives its rows as objects, with numbers as numbers", async () => {
    expect(
      await rows(
        "SELECT platform, count() AS installs FROM installs_latest GROUP BY platform ORDER BY platform",
      ),
    ).toEqual([
      { platform: "darwin", installs: 1 },
      { platform: "linux", installs: 1 },
    ]);
    expect(
      await rows("SELECT install_id, admitted FROM installs_latest ORDER BY install_id LIMIT 1"),
    ).toEqual([{ install_id: install(1), admitted: true }]);
    expect(
      await rows(
        "SELECT toUInt64(9007199254740991) AS most, toInt64(-5) AS less, 1.5 AS part, NULL AS none",
      ),
    ).toEqual([{ most: 9007199254740991, less: -5, part: 1.5, none: null }]);
  });

  it("does not round an integer that a JSON number cannot hold", async () => {
    const [row] = await rows(
      "SELECT toUInt64(18446744073709551615) AS most, '12' AS text, [toUInt64(9007199254740993)] AS list",
    );
    expect(row).toEqual({ most: "18446744073709551615", text: "12", list: ["9007199254740993"] });
  });

  it.each([
    ["SELECT 1 AS a;", [{ a: 1 }]],
    ["SELECT 1 AS a -- comment", [{ a: 1 }]],
    ["/* c */ WITH 2 AS a SELECT a", [{ a: 2 }]],
    ["SELECT 'a;b' AS a", [{ a: "a;b" }]],
    ["SELECT 1 AS a WHERE 0", []],
    ["SELECT 1 AS __proto__", [JSON.parse('{"__proto__":1}')]],
    ["EXISTS TABLE events", [{ result: 1 }]],
  ])("may be written as %j", async (query, expected) => {
    expect(await rows(query)).toEqual(expected);
  });

  it("may ask the system's tables and describe the store's", async () => {
    expect(await rows("SELECT count() > 5 AS yes FROM system.tables")).toHaveLength(1);
    const columns = await rows("DESCRIBE TABLE events");
    expect(columns.map(({ name }: { name: string }) => name)).toContain("install_id");
    expect(await rows("desc installs_latest")).not.toHaveLength(0);
    expect(await rows("SHOW TABLES")).not.toHaveLength(0);
    expect(await rows("EXPLAIN SELECT 1")).not.toHaveLength(0);
  });
});

describe("a statement that does more than read", () => {
  it.each([
    "SELECT 1; SELECT 2",
    "SELECT 1;\n\nDROP TABLE events",
    "DROP TABLE events",
    "TRUNCATE TABLE events",
    "INSERT INTO events (app) VALUES ('x')",
    "ALTER TABLE events DELETE WHERE 1",
    "DELETE FROM events WHERE 1",
    "CREATE TABLE x (a UInt8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE x (a UInt8)",
    "SET max_execution_time = 0",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_result_rows = 0)",
    "WITH x AS (SELECT 1) SELECT * FROM x SETTINGS max_execution_time = 0",
    "SELECT 1 FORMAT CSV",
    "SYSTEM SHUTDOWN",
    "SYSTEM STOP MERGES",
    "KILL QUERY WHERE 1",
    "USE system",
    "OPTIMIZE TABLE events",
    "EXPLAIN SYNTAX DROP TABLE events",
    "BACKUP TABLE events TO Disk('backups', 'x')",
    "ATTACH TABLE x",
    "GRANT ALL ON *.* TO x",
    "",
    "   ;; -- nothing",
    "/* SELECT 1 */",
  ])("is refused: %s", async (query) => {
    const reply = await api.sql(query);
    expect(reply.statusCode, reply.body).toBe(400);
    expect(reply.json()).toEqual({
      code: expect.stringMatching(/^query_(refused|failed)$/),
      message: expect.any(String),
      requestId: expect.any(String),
    });
    expect(await rows("SELECT count() AS n FROM events")).toEqual([{ n: 1 }]);
  });

  it("writes no file", async () => {
    const file = join(outside, "written.csv");
    for (const query of [
      `SELECT 1 INTO OUTFILE '${file}'`,
      `SELECT 1 INTO OUTFILE '${file}' FORMAT CSV`,
      `SELECT 1 into/**/outfile '${file}'`,
      `(SELECT 1) INTO OUTFILE '${file}'`,
      `INSERT INTO FUNCTION file('${file}', 'CSV') SELECT 1`,
    ]) {
      expect((await api.sql(query)).statusCode, query).toBe(400);
    }
    expect(existsSync(file)).toBe(false);
  });

  it("reads no file", async () => {
    const file = join(outside, "secret.csv");
    for (const query of [
      `SELECT * FROM file('${file}', 'CSV', 'a String')`,
      `SELECT * FROM \`file\`('${file}', 'CSV', 'a String')`,
      `SELECT * FROM "file"('${file}', 'CSV', 'a String')`,
      `SELECT * FROM file/**/('${file}', CSV, 'a String')`,
      `SELECT file('${file}')`,
      `DESCRIBE file('${file}')`,
      `DESC file('${file}')`,
      `SELECT * FROM '${file}'`,
      `SELECT * FROM \`${file}\``,
    ]) {
      const reply = await api.sql(query);
      expect(reply.statusCode, `${query} ${reply.body}`).toBe(400);
      expect(reply.body, query).not.toContain("top-secret");
    }
  });

  it("opens no connection", async () => {
    let asked = 0;
    const server = createServer((_request, reply) => {
      asked++;
      reply.end("1\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (const query of [
      `SELECT * FROM url('http://127.0.0.1:${port}/', 'CSV', 'a String')`,
      `DESCRIBE url('http://127.0.0.1:${port}/', 'CSV')`,
      `SELECT * FROM remote('127.0.0.1:${port}', 'system', 'one')`,
      `SELECT * FROM s3('http://127.0.0.1:${port}/b/k.csv', 'CSV')`,
      `SELECT * FROM mysql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
      `SELECT * FROM postgresql('127.0.0.1:${port}', 'd', 't', 'u', 'p')`,
      `SELECT * FROM executable('true', 'CSV', 'a String', (SELECT 1))`,
    ]) {
      expect((await api.sql(query)).statusCode, query).toBe(400);
    }
    expect(asked).toBe(0);
    server.close();
  });

  it.each([
    [{}],
    [{ query: 1 }],
    [{ query: ["SELECT 1"] }],
    ["SELECT 1"],
    [{ query: `SELECT ${"1,".repeat(40_000)}1` }],
  ])("is refused where the body is %.40j", async (payload) => {
    const reply = await api.app.inject({
      method: "POST",
      url: "/api/v1/sql",
      headers: {
        authorization: "Bearer admin-token-of-the-tests",
        "content-type": "application/json",
      },
      payload: JSON.stringify(payload),
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().code).toMatch(/^invalid_/);
  });
});

describe("a statement with a mistake", () => {
  it("is answered with the engine's words, without the host's paths", async () => {
    const reply = await api.sql("SELECT no_such_column FROM events");
    expect(reply.statusCode).toBe(400);
    expect(reply.json().code).toBe("query_failed");
    expect(reply.json().message).toContain("no_such_column");
    expect(reply.body).not.toContain(tmpdir());
    expect((await api.sql("SELEC 1")).statusCode).toBe(400);
    expect((await api.sql("SELECT count( FROM events")).json().code).toMatch(/^query_/);
    expect((await api.sql("SELECT 1 FROM no_such_table")).json().message).toContain(
      "no_such_table",
    );
  });

  it("keeps paths to itself and leaves other slashes alone", () => {
    expect(
      withoutPaths("Cannot open file /var/lib/rollcall/engine/store/ab/data.bin, errno: 2"),
    ).toBe("Cannot open file (a path), errno: 2");
    expect(withoutPaths("'/home/me/x.csv'")).toBe("'(a path)'");
    expect(withoutPaths("Syntax error: a/b, 1 / 2, count()/2")).toBe(
      "Syntax error: a/b, 1 / 2, count()/2",
    );
  });
});

describe("a statement that is too much", () => {
  it("may give 10,000 rows and not one more", async () => {
    expect(await rows("SELECT number FROM numbers(10000)")).toHaveLength(10_000);
    const reply = await api.sql("SELECT number FROM numbers(10001)");
    expect(reply.statusCode).toBe(400);
    expect(reply.json().code).toBe("query_failed");
  });

  it("may not give more than 10 MiB", async () => {
    for (const text of ["repeat('x', 20000)", "repeat(toString(number % 10), 20000)"]) {
      const reply = await api.sql(`SELECT ${text} AS x FROM numbers(1000)`);
      expect(reply.statusCode).toBe(400);
      expect(reply.json().code).toBe("query_failed");
    }
  });

  it("may not take more memory than it is given", async () => {
    const reply = await api.sql("SELECT uniqExact(cityHash64(number)) FROM numbers(200000000)");
    expect(reply.statusCode).toBe(400);
    expect(await rows("SELECT 1 AS a")).toEqual([{ a: 1 }]);
  });

  it("may run beside two others, and a fourth is refused", async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, () =>
        api.sql("SELECT sum(sipHash64(number)) AS n FROM numbers(20000000)"),
      ),
    );
    const statuses = replies.map(({ statusCode }) => statusCode).sort();
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
    expect((await api.sql("SELECT 1")).statusCode).toBe(200);
  });

  it("is stopped after its time", async () => {
    const hasty = await startApi(stored.store, { sqlSeconds: 1 });
    const started = performance.now();
    const reply = await hasty.sql("SELECT sum(sipHash64(number)) FROM numbers(1000000000000)");
    expect(reply.statusCode).toBe(503);
    expect(reply.json().code).toBe("query_timeout");
    expect(reply.headers["retry-after"]).toBe("30");
    expect(performance.now() - started).toBeLessThan(15_000);
    await hasty.close();
  });
});

describe("while the store is away", () => {
  it("every question and statement is a 503 that says when to come back", async () => {
    const other = await openTestStore();
    const away = await startApi(other.store);
    await other.close();
    for (const reply of [
      await away.get("/v1/installs/summary", { app: "timetracker" }),
      await away.get("/v1/apps"),
      await away.get("/v1/events", { app: "nobody" }),
      await away.sql("SELECT 1"),
    ]) {
      expect(reply.statusCode).toBe(503);
      expect(reply.json().code).toBe("store_unavailable");
      expect(reply.headers["retry-after"]).toBe("5");
    }
    await away.close();
  });
});
