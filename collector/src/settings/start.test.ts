import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Collector, createCollector } from "../app.ts";
import { loadConfig } from "../config.ts";
import { temporaryDirectory } from "../spool/testing.ts";

let directory: { path: string; remove(): Promise<void> };
let collector: Collector | null = null;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  await collector?.close("end of the test");
  await directory.remove();
});

const ADMIN = "admin-token-of-the-test";

async function start(more: Record<string, string> = {}): Promise<string> {
  await collector?.close("another start");
  collector = await createCollector(
    loadConfig({
      ROLLCALL_PORT: "0",
      ROLLCALL_DATA_DIR: directory.path,
      ROLLCALL_ADMIN_TOKEN: ADMIN,
      ROLLCALL_LOG_LEVEL: "silent",
      ...more,
    }),
  );
  return `http://127.0.0.1:${collector.listening.ingestPort}`;
}

const api = (url: string, path: string, body?: unknown) =>
  fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const ingest = async (url: string, token: string) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const reply = await fetch(`${url}/v1/logs`, { method: "POST", headers, body: "{}" });
  return reply.status;
};

describe("a token that was made while the collector ran", () => {
  it("holds at once, after a restart, and while the store is away at a start", async () => {
    const first = await start();
    await expect.poll(() => api(first, "/settings/audit").then(({ status }) => status)).toBe(200);
    const made = await api(first, "/settings/ingest-tokens", { app: "notes", name: "build" });
    const { id, token } = (await made.json()) as { id: string; token: string };
    expect(await ingest(first, token)).toBe(200);
    expect(await ingest(first, `${token}x`)).toBe(401);
    await expect
      .poll(async () => {
        const reply = await api(first, "/settings/ingest-tokens");
        const { rows } = (await reply.json()) as { rows: { id: string; lastUsedAt: string }[] };
        return rows.find((row) => row.id === id)?.lastUsedAt;
      })
      .toMatch(/^20/);

    const path = join(directory.path, "settings.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).not.toContain(token);

    const away = await start({ CLICKHOUSE_URL: "http://127.0.0.1:1/default" });
    expect(await ingest(away, token)).toBe(200);
    expect(await ingest(away, "rci_unknown")).toBe(401);
    const refused = await api(away, "/settings/ingest-tokens", { app: "notes", name: "more" });
    expect(refused.status).toBe(503);
    expect(((await refused.json()) as { code: string }).code).toBe("store_unavailable");

    const again = await start();
    expect(await ingest(again, token)).toBe(200);
    const listed = (await (await api(again, "/settings/ingest-tokens")).json()) as {
      rows: { id: string; lastUsedAt: string | null }[];
    };
    expect(listed.rows.find((row) => row.id === id)?.lastUsedAt).toMatch(/^20/);
  }, 60_000);
});
