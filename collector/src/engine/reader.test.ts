import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClickHouseError, createStore, type Store } from "../store/client.ts";
import { HARMLESS_TABLE_FUNCTIONS, REFUSED_FUNCTIONS } from "./statement.ts";
import { startTestEngine, type TestEngine } from "./testing.ts";

let test: TestEngine;
let store: Store;
let secretFile: string;

beforeAll(async () => {
  test = await startTestEngine();
  store = createStore(test);
  await store.command("CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a");
  await store.command("INSERT INTO t SELECT 'kept'");
  secretFile = join(test.directory, "secret.csv");
  writeFileSync(secretFile, "the-secret\n");
});
afterAll(async () => {
  await store.close();
  await test.stop();
});

/** Sends a text as the reader, as raw as HTTP allows. */
async function asReader(sql: string, parameters = ""): Promise<{ status: number; text: string }> {
  const { url, readerUsername, readerPassword } = test.engine;
  const credentials = Buffer.from(`${readerUsername}:${readerPassword}`).toString("base64");
  const reply = await fetch(`${url}/?${parameters}`, {
    ...{ method: "POST", body: sql },
    headers: { Authorization: `Basic ${credentials}` },
  });
  return { status: reply.status, text: await reply.text() };
}

describe("the reader", () => {
  it("reads", async () => {
    expect(await asReader("SELECT a FROM t")).toEqual({ status: 200, text: "kept\n" });
    expect(await asReader("/* x */ with 1 as x select x format JSONEachRow;")).toEqual({
      ...{ status: 200, text: '{"x":1}\n' },
    });
    expect((await asReader("SHOW TABLES")).text).toBe("t\n");
    expect((await asReader("DESC t")).text).toMatch(/^a\tString/);
    expect((await asReader("EXPLAIN SELECT a FROM t")).status).toBe(200);
    expect((await asReader("EXISTS t")).text).toBe("1\n");
    expect((await asReader("SELECT {x:String}", "param_x=it's")).text).toBe("it\\'s\n");
    expect(await store.reader.query("SELECT count() AS n FROM t")).toEqual([{ n: 1 }]);
  });

  it("writes nothing, leaves the database for no file and no address, and lifts no limit", async () => {
    const outside = join(test.directory, "outfile");
    const file = `'${secretFile}'`;
    const attacks = [
      "DROP TABLE t",
      "SELECT * FROM system.models",
      "SELECT * FROM `system`.`models`",
      "SELECT * FROM merge('system', '^models$')",
      "TRUNCATE TABLE t",
      "INSERT INTO t VALUES ('x')",
      "INSERT INTO t FORMAT Native",
      'INSERT INTO t FORMAT JSONEachRow\n{"a":"x"}',
      "INSERT INTO FUNCTION file('x.csv') SELECT 1",
      "WITH 1 AS x INSERT INTO t SELECT 'x'",
      "ALTER TABLE t DELETE WHERE 1",
      "DELETE FROM t WHERE 1",
      "UPDATE t SET a = 'x' WHERE 1",
      "CREATE TABLE u (a String) ENGINE = Memory",
      "CREATE TEMPORARY TABLE u (a String)",
      "CREATE VIEW v AS SELECT 1",
      "RENAME TABLE t TO u",
      "DETACH TABLE t",
      "OPTIMIZE TABLE t",
      "SYSTEM SHUTDOWN",
      "KILL QUERY WHERE 1",
      "KILL QUERY WHERE query_id = 'x' SYNC",
      "SET readonly = 0",
      "USE system",
      "BACKUP TABLE t TO File('x')",
      "GRANT ALL ON *.* TO default",
      "EXPLAIN PIPELINE INSERT INTO t SELECT 'x'",
      // several statements, hidden in quoting and comments
      "SELECT 1; DROP TABLE t",
      "SELECT 1;\n\nDROP TABLE t",
      "SELECT 1 -- '\n; DROP TABLE t -- '",
      "SELECT 1 /* ' */; DROP TABLE t /* ' */",
      "SELECT ‘'’; DROP TABLE t --'",
      "SELECT $x$'$x$; DROP TABLE t --'",
      "SELECT `'`; DROP TABLE t --'",
      "SELECT '\\\\'; DROP TABLE t --'",
      // files
      `SELECT 1 INTO OUTFILE '${outside}'`,
      `SELECT 1 /**/INTO/**/OUTFILE/**/'${outside}' FORMAT CSV`,
      `(SELECT 1) INTO OUTFILE '${outside}'`,
      `SHOW TABLES INTO OUTFILE '${outside}'`,
      `EXPLAIN SELECT 1 INTO OUTFILE '${outside}'`,
      `SELECT file(${file})`,
      `SELECT FiLe/**/(${file})`,
      `SELECT \`file\`(${file})`,
      `WITH (SELECT file(${file})) AS x SELECT x`,
      `SELECT * FROM t WHERE a = file(${file})`,
      `SELECT * FROM file(${file}, 'LineAsString')`,
      `SELECT * FROM ${file}`,
      `SELECT * FROM \`${secretFile}\``,
      `SELECT * FROM t WHERE a IN (SELECT * FROM \`${secretFile}\`)`,
      `DESCRIBE ${file}`,
      `DESCRIBE \`${secretFile}\``,
      `DESCRIBE file(${file})`,
      `DESCRIBE (SELECT * FROM file(${file}, 'LineAsString'))`,
      `EXISTS \`${secretFile}\``,
      "SELECT * FROM filesystem('.')",
      "SELECT * FROM sqlite('x.db', 'a')",
      "SELECT * FROM icebergLocal('x')",
      "SELECT catboostEvaluate('x', 1)",
      "SELECT * FROM executable('id', 'TSV', 'a String')",
      `SELECT * FROM (SELECT * FROM file(${file}, 'LineAsString') SETTINGS readonly = 0)`,
      `SELECT * FROM (SELECT * FROM \`${secretFile}\` SETTINGS readonly = 0)`,
      `SELECT * FROM (SELECT * FROM ${file}/**/settings/**/readonly=0, max_threads=1)`,
      `WITH x AS (SELECT * FROM ${file} SETTINGS \`readonly\` = false) SELECT * FROM x`,
      `SELECT * FROM view(SELECT * FROM ${file} SETTINGS readonly = DEFAULT)`,
      `EXPLAIN PIPELINE SELECT * FROM (SELECT * FROM ${file} SETTINGS readonly = 0)`,
      `DESCRIBE (SELECT * FROM ${file} SETTINGS readonly = 0)`,
      // addresses
      "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
      "DESCRIBE url('http://127.0.0.1:9/x.csv')",
      "SELECT * FROM s3('http://bucket.127.0.0.1:9/x.csv')",
      "SELECT * FROM remote('127.0.0.1:9', system.one)",
      "SELECT * FROM mysql('127.0.0.1:9', 'a', 'b', 'c', 'd')",
      "SELECT * FROM redis('127.0.0.1:9', 'a', 'a String')",
      "SELECT hasColumnInTable('127.0.0.1:9', 'system', 'one', 'dummy')",
      // limits
      "SELECT 1 SETTINGS readonly = 0",
      "SELECT 1 SETTINGS max_execution_time = 1000",
      "SELECT * FROM (SELECT 1 SETTINGS max_result_rows = 0)",
      "SELECT 1 FORMAT CSV SETTINGS max_memory_usage = 0",
      "SELECT 1 SETTINGS allow_experimental_eval_table_function = 1",
      "SELECT * FROM eval('SELECT 1')",
      "EXPLAIN readonly = 0 SELECT 1 SETTINGS readonly = 0",
    ];
    for (const attack of attacks) {
      const { status, text } = await asReader(attack);
      expect([attack, status, text]).toEqual([attack, expect.any(Number), expect.any(String)]);
      expect([attack, status >= 400]).toEqual([attack, true]);
      expect([attack, text.includes("the-secret")]).toEqual([attack, false]);
    }
    expect(existsSync(outside)).toBe(false);
    expect(await store.query("SELECT a FROM t")).toEqual([{ a: "kept" }]);
    expect(await store.query("SHOW TABLES")).toEqual([{ name: "t" }]);
  });

  it("may lower its limits and choose its format by URL, and nothing else", async () => {
    expect((await asReader("SELECT 1", "readonly=0")).status).toBe(200);
    expect((await asReader("DROP TABLE t", "readonly=0")).status).toBe(403);
    expect((await asReader("SELECT 1", "allow_ddl=1")).status).toBe(403);
    const limit = "SELECT getSetting('max_execution_time')";
    expect((await asReader(limit, "max_execution_time=5")).text).toBe("5\n");
    for (const lifted of ["0", "100", "-1", "x", "1e9"]) {
      expect((await asReader(limit, `max_execution_time=${lifted}`)).text).toBe("30\n");
    }
    expect((await asReader("SELECT getSetting('readonly')", "readonly=2")).text).toBe("1\n");
    const quoted = "output_format_json_quote_64bit_integers=1&default_format=JSONEachRow";
    expect((await asReader("SELECT toUInt64(1) AS n", quoted)).text).toBe('{"n":"1"}\n');
  });

  it("is stopped at its limits", async () => {
    expect(
      await asReader("SELECT count() FROM numbers(1000000000000)", "max_execution_time=1"),
    ).toMatchObject({ status: 408, text: expect.stringMatching(/^Code: 159\./) });
    expect((await asReader("SELECT number FROM numbers(200000)")).text).toMatch(/^Code: 396\./);
    expect((await asReader("SELECT groupArray(number) FROM numbers(1000000000)")).text).toMatch(
      /^Code: 241\./,
    );
    await expect(store.reader.query("SELECT nope")).rejects.toBeInstanceOf(ClickHouseError);
  });

  it("leaves no query running when its client goes away", async () => {
    const aborted = new AbortController();
    const { url, readerUsername, readerPassword } = test.engine;
    const credentials = Buffer.from(`${readerUsername}:${readerPassword}`).toString("base64");
    const asked = fetch(url, {
      ...{ method: "POST", body: "SELECT count() FROM numbers(1000000000000)" },
      headers: { Authorization: `Basic ${credentials}` },
      signal: aborted.signal,
    }).catch(() => "gone");
    await new Promise((resolve) => setTimeout(resolve, 400));
    aborted.abort();
    expect(await asked).toBe("gone");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const running = "SELECT count() AS n FROM system.processes WHERE query LIKE '%10000000000%'";
    expect(await store.query(`${running} AND query NOT LIKE '%system.processes%'`)).toEqual([
      { n: 0 },
    ]);
  });

  it("knows every table function of the engine as harmless or refused", async () => {
    const all = await store.query<{ name: string }>("SELECT name FROM system.table_functions");
    const names = all.map(({ name }) => name.toLowerCase());
    expect(
      names.filter((n) => HARMLESS_TABLE_FUNCTIONS.has(n) === REFUSED_FUNCTIONS.has(n)),
    ).toEqual([]);
  });
});
