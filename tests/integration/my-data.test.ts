import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchMyData, requestErasure } from "../../client/src/my-data/request.ts";
import { rowsByTable } from "../../collector/src/store/testing.ts";
import { count, loaded, read, sql } from "../support/api.ts";
import { type Collector, freePort, startCollector } from "../support/collector.ts";
import { dumpTables, whereFound } from "../support/dump.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";

const ENV = { CLICKHOUSE_URL: undefined };
const DAY_MS = 86_400_000;

interface Install {
  id: string;
  /** Base64 as the client sends it. */
  publicKey: string;
  privateKey: KeyObject;
}

function newInstall(): Install {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  return { id: randomUUID(), publicKey: raw.toString("base64"), privateKey };
}

/** Three heartbeats of three days and four events, as its client would send them. */
async function plant(
  { url, tokens }: Pick<Collector, "url" | "tokens">,
  { id, publicKey }: Install,
  { key = publicKey, events = 4 }: { key?: string; events?: number } = {},
): Promise<void> {
  const now = Date.now();
  const beats = [0, 1, 2].map((days) =>
    logRecord({
      event: "base_telemetry.heartbeat",
      installId: id,
      time: now - days * DAY_MS,
      attributes: baseFields(id, key === "" ? {} : { install_key: key }),
    }),
  );
  const detailed = Array.from({ length: events }, (_, number) =>
    logRecord({
      event: "timer.started",
      installId: id,
      uid: randomUUID(),
      time: now - (number % 4) * DAY_MS,
      attributes: { project_id: 1000 + number },
    }),
  );
  const reply = await postJson(url, tokens.ingest, logsRequest([...beats, ...detailed]));
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe("{}");
}

interface Asking {
  method?: "GET" | "DELETE" | "POST";
  token?: string | null;
  prefix?: string;
  seconds?: number;
  nonce?: string;
  signedPath?: string;
  headers?: Record<string, string>;
}

/** A request as an install signs it, or nearly so. */
function ask(
  { url, tokens }: Pick<Collector, "url" | "tokens">,
  { id, privateKey }: Pick<Install, "id" | "privateKey">,
  asking: Asking = {},
): Promise<Response> {
  const { method = "GET", token = tokens.ingest, prefix = "" } = asking;
  const path = `${prefix}/v1/installs/${id}`;
  const time = String(Math.floor(Date.now() / 1000) + (asking.seconds ?? 0));
  const nonce = asking.nonce ?? randomBytes(16).toString("base64url");
  const message = `${method}\n${asking.signedPath ?? path}\n${time}\n${nonce}`;
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      "rollcall-time": time,
      "rollcall-nonce": nonce,
      "rollcall-signature": sign(null, Buffer.from(message), privateKey).toString("base64"),
      ...asking.headers,
    },
  });
}

interface Refused {
  code: number;
  message: string;
  details: Record<string, unknown>[];
}

/** Status and fault of an answer that is none. */
async function refusal(reply: Response): Promise<string> {
  const { details } = (await reply.json()) as Refused;
  return `${reply.status} ${String(details[0]?.reason).toLowerCase()}`;
}

const administrator = (
  { url, tokens }: Collector,
  id: string,
  method: "GET" | "DELETE",
  app = "timetracker",
) =>
  fetch(`${url}/api/v1/installs/${id}?app=${app}`, {
    method,
    headers: { authorization: `Bearer ${tokens.admin}` },
  });

