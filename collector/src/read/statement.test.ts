import { describe, expect, it } from "vitest";
import { checkStatement } from "./statement.ts";

describe("checkStatement", () => {
  it.each([
    ["SELECT 1", "SELECT 1"],
    ["  select 1 ;\n", "  select 1"],
    ["SELECT 1;; -- the end", "SELECT 1"],
    ["/* first */ WITH 1 AS a SELECT a", "/* first */ WITH 1 AS a SELECT a"],
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
    ["", "found nothing"],
    ["  ;; -- nothing\n", "found nothing"],
    ["SELECT 1; SELECT 2", "several statements"],
    ["SELECT 1;\n\nDROP TABLE events", "several statements"],
    ["SELECT '\\\\'; DROP TABLE events --'", "several statements"],
    ["SELECT ''; DROP TABLE events --'", "several statements"],
    ["SELECT 1 /* */; DROP TABLE events /* */", "several statements"],
    ["SELECT $a$ $b$ $a$; DROP TABLE events", "several statements"],
    ["DROP TABLE events", "does not read"],
    ["INSERT INTO events SELECT 1", "does not read"],
    ["SET max_execution_time = 0", "does not read"],
    ["/* SELECT */ ALTER TABLE events DELETE WHERE 1", "does not read"],
    ["'SELECT' DROP", "does not read"],
    ["SYSTEM SHUTDOWN", "does not read"],
    ["KILL QUERY WHERE 1", "does not read"],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", "INTO OUTFILE"],
    ["SELECT 1 into/**/outfile '/tmp/x' FORMAT CSV", "INTO OUTFILE"],
    ["SELECT 1 INTO -- x\n OUTFILE '/tmp/x'", "INTO OUTFILE"],
    ["SELECT 1 SETTINGS readonly = 0", "SETTINGS"],
    ["SELECT * FROM (SELECT 1 settings max_execution_time=0)", "SETTINGS"],
    ["SELECT 1 SETTINGS `readonly` = 0", "SETTINGS"],
    ["SELECT 1 FORMAT CSV", "FORMAT"],
    ["SELECT 1 format /* */ JSON ;", "FORMAT"],
  ])("refuses %j", (sql, problem) => {
    const checked = checkStatement(sql);
    expect(checked.ok).toBe(false);
    expect(checked.ok ? "" : checked.problem).toContain(problem);
    expect(checked.ok ? "" : checked.problem).toContain("allowed");
  });

  it("reads a long hostile text in no time", () => {
    const started = performance.now();
    for (const part of ["'", "/*", "$a$", "\\'", "(", "--\n", "''", "$", "‘"]) {
      checkStatement(`SELECT ${part.repeat(20_000)}`);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
