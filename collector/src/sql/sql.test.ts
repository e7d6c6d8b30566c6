import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beat } from "../read/testing.ts";
import { createPasswords } from "../settings/passwords.ts";
import { ADMIN, documentOf, publish, type SqlServer, startSql } from "./server.fixture.ts";

let sql: SqlServer;
let clock = Date.now();

beforeAll(async () => {
  sql = await startSql({ now: () => new Date(clock) });
  await beat(sql.opened.store, [
    { install: 1, at: "2026-11-19", platform: "linux" },
    { install: 2, at: "2026-11-19", platform: "macos" },
  ]);
  await publish(sql, documentOf("timetracker", "2026-11-19", [["1.0.0", 40]]));
});
afterAll(async () => {
  await sql?.close();
});

const basic = (name: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`,
});

async function send(path: string, init: RequestInit = {}) {
  const reply = await fetch(`http://127.0.0.1:${sql.port}${path}`, init);
  const bytes = Buffer.from(await reply.arrayBuffer());
  return { status: reply.status, text: bytes.toString(), headers: reply.headers };
}
const one = encodeURIComponent("SELECT 1");

describe("the endpoint", () => {
  it("answers pings to anybody, and nothing else", async () => {
    for (const path of ["/sql/ping", "/sql", "/sql/", "/sql?x=1"]) {
      expect([path, (await send(path)).text]).toEqual([path, "Ok.\n"]);
    }
    for (const path of ["/sql/other", "/sqlx", "/sql//", "/"]) {
      expect([path, (await send(path)).status]).toEqual([path, 404]);
    }
    const reply = await send(`/sql?query=${one}`);
    expect([reply.status, reply.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(reply.text).toMatch(/^Code: 516\./);
    const put = await send("/sql", { method: "PUT", headers: basic("x", ADMIN), body: "SELECT 1" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });

  it("takes the token from every header that clients use, and never from the URL", async () => {
    for (const headers of [
      basic("", ADMIN),
      basic("grafana", ADMIN),
      { "x-clickhouse-user": "default", "x-clickhouse-key": ADMIN },
      { "x-clickhouse-key": ADMIN },
      { authorization: `Bearer ${ADMIN}` },
    ]) {
      expect((await send(`/sql/?query=${one}`, { headers })).text).toBe("1\n");
    }
    for (const search of [`user=x&password=${ADMIN}`, `token=${ADMIN}`]) {
      expect((await send(`/sql?query=${one}&${search}`)).status).toBe(401);
    }
    const both = await send(`/sql?query=${one}&password=x`, { headers: basic("x", ADMIN) });
    expect(both.status).toBe(501);
    expect(both.text).toMatch(/password is not taken from the URL/);
  });

  it("takes a statement from the URL, the body or both, plain or compressed", async () => {
    const ask = (search: string, body: string | Buffer, more: Record<string, string> = {}) =>
      send(`/sql?${search}`, {
        ...{ method: "POST", headers: { ...basic("x", ADMIN), ...more } },
        body: body as BodyInit,
      });
    expect((await ask("", "SELECT 1")).text).toBe("1\n");
    expect((await ask("query=SELECT", "1 + 1")).text).toBe("2\n");
    const gzip = { "content-encoding": "gzip" };
    expect((await ask("", gzipSync("SELECT 3"), gzip)).text).toBe("3\n");
    expect((await ask("", "no gzip", gzip)).text).toMatch(/^Code: 271\./);
    expect((await ask("", gzipSync(Buffer.alloc(50_000_000, " ")), gzip)).status).toBe(413);
    expect((await ask("", "x", { "content-encoding": "lz4" })).text).toMatch(/lz4: gzip, deflate/);
    const form = new FormData();
    form.set("query", "SELECT 1");
    const multipart = await send("/sql", {
      ...{ method: "POST", headers: basic("x", ADMIN), body: form },
    });
    expect(multipart.text).toMatch(/^Code: 48\..*multipart/);
  });

  it("answers with types, a query id, and nothing that a browser would run", async () => {
    const { headers, text } = await sql.ask("SELECT '<script>' AS a FORMAT JSONEachRow", {
      search: "query_id=mine",
    });
    expect(text).toBe('{"a":"<script>"}\n');
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/x-ndjson; charset=UTF-8",
      "x-clickhouse-format": "JSONEachRow",
      "x-clickhouse-query-id": "mine",
      "x-clickhouse-timezone": "UTC",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "no-store",
    });
    const packed = await send(`/sql?query=${one}&enable_http_compression=1`, {
      headers: { ...basic("x", ADMIN), "accept-encoding": "gzip" },
    });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(packed.text).toBe("1\n");
  });

  it("reads every table but those with secrets, and binds parameters", async () => {
    expect((await sql.ask("SELECT count() FROM heartbeats")).text).toBe("2\n");
    const search = "param_p=linux&session_id=a&session_timeout=5&wait_end_of_query=1";
    const bound = await sql.ask("SELECT install_id FROM heartbeats WHERE platform = {p:String}", {
      search,
    });
    expect(bound.text).toBe("00000000-0000-4000-8000-000000000001\n");
    const tables = (await sql.ask("SHOW TABLES")).text.trim().split("\n");
    const closed: string[] = [];
    for (const table of tables) {
      const { status } = await sql.ask(`SELECT * FROM ${table} LIMIT 1`);
      if (status !== 200) closed.push(table);
    }
    expect(closed.sort()).toEqual(["settings_log", "store_secrets", "token_uses"]);
  });

  it("says what is wrong with a statement, and nothing about the machine", async () => {
    const wrong = await sql.ask("SELECT nope FROM events");
    expect([wrong.status, wrong.headers.get("x-clickhouse-exception-code")]).toEqual([404, "47"]);
    expect(wrong.text).toMatch(/^Code: 47\. DB::Exception: .*nope.*\(UNKNOWN_IDENTIFIER\)\n$/);
    const syntax = await sql.ask("SELECT (");
    expect([syntax.status, syntax.text.slice(0, 8)]).toEqual([400, "Code: 62"]);
    expect(syntax.text).not.toContain("formatQuery");
  });

  it("logs neither statements nor tokens", async () => {
    await sql.ask("SELECT 'a-value-nobody-may-log'", { search: "query_id=a-value-too" });
    await sql.ask("SELECT 'a-value-nobody-may-log' FROM nowhere");
    const logged = sql.logged();
    expect(logged).toContain('"route":"/sql"');
    expect(logged).toMatch(/"queryId":"[0-9a-f-]{36}"/);
    expect(logged).not.toMatch(/a-value|nowhere|SELECT/);
    expect(logged).not.toContain(ADMIN);
  });

  it("greets clickhouse-go as revision 0, in the Native that it reads before it knows", async () => {
    const hello = "SELECT displayName(), version(), revision(), timezone()";
    const search = "default_format=Native&client_protocol_version=54485&database=default";
    const { text } = await sql.ask(hello, { search });
    // Block info, then four columns and one row.
    expect(text.slice(0, 3)).toBe("\x01\x00\x02");
    expect(text).toContain("displayName()\x06String\x00\x08Rollcall");
    expect(text).toContain("revision()\x06UInt32\x00\x00\x00\x00\x00");
    expect((await sql.ask(hello)).text).toMatch(/^\S+\t\d+\.\d+[\d.]*\t[1-9]\d+\tUTC\n$/);
  });

  it("counts what became of each request", async () => {
    const text = await sql.metrics.registry.metrics();
    const count = (result: string) =>
      Number(
        new RegExp(`rollcall_sql_duration_seconds_count{result="${result}"} (\\d+)`).exec(
          text,
        )?.[1],
      );
    expect(count("ok")).toBeGreaterThan(10);
    expect(count("refused")).toBeGreaterThan(5);
    expect(count("failed")).toBe(0);
  });
});

describe("who may ask", () => {
  it("is told by scopes: sql everything, restricted what is published, others nothing", async () => {
    const statusOf = async (statement: string, token: string) =>
      (await sql.ask(statement, { token })).status;
    const all = await sql.token(["sql"]);
    const some = await sql.token(["restricted"], ["timetracker"]);
    const both = await sql.token(["read", "restricted"]);
    expect(await statusOf("SELECT * FROM heartbeats", all)).toBe(200);
    expect(await statusOf("SELECT * FROM totals", all)).toBe(404);
    for (const token of [some, both]) {
      expect(await statusOf("SELECT * FROM heartbeats", token)).toBe(404);
      expect(await statusOf("SELECT * FROM totals", token)).toBe(200);
    }
    for (const scopes of [["read"], ["export"], ["settings"], ["read", "export"]] as const) {
      const { status, text } = await sql.ask("SELECT 1", { token: await sql.token([...scopes]) });
      expect([scopes, status, text.slice(0, 10)]).toEqual([scopes, 403, "Code: 497."]);
    }
    // Some earlier version may have stored it: the scope alone does not keep it to an app.
    const odd = await sql.token(["sql"], ["timetracker"]);
    expect(await statusOf("SELECT 1", odd)).toBe(403);
  });

  it("may be a user, by name and password, until the password changes", async () => {
    const passwordHash = (await createPasswords().hash("correct horse battery")) as string;
    const user = { passwordHash, sessionEpoch: 0, apps: null };
    await sql.settings.put("user", "vera", { ...user, role: "viewer" }, "a test");
    await sql.settings.put("user", "ada", { ...user, role: "administrator" }, "a test");
    const ask = (name: string, statement: string, password = "correct horse battery") =>
      send(`/sql?query=${encodeURIComponent(statement)}`, { headers: basic(name, password) });
    expect((await ask("vera", "SELECT count() FROM totals")).text).toBe("1\n");
    expect((await ask("Vera", "SELECT * FROM heartbeats")).status).toBe(404);
    expect((await ask("ada", "SELECT count() FROM heartbeats")).text).toBe("2\n");
    expect((await ask("vera", "SELECT 1", "another long password")).status).toBe(401);
    expect((await ask("nobody", "SELECT 1")).status).toBe(401);
    const other = (await createPasswords().hash("another long password")) as string;
    const changed = { ...user, passwordHash: other, role: "viewer" as const };
    await sql.settings.put("user", "vera", changed, "a test");
    expect((await ask("vera", "SELECT 1")).status).toBe(401);
    await sql.settings.remove("user", "ada", "a test");
    expect((await ask("ada", "SELECT 1")).status).toBe(401);
  });

  it("is not guessed: after ten wrong ones only those known before are looked at", async () => {
    const known = await sql.token(["sql"]);
    expect((await sql.ask("SELECT 1", { token: known })).status).toBe(200);
    const fresh = await sql.token(["sql"]);
    clock += 60_000;
    const statuses: number[] = [];
    for (let i = 0; i < 14; i += 1) {
      statuses.push((await sql.ask("SELECT 1", { token: `wrong-token-${i}` })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
    const held = await sql.ask("SELECT 1", { token: fresh });
    expect([held.status, held.headers.get("retry-after")]).toEqual([429, "5"]);
    expect((await sql.ask("SELECT 1", { token: known })).status).toBe(200);
    clock += 5_000;
    expect((await sql.ask("SELECT 1", { token: fresh })).status).toBe(200);
  });
});

describe("beside an external server", () => {
  it("reads with its limits as settings, behind the same walls", async () => {
    const external = await startSql({ external: true });
    await publish(external, documentOf("timetracker", "2026-11-19", [["1.0.0", 40]]));
    expect((await external.ask("SELECT 40 + 2")).text).toBe("42\n");
    const limits = "SELECT getSetting('readonly'), getSetting('max_result_rows')";
    const search = "max_result_rows=10&database=default";
    expect((await external.ask(limits, { search })).text).toBe("1\t10\n");
    expect((await external.ask("SELECT 1", { search: "allow_ddl=1" })).status).toBe(403);
    for (const statement of [
      "DROP TABLE events",
      "SELECT * FROM settings_log",
      "SELECT * FROM system.processes",
      "SELECT file('/etc/hostname')",
      "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
    ]) {
      expect([statement, (await external.ask(statement)).status]).toEqual([statement, 403]);
    }
    const token = await external.token(["restricted"], ["timetracker"]);
    expect((await external.ask("SELECT app FROM totals", { token })).text).toBe("timetracker\n");
    await external.close();
  });
});

describe("while the store is away", () => {
  it("says so, and restricted readers go on", async () => {
    const away = await startSql();
    await publish(away, documentOf("timetracker", "2026-11-19", [["1.0.0", 40]]));
    const token = await away.token(["restricted"], ["timetracker"]);
    expect((await away.ask("SELECT app FROM totals", { token })).text).toBe("timetracker\n");
    await away.opened.engine.stop();
    const { status, text } = await away.ask("SELECT 1");
    expect([status, text]).toEqual([503, expect.stringMatching(/^Code: 210\..*store does not/)]);
    expect((await away.ask("SELECT app FROM totals", { token })).text).toBe("timetracker\n");
    await away.close();
  });
});
