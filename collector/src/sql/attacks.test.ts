import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat } from "../read/testing.ts";
import { hashOfToken } from "../settings/new-token.ts";
import { attacks } from "./attacks.fixture.ts";
import { documentOf, publish, type SqlServer, startSql } from "./server.fixture.ts";

const TABLES = ["active_installs", "breakdown", "breakdown_by_two", "events", "totals", "versions"];
const SECRET = "the-secret-in-a-file";
let sql: SqlServer;
let outside: string;
let secretFile: string;
let target: string;
let stranger: Server;
let connections = 0;
let address: string;
let restricted: string;
let another: string;
let filesBefore: string[];
let pid: number | null;

/** Everything below the data directory but the engines' own databases. */
const files = () =>
  readdirSync(sql.opened.directory, { recursive: true, encoding: "utf8" })
    .filter((name) => !/^(published-)?engine\/db(\/|$)/.test(name))
    .sort();

beforeAll(async () => {
  sql = await startSql();
  outside = mkdtempSync(join(tmpdir(), "rollcall-sql-outside-"));
  secretFile = join(outside, "secret.csv");
  target = join(outside, "written");
  writeFileSync(secretFile, `${SECRET}\n`);
  stranger = createServer((_request, response) => response.end("1\n"));
  stranger.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  await beat(sql.opened.store, [{ install: 1, at: "2026-11-19" }]);
  await publish(
    sql,
    documentOf("timetracker", "2026-11-19", [["1.0.0", 40]]),
    documentOf("bookshelf", "2026-11-19", [["7.7.7", 60]]),
  );
  restricted = await sql.token(["restricted"], ["timetracker"]);
  another = await sql.token(["restricted"], ["bookshelf"]);
  await sql.ask("SELECT 1", { token: restricted });
  await sql.ask("SELECT 1", { token: another });
  filesBefore = files();
  pid = sql.opened.engine.pid();
});
afterAll(async () => {
  stranger?.close();
  await sql?.close();
  rmSync(outside, { recursive: true, force: true });
});

/** What no answer may hold: a file, a hash, another's statement, a place on this machine. */
const leaks = (text: string, token: string) => ({
  secret: text.includes(SECRET),
  hash: text.includes(hashOfToken(token)),
  password: text.includes(sql.opened.engine.password),
  path: text.includes(sql.opened.directory),
});
const NONE = { secret: false, hash: false, password: false, path: false };

/** Neither engine died, which would be an answer of its own. */
async function stillWell() {
  expect(sql.opened.engine.pid()).toBe(pid);
  expect(sql.logged()).not.toMatch(/engine ended|restarting/);
  expect((await sql.ask("SELECT count() FROM heartbeats")).text).toBe("1\n");
  const own = await sql.ask("SELECT DISTINCT app FROM totals", { token: restricted });
  expect(own.text).toBe("timetracker\n");
}

describe("every attack", () => {
  it.each([["a token that reads everything"], ["a restricted token"]])(
    "with %s is refused with an error, and the engine lives",
    async (kind) => {
      const token = kind.includes("restricted") ? restricted : await sql.token(["sql"]);
      for (const attack of attacks({ target, secretFile, address })) {
        const { status, text, headers } = await sql.ask(attack, { token });
        expect([attack, status >= 400, text.slice(0, 300)]).toEqual([
          attack,
          true,
          text.slice(0, 300),
        ]);
        expect([attack, text]).toEqual([
          attack,
          expect.stringMatching(/^Code: \d+\. DB::Exception: [\s\S]+\([A-Z0-9_]+\)/),
        ]);
        expect(headers.get("x-clickhouse-exception-code")).toMatch(/^\d+$/);
        expect([attack, leaks(text, token)]).toEqual([attack, NONE]);
      }
      await stillWell();
    },
  );

  it("wrote nothing and called nobody", async () => {
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(outside)).toEqual(["secret.csv"]);
    expect(connections).toBe(0);
    expect(files()).toEqual(filesBefore);
    const [{ n } = { n: -1 }] = await sql.opened.store.query<{ n: number }>(
      "SELECT count() AS n FROM system.tables WHERE name IN ('u', 'd')",
    );
    expect(n).toBe(0);
  });
});

