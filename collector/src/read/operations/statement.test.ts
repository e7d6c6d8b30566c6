import { describe, expect, it } from "vitest";
import { checkStatement } from "./statement.ts";

describe("checkStatement", () => {
  it.each([
    ["SELECT 1", "SELECT 1"],
    ["  select 1 ;\n", "  select 1"],
    ["SELECT 1;; -- the end", "SELECT 1"],
    ["/* first */ WITH 1 AS a SELECT a", "/* first */ WITH 1 AS a SELECT a"],
    ["desc installs_latest", "DESCRIBE installs_latest"],
    ["(SELECT 1) UNION ALL (SELECT 2)", "(SELECT 1) UNION ALL (SELECT 2)"],
    ["SELECT 1 # a comment; DROP", "SELECT 1"],
    ["SELECT 1 /* unfinished ; DROP", "SELECT 1"],
  ])("takes %j", (sql, taken) => {
    expect(checkStatement(sql)).toEqual({ ok: true, sql: taken });
  });

  it.each([
    "SELECT ';', \"a;b\", `c;d` FROM t",
    "SELECT 'it''s; INTO OUTFILE', 'a\\'; DROP TABLE events'",
    "SELECT $tag$; INTO OUTFILE 'x' FORMAT Null$tag$",
    "SELECT $$;$$",
    "SELECT 1 -- ; DROP TABLE events\n, 2",
    "SELECT 1 /* ; INTO OUTFILE */ + 1",
    "SELECT ‘; DROP’",
    "SELECT format('{}', 1)",
    "SELECT 1 AS format, 2 AS settings",
    "SELECT a AS format FROM t",
    "SELECT name FROM system.settings AS s WHERE s.name = 'x'",
    "SELECT name, value FROM system.settings settings WHERE changed = 1",
    "SELECT name FROM system.formats",
    "SHOW CREATE TABLE events",
    "EXPLAIN SELECT 1",
    "DESCRIBE TABLE installs_latest",
    "EXISTS TABLE events",
  ])("is not fooled by what stands in quotes, comments and names: %s", (sql) => {
    expect(checkStatement(sql)).toEqual({ ok: true, sql });
  });

  it.each([
    ["", "nothing to run"],
    ["  ;; -- nothing\n", "nothing to run"],
    ["SELECT 1; SELECT 2", "only one statement"],
    ["SELECT 1;\n\nDROP TABLE events", "only one statement"],
    ["SELECT '\\\\'; DROP TABLE events --'", "only one statement"],
    ["SELECT ''; DROP TABLE events --'", "only one statement"],
    ["SELECT 1 /* */; DROP TABLE events /* */", "only one statement"],
    ["SELECT $a$ $b$ $a$; DROP TABLE events", "only one statement"],
    ["DROP TABLE events", "only one SELECT"],
    ["INSERT INTO events SELECT 1", "only one SELECT"],
    ["SET max_execution_time = 0", "only one SELECT"],
    ["/* SELECT */ ALTER TABLE events DELETE WHERE 1", "only one SELECT"],
    ["'SELECT' DROP", "only one SELECT"],
    ["SYSTEM SHUTDOWN", "only one SELECT"],
    ["KILL QUERY WHERE 1", "only one SELECT"],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", "INTO OUTFILE"],
    ["SELECT 1 into/**/outfile '/tmp/x' FORMAT CSV", "INTO OUTFILE"],
    ["SELECT 1 INTO -- x\n OUTFILE '/tmp/x'", "INTO OUTFILE"],
    ["SELECT 1 SETTINGS readonly = 0", "SETTINGS"],
    ["SELECT * FROM (SELECT 1 settings max_execution_time=0)", "SETTINGS"],
    ["SELECT 1 SETTINGS `readonly` = 0", "SETTINGS"],
    ["SELECT * FROM url('http://127.0.0.1:8123', 'CSV')", "url"],
    ["SELECT file('/etc/passwd')", "file"],
    ["SELECT * FROM `file`('/etc/passwd')", "file"],
    ["DESC file('/etc/passwd')", "file"],
    ["WITH 1 AS x SELECT * FROM remote('127.0.0.1', system.one)", "remote"],
    ["EXPLAIN SYNTAX DROP TABLE events", "explained"],
    ["SELECT 1 FORMAT CSV", "FORMAT"],
    ["SELECT 1 format /* */ JSON ;", "FORMAT"],
  ])("refuses %j", (sql, problem) => {
    const checked = checkStatement(sql);
    expect(checked.ok).toBe(false);
    expect(checked.ok ? "" : checked.problem).toContain(problem);
  });

  it("reads a long hostile text in no time", () => {
    const started = performance.now();
    for (const part of ["'", "/*", "$a$", "\\'", "(", "--\n", "''", "$", "‘"]) {
      checkStatement(`SELECT ${part.repeat(20_000)}`);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
