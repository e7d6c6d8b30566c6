import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { count } from "../support/api.ts";
import { type Collector, freePort, startCollector } from "../support/collector.ts";
import { waitFor } from "../support/processes.ts";
import { clickhouseConnect, clickhouseGo, curl, curlMissing } from "../support/sql-clients.ts";

const go = await clickhouseGo();
const python = await clickhouseConnect();
const noCurl = await curlMissing();

const ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1";
const RESTRICTED_TABLES = [
  ...["active_installs", "breakdown", "breakdown_by_two", "events", "totals", "versions"],
];

let collector: Collector;
let sqlPort: number;
let restricted: string;

beforeAll(async () => {
  sqlPort = await freePort();
  collector = await startCollector({ env: { ROLLCALL_SQL_PORT: String(sqlPort) } });
  const made = await fetch(`${collector.url}/api/v1/settings/api-tokens`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${collector.tokens.admin}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ name: "Grafana", scopes: ["restricted"], apps: ["timetracker"] }),
  });
  ({ token: restricted } = (await made.json()) as { token: string });
});
afterAll(async () => {
  await collector?.stop();
});

/** Both addresses, and both kinds of tokens. */
const doors = (): [address: string, path: string, token: string, isRestricted: boolean][] => [
  [`127.0.0.1:${collector.port}`, "/sql", collector.tokens.admin, false],
  [`127.0.0.1:${sqlPort}`, "", collector.tokens.admin, false],
  [`127.0.0.1:${sqlPort}`, "", restricted, true],
];

if (go.missing !== null) {
  test.skip(`clickhouse-go, which Grafana's plugin uses, reads: ${go.missing}`, () => {});
} else {
  test("clickhouse-go, which Grafana's plugin uses, reads", async () => {
    for (const [address, path, token, isRestricted] of doors()) {
      const seen = await go.run(address, path, token, "default");
      expect(seen).toMatchObject({
        ping: "",
        parameters: "44",
        types: [
          ...["6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21", "2026-11-20T12:00:00.123Z", { a: "b" }],
          ...[null, "x", "linux", ["1.0.0", "2.0.0"], 1, true, "18446744073709551615", 1.5, ""],
        ],
        insert: [164, expect.stringContaining("READONLY")],
        mistake: [expect.any(Number), expect.stringMatching(/^sendQuery: \[HTTP 404\] code: \d+/)],
        several: 62,
        parallel: ["499999500000", "499999500001"],
        big: "100000",
        timeout: 159,
        cancelled: true,
        wrong: expect.stringContaining("AUTHENTICATION_FAILED"),
      });
      if (isRestricted) expect(seen.tables).toEqual(RESTRICTED_TABLES);
      else expect(seen.tables).toContain("heartbeats");
      expect(seen.databases).toEqual(
        isRestricted
          ? [expect.stringMatching(/^published_[0-9a-f]{32}$/)]
          : expect.arrayContaining(["default"]),
      );
    }
  });
}

if (python.missing !== null) {
  test.skip(`Python's clickhouse-connect reads: ${python.missing}`, () => {});
} else {
  test("Python's clickhouse-connect reads", async () => {
    for (const [address, path, token, isRestricted] of doors()) {
      const [host = "", port = ""] = address.split(":");
      const seen = await python.run(host, port, path, token);
      expect(seen).toMatchObject({
        ping: true,
        version: expect.stringMatching(/^\d+\.\d+/),
        parameters: [[44]],
        rows: 2,
        types: [
          ...["6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21", "2026-11-20 12:00:00.123000", "{'a': 'b'}"],
          ...["None", "x", "linux", "['1.0.0', '2.0.0']", "True", "18446744073709551615", "1.5"],
        ],
        insert: expect.stringMatching(isRestricted ? /UNKNOWN_TABLE/ : /nothing is inserted here/),
        create: expect.stringContaining("READONLY"),
        mistake: expect.stringContaining("UNKNOWN_IDENTIFIER"),
        parallel: [499999500000, 499999500001],
        big: 100000,
        timeout: expect.not.stringMatching(/^no error$/),
        after: [[1]],
        wrong: expect.stringContaining("AUTHENTICATION_FAILED"),
      });
      if (isRestricted) expect(seen.tables).toEqual(RESTRICTED_TABLES);
    }
  });
}

