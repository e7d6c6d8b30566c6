import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { count, loaded } from "../support/api.ts";
import { type Collector, spawnCollector, startCollector } from "../support/collector.ts";
import { logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { isRunning, waitFor } from "../support/processes.ts";
import { listeners } from "../support/sockets.ts";

const embedded = { CLICKHOUSE_URL: undefined };
let dataDir: string;
let started: Collector[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "rollcall-process-"));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((collector) => collector.kill()));
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string | undefined> = {}): Promise<Collector> {
  const collector = await startCollector({ dataDir, env: { ...embedded, ...env } });
  started.push(collector);
  return collector;
}

const event = (installId: string, entry: number) =>
  logsRequest([
    logRecord({ event: "timer.started", installId, attributes: { project_id: entry } }),
  ]);

describe("a start that cannot succeed ends with one line that names what is wrong", () => {
  const broken: [what: string, env: Record<string, string>, named: RegExp][] = [
    ["a port out of range", { ROLLCALL_PORT: "99999" }, /ROLLCALL_PORT.*99999.*65535/],
    ["a port that is no number", { ROLLCALL_PORT: "http" }, /ROLLCALL_PORT.*http/],
    [
      "an ingest token without its app",
      { ROLLCALL_INGEST_TOKENS: "justatoken" },
      /ROLLCALL_INGEST_TOKENS/,
    ],
    ["a store that is no URL", { CLICKHOUSE_URL: "localhost:8123" }, /CLICKHOUSE_URL/],
    ["an unknown log level", { ROLLCALL_LOG_LEVEL: "loud" }, /ROLLCALL_LOG_LEVEL.*loud.*info/],
    [
      "an origin with a path",
      { ROLLCALL_CORS_ORIGINS: "https://a.example/x" },
      /ROLLCALL_CORS_ORIGINS/,
    ],
    [
      "a data directory that cannot be made",
      { ROLLCALL_DATA_DIR: join(fileURLToPath(import.meta.url), "data") },
      /process\.test\.ts\/data/,
    ],
  ];
  for (const [what, env, named] of broken) {
    test(what, async () => {
      const collector = await spawnCollector({ dataDir, env: { ...embedded, ...env } });
      started.push(collector);
      const { code } = await collector.exited;
      expect(code).toBe(1);
      const errors = collector.lines().filter((line) => !line.startsWith("{"));
      expect(errors).toEqual([expect.stringMatching(named)]);
    });
  }

  test("a catalogue that breaks its own format", async () => {
    writeFileSync(join(dataDir, "broken.json"), '{"app": "timetracker"}');
    const env = { ...embedded, ROLLCALL_CATALOGUE_DIR: dataDir };
    const collector = await spawnCollector({ dataDir, env });
    started.push(collector);
    expect((await collector.exited).code).toBe(1);
    expect(collector.output()).toContain("broken.json");
  });

  test("a port that another process has", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    try {
      const collector = await spawnCollector({ dataDir, port, env: embedded });
      started.push(collector);
      expect((await collector.exited).code).toBe(1);
      const errors = collector.lines().filter((line) => !line.startsWith("{"));
      expect(errors).toEqual([expect.stringContaining(String(port))]);
      expect(collector.enginePids()).toEqual([]);
    } finally {
      other.close();
    }
  });
});

describe("two collectors and one data directory", () => {
  test("the second says that it waits, and gives up with one line", async () => {
    const first = await start();
    const env = { ...embedded, ROLLCALL_LOCK_WAIT_SECONDS: "1" };
    const second = await spawnCollector({ dataDir, env });
    started.push(second);
    expect((await second.exited).code).toBe(1);
    expect(second.output()).toMatch(/wait/i);
    const errors = second.lines().filter((line) => !line.startsWith("{"));
    expect(errors).toEqual([expect.stringContaining(dataDir)]);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  });

  test("the second takes over when the first ends in time", async () => {
    const first = await start();
    const second = await spawnCollector({ dataDir, env: embedded });
    started.push(second);
    await waitFor("it says that it waits", 10_000, () => /wait/i.test(second.output()));
    await first.stop();
    await waitFor("the second is ready", 15_000, async () =>
      fetch(`${second.url}/readyz`).then(
        (reply) => reply.ok,
        () => false,
      ),
    );
  });
});

