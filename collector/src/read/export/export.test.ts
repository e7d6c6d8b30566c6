import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStore, type Store } from "../../store/client.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { ADMIN, beat, install, makeFlat, send, startApi, type TestApi } from "../testing.ts";
import { exportPages } from "./pages.ts";
import { parquetByFile, parquetByStream } from "./parquet.ts";
import { exportTables } from "./tables.ts";

const RANGE = { from: "2026-11-18", to: "2026-11-20" };
const WANTED = { app: "timetracker", ...RANGE };
const MANY = 120_000;

let stored: TestStore;
let engineDirectory: string;
let api: TestApi;

beforeAll(async () => {
  stored = await openTestStore();
  engineDirectory = join(stored.directory, "engine");
  await beat(stored.store, [
    { install: 1, at: "2026-11-18", app_version: "5.10.0", platform: "linux" },
    { install: 1, at: "2026-11-20", app_version: "5.11.0", platform: "linux" },
    { install: 2, at: "2026-11-20", app_version: "@SUM(A1)", platform: "a,b" },
    { install: 3, at: "2026-10-20", app_version: "5.9.0" },
    { app: "other", install: 9, at: "2026-11-20" },
  ]);
  await send(stored.store, [
    {
      ...{ install: 1, at: "2026-11-18T10:00:00.500Z", event: "timer.started" },
      ...{ user: 42, properties: { project_id: '7"' }, numbers: { seconds: 1.5 } },
    },
    { install: 2, at: "2026-11-20T11:00:00.000Z", event: "auth.login" },
    { install: 2, at: "2026-10-20T11:00:00.000Z", event: "auth.login" },
    { app: "other", install: 9, at: "2026-11-20", event: "auth.login" },
  ]);
  await stored.store.command(
    `INSERT INTO refusals (app, day, outcome, reason, event, field, app_version, count, _seg) VALUES
     ('timetracker', '2026-11-20', 'refused', 'event_unlisted', 'a.b', '', '5.11.0', 3, 1),
     ('timetracker', '2026-11-20', 'refused', 'event_unlisted', 'a.b', '', '5.11.0', 4, 2),
     ('timetracker', '2026-11-19', 'dropped', 'field_name_pii', 'a.b', 'user_email', '', 2, 2)`,
  );
  // Many rows of another app; of three thousand moments, so that whole runs of them are at one time.
  await stored.store.command(
    `INSERT INTO events (app, install_id, event, time, received_at, properties)
     SELECT 'many', toUUID(concat('00000000-0000-4000-8000-', leftPad(toString(number % 7), 12, '0'))),
       ['a.a', 'b.b'][number % 2 + 1],
       toDateTime64('2026-11-19 00:00:00', 3, 'UTC') + intDiv(number, 40), '2026-11-20 00:00:00',
       map('nth', toString(number), 'text', arrayStringConcat(arrayMap(part -> hex(sipHash64(number, part)), range(30))))
     FROM numbers(${MANY})`,
  );
  api = await startApi(stored.store, {
    engineDirectory,
    apps: () => ["timetracker", "empty", "many"].map((app) => ({ app, mode: "learning" })),
  });
  await api.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const NEVER = new AbortController().signal;
const get = (table: string, query: Record<string, string> = {}) =>
  api.get(`/v1/export/${table}`, { ...WANTED, ...query });
const url = (table: string, format: string, app = "many") => {
  const { port } = api.app.server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/api/v1/export/${table}?app=${app}&from=${RANGE.from}&to=${RANGE.to}&format=${format}`;
};
const headers = { authorization: `Bearer ${ADMIN}` };
const leftFiles = () => readdirSync(join(engineDirectory, "exports"));

async function textOf(chunks: AsyncGenerator<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

/** Rows of a Parquet file, as the engine reads it back. */
async function readParquet(bytes: Buffer): Promise<Record<string, unknown>[]> {
  await mkdir(join(engineDirectory, "back"), { recursive: true });
  await writeFile(join(engineDirectory, "back/x.parquet"), bytes);
  return stored.store.query(
    "SELECT * FROM file('back/x.parquet', 'Parquet') ORDER BY ALL SETTINGS date_time_output_format = 'iso'",
  );
}

describe("CSV", () => {
  it("of events: a header, ISO times, JSON in cells, nothing of the collector's own", async () => {
    const reply = await get("events");
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
    expect(reply.headers["content-disposition"]).toBe(
      'attachment; filename="timetracker-events-2026-11-18-2026-11-20.csv"',
    );
    const [names, ...lines] = reply.body.split("\r\n");
    expect(names).toBe(
      "app,install_id,event,time,received_at,time_clamped,app_version,environment,user,properties,numbers,trace_id,span_id",
    );
    expect(lines).toEqual([
      `"timetracker","${install(2)}","auth.login","2026-11-20T11:00:00.000Z","2026-11-20T11:00:00.000Z",false,"","",0,"{}","{}","",""`,
      `"timetracker","${install(1)}","timer.started","2026-11-18T10:00:00.500Z","2026-11-18T10:00:00.500Z",false,"","",42,"{""project_id"":""7\\""""}","{""seconds"":1.5}","",""`,
      "",
    ]);
  });

  it("of installs: no cell is a formula, and no number of ours is in it", async () => {
    const [names = "", ...lines] = (await get("installs")).body.trimEnd().split("\r\n");
    expect(names.split(",")).not.toContain("number");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`"'@SUM(A1)","a,b"`);
    expect(lines[0]).toContain('["2026-11-18","2026-11-20"]'.replaceAll('"', '""'));
  });

  it("of refusals: parts of one count are added up", async () => {
    expect((await get("refusals")).body.split("\r\n")).toEqual([
      "app,day,outcome,reason,event,field,app_version,count",
      '"timetracker","2026-11-19","dropped","field_name_pii","a.b","user_email","",2',
      '"timetracker","2026-11-20","refused","event_unlisted","a.b","","5.11.0",7',
      "",
    ]);
  });

  it("of nothing is its header", async () => {
    const reply = await get("heartbeats", { app: "empty" });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toMatch(/^app,install_id,day,[a-z_,]+\r\n$/);
  });
});

it("NDJSON of heartbeats and events: one object a row, null where nothing was said", async () => {
  const lines = async (table: string) =>
    (await get(table, { format: "ndjson" })).body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(await lines("heartbeats")).toMatchObject([
    { install_id: install(1), day: "2026-11-18", app_version: "5.10.0", first_seen_at: null },
    { install_id: install(1), day: "2026-11-20", app_version: "5.11.0" },
    { install_id: install(2), day: "2026-11-20", app_version: "@SUM(A1)" },
  ]);
  expect((await lines("events"))[1]).toMatchObject({
    ...{ user: "42", properties: { project_id: '7"' }, numbers: { seconds: 1.5 } },
    time_clamped: false,
  });
});

describe("Parquet", () => {
  it.each(["events", "heartbeats", "installs", "refusals"] as const)(
    "of %s holds the rows of the CSV, from the engine's file and from a server's stream",
    async (name) => {
      const table = exportTables[name];
      const server = createStore({
        clickhouseUrl: `http://${stored.engine.username}:${stored.engine.password}@${stored.engine.url.slice(7)}`,
      });
      const collect = async (chunks: AsyncGenerator<Buffer>) => {
        const all: Buffer[] = [];
        for await (const chunk of chunks) all.push(chunk);
        return readParquet(Buffer.concat(all));
      };
      const byFile = await collect(
        parquetByFile(stored.store, engineDirectory)(table, WANTED, NEVER),
      );
      const byStream = await collect(parquetByStream(server)(table, WANTED, NEVER));
      await server.close();
      expect(byFile).toEqual(byStream);
      const csv = await textOf(exportPages(stored.store, table, "csv", WANTED, NEVER));
      const [names = "", ...lines] = csv.trimEnd().split("\r\n");
      expect(byFile).toHaveLength(lines.length);
      expect(Object.keys(byFile[0] ?? {})).toEqual(names.split(","));
      expect(leftFiles()).toEqual([]);
    },
  );

  it("has days, times, text and numbers as such", async () => {
    const reply = await get("heartbeats", { format: "parquet" });
    expect(reply.headers["content-type"]).toBe("application/vnd.apache.parquet");
    expect(reply.rawPayload.subarray(0, 4).toString()).toBe("PAR1");
    expect(reply.rawPayload.subarray(-4).toString()).toBe("PAR1");
    const rows = await readParquet(reply.rawPayload);
    expect(rows[0]).toMatchObject({
      ...{ app: "timetracker", install_id: install(1), day: "2026-11-18" },
      ...{ time: "2026-11-18T12:00:00.000Z", app_version: "5.10.0", first_seen_at: null },
    });
  });

  it("leaves no file behind when the engine refuses it, and none of an earlier process", async () => {
    writeFileSync(join(engineDirectory, "exports/old.parquet"), "x");
    const parquet = parquetByFile(stored.store, engineDirectory);
    expect(leftFiles()).toEqual([]);
    const broken = { ...exportTables.events, where: "no_such_column = 1" };
    await expect(textOf(parquet(broken, WANTED, NEVER))).rejects.toThrow("no_such_column");
    expect(leftFiles()).toEqual([]);
  });
});

describe("page by page", () => {
  const many = { ...WANTED, app: "many" };
  const numbers = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => Number((JSON.parse(line) as { properties: { nth: string } }).properties.nth));

  it("every row is in it once, also where a run of them is at one moment", async () => {
    // Of a moment and install there are 2 or 3 rows of an event, so pages of 7 end within such runs.
    const narrow = {
      ...exportTables.events,
      where: `${exportTables.events.where} AND toHour(time) = 0 AND toMinute(time) < 2`,
    };
    const text = await textOf(exportPages(stored.store, narrow, "ndjson", many, NEVER, 997));
    const found = numbers(text).sort((a, b) => a - b);
    expect(found).toEqual(Array.from({ length: 120 * 40 }, (_, nth) => nth));
  });

  it("heartbeats and installs come to the same in pages as at once", async () => {
    for (const name of ["heartbeats", "installs"] as const) {
      const table = exportTables[name];
      const sorted = async (page: number) =>
        (await textOf(exportPages(stored.store, table, "ndjson", WANTED, NEVER, page)))
          .split("\n")
          .sort();
      const whole = await sorted(1000);
      expect(whole.length).toBeGreaterThan(2);
      expect(await sorted(1)).toEqual(whole);
      expect(await sorted(2)).toEqual(whole);
    }
  });

  it("no more is read from the store than the reader takes", async () => {
    let pages = 0;
    const counting: Store = {
      ...stored.store,
      stream(sql, options) {
        pages++;
        return stored.store.stream(sql, options);
      },
    };
    const chunks = exportPages(counting, exportTables.events, "csv", many, NEVER);
    await chunks.next();
    await chunks.next();
    expect(pages).toBe(1);
    await chunks.return(undefined);
    expect(pages).toBe(1);
  });
});

describe("bounds", () => {
  /** Asks for an export and reads nothing of it. */
  async function stalled(format: string) {
    const { hostname, port, pathname, search } = new URL(url("events", format));
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once("readable", resolve));
    return socket;
  }

  it.each(["csv", "parquet"])(
    "two run at once; who leaves gives the place back (%s)",
    async (format) => {
      const first = await stalled(format);
      const second = await stalled(format);
      const refused = await fetch(url("refusals", "csv", "timetracker"), { headers });
      expect(refused.status).toBe(429);
      expect(refused.headers.get("retry-after")).toBe("5");
      expect(await refused.json()).toMatchObject({ code: "rate_limited" });
      first.destroy();
      await expect
        .poll(
          async () => (await fetch(url("refusals", "csv", "timetracker"), { headers })).status,
          {
            timeout: 10_000,
          },
        )
        .toBe(200);
      second.destroy();
      const patience = { timeout: 10_000 };
      await expect
        .poll(async () => {
          const [row] = await stored.store.query<{ n: number }>(
            "SELECT count() AS n FROM system.processes WHERE match(query, 'file\\(.exports/|FORMAT CSV') AND query NOT LIKE '%processes%'",
          );
          return row?.n;
        }, patience)
        .toBe(0);
      await expect.poll(leftFiles, patience).toEqual([]);
    },
  );

  it("a whole export of many rows arrives", async () => {
    const reply = await fetch(url("events", "ndjson"), { headers });
    const lines = (await reply.text()).trimEnd().split("\n");
    expect(lines).toHaveLength(MANY);
  });

  it.each([
    ["/v1/export/settings_log", { app: "timetracker" }, 400, "invalid_parameter"],
    ["/v1/export/events", { app: "timetracker", format: "xlsx" }, 400, "invalid_parameter"],
    ["/v1/export/events", {}, 400, "invalid_parameter"],
    ["/v1/export/events", { app: "nobody" }, 404, "app_unknown"],
    ["/v1/export/events", { app: "timetracker", from: "2027-01-01" }, 400, "invalid_parameter"],
  ])("%s %j is refused", async (path, query, status, code) => {
    const reply = await api.get(path, query);
    expect(reply.statusCode).toBe(status);
    expect(reply.json().code).toBe(code);
  });

  it("without credentials there is nothing", async () => {
    expect((await fetch(url("events", "csv"))).status).toBe(401);
  });

  it("a token needs the right to export, and sees its own apps alone", async () => {
    const tokenWith = async (body: object) => {
      const made = await api.app.inject({
        ...{ method: "POST", url: "/api/v1/settings/api-tokens", headers },
        payload: { name: "x", ...body },
      });
      return { authorization: `Bearer ${made.json<{ token: string }>().token}` };
    };
    const ask = (app: string, credentials: Record<string, string>) =>
      api.app.inject({ url: `/api/v1/export/refusals?app=${app}`, headers: credentials });
    const reading = await tokenWith({ scopes: ["read"] });
    expect((await ask("timetracker", reading)).json().code).toBe("forbidden");
    const ofOne = await tokenWith({ scopes: ["export"], apps: ["timetracker"] });
    expect((await ask("timetracker", ofOne)).statusCode).toBe(200);
    expect((await ask("many", ofOne)).json().code).toBe("app_unknown");
  });

  it("while the store is away it is a 503, and no place stays taken", async () => {
    const other = await openTestStore();
    const away = await startApi(other.store);
    await other.close();
    for (let nth = 0; nth < 4; nth++) {
      const reply = await away.get("/v1/export/events", { app: "timetracker" });
      expect(reply.statusCode).toBe(503);
      expect(reply.json().code).toBe("store_unavailable");
    }
    await away.close();
  });
});

it("an app's flat rows can be made anew while they are read", async () => {
  const chunks = exportPages(stored.store, exportTables.installs, "csv", WANTED, NEVER, 1);
  await chunks.next();
  await makeFlat(stored.store);
  const rest = await textOf(chunks);
  expect(rest.trimEnd().split("\r\n")).toHaveLength(2);
  expect(existsSync(join(engineDirectory, "exports"))).toBe(true);
});