describe("an install and its own data", () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector({ env: ENV });
  }, 60_000);
  afterAll(() => collector?.stop());

  test("a signed request gets every row, also of what is still in the spool", async () => {
    const install = newInstall();
    await plant(collector, install);
    const reply = await ask(collector, install);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("application/json");
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const data = (await reply.json()) as {
      tables: Record<string, Record<string, unknown>[]>;
      rows: Record<string, number>;
    };
    expect(data).toMatchObject({ app: "timetracker", install_id: install.id });
    expect(data.rows).toEqual(rowsByTable({ events: 4, heartbeats: 3, installs: 1 }));
    const entries = data.tables.events?.map(
      ({ properties }) => (properties as Record<string, string>).project_id,
    );
    expect(entries?.sort()).toEqual(["1000", "1001", "1002", "1003"]);
    for (const rows of Object.values(data.tables)) {
      for (const row of rows) expect(row.install_id).toBe(install.id);
    }
    expect(data.tables.installs?.[0]).toMatchObject({ app_version: "5.10.0", admitted: false });
  });

  test("many rows come page by page, each once", async () => {
    const install = newInstall();
    await plant(collector, install, { events: 9_000 });
    const { rows, tables } = (await (await ask(collector, install)).json()) as {
      rows: Record<string, number>;
      tables: { events: { properties: { project_id: string } }[] };
    };
    expect(rows.events).toBe(9_000);
    expect(new Set(tables.events.map(({ properties }) => properties.project_id)).size).toBe(9_000);
  });

  test("the client's functions get the same, and a receipt", async () => {
    const install = newInstall();
    await plant(collector, install);
    const lines: unknown[] = [];
    const input = {
      destination: {
        name: "maintainer" as const,
        base: new URL(`${collector.url}/otlp`),
        token: collector.tokens.ingest,
        source: "options" as const,
      },
      installId: install.id,
      sign: (message: string) =>
        sign(null, Buffer.from(message), install.privateKey).toString("base64"),
      journal: {
        sending: async (...line: unknown[]) => lines.push(line) > 0,
        outcome: (...line: unknown[]) => void lines.push(line),
      },
    };
    const fetched = await fetchMyData(input);
    expect(fetched).toMatchObject({ ok: true, data: { rows: { events: 4 } } });
    const erased = await requestErasure(input);
    expect(erased).toMatchObject({
      ok: true,
      receipt: { sink: "maintainer", rows: { events: 4, heartbeats: 3, installs: 1 } },
    });
    // As after a lost reply.
    expect(await requestErasure(input)).toEqual(erased);
    expect(await fetchMyData(input)).toEqual({
      ok: false,
      problem: "The collector has erased this install.",
    });
    expect(JSON.stringify(lines)).not.toContain(collector.tokens.ingest);
  });

  test("whoever cannot prove to be the install gets nothing", async () => {
    const install = newInstall();
    const other = newInstall();
    await plant(collector, install);
    await plant(collector, other);
    const answers = async (asking: Asking, privateKey = install.privateKey) => {
      const replies = [];
      for (const method of ["GET", "DELETE"] as const) {
        replies.push(
          await refusal(await ask(collector, { ...install, privateKey }, { method, ...asking })),
        );
      }
      return [...new Set(replies)];
    };
    expect(await answers({}, other.privateKey)).toEqual(["403 signature_bad"]);
    expect(await answers({ signedPath: `/v1/installs/${other.id}` })).toEqual([
      "403 signature_bad",
    ]);
    expect(await answers({ headers: { "rollcall-signature": "" } })).toEqual(["403 signature_bad"]);
    expect(await answers({ nonce: "short" })).toEqual(["403 signature_bad"]);
    expect(await answers({ seconds: 310 })).toEqual(["403 signature_expired"]);
    expect(await answers({ seconds: -310 })).toEqual(["403 signature_expired"]);
    expect(await answers({ token: collector.tokens.learning })).toEqual(["404 install_unknown"]);
    expect((await ask(collector, install, { token: null })).status).toBe(401);
    expect((await ask(collector, install, { token: "wrong-token" })).status).toBe(401);
    const asked = await ask(collector, install, { method: "POST" });
    expect([asked.status, asked.headers.get("allow")]).toEqual([405, "GET, DELETE"]);
    expect(await refusal(await ask(collector, newInstall()))).toBe("404 install_unknown");

    const nonce = randomBytes(16).toString("base64url");
    expect((await ask(collector, install, { nonce, prefix: "/otlp" })).status).toBe(200);
    expect(await answers({ nonce })).toEqual(["403 nonce_used"]);
    // The other install's nonces are its own.
    expect((await ask(collector, other, { nonce })).status).toBe(200);
  });

  test("only the first key counts, and an install without one is sent to the administrator", async () => {
    const keyless = newInstall();
    await plant(collector, keyless, { key: "" });
    expect(await refusal(await ask(collector, keyless))).toBe("403 install_key_missing");
    expect((await administrator(collector, keyless.id, "GET")).status).toBe(200);

    const install = newInstall();
    const thief = newInstall();
    await plant(collector, install);
    await loaded(collector);
    await plant(collector, { ...install, publicKey: thief.publicKey });
    const stolen = { id: install.id, privateKey: thief.privateKey };
    expect(await refusal(await ask(collector, stolen, { method: "DELETE" }))).toBe(
      "403 signature_bad",
    );
    expect((await ask(collector, install)).status).toBe(200);
  });

  test("an erasure removes every row of this install and no other, and what comes late", async () => {
    const install = newInstall();
    const other = newInstall();
    await plant(collector, install);
    await plant(collector, other);
    const before = (await (await ask(collector, other)).json()) as { tables: object };
    const reply = await ask(collector, install, { method: "DELETE" });
    expect(reply.status).toBe(200);
    const receipt = (await reply.json()) as Record<string, unknown>;
    expect(receipt).toEqual({
      app: "timetracker",
      install_id: install.id,
      erased_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      rows: rowsByTable({ events: 4, heartbeats: 3, installs: 1 }),
      remains: expect.arrayContaining([expect.stringContaining("Hashes of record ids")]),
    });
    // Text of every table, the store's own among them: a deletion is written down there, too.
    expect(whereFound(install.id, await dumpTables(collector))).toEqual([]);
    const columns = await sql<{ table: string; name: string }>(
      collector,
      `SELECT table, name FROM system.columns WHERE database = currentDatabase() AND type LIKE '%UUID%'`,
    );
    for (const { table, name } of columns) {
      const rows = `SELECT count() FROM ${table} WHERE ${name} = '${install.id}'`;
      expect(await count(collector, rows), table).toBe(0);
    }
    expect(await (await ask(collector, other)).json()).toMatchObject({ tables: before.tables });

    // The rows that are left and what the projection counts agree.
    const ofApp = "FROM events WHERE app = 'timetracker'";
    expect(await count(collector, `SELECT count() ${ofApp}`)).toBe(
      await count(collector, `SELECT length(groupArray(time)) ${ofApp}`),
    );

    // It goes on sending: acknowledged and left out.
    await plant(collector, install);
    const again = await ask(collector, install, { method: "DELETE" });
    expect(again.status).toBe(410);
    const { details } = (await again.json()) as Refused;
    expect(details[1]).toEqual({ "@type": "rollcall/ErasureReceipt", ...receipt });
    await loaded(collector);
    for (const table of ["events", "heartbeats", "installs"]) {
      const rows = `SELECT count() FROM ${table} WHERE install_id = '${install.id}'`;
      expect(await count(collector, rows), table).toBe(0);
    }
    const metrics = await fetch(`${collector.url}/metrics`, {
      headers: { authorization: `Bearer ${collector.tokens.admin}` },
    });
    expect(await metrics.text()).toMatch(/rollcall_store_erased_records_total [1-9]/);
    // An id in a log would outlive the rows.
    expect(collector.output()).not.toContain(install.id);
  });

  test("the administrator can export and erase, app by app", async () => {
    const install = newInstall();
    await plant(collector, install, { key: "" });
    const wrongApp = await administrator(collector, install.id, "GET", "sandbox");
    expect([wrongApp.status, await wrongApp.json()]).toEqual([
      404,
      expect.objectContaining({ code: "install_unknown" }),
    ]);
    const exported = await administrator(collector, install.id, "GET");
    expect(await exported.json()).toMatchObject({
      rows: { events: 4, heartbeats: 3, installs: 1 },
    });
    const erased = await administrator(collector, install.id.toUpperCase(), "DELETE");
    expect(erased.status).toBe(200);
    const receipt = await erased.json();
    expect(receipt).toMatchObject({ rows: { events: 4, heartbeats: 3, installs: 1 } });
    const again = await administrator(collector, install.id, "DELETE");
    expect([again.status, await again.json()]).toEqual([
      410,
      expect.objectContaining({ code: "install_erased", receipt }),
    ]);
    expect((await administrator(collector, "jane", "GET")).status).toBe(400);
    const anonymous = await fetch(`${collector.url}/api/v1/installs/${install.id}?app=timetracker`);
    expect(anonymous.status).toBe(401);
  });

  test("two requests at once are one erasure", async () => {
    const install = newInstall();
    await plant(collector, install);
    await loaded(collector);
    const replies = await Promise.all([
      ask(collector, install, { method: "DELETE" }),
      ask(collector, install, { method: "DELETE" }),
    ]);
    // The second may come while the first is under way, or after it.
    for (const reply of replies) expect([200, 410, 503]).toContain(reply.status);
    expect(replies.some(({ status }) => status === 200)).toBe(true);
    const summary = await read<{ installs: object }>(collector, "installs/summary", {
      app: "timetracker",
    });
    expect(summary).toBeTypeOf("object");
  });
});

test("a collector that is killed during an erasure finishes it at its next start", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-erase-"));
  const port = await freePort();
  let collector = await startCollector({ env: ENV, dataDir, port });
  try {
    for (const wait of [5, 30, 60, 120]) {
      const install = newInstall();
      await plant(collector, install, { events: 2_000 });
      await loaded(collector);
      const asked = ask(collector, install, { method: "DELETE" }).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, wait));
      await collector.kill();
      await asked;
      collector = await startCollector({ env: ENV, dataDir, port });
      let last = "";
      // 503 while the new process finishes; 200 where the old one had not begun.
      for (let tries = 0; tries < 200 && !/^(200|410)/.test(last); tries += 1) {
        const reply = await ask(collector, install, { method: "DELETE" });
        last = `${reply.status} ${await reply.text()}`;
        if (reply.status === 503) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(last).toMatch(/^(200|410) /);
      expect(last).toContain('"rows":{"events":2000,"heartbeats":3,');
      for (const table of ["events", "heartbeats", "installs"]) {
        const rows = `SELECT count() FROM ${table} WHERE install_id = '${install.id}'`;
        expect(await count(collector, rows), table).toBe(0);
      }
    }
  } finally {
    await collector.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);
