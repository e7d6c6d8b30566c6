import { describe, expect, it } from "vitest";
import { parseDataInsert } from "./insert.ts";
import {
  hasSeveralStatements,
  isSessionStatement,
  killTarget,
  missingParameter,
  whyReaderMayNot,
} from "./statement.ts";

describe("hasSeveralStatements", () => {
  it("is not fooled by semicolons that end nothing", () => {
    for (const sql of [
      "SELECT 1",
      "SELECT 1;",
      "SELECT ';' ;; -- ; DROP TABLE t",
      "SELECT $$; DROP$$",
      "SELECT 1 /* ; */",
      "SELECT `a;b`",
    ]) {
      expect([sql, hasSeveralStatements(sql)]).toEqual([sql, false]);
    }
  });

  it("finds a second statement behind any quoting", () => {
    for (const sql of [
      "SELECT 1; DROP TABLE t",
      "SELECT '\\\\'; DROP TABLE t --'",
      "SELECT 'a''b'; DROP TABLE t",
      "SELECT 1 /* ' */; DROP TABLE t",
      "SELECT 1 -- '\n; DROP TABLE t",
      "SELECT $$'$$; DROP TABLE t",
    ]) {
      expect([sql, hasSeveralStatements(sql)]).toEqual([sql, true]);
    }
  });
});

describe("killTarget", () => {
  it("reads the id of the one form that drivers send", () => {
    expect(killTarget("KILL QUERY WHERE query_id = 'a\\'b' SYNC")).toBe("a'b");
    expect(killTarget("kill query where query_id='x' async;")).toBe("x");
    expect(killTarget("KILL QUERY WHERE query_id = 'x' OR 1")).toBeNull();
    expect(killTarget("KILL MUTATION WHERE query_id = 'x'")).toBeNull();
  });
});

describe("small questions about a statement", () => {
  it("knows what would change a session", () => {
    expect(isSessionStatement(" /* x */ set a = 1")).toBe(true);
    expect(isSessionStatement("USE system")).toBe(true);
    expect(isSessionStatement("SELECT 1 SETTINGS a = 1")).toBe(false);
  });

  it("names a placeholder without a value, and no map key or string", () => {
    expect(missingParameter("SELECT {a:String}, { b : UInt8 }", { a: "" })).toBe("b");
    expect(missingParameter("SELECT {'a':1}, '{c:String}'", {})).toBeNull();
  });
});

describe("parseDataInsert", () => {
  it("takes the forms of an insert with data apart", () => {
    expect(parseDataInsert("INSERT INTO t FORMAT Native")).toMatchObject({
      target: "t",
      format: "Native",
      columns: null,
      settings: "",
      inlineData: "",
      input: null,
    });
    expect(
      parseDataInsert(
        'insert into table d.`t;x` (a, "b c") settings async_insert = 0 format JSONEachRow\n{"a":1}',
      ),
    ).toMatchObject({
      target: "d.`t;x`",
      format: "JSONEachRow",
      columns: ["a", "b c"],
      settings: "settings async_insert = 0",
      inlineData: '{"a":1}',
    });
  });

  it("finds input() and its structure", () => {
    const sql =
      "INSERT INTO t SELECT a FROM input('a String, e Enum8(\\'x\\' = 1)') WHERE a != 'FORMAT x' FORMAT Native";
    expect(parseDataInsert(sql)?.input).toEqual({
      before: "INSERT INTO t SELECT a FROM ",
      structure: "a String, e Enum8('x' = 1)",
      after: " WHERE a != 'FORMAT x' ",
    });
  });

  it("leaves every other statement alone", () => {
    for (const sql of [
      "INSERT INTO t SELECT 1",
      "INSERT INTO t VALUES (1, 'FORMAT Native')",
      "INSERT INTO FUNCTION file('x') FORMAT Native",
      "SELECT 1 FORMAT Native",
    ]) {
      expect([sql, parseDataInsert(sql)]).toEqual([sql, null]);
    }
  });
});

describe("whyReaderMayNot", () => {
  it("allows reading", () => {
    for (const sql of [
      "SELECT * FROM t WHERE a = 'INTO OUTFILE; file(1)' FORMAT Native",
      "(SELECT 1)",
      "WITH 1 AS x SELECT x, format('{}', 'a'), path('/a')",
      "SHOW TABLES FROM default LIKE 'a/b'",
      "SELECT settings = 1, name FROM system.settings AS settings WHERE name = 'a'",
      "DESCRIBE TABLE (SELECT 1 AS x)",
      "EXPLAIN PIPELINE graph = 1, header = 1 SELECT 1",
      "EXPLAIN QUERY TREE WITH 1 AS x SELECT x",
      "EXISTS TABLE default.t",
      "SELECT 1 AS `req/s`",
    ]) {
      expect([sql, whyReaderMayNot(sql)]).toEqual([sql, null]);
    }
  });

  it("refuses whatever else ClickHouse's own readonly lets through", () => {
    for (const sql of [
      "",
      "INSERT INTO t SELECT 1",
      "USE system",
      "KILL QUERY WHERE 1",
      "SET max_threads = 1",
      "SELECT 1; SELECT 2",
      "SELECT 1 INTO OUTFILE 'x'",
      "SHOW TABLES INTO OUTFILE 'x'",
      "SELECT file('/etc/passwd')",
      "SELECT FILE('/etc/passwd')",
      "SELECT `file`('/etc/passwd')",
      "SELECT * FROM (SELECT * FROM UrlCluster('a', 'b'))",
      "DESCRIBE TABLE url('http://127.0.0.1')",
      "DESCRIBE TABLE `/etc/passwd`",
      "DESCRIBE TABLE `x.csv`",
      "EXISTS TABLE `/etc/passwd`",
      "SHOW COLUMNS FROM `/etc/passwd`",
      "EXPLAIN PIPELINE INSERT INTO t SELECT 1",
      "EXPLAIN AST DROP TABLE t",
      "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
      "SELECT * FROM settings_log",
      "SELECT * FROM `default`.`settings\\_log`",
      "WITH t AS (SELECT value FROM default.settings_log) SELECT * FROM t",
      "SELECT * FROM loop('default', concat('settings', '_log'))",
      "SELECT * FROM mergeTreeIndex('default', 'settings_log')",
      "SELECT token FROM token_uses",
      "SELECT * FROM {t:Identifier}",
      "SELECT * FROM (SELECT 1 settings a.b = DEFAULT)",
      "SELECT * FROM (SELECT 1 settings `readonly` = 0)",
      "EXPLAIN TABLE OVERRIDE file('x') y",
    ]) {
      expect([sql, whyReaderMayNot(sql)]).not.toEqual([sql, null]);
    }
  });
});