describe("settings by the URL", () => {
  it.each([
    "allow_ddl=1",
    "output_format_schema=/tmp/rollcall-schema.proto",
    "format_schema=x",
    "allow_introspection_functions=1",
    "max_query_size=1000000000",
    "log_queries=1",
    "send_logs_level=trace",
    "additional_table_filters=%7B%7D",
    "role=admin",
    "database=system",
    "database=information_schema",
    "compress=1",
    "default_format=Protobuf",
    "default_format=CSV%20INTO%20OUTFILE%20%27x%27",
    "default_format=CSV%27",
  ])("%s is refused", async (search) => {
    for (const token of [await sql.token(["sql"]), restricted]) {
      const { status, text } = await sql.ask("SELECT 1", { token, search });
      expect([search, status >= 400 && status < 505, text]).toEqual([
        search,
        true,
        expect.stringMatching(/^Code: \d+\./),
      ]);
    }
  });

  it("lifts no limit and keeps read-only", async () => {
    const asked = "SELECT getSetting('readonly'), getSetting('max_execution_time')";
    for (const search of ["readonly=0", "readonly=2", "max_execution_time=0&readonly=0"]) {
      expect((await sql.ask(asked, { search })).text).toBe("1\t30\n");
      expect((await sql.ask(asked, { search, token: restricted })).text).toBe("1\t30\n");
    }
    expect((await sql.ask("DROP TABLE events", { search: "readonly=0" })).status).toBe(403);
  });
});

describe("a restricted reader", () => {
  it("sees its own apps and no name of another's", async () => {
    const named = async (token: string) =>
      (await sql.ask("SELECT currentDatabase()", { token })).text.trim();
    const [own, others] = [await named(restricted), await named(another)];
    expect(own).toMatch(/^published_[0-9a-f]{32}$/);
    expect(others).not.toBe(own);
    for (const statement of [
      `SELECT * FROM ${others}.totals`,
      `SELECT * FROM \`${others}\`.totals`,
      `DESCRIBE ${others}.totals`,
      `EXISTS ${others}.totals`,
      `SHOW TABLES FROM ${others}`,
      `SELECT * FROM merge('${others}', '.*')`,
      `SELECT * FROM totals UNION ALL SELECT * FROM ${others}.totals`,
      "SELECT * FROM system.tables",
      "SELECT * FROM system.databases",
      "SELECT * FROM system.columns",
      "SELECT * FROM system.parts",
      "SELECT * FROM information_schema.tables",
      "SELECT * FROM INFORMATION_SCHEMA.SCHEMATA",
      "SHOW CREATE TABLE versions",
      "SELECT hostName()",
      "SELECT fqdn()",
      "SELECT serverUUID()",
    ]) {
      const { status, text } = await sql.ask(statement, { token: restricted });
      expect([statement, status, text.includes("7.7.7")]).toEqual([statement, 403, false]);
    }
    const search = `database=${others}`;
    expect((await sql.ask("SELECT * FROM totals", { token: restricted, search })).status).toBe(404);
    // ClickHouse would suggest the same name in another's database.
    for (const table of [
      "totls",
      "activ_installs",
      "default.totals",
      "heartbeats",
      "installs_flat",
    ]) {
      const { status, text } = await sql.ask(`SELECT * FROM ${table}`, { token: restricted });
      expect([table, status, /published_|7\.7\.7/.test(text.replaceAll(own, ""))]).toEqual([
        ...[table, 404, false],
      ]);
    }
    for (const statement of [
      "SHOW TABLES",
      "SHOW FULL TABLES WHERE 1 OR 1",
      "SHOW TABLES WHERE database != ''",
      "SHOW TABLES LIKE '%' LIMIT 100",
    ]) {
      const { text } = await sql.ask(statement, { token: restricted });
      expect([statement, text.trim().split("\n")]).toEqual([statement, TABLES]);
    }
    for (const statement of ["SHOW DATABASES LIKE '%'", "SHOW DATABASES LIMIT 9"]) {
      expect((await sql.ask(statement, { token: restricted })).status).toBe(403);
    }
    expect((await sql.ask("SHOW DATABASES", { token: restricted })).text).toBe(`${own}\n`);
    const all = (await sql.ask("SELECT DISTINCT app FROM totals", { token: another })).text;
    expect(all).toBe("bookshelf\n");
  });
});