describe("ends", () => {
  test("SIGTERM answers what is under way, keeps what was acknowledged and exits with 0", async () => {
    const collector = await start();
    const installId = randomUUID();
    let acknowledged = 0;
    let sending = true;
    const senders = Array.from({ length: 8 }, async () => {
      while (sending) {
        const reply = await postJson(
          collector.url,
          collector.tokens.ingest,
          event(installId, acknowledged),
        ).catch(() => null);
        if (reply === null) return;
        if (reply.status === 200) acknowledged += 1;
        else expect(reply.status).toBe(503);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const exit = await collector.stop();
    sending = false;
    await Promise.all(senders);
    expect(exit).toEqual({ code: 0, signal: null });
    expect(acknowledged).toBeGreaterThan(0);
    const again = await start();
    await loaded(again);
    const where = `install_id = '${installId}'`;
    expect(await count(again, `SELECT count() FROM events WHERE ${where}`)).toBe(acknowledged);
  });

  test("SIGTERM with one body byte outstanding: the request is still answered", async () => {
    const collector = await start();
    const body = JSON.stringify(event(randomUUID(), 1));
    const socket = connect(collector.port, "127.0.0.1");
    let reply = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      reply += text;
    });
    socket.on("error", () => {});
    const headers = [
      "POST /v1/logs HTTP/1.1",
      "host: x",
      "content-type: application/json",
      `authorization: Bearer ${collector.tokens.ingest}`,
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    socket.write(`${headers.join("\r\n")}\r\n\r\n${body.slice(0, -1)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stopped = collector.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.write(body.slice(-1));
    await waitFor("an answer", 5_000, () => reply.includes("\r\n"));
    expect(reply).toMatch(/^HTTP\/1\.1 (200|503) /);
    socket.destroy();
    await stopped;
  });

  test("kill -9 of the collector leaves no engine behind", async () => {
    const collector = await start();
    const engines = collector.enginePids();
    expect(engines.length).toBeGreaterThan(0);
    process.kill(collector.pid, "SIGKILL");
    await collector.exited;
    await waitFor("the engine is gone", 5_000, () => !engines.some(isRunning));
  });

  test("kill -9 of the engine: requests are still acknowledged, and stored when it is back", async () => {
    const collector = await start();
    const installId = randomUUID();
    const [engine] = collector.enginePids();
    process.kill(engine!, "SIGKILL");
    for (let entry = 0; entry < 20; entry += 1) {
      const reply = await postJson(collector.url, collector.tokens.ingest, event(installId, entry));
      expect(reply.status).toBe(200);
    }
    await waitFor("the engine is back", 15_000, () => {
      const [now] = collector.enginePids();
      return now !== undefined && now !== engine;
    });
    await loaded(collector);
    const where = `install_id = '${installId}'`;
    expect(await count(collector, `SELECT count() FROM events WHERE ${where}`)).toBe(20);
  });
});

describe("what a user of the same machine can reach", () => {
  test("every port of both processes is bound to 127.0.0.1", async () => {
    const collector = await start();
    const bound = [collector.pid, ...collector.enginePids()].flatMap(listeners);
    expect(bound).toContainEqual({ address: "127.0.0.1", port: collector.port });
    expect(new Set(bound.map(({ address }) => address))).toEqual(new Set(["127.0.0.1"]));
  });

  test("the engine's port answers nothing without the secret", async () => {
    const collector = await start();
    const ports = collector.enginePids().flatMap(listeners);
    expect(ports.length).toBeGreaterThan(0);
    const attempts: RequestInit[] = [
      {},
      { headers: { authorization: "Basic ZGVmYXVsdDo=" } },
      { headers: { authorization: `Bearer ${collector.tokens.admin}` } },
      { headers: { "x-clickhouse-user": "default", "x-clickhouse-key": "" } },
    ];
    for (const { port } of ports) {
      for (const attempt of attempts) {
        const reply = await fetch(`http://127.0.0.1:${port}/?query=SELECT%20424242`, attempt);
        expect(reply.status).toSatisfy((status: number) => status === 401 || status === 403);
        expect(await reply.text()).not.toContain("424242");
      }
    }
  });

  test("an ingest token opens nothing but ingest", async () => {
    const collector = await start();
    const headers = { authorization: `Bearer ${collector.tokens.ingest}` };
    for (const path of ["/api/v1/apps", "/api/v1/events?app=timetracker", "/api/v1/session"]) {
      expect((await fetch(`${collector.url}${path}`, { headers })).status).toBe(401);
    }
    const query = await fetch(`${collector.url}/api/v1/sql`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ query: "SELECT 1" }),
    });
    expect(query.status).toBe(401);
  });
});