if (noCurl !== null) {
  test.skip(`curl reads: ${noCurl}`, () => {});
} else {
  test("curl reads", async () => {
    for (const [address, path, token] of doors()) {
      const url = `http://${address}${path}`;
      const as = ["--user", `curl:${token}`];
      expect(await curl(`${url}/ping`)).toBe("Ok.\n");
      expect(await curl(...as, url, "--data", "SELECT 40 + 2")).toBe("42\n");
      const key = ["-H", "X-ClickHouse-User: curl", "-H", `X-ClickHouse-Key: ${token}`];
      const search = "query=SELECT+%7Bx%3AString%7D+AS+x+FORMAT+JSONEachRow&param_x=it%27s";
      expect(await curl(...key, `${url}/?${search}`)).toBe('{"x":"it\'s"}\n');
      const bearer = ["-H", `Authorization: Bearer ${token}`, "--compressed"];
      const packed = `${url}/?enable_http_compression=1`;
      const rows = await curl(...bearer, packed, "-d", "SELECT number FROM numbers(50000)");
      expect(rows.trimEnd().split("\n")).toHaveLength(50_000);
      const status = ["--write-out", "%{http_code}"];
      expect(await curl(...as, ...status, url, "-d", "DROP TABLE events")).toMatch(
        /^Code: 164\. DB::Exception: [\s\S]*\(READONLY\)\n403$/,
      );
      expect(await curl(...status, url, "-d", "SELECT 1")).toMatch(/^Code: 516\.[\s\S]*\n401$/);
      expect(
        await curl(...status, `${url}/?user=curl&password=${token}`, "-d", "SELECT 1"),
      ).toMatch(/^Code: 516\.[\s\S]*\n401$/);
    }
  });
}

describe("@clickhouse/client", () => {
  const clients: ClickHouseClient[] = [];
  const open = ([address, path, password]: ReturnType<typeof doors>[number]) => {
    const client = createClient({
      url: `http://${address}`,
      ...(path !== "" && { pathname: path }),
      ...{ username: "node", password, log: { level: ClickHouseLogLevel.OFF } },
    });
    clients.push(client);
    return client;
  };
  afterAll(async () => {
    for (const client of clients) await client.close();
  });

  test("reads", async () => {
    for (const door of doors()) {
      const client = open(door);
      expect(await client.ping()).toEqual({ success: true });
      expect(await client.ping({ select: true })).toEqual({ success: true });
      const rows = await client.query({
        query: `SELECT {a:UInt32} + 1 AS n, {id:UUID} AS id, [1, 2] AS list, map('a', 1) AS map,
          CAST(NULL, 'Nullable(String)') AS nothing, toLowCardinality('linux') AS platform,
          toDateTime64('2026-11-20 12:00:00.123', 3, 'UTC') AS at`,
        query_params: { a: 41, id: "6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21" },
        format: "JSONEachRow",
      });
      expect(await rows.json()).toEqual([
        {
          ...{ n: 42, id: "6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21", list: [1, 2], map: { a: 1 } },
          ...{ nothing: null, platform: "linux", at: "2026-11-20 12:00:00.123" },
        },
      ]);
      const ask = (query: string, max_execution_time = 30) =>
        client
          .query({ query, format: "JSONEachRow", clickhouse_settings: { max_execution_time } })
          .then((result) => result.json<{ n: number }>());
      const sum = "SELECT toUInt32(count()) AS n FROM numbers";
      expect(await Promise.all([ask(`${sum}(10)`), ask(`${sum}(20)`)])).toEqual([
        [{ n: 10 }],
        [{ n: 20 }],
      ]);
      expect(await ask("SELECT number AS n FROM numbers(100000)")).toHaveLength(100_000);
      await expect(ask("SELECT nope")).rejects.toMatchObject({ code: "47" });
      await expect(ask(ENDLESS, 1)).rejects.toMatchObject({ code: "159" });
      await expect(
        client.insert({ table: "events", values: [{ app: "x" }], format: "JSONEachRow" }),
      ).rejects.toMatchObject({ code: "164" });
      await expect(client.command({ query: "DROP TABLE events" })).rejects.toMatchObject({
        code: "164",
      });
      const wrong = open([door[0], door[1], "x".repeat(20), false]);
      await expect(wrong.query({ query: "SELECT 1", format: "JSONEachRow" })).rejects.toMatchObject(
        { code: "516" },
      );
    }
  });

  test("leaves no query running when it goes away", async () => {
    const client = open(doors()[1] as ReturnType<typeof doors>[number]);
    const abort_signal = AbortSignal.timeout(500);
    // Two, so that the store has a place for the question whether they run.
    const asked = [1, 2].map(() => client.query({ query: ENDLESS, abort_signal }));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    // Left to themselves they would go on for thirty seconds.
    await waitFor("none of them runs", 20_000, async () => {
      const running = `SELECT count() FROM system.processes
        WHERE query LIKE '%sipHash64(number)%' AND query NOT LIKE '%processes%'`;
      return (await count(collector, running)) === 0;
    });
  });
});

test("the log holds no statement and no token", async () => {
  const log = collector.output();
  expect(log).toContain('"route":"/sql"');
  expect(log).not.toMatch(/numbers\(|DB::Exception|SELECT/);
  expect(log).not.toContain(restricted);
});