describe("a statement that is too much", () => {
  it("runs into its time, its memory, its rows or its bytes", async () => {
    const search = "max_execution_time=1";
    const tries: [string, RegExp, string?][] = [
      [
        "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
        /^Code: 159\./,
        search,
      ],
      ["SELECT groupArray(number) FROM numbers(100000000000)", /^Code: 241\./],
      ["SELECT uniqExact(sipHash64(number)) FROM numbers(100000000000)", /^Code: (241|159)\./],
      ["SELECT number FROM numbers(200000)", /^Code: 396\./],
      ["SELECT repeat(toString(number), 1000) FROM numbers(100000)", /^Code: (241|396)\./],
      ["SELECT repeat('x', 100000) FROM numbers(100000)", /^Code: (241|396)\./],
      ["SELECT range(1000000000)", /^Code: \d+\./],
      ["SELECT arrayMap(x -> repeat('a', 1000000), range(100000))", /^Code: \d+\./],
      [
        "SELECT * FROM numbers(1000000) a, numbers(1000000) b, numbers(1000000) c FORMAT Null",
        /^Code: (159|241|396)\./,
        search,
      ],
    ];
    for (const token of [await sql.token(["sql"]), restricted]) {
      for (const [statement, pattern, asked = "max_execution_time=5"] of tries) {
        const { text } = await sql.ask(statement, { search: asked, token });
        expect([statement, text.slice(0, 200)]).toEqual([
          statement,
          expect.stringMatching(pattern),
        ]);
      }
    }
    await stillWell();
  });

  it("may neither be endless nor deep", async () => {
    const deep = (open: string, close: string, times: number) =>
      `SELECT ${open.repeat(times)}1${close.repeat(times)}`;
    for (const statement of [
      `SELECT '${"x".repeat(200_000)}'`,
      `SELECT ${"1,".repeat(100_000)}1`,
      deep("(", ")", 5_000),
      deep("[", "]", 20_000),
      deep("abs(", ")", 10_000),
      `SELECT * FROM ${"(SELECT * FROM ".repeat(2_000)}system.one${")".repeat(2_000)}`,
      `SELECT ${"NOT ".repeat(20_000)}1`,
      "",
      " ; ",
      "/* only a comment */",
      `${Array.from({ length: 60 }, (_, i) => `a${i} AS (SELECT * FROM a${i - 1}, a${i - 1})`)
        .join(", ")
        .replace(/^.*?\), /, "WITH a0 AS (SELECT 1), ")} SELECT * FROM a59`,
    ]) {
      const { status, text } = await sql.ask(statement);
      expect([statement.slice(0, 40), status >= 400, text.slice(0, 100)]).toEqual([
        ...[statement.slice(0, 40), true, expect.stringMatching(/^Code: \d+\./)],
      ]);
      expect(text.length).toBeLessThan(20_000);
    }
    await stillWell();
  });

  it("is refused where a thousand come at once, and the others are answered", async () => {
    const statement = "SELECT sum(sipHash64(number)) > 0 FROM numbers(3000000)";
    const answers = await Promise.all(Array.from({ length: 1000 }, () => sql.ask(statement)));
    const ok = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(ok.length).toBeGreaterThan(3);
    expect(refused.length).toBeGreaterThan(800);
    for (const { status, text } of refused) {
      expect([status, text]).toEqual([503, expect.stringMatching(/^Code: 202\..*try later/)]);
    }
    await stillWell();
  });
});
